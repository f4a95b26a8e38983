package rstprobe.path;

/// How a probe of a path MTU makes its target say that it arrived.
public enum ProbeKind {
    /// Bytes that the server of a live TCP connection has acknowledged before: it answers at once, and its selective
    /// acknowledgement names the segment by its first byte (RFC 2883). It passes every firewall that lets the
    /// connection pass, and no program sees the bytes.
    OLD_DATA("tcp"),
    /// The same where the server reports no segments: each has a timestamp of its own, which the acknowledgement
    /// repeats
    /// (RFC 7323 section 4.3).
    STAMPED("tcp"),
    /// A segment of no connection: the target's kernel resets it, and the reset repeats our acknowledgement number
    /// (RFC 9293 section 3.10.7.1).
    STRAY("tcp"),
    /// An ICMP echo request of that size.
    ECHO("icmp"),
    /// An ICMP echo request in fragments so short that they pass where anything does: only its reply has that size.
    ECHO_IN_PIECES("icmp"),
    /// A SYN whose TTL ends on the way: the error of the hop where it does quotes the maximum segment size that it had
    /// by then.
    OPENING("tcp");

    private final String protocol;

    ProbeKind(String protocol) {
        this.protocol = protocol;
    }

    /// Whether it rides on the survey's connection.
    public boolean rides() {
        return this == OLD_DATA || this == STAMPED;
    }

    /// The protocol in reports.
    public String protocol() {
        return protocol;
    }
}
