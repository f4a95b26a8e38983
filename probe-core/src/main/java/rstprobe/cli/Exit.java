package rstprobe.cli;

/// Exit codes that no verdict has; those of verdicts are the verdict's own.
final class Exit {
    private Exit() {}

    /// The command did what it was asked and found no fault.
    static final int WORKS = 0;
    /// The command line makes no sense, or names something that cannot be used.
    static final int USAGE = 2;
    /// This machine cannot probe.
    static final int CANNOT_PROBE = 3;
    /// The target cannot be resolved or reached at all.
    static final int UNREACHABLE = 4;
    /// A mistake of ours.
    static final int BUG = 70;
    /// The user stopped it.
    static final int INTERRUPTED = 130;
}
