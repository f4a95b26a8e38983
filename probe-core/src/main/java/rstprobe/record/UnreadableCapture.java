package rstprobe.record;

/// A file is no capture, or holds nothing that can be diagnosed. One line for the user and no stack trace.
public final class UnreadableCapture extends Exception {
    private static final long serialVersionUID = 1L;

    /// @param what one sentence without a full stop
    public UnreadableCapture(String what) {
        super(what, null, false, false);
    }
}
