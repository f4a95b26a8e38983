package rstprobe.path;

/// How a probe of a path MTU makes its target say that it arrived.
public enum ProbeKind {
    /// Bytes that the server of a live TCP connection has acknowledged before: it answers at once, and its selective
    /// acknowledgement names the segment by its first byte (RFC 2883). It passes every firewall that lets the
    /// connection pass, and no program sees the bytes.
    OLD_DATA(Oracle.REPETITION),
    /// The same where the server reports no segments: each has a timestamp of its own, which the
    /// acknowledgement repeats (RFC 7323 section 4.3).
    STAMPED(Oracle.TIMESTAMP),
    /// Bytes of a connection that are not due yet, with a gap before them that nobody ever fills: the server keeps them
    /// from its program, and says where they begin (RFC 2018). For servers that say nothing of what they have
    /// already. Whatever arrives joins what did before, so that only the lowest number is a name.
    AHEAD(Oracle.REPORT),
    /// A segment of no connection: the target's kernel resets it, and the reset repeats our acknowledgement number
    /// (RFC 9293 section 3.10.7.1).
    STRAY(Oracle.RESET),
    /// An ICMP echo request of that size.
    ECHO(Oracle.REPLY),
    /// A datagram to a port where nobody listens: the target's kernel says that the port is unreachable, and quotes it
    /// (RFC 1122 section 4.1.3.1). Linux does so six times at once and then once a second for each asker.
    DATAGRAM(Oracle.ERROR),
    /// An ICMP echo request in fragments so short that they pass where anything does: only its reply has that size.
    ECHO_IN_PIECES(Oracle.REPLY),
    /// A SYN whose TTL ends on the way: the error of the hop where it does quotes the maximum segment size that it had
    /// by then.
    OPENING(Oracle.RESET);

    private final Oracle oracle;

    ProbeKind(Oracle oracle) {
        this.oracle = oracle;
    }

    /// Whether it rides on the survey's connection.
    public boolean rides() {
        return this == OLD_DATA || this == STAMPED || this == AHEAD;
    }

    /// Whether only some of a flight are answered, so that few silences are evidence.
    boolean isSparing() {
        return this == AHEAD || this == DATAGRAM;
    }

    /// What tells that it arrived.
    public Oracle oracle() {
        return oracle;
    }
}
