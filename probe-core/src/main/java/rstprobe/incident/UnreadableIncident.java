package rstprobe.incident;

/// A folder is no incident, or no longer a whole one. One line for the user and no stack trace.
public final class UnreadableIncident extends Exception {
    private static final long serialVersionUID = 1L;

    /// @param what one sentence without a full stop
    public UnreadableIncident(String what) {
        super(what, null, false, false);
    }
}
