package rstprobe.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Optional;
import rstprobe.incident.IncidentFolder;

/// The end of a run that has an incident folder: what becomes of the folder, what the user is told of it, and the exit
/// code.
///
/// @param interrupted whether the user stopped the run
record RunEnd(IncidentFolder folder, Screen screen, boolean interrupted) {
    /// Fills the folder.
    @FunctionalInterface
    interface Writing {
        void write() throws IOException;
    }

    /// Fills the folder, or says why it stays incomplete.
    ///
    /// @param captureIsWhole whether the capture has every frame that the reports rest on
    /// @return where the folder is; empty where it stayed incomplete
    Optional<String> written(boolean captureIsWhole, Writing writing) {
        String incomplete = "the incident folder " + folder.path() + " is incomplete";
        if (interrupted) {
            screen.warn("interrupted; " + folder.path() + " holds what was seen until then");
        }
        if (!captureIsWhole) {
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
    void keepTrace(Throwable ours) {
        StringWriter trace = new StringWriter();
        ours.printStackTrace(new PrintWriter(trace));
        try {
            folder.keepTrace(trace.toString());
            screen.warn("this is a bug in rstprobe; please report it with the folder " + folder.path());
        } catch (IOException _) {
            screen.warn("this is a bug in rstprobe: " + ours);
        }
    }

    /// @param verdicts what the verdict would exit with
    int exitCode(int verdicts, boolean written, boolean mistaken) {
        if (mistaken) {
            return Exit.BUG;
        }
        if (interrupted) {
            return Exit.INTERRUPTED;
        }
        return written ? verdicts : Exit.CANNOT_PROBE;
    }
}
