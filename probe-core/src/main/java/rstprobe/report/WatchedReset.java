package rstprobe.report;

import java.util.List;
import java.util.Optional;
import rstprobe.analyze.AttributedReset;
import rstprobe.diagnose.Evidence;

/// A connection of somebody else's that was reset while it was watched.
///
/// @param reset         the reset that says most
/// @param resets        how many of the connection came with it
/// @param interfaceName where it was seen
/// @param frames        how many frames the judgement rests on
/// @param lost          frames that are known to be missing among them
/// @param evidence      the facts, strongest first, with frame numbers of the capture in the incident folder
/// @param incident      name of that folder; empty where none was written
public record WatchedReset(
        AttributedReset reset,
        long resets,
        String interfaceName,
        int frames,
        long lost,
        List<Evidence> evidence,
        Optional<String> incident) {
    public WatchedReset {
        evidence = List.copyOf(evidence);
    }
}
