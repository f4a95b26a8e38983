package rstprobe.incident;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import rstprobe.capture.Frame;
import rstprobe.capture.InterfaceFacts;
import rstprobe.capture.PcapngWriter;
import rstprobe.capture.SectionFacts;
import rstprobe.record.CannotProbe;
import rstprobe.record.Event;
import rstprobe.record.Recording;
import rstprobe.report.FrameComments;
import rstprobe.report.HtmlReport;
import rstprobe.report.IdleIncident;
import rstprobe.report.IdleJson;
import rstprobe.report.IdleReport;
import rstprobe.report.Incident;
import rstprobe.report.JsonReport;
import rstprobe.report.MarkdownReport;
import rstprobe.report.MtuIncident;
import rstprobe.report.MtuJson;
import rstprobe.report.MtuReport;
import rstprobe.report.TextReport;
import rstprobe.report.Tool;

/// The folder that is handed to others: user report, bug report, test fixture and input of `replay` in one.
///
/// While a run lasts it holds `capture.pcapng.part` and `recording.jsonl.part`, both readable up to their last
/// whole record whatever happens to the process. At the end each file appears whole under its final name, and
/// `manifest.json` last.
public final class IncidentFolder implements AutoCloseable {
    static final String CAPTURE = "capture.pcapng";
    static final String RECORDING = "recording.jsonl";
    static final String MANIFEST = "manifest.json";
    static final String TRACE = "bug.txt";

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int MAX_NAME_PART = 64;
    private static final int MAX_SAME_NAME = 100;

    private final Path folder;
    private final FileOutputStream journal;
    private Optional<IOException> trouble = Optional.empty();

    private IncidentFolder(Path folder, FileOutputStream journal) {
        this.folder = folder;
        this.journal = journal;
    }

    /// Makes the folder of a new incident, named after the time and the target.
    ///
    /// @param into an existing folder
    /// @throws CannotProbe where nothing can be written there
    public static IncidentFolder create(Path into, Instant at, String host, int port) throws CannotProbe {
        if (!Files.isDirectory(into)) {
            throw new CannotProbe(into + " is not a folder", "make it first, or name another one: --into DIR");
        }
        try {
            Path folder = makeFolder(into, name(at, host, port));
            return new IncidentFolder(folder, Files600.create(Files600.partOf(folder.resolve(RECORDING))));
        } catch (IOException failed) {
            throw new CannotProbe(
                    "cannot write into " + into + ": " + reason(failed), "name a folder you may write to: --into DIR");
        }
    }

    /// Prepares the writing of recordings. May be called on any thread, at any time.
    public static void warmUp() {
        RecordingJson.warmUp();
    }

    /// Prepares the writing of a whole folder, with a recording that is not kept. May be called on any thread, at any
    /// time.
    public static void warmUp(Recording like) {
        like.events().forEach(event -> RecordingJson.line(Lines.Happened.of(event)));
        RecordingJson.line(Lines.Captured.of(like));
        Manifest.warmUp();
    }

    /// Letters, digits, dots and dashes only: no text of the user's or the network's becomes a path.
    private static String name(Instant at, String host, int port) {
        String safe = host.replaceAll("[^A-Za-z0-9.-]", "_");
        String cut = safe.length() > MAX_NAME_PART ? safe.substring(0, MAX_NAME_PART) : safe;
        return "incident-" + STAMP.format(at) + "-" + cut + "-" + port;
    }

    private static Path makeFolder(Path into, String name) throws IOException {
        for (int again = 1; again < MAX_SAME_NAME; again++) {
            Path folder = into.resolve(again == 1 ? name : name + "-" + again);
            try {
                Files600.createFolder(folder);
                return folder;
            } catch (FileAlreadyExistsException _) {
                // Another run of the same second: the next number is free, or the one after.
                continue;
            }
        }
        throw new FileAlreadyExistsException(into.resolve(name).toString());
    }

    /// The folder's own name.
    public String name() {
        return folder.getFileName().toString();
    }

    /// Where it lies.
    public Path path() {
        return folder;
    }

    /// Where the capture is written while the run lasts.
    public Path liveCapture() {
        return Files600.partOf(folder.resolve(CAPTURE));
    }

    /// Writes how the run was set up: the first line, before the first packet.
    public void begin(Recording recording) {
        append(RecordingJson.line(Lines.Run.of(name(), recording)));
    }

