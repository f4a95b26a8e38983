package rstprobe.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import rstprobe.diagnose.Diagnosis;
import rstprobe.diagnose.IdleDiagnosis;
import rstprobe.diagnose.MtuDiagnosis;
import rstprobe.diagnose.OtherSurvey;
import rstprobe.incident.IncidentFolder;
import rstprobe.incident.IncidentReader;
import rstprobe.incident.UnreadableIncident;
import rstprobe.record.CannotProbe;
import rstprobe.record.CaptureFile;
import rstprobe.record.CapturedConversation;
import rstprobe.record.FromCapture;
import rstprobe.record.Recording;
import rstprobe.record.UnreadableCapture;
import rstprobe.report.IdleIncident;
import rstprobe.report.Incident;
import rstprobe.report.MtuIncident;

/// `rstprobe replay`: diagnose an incident folder again, or a connection in a capture file, offline and without
/// privileges.
final class ReplayCommand implements Callable<Integer> {
    static final String NAME = "replay";

    /// A file that is not read within a second.
    private static final long TAKES_A_WHILE_BYTES = 64 << 20;

    private final OutputOptions output = new OutputOptions();

    private Path path = Path.of("");
    private Optional<ConversationWords> conversation = Optional.empty();
    private Optional<Integer> frame = Optional.empty();
    private Optional<Path> into = Optional.empty();

    CommandSpec spec() {
        Vocabulary words = new Vocabulary(
                NAME, this, "Diagnose an incident folder again, or a connection in a capture file, offline.");
        words.parameter(
                "FOLDER|FILE",
                Reading.FILE,
                named -> path = named,
                "An incident folder, or a capture: pcap or pcapng, packed with gzip or not.");
        words.option(
                "--conversation",
                "A:PORT-B:PORT",
                Reading.by(ConversationWords::parse),
                ends -> conversation = Optional.of(ends),
                "Of a capture: the connection between these two, in any order; IPv6 addresses in brackets.");
        words.option(
                "--frame",
                "N",
                Reading.INTEGER,
                number -> frame = Optional.of(number),
                "Of a capture: the connection that holds frame N; where that is a reset, who sent it.");
        words.option(
                "--into",
                "DIR",
                Reading.PATH,
                folder -> into = Optional.of(folder),
                "Of a capture: write an incident folder there, with the frames of that connection.");
        output.addTo(words);
        return words.spec();
    }

    @Override
    public Integer call() throws UnreadableIncident, UnreadableCapture, CannotProbe {
        Screen screen = output.screen();
        return Files.isDirectory(path) || !Files.exists(path) ? folder(screen) : capture(screen);
    }

    private int folder(Screen screen) throws UnreadableIncident {
        if (conversation.isPresent() || frame.isPresent() || into.isPresent()) {
            throw new WrongWords("--conversation, --frame and --into are for capture files, and " + path + " is none");
        }
        IncidentReader.Read read = IncidentReader.read(path);
        read.caution().ifPresent(screen::warn);
        if (IdleDiagnosis.isSearch(read.recording())) {
            IdleIncident search = new IdleIncident(read.name(), read.recording(), IdleDiagnosis.of(read.recording()));
            output.show(screen, search, Optional.of(path.toString()));
            return search.finding().exitCode();
        }
        try {
            return MtuDiagnosis.isSurvey(read.recording()) ? survey(read, screen) : connection(read, screen);
        } catch (OtherSurvey other) {
            throw new UnreadableIncident(other.getMessage());
        }
    }

    private int survey(IncidentReader.Read read, Screen screen) {
        MtuIncident survey = new MtuIncident(read.name(), read.recording(), MtuDiagnosis.of(read.recording()));
        output.show(screen, survey, Optional.of(path.toString()));
        return survey.finding().exitCode();
    }

    private int connection(IncidentReader.Read read, Screen screen) {
        Incident incident = new Incident(read.name(), read.recording(), Diagnosis.of(read.recording()));
        output.show(screen, incident, Optional.of(path.toString()));
        return incident.finding().verdict().exitCode();
    }

    private int capture(Screen screen) throws UnreadableCapture, CannotProbe {
        if (path.toFile().length() > TAKES_A_WHILE_BYTES) {
            screen.progress("reading " + path);
        }
        CaptureFile file = CaptureFile.read(path);
        file.caution().ifPresent(why -> screen.warn("the capture ends early: " + why));
        if (file.beyond() > 0) {
            screen.warn("the capture holds more conversations than can be told apart: " + file.beyond()
                    + " segments were not looked at");
        }
        CaptureChoice choice = CaptureChoice.of(file, conversation, frame, screen);
        CapturedConversation taken = file.take(
                choice.found(),
                choice.asked(),
                into.isPresent() ? CaptureFile.Numbering.ITS_OWN : CaptureFile.Numbering.THE_FILES);
        Recording recording = FromCapture.recording(taken);
        if (into.isEmpty()) {
            Incident incident = new Incident(path.getFileName().toString(), recording, Diagnosis.of(recording));
            output.show(screen, incident, Optional.empty());
            return incident.finding().verdict().exitCode();
        }
        return write(file, recording, screen);
    }

    private int write(CaptureFile file, Recording recording, Screen screen) throws CannotProbe {
        Instant start = Instant.ofEpochSecond(0, recording.startedNanos());
        try (IncidentFolder folder = IncidentFolder.create(
                Folders.trusted(into.orElseThrow()),
                start,
                recording.plan().host(),
                recording.plan().port())) {
            Incident incident = new Incident(folder.name(), recording, Diagnosis.of(recording));
            boolean written = true;
            try {
                folder.finish(incident, file.interfaces());
            } catch (IOException failed) {
                screen.warn(
                        "the incident folder " + folder.path() + " is incomplete: " + IncidentFolder.reason(failed));
                written = false;
            }
            output.show(screen, incident, written ? Optional.of(folder.path().toString()) : Optional.empty());
            return written ? incident.finding().verdict().exitCode() : Exit.CANNOT_PROBE;
        }
    }
}
