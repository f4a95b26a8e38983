package rstprobe.record;

/// This machine cannot probe: what is missing, and what would mend it. Two lines for the user and no stack trace.
public final class CannotProbe extends Exception {
    private static final long serialVersionUID = 1L;

    private final String fix;

    /// @param what one sentence without a full stop
    /// @param fix  what to do about it
    public CannotProbe(String what, String fix) {
        super(what, null, false, false);
        this.fix = fix;
    }

    /// What is wrong.
    public String what() {
        return getMessage();
    }

    /// What mends it.
    public String fix() {
        return fix;
    }
}
