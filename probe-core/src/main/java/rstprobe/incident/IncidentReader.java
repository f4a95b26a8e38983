package rstprobe.incident;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rstprobe.capture.CaptureFileFailure;
import rstprobe.capture.CaptureReader;
import rstprobe.capture.Frame;
import rstprobe.record.Event;
import rstprobe.record.Plan;
import rstprobe.record.Recording;

/// Reads an incident folder back into the recording it was made of.
///
/// A folder with a manifest must match it to the bit. One without, left by a run that was killed, is read as
/// far as it goes, and says so.
public final class IncidentReader {
    private static final int MAX_EVENTS = 100_000;
    /// No budget is larger. Each attempt is held against every frame, and so is each crafted packet.
    private static final int MAX_ATTEMPTS = Plan.MAX_BUDGET;
    private static final int MAX_CRAFTED = 1_000;
    /// A recording is some kilobytes; whatever is far beyond is none of ours, and need not fill the memory.
    private static final long MAX_RECORDING_BYTES = 16 << 20;

    private static final int MAX_FRAMES = 200_000;
    private static final long MAX_FRAME_BYTES = 32 << 20;

    /// What a folder held.
    ///
    /// @param name    the incident's own name, whatever the folder is called now
    /// @param caution what is missing, empty for a whole folder
    public record Read(String name, Recording recording, Optional<String> caution) {}

    private final Path folder;
    private Optional<Lines.Run> run = Optional.empty();
    private Optional<Lines.Captured> captured = Optional.empty();
    private final List<Event> events = new ArrayList<>();
    private Optional<String> caution = Optional.empty();
    private int attempts;
    private int crafted;

    private IncidentReader(Path folder) {
        this.folder = folder;
    }

    /// Reads a folder.
    ///
    /// @throws UnreadableIncident where it is none, was changed, or is of a newer kind
    public static Read read(Path folder) throws UnreadableIncident {
        if (!Files.isDirectory(folder)) {
            throw new UnreadableIncident(
                    Files.exists(folder) ? folder + " is not an incident folder" : "there is no " + folder);
        }
        try {
            return new IncidentReader(folder).read();
        } catch (JsonProcessingException broken) {
            throw new UnreadableIncident("recording.jsonl cannot be read: " + firstLine(broken.getOriginalMessage()));
        } catch (IOException failed) {
            throw new UnreadableIncident(folder + " cannot be read: " + IncidentFolder.reason(failed));
        }
    }

    private static String firstLine(String text) {
        return text == null
                ? "it is not of this form"
                : text.lines().findFirst().orElse("");
    }

    private Read read() throws IOException, UnreadableIncident {
        boolean whole = Files.exists(folder.resolve(IncidentFolder.MANIFEST), LinkOption.NOFOLLOW_LINKS);
        if (whole) {
            Manifest.verify(folder);
        } else {
            caution = Optional.of("the run did not end by itself: this is what it had seen until then");
        }
        lines(existing(IncidentFolder.RECORDING), !whole);
        List<Frame> frames = frames(existing(IncidentFolder.CAPTURE));
        Lines.Run made = run.orElseThrow(() -> new UnreadableIncident("recording.jsonl does not begin with a run"));
        Recording.CaptureFacts facts = captured.map(line -> new Recording.CaptureFacts(
                        line.dropped(), line.nanoseconds(), line.firstOwnSyn(), line.clockStepNanos()))
                .orElseGet(() -> new Recording.CaptureFacts(0, false, Recording.firstOwnSyn(frames, made.target()), 0));
        Recording recording =
                new Recording(made.startedNanos(), made.plan(), made.host(), made.target(), events, frames, facts);
        return new Read(made.name(), recording, caution);
    }

    private Path existing(String name) throws UnreadableIncident {
        Path file = folder.resolve(name);
        Path part = Files600.partOf(file);
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return file;
        }
        if (Files.isRegularFile(part, LinkOption.NOFOLLOW_LINKS)) {
            return part;
        }
        throw new UnreadableIncident(folder + " is not an incident folder: " + name + " is missing");
    }

    private void lines(Path file, boolean mayBeCut) throws IOException, UnreadableIncident {
        if (Files.size(file) > MAX_RECORDING_BYTES) {
            throw new UnreadableIncident("recording.jsonl has more than " + MAX_RECORDING_BYTES + " bytes");
        }
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            String line = reader.readLine();
            while (line != null) {
                String next = reader.readLine();
                try {
                    line(line);
                } catch (JsonProcessingException broken) {
                    if (next != null || !mayBeCut) {
                        throw broken;
                    }
                }
                line = next;
            }
        }
    }

    private void line(String line) throws JsonProcessingException, UnreadableIncident {
        JsonNode node = RecordingJson.tree(line);
        switch (node.path("line").asText()) {
            case "run" -> {
                long version = node.path("version").asLong();
                if (version > Lines.VERSION) {
                    throw new UnreadableIncident("recording.jsonl is of version " + version
                            + ", this program knows up to " + Lines.VERSION + ": replay it with a newer rstprobe");
                }
                run = Optional.of(RecordingJson.read(node, Lines.Run.class));
            }
            case "event" -> {
                if (events.size() >= MAX_EVENTS) {
                    throw new UnreadableIncident("recording.jsonl has more than " + MAX_EVENTS + " events");
                }
                add(RecordingJson.read(node, Lines.Happened.class).event());
            }
            case "capture" -> captured = Optional.of(RecordingJson.read(node, Lines.Captured.class));
            default -> throw new UnreadableIncident("recording.jsonl has a line that is no part of a recording");
        }
    }

    private void add(Event event) throws UnreadableIncident {
        attempts += event instanceof Event.Opened ? 1 : 0;
        crafted += event instanceof Event.Probed ? 1 : 0;
        if (attempts > MAX_ATTEMPTS || crafted > MAX_CRAFTED) {
            throw new UnreadableIncident("recording.jsonl has more than " + MAX_ATTEMPTS + " attempts or " + MAX_CRAFTED
                    + " crafted packets: no run makes that many");
        }
        events.add(event);
    }

    private List<Frame> frames(Path file) throws CaptureFileFailure, UnreadableIncident {
        List<Frame> frames = new ArrayList<>();
        long bytes = 0;
        try (CaptureReader reader = CaptureReader.open(file)) {
            for (Optional<Frame> frame = reader.next(); frame.isPresent(); frame = reader.next()) {
                bytes += frame.get().keptBytes();
                if (frames.size() >= MAX_FRAMES || bytes > MAX_FRAME_BYTES) {
                    throw new UnreadableIncident("the capture is larger than " + MAX_FRAMES + " frames or "
                            + MAX_FRAME_BYTES + " bytes: no run makes that");
                }
                frames.add(frame.get());
            }
            reader.damage().ifPresent(damage -> caution = Optional.of("the capture ends early: " + damage.why()));
        }
        return frames;
    }
}
