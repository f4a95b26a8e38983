package rstprobe.record;

/// The target cannot be probed: it has no address, no route, or is none that may be probed.
public final class NoTarget extends Exception {
    private static final long serialVersionUID = 1L;

    /// Whose fault that is.
    public enum Kind {
        /// It has no address or there is no route to it.
        UNREACHABLE,
        /// The user named an address that must not be probed.
        FORBIDDEN
    }

    private final Kind kind;

    /// @param what one sentence without a full stop
    public NoTarget(Kind kind, String what) {
        super(what, null, false, false);
        this.kind = kind;
    }

    /// Whose fault it is.
    public Kind kind() {
        return kind;
    }
}
