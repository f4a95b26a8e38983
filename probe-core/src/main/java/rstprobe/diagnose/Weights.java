package rstprobe.diagnose;

/// Strengths of evidence in decibans, and the limits of what a verdict may claim.
///
/// The figures are first estimates from the shapes of resets that Linux 6.18 sends (RFC 9293 section
/// 3.5.2, kernel functions `tcp_v4_send_reset`, `tcp_send_active_reset`, `nf_send_reset`). Where the
/// calibration half of the practice networks taught better, [WeightTable] has what is in force, and for verdicts
/// on resets [Proof] the limits.
final class Weights {
    private Weights() {}

    /// No more than this from one family: its facts are not independent.
    static final int FAMILY_CAP = 25;
    /// A fact that no conforming endpoint could have produced otherwise; it is exempt from the family's
    /// cap.
    static final int CONCLUSIVE = 40;

    static final int SERVER_CONTINUES = CONCLUSIVE;
    static final int ACKNOWLEDGED_LATE = 20;
    static final int NOT_THAT_KERNEL = 20;
    static final int SERVER_SAW_TRIGGER = 25;
    /// A path that loses one packet in thirty loses just this one as often.
    static final int DATA_WITHHELD = 15;
    static final int SERVER_NEVER_SAW_TRIGGER = 15;
    static final int SOCKET_ABORT = 25;
    /// As above, but without timestamps to check: the identification alone continues, which is easier
    /// to copy.
    static final int SOCKET_ABORT_BY_IDENTIFICATION = 15;
    static final int NO_SOCKET = 20;
    static final int TIMESTAMPS_MISSING = 20;
    static final int TTL_FAR = 15;
    static final int TTL_NEAR = 5;
    /// A small difference where everything else of theirs had one TTL: no route has wavered.
    static final int TTL_NEAR_STEADY = 12;
    static final int TTL_EQUAL = 5;
    static final int TOS_ECHOED = 15;
    static final int TOS_ZERO = 8;
    /// `ip_send_unicast_reply` returns the options of what it answers, `nf_reject_iphdr_put` writes none.
    static final int ROUTE_ECHOED = 15;

    static final int REFERENCE_ROUTE_DIFFERS = 15;
    /// Packets with options are also lost more often than others.
    static final int ROUTE_SWALLOWED = 10;
    static final int BEFORE_ONE_ROUND_TRIP = 25;
    /// The same held against one round trip alone, which may have been a slow one.
    static final int BEFORE_THE_ONLY_ROUND_TRIP = 10;
    static final int SEVERAL_RESETS = 20;
    static final int SAID_WHY = 25;
    static final int OTHER_SEGMENTS_PASS = 25;
    static final int OTHER_SEGMENTS_PASSED_ONCE = 10;
    /// No TCP refuses with the number and the options of a SYN-ACK (RFC 9293 section 3.5.2).
    static final int SYN_ACK_REWRITTEN = CONCLUSIVE;
    static final int SYN_REFUSED_WITH_A_NUMBER = 10;

    /// What crafted packets show. A socket that answers after the reset, a reset to a wrong checksum, and
    /// one drawn short of the server are beyond any conforming host (RFC 9293 sections 3.1 and 3.10.7.4).
    static final int SERVER_STILL_LIVES = CONCLUSIVE;

