package rstprobe.analyze;

import java.util.List;
import java.util.OptionalLong;

/// What a scan found in one capture, all of it together.
///
/// @param file          its name as it was given
/// @param state         how much of it could be used
/// @param packets       frames in it, those of links that are not read included, up to the damage
/// @param matched       frames that the filter let pass; all where there is none
/// @param bytes         what they had on the wire, in bytes
/// @param conversations TCP conversations, as Wireshark counts streams: the same ports used again begin another one
/// @param resets        frames with a TCP segment that is a reset
/// @param quotedResets  frames in which an ICMP error quotes a reset; Wireshark's filter `tcp.flags.reset==1` shows
///     them as well
/// @param timeBackwards frames that are earlier than the one before them
/// @param firstAtNanos  time of its first frame, nanoseconds since 1970 in UTC
/// @param lastAtNanos   time of its last frame
/// @param problems      what the reader must know, a plain sentence each without its full stop: damage with its byte,
///     a limit that was met, links that are not read
public record ScannedFile(
        String file,
        State state,
        long packets,
        long matched,
        long bytes,
        long conversations,
        long resets,
        long quotedResets,
        long timeBackwards,
        OptionalLong firstAtNanos,
        OptionalLong lastAtNanos,
        List<String> problems) {
    /// How much of a file could be used.
    public enum State {
        /// All of it.
        WHOLE,
        /// It ends in the middle of a record: it was cut, or is still being written.
        TRUNCATED,
        /// It stops making sense before its end.
        DAMAGED,
        /// Nothing: there is no such file, it may not be read, or it is no capture. The first problem says which.
        NOT_READ
    }

    public ScannedFile {
        problems = List.copyOf(problems);
    }

    /// Whether it ends in the middle of a record.
    public boolean truncated() {
        return state == State.TRUNCATED;
    }
}
