package rstprobe.diagnose;

/// Strengths of evidence in decibans, and the limits of what a verdict may claim.
///
/// The figures are first estimates from the shapes of resets that Linux 6.18 sends (RFC 9293 section 3.5.2, kernel
/// functions
/// `tcp_v4_send_reset`, `tcp_send_active_reset`, `nf_send_reset`) and have not been fitted to measured runs yet. That
/// is why
/// nothing here reaches 0.9 unless a conclusive fact was seen.
final class Weights {
    private Weights() {}

    /// No more than this from one family: its facts are not independent.
    static final int FAMILY_CAP = 25;
    /// A fact that no conforming endpoint could have produced otherwise; it is exempt from the family's cap.
    static final int CONCLUSIVE = 40;

    static final int SERVER_CONTINUES = CONCLUSIVE;
    static final int SERVER_SAW_TRIGGER = 25;
    static final int SERVER_NEVER_SAW_TRIGGER = 15;
    static final int SOCKET_ABORT = 25;
    static final int TIMESTAMPS_MISSING = 20;
    static final int TTL_FAR = 15;
    static final int TTL_NEAR = 5;
    static final int TTL_EQUAL = 5;
    static final int TOS_ECHOED = 15;
    static final int TOS_ZERO = 8;
    static final int BEFORE_ONE_ROUND_TRIP = 25;
    static final int SEVERAL_RESETS = 20;
    static final int SAID_WHY = 25;
    static final int FIN_FIRST = 15;

    /// What an origin starts with: proxies are rarer than servers, and nothing on this host has been seen to act.
    static final int PROXY_PRIOR = -8;

    /// The limit for what one attempt shows passively.
    static final double ONE_ATTEMPT = 0.70;
    /// The limit for what several attempts show alike, without a conclusive fact.
    static final double SEVERAL_ATTEMPTS = 0.89;
    /// The limit with a conclusive fact.
    static final double CONCLUSIVE_LIMIT = 0.97;
    /// From here on a verdict names the origin; below it says "undetermined".
    static final double NAMED = 0.65;
}
