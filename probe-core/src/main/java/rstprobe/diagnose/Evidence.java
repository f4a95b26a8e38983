package rstprobe.diagnose;

import java.util.List;

/// A fact seen in this recording, and how strongly it speaks.
///
/// @param id       stable name of the rule that found it, such as `reset-ttl-differs`
/// @param family   what it is read from; the weights of one family are capped together, because they are not
/// independent
/// @param weight   strength in decibans (10 = ten times likelier); 0 for a fact that is only reported
/// @param supports the origin it speaks for
/// @param frames   the frames that show it, numbered as Wireshark numbers `capture.pcapng`; none for what was read
///     on the server, whose text cites command and line instead
/// @param text     one sentence for a person
public record Evidence(String id, Family family, int weight, Origin supports, List<Integer> frames, String text) {
    /// Where a fact is read from.
    public enum Family {
        /// Time to live, and so distance.
        TTL,
        /// Type of service: does the reset echo ours? And does it return our record route, as the same stacks do?
        TOS,
        /// Identification field of the IP header.
        IP_ID,
        /// TCP options and timestamps.
        OPTIONS,
        /// Flags, sequence and acknowledgement numbers, window.
        SHAPE,
        /// What came before and after, and when.
        SEQUENCE,
        /// Whether what we sent reached the server.
        DELIVERY,
        /// Text or protocol messages.
        CONTENT,
        /// Which bytes of ours draw the reset, and which do not.
        TRIGGER,
        /// ICMP errors about our packets.
        ICMP,
        /// What the sockets reported.
        SOCKET,
        /// What was read on the server itself: its log, its rules, its counters.
        SERVER
    }

    public Evidence {
        frames = List.copyOf(frames);
    }
}
