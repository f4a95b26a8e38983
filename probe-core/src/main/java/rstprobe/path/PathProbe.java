package rstprobe.path;

/// One probe of a survey.
///
/// @param number       from 1, in the order of sending
/// @param bytes        of the whole IP packet; of an echo in pieces, of its reply; of an opening, of the longest that
///   the maximum segment size in it allows
/// @param ttl          time to live or hop limit
/// @param dontFragment whether routers must not fragment it; IPv6 routers never do
/// @param flow         which of our ports it leaves from, where it is a stray: 0 for the first of them
public record PathProbe(int number, ProbeKind kind, int bytes, int ttl, boolean dontFragment, int flow) {
    /// What goes all the way.
    public static final int FAR = 64;

    /// Payload of a fragment that passes any IPv6 link and every usual one: 1280 bytes less its headers.
    private static final int FRAGMENT = 1_232;

    /// How many packets it is: of an echo in pieces at least two, each short enough for any usual link.
    public int packets() {
        return kind == ProbeKind.ECHO_IN_PIECES ? Math.max(2, Math.ceilDiv(bytes, FRAGMENT)) : 1;
    }

    /// Whether it is meant to reach the target.
    boolean isFar() {
        return ttl >= FAR;
    }
}
