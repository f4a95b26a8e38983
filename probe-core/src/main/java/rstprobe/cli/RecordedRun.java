package rstprobe.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import rstprobe.incident.IncidentFolder;
import rstprobe.linux.Capabilities;
import rstprobe.linux.LinuxException;
import rstprobe.record.OpenRecording;
import rstprobe.record.Recording;

/// A run that records into an incident folder: whatever ends it, what was seen is diagnosed, written and told, and
/// makes the exit code.
final class RecordedRun {
    private final OpenRecording kept;
    private final IncidentFolder folder;
    private final Screen screen;
    private final Interruption interruption;
    private Optional<Throwable> mistake = Optional.empty();
    private boolean interrupted;

    RecordedRun(OpenRecording kept, IncidentFolder folder, Screen screen, Interruption interruption) {
        this.kept = kept;
        this.folder = folder;
        this.screen = screen;
        this.interruption = interruption;
    }

    /// Fills the folder.
    @FunctionalInterface
    interface Writing {
        void write() throws IOException;
    }

    /// What the recording means.
    ///
    /// @param writing  fills the folder
    /// @param telling  tells the user, and where the folder is, if it is complete
    /// @param exitCode what the verdict exits with
    record Conclusion(Writing writing, Consumer<Optional<String>> telling, int exitCode) {}

    /// Records. What reads bytes from the network from here on runs without privileges: this thread and those it
    /// starts.
    ///
    /// @param stopped what is done when the user stops the work
    RecordedRun recording(Interruption.Work work, Runnable stopped) {
        folder.begin(kept.soFar());
        try {
            Capabilities.dropOnThisThread(Set.of());
            interruption.during(work);
        } catch (InterruptedException _) {
            stopped.run();
        } catch (LinuxException | RuntimeException | Error ours) {
            mistaken(ours);
        }
        try {
            kept.finish();
        } catch (RuntimeException | Error ours) {
            mistaken(ours);
        }
        kept.trouble().forEach(screen::warn);
        interrupted = interruption.happened();
        return this;
    }

    private void mistaken(Throwable ours) {
        kept.mistaken(ours.getClass().getSimpleName());
        mistake = mistake.or(() -> Optional.of(ours));
    }

    /// @return the exit code
    int concluding(Function<Recording, Conclusion> meaning) {
        try {
            Conclusion conclusion = meaning.apply(kept.soFar());
            mistake.ifPresent(this::keepTrace);
            Optional<String> written = written(conclusion.writing);
            conclusion.telling.accept(written);
            return exitCode(conclusion.exitCode, written.isPresent());
        } catch (RuntimeException | Error ours) {
            keepTrace(ours);
            return Exit.BUG;
        }
    }

    /// Fills the folder, or says why it stays incomplete.
    ///
    /// @return where the folder is; empty where it stayed incomplete
    private Optional<String> written(Writing writing) {
        String incomplete = "the incident folder " + folder.path() + " is incomplete";
        if (interrupted) {
            screen.warn("interrupted; " + folder.path() + " holds what was seen until then");
        }
        if (!kept.captureIsWhole()) {
            screen.warn(incomplete + ": capture.pcapng.part lacks frames that this report rests on");
            return Optional.empty();
        }
        try {
            writing.write();
            return Optional.of(folder.path().toString());
        } catch (IOException failed) {
            screen.warn(incomplete + ": " + IncidentFolder.reason(failed));
            return Optional.empty();
        }
    }

    /// Keeps the trace of a mistake of ours in the folder.
    private void keepTrace(Throwable ours) {
        StringWriter trace = new StringWriter();
        ours.printStackTrace(new PrintWriter(trace));
        try {
            folder.keepTrace(trace.toString());
            screen.warn("this is a bug in rstprobe; please report it with the folder " + folder.path());
        } catch (IOException _) {
            screen.warn("this is a bug in rstprobe: " + ours);
        }
    }

    private int exitCode(int verdicts, boolean written) {
        if (mistake.isPresent()) {
            return Exit.BUG;
        }
        if (interrupted) {
            return Exit.INTERRUPTED;
        }
        return written ? verdicts : Exit.CANNOT_PROBE;
    }
}