    static final int WRONG_CHECKSUM_ANSWERED = CONCLUSIVE;
    static final int DRAWN_SHORT_OF_SERVER = CONCLUSIVE;
    /// The same where no router says that a packet with that TTL died there: the control may have been lost.
    static final int SHORT_OR_LOST = 5;
    /// What became of the segment behind the place where it drew the reset: a tap lets it pass, a filter
    /// does not.
    static final int TRAVELS_ON = 25;
    static final int DRAWN_AT_SERVER = 15;
    /// Drawn at the server's distance, but come back from a hop nearer: as a router filters that has counted
    /// the hop before.
    static final int NEARER_THAN_DRAWN = 20;
    /// Drawn behind the host that owns the address, and come from it.
    static final int BEYOND_ADDRESS = 12;
    static final int ENDS_BEFORE_HOST = 22;
    /// A proxy may own the address.
    static final int ENDS_AT_HOST = 5;
    static final int SERVER_IS_GONE = 10;
    /// What the far socket sends behind its FIN has the number after it; a forger would have to forge that.
    static final int SERVER_COUNTS_FIN = 15;
    /// Where a socket that sent a FIN never stands again, save for a keep-alive (RFC 9293 section 3.8.4).
    static final int FIN_NOT_COUNTED = 25;
    /// The far TCP answers the end of a long wait with its first number: it sent nothing in all that time.
    static final int SENT_NOTHING = 10;
    /// Behind its own FIN a client's kernel resets whatever still comes (RFC 9293 section 3.10.7.1); a forger would
    /// have to come late, for nothing.
    static final int CLIENT_HAD_CLOSED = 10;
    /// The header that `tcp_v4_send_reset` writes, seen from the same host.
    static final int EQUALS_REFERENCE = 25;
    /// The same where nothing separates the kernel from a filter that rejects every port.
    static final int LIKE_CLOSED_PORTS = 5;
    /// `nf_reject_iphdr_put` writes type of service 0 where `tcp_v4_send_reset` copies it.
    static final int REFERENCE_TOS_DIFFERS = 20;
    /// `nf_reject_ip6hdr_put` writes flow label 0; the host's own segments, or its own resets, have labels.
    static final int LABEL_MISSING = 5;

    static final int REFERENCE_LABEL_DIFFERS = 12;
    static final int LABEL_PRESENT = 5;
    /// In the nmap database three in a hundred stacks copy the window, and next to none the identification
    /// or TTL.
    static final int MIRRORED = 25;
    /// No router has lowered the TTL.
    static final int NEVER_ROUTED = 12;

    /// A prefix that draws the reset where one byte less, or as many others, do not: a socket hands its
    /// process a stream and looks at none of it.
    static final int DRAWN_BY_CONTENT = 15;
    /// What counts segments, or measures them, sees segments; a process behind a socket sees a stream.
    static final int DRAWN_BY_SIZE = 8;

    static final int DRAWN_BY_COUNT = 12;
    /// The same that draws the reset after a rest passes without it: somebody keeps track of connections.
    static final int DRAWN_BY_REST = 15;

    /// An attempt that differs in one thing gets further, between two that fail with it; or behind one such, where
    /// chance may have done it.
    static final int CONTROL_BETWEEN = 20;

    static final int CONTROL_ONCE = 8;
    /// Two hardware addresses on one link answer for one address, and the one resets what the other took.
    static final int TWO_HOSTS = 20;
    /// A balancer that shares its address with its servers shows the same where it forgets a connection.
    static final double TWO_HOSTS_BY_HARDWARE = 0.80;
    /// The limit where a control convicts, and what is lost is no longer than what arrives: a filter that looks for
    /// something else would show the same.
    static final double CONTROL_WITHOUT_LENGTH = 0.80;

    /// The limit where packets are measured to vanish from one byte on, and what the handshake misses is as long.
    static final double MEASURED_LENGTH = 0.96;

    /// What a proxy starts with: they are rarer than servers.
    static final int PROXY_PRIOR = -8;

    /// Alternatives less likely than this are not told: they would be shown as 0.00.
    static final double WORTH_TELLING = 0.005;
    /// The limit for what one attempt shows passively.
    static final double ONE_ATTEMPT = 0.70;
    /// The limit for what several attempts show alike, without a conclusive fact.
    static final double SEVERAL_ATTEMPTS = 0.89;
    /// The limit for what was read and not inferred: two lists, an ICMP error, a whole handshake.
    static final double CONCLUSIVE_LIMIT = 0.97;
    /// From here on a verdict names the origin; below it says "undetermined".
    static final double NAMED = 0.65;
}
