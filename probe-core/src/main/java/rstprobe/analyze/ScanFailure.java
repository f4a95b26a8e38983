package rstprobe.analyze;

/// Why nothing can be scanned at all: the filter is none, or there is no place for what a stream brings. The message
/// is one line for the user; it carries no stack trace.
public final class ScanFailure extends Exception {
    private static final long serialVersionUID = 1L;

    /// What went wrong.
    public enum Kind {
        /// libpcap does not accept the filter: a mistake of the user's.
        FILTER,
        /// This machine lacks what the filter needs.
        NO_LIBPCAP,
        /// Too many files, or none.
        FILES
    }

    private final Kind kind;

    ScanFailure(Kind kind, String what) {
        super(what, null, false, false);
        this.kind = kind;
    }

    /// Which of the known troubles it is.
    public Kind kind() {
        return kind;
    }
}
