package rstprobe.report;

import java.time.Instant;
import java.util.Optional;
import rstprobe.diagnose.BothSides.Joined;
import rstprobe.diagnose.ServerSide;

/// The server's side of the story, and where a client's side is known, the verdict from both.
///
/// @param reach    `local`, or whom was asked as ssh writes it
/// @param incident the client's incident, with the finding from both sides
public record ServerStory(String reach, ServerSide side, Optional<Joined> joined, Optional<Incident> incident) {
    /// The beginning of the logs that were read.
    Instant since() {
        return Instant.ofEpochSecond(side.scope().sinceSeconds());
    }

    /// Their end.
    Instant until() {
        return Instant.ofEpochSecond(side.clock().nowSeconds());
    }

    /// The exit code of the one verdict.
    public int exitCode() {
        return incident.map(known -> known.finding().verdict().exitCode()).orElseGet(side::exitCode);
    }
}