    /// Writes one event; a line is handed to the kernel at once, so it survives the end of this process.
    public void append(Event event) {
        append(RecordingJson.line(Lines.Happened.of(event)));
    }

    /// A full disk must not end the run: the trouble is kept and told at the end.
    private synchronized void append(String line) {
        if (trouble.isPresent()) {
            return;
        }
        try {
            journal.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException failed) {
            trouble = Optional.of(failed);
        }
    }

    /// Writes every report and gives all files their final names.
    ///
    /// @throws IOException where something could not be written; what was written before stays, under the
    ///     names it has
    public void finish(Incident incident) throws IOException {
        finish(incident.recording(), FrameComments.of(incident));
        Files600.write(folder.resolve("report.json"), JsonReport.of(incident));
        Files600.write(folder.resolve("report.txt"), TextReport.of(incident, false, Optional.empty()));
        Files600.write(folder.resolve("report.md"), MarkdownReport.of(incident));
        Files600.write(folder.resolve("report.html"), HtmlReport.of(incident));
        seal();
    }

    /// The same for a connection of others, of which nothing was written yet.
    ///
    /// @param interfaces what its frames were captured on
    public void finish(Incident incident, List<InterfaceFacts> interfaces) throws IOException {
        Recording recording = incident.recording();
        begin(recording);
        recording.events().forEach(this::append);
        SectionFacts section = new SectionFacts("", "", Tool.NAME_AND_VERSION, "");
        try (PcapngWriter writer = PcapngWriter.create(liveCapture(), section)) {
            for (InterfaceFacts each : interfaces) {
                writer.addInterface(each);
            }
            for (Frame each : recording.frames()) {
                writer.write(each);
            }
        }
        finish(incident);
    }

    /// The same for a search for an idle timer.
    public void finish(IdleIncident incident) throws IOException {
        finish(incident.recording(), IdleReport.comments(incident));
        Files600.write(folder.resolve("report.json"), IdleJson.of(incident));
        Files600.write(folder.resolve("report.txt"), IdleReport.text(incident, false, Optional.empty()));
        Files600.write(folder.resolve("report.md"), IdleReport.markdown(incident));
        Files600.write(folder.resolve("report.html"), IdleReport.html(incident));
        seal();
    }

    /// The same for a survey of the path MTU.
    public void finish(MtuIncident incident) throws IOException {
        finish(incident.recording(), MtuReport.comments(incident));
        Files600.write(folder.resolve("report.json"), MtuJson.of(incident));
        Files600.write(folder.resolve("report.txt"), MtuReport.text(incident, false, Optional.empty()));
        Files600.write(folder.resolve("report.md"), MtuReport.markdown(incident));
        Files600.write(folder.resolve("report.html"), MtuReport.html(incident));
        seal();
    }

    private void seal() throws IOException {
        Files600.write(folder.resolve(MANIFEST), Manifest.of(folder).json());
        Files600.keepNames(folder);
    }

    private void finish(Recording recorded, FrameComments comments) throws IOException {
        append(RecordingJson.line(Lines.Captured.of(recorded)));
        journal.getFD().sync();
        close();
        if (trouble.isPresent()) {
            throw trouble.get();
        }
        Path capture = folder.resolve(CAPTURE);
        Path commented = Files600.partOf(folder.resolve("commented." + CAPTURE));
        PcapngWriter.rewriteWithComments(liveCapture(), commented, comments.section(), comments.byFrame());
        Files.move(commented, capture, StandardCopyOption.ATOMIC_MOVE);
        Files.delete(liveCapture());
        Path recording = folder.resolve(RECORDING);
        Files.move(Files600.partOf(recording), recording, StandardCopyOption.ATOMIC_MOVE);
    }

    /// Keeps the trace of a mistake of ours beside what was recorded.
    public void keepTrace(String trace) throws IOException {
        Files600.write(folder.resolve(TRACE), trace);
    }

    /// What went wrong with a file, without the file's name, which the sentence around it has already.
    public static String reason(IOException failed) {
        if (failed instanceof java.nio.file.AccessDeniedException) {
            return "permission denied";
        }
        if (failed instanceof java.nio.file.NoSuchFileException) {
            return "there is no such file";
        }
        String message =
                failed instanceof java.nio.file.FileSystemException system ? system.getReason() : failed.getMessage();
        return message == null ? failed.getClass().getSimpleName() : message;
    }

    @Override
    public void close() {
        try {
            journal.close();
        } catch (IOException failed) {
            trouble = Optional.of(failed);
        }
    }
}
