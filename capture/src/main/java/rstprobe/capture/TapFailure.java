package rstprobe.capture;

/// Why a tap cannot be opened or ended by itself: what is wrong in one plain sentence, and what mends it in another.
///
/// It is a fact about this machine and carries no stack trace.
public final class TapFailure extends Exception {
    private static final long serialVersionUID = 1L;

    /// What went wrong.
    public enum Kind {
        /// The process lacks CAP_NET_RAW.
        NO_PERMISSION,
        /// No interface has this name.
        NO_SUCH_INTERFACE,
        /// The interface is administratively down.
        INTERFACE_DOWN,
        /// The interface disappeared while it was tapped.
        INTERFACE_GONE,
        /// libpcap is absent or cannot be loaded.
        NO_LIBPCAP,
        /// libpcap does not accept the filter.
        FILTER,
        /// The sink refused a frame; the cause says why.
        SINK,
        /// Anything else; the sentence is libpcap's.
        OTHER
    }

    private final Kind kind;
    private final String what;
    private final String fix;

    /// @param what what is wrong, one sentence without its full stop
    /// @param fix  what mends it, one sentence or command without its full stop
    public TapFailure(Kind kind, String what, String fix) {
        this(kind, what, fix, null);
    }

    TapFailure(Kind kind, String what, String fix, Throwable cause) {
        super(what + "; " + fix, cause, false, false);
        this.kind = kind;
        this.what = what;
        this.fix = fix;
    }

    /// Which of the known troubles it is.
    public Kind kind() {
        return kind;
    }

    /// What is wrong.
    public String what() {
        return what;
    }

    /// What mends it.
    public String fix() {
        return fix;
    }
}
