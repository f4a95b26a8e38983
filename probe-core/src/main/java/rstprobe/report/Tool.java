package rstprobe.report;

/// Name and version of the program, as reports, captures and `--version` carry them.
public final class Tool {
    /// The release, equal to the one the build declares.
    public static final String VERSION = "0.1.0";

    /// Name and release.
    public static final String NAME_AND_VERSION = "rstprobe " + VERSION;

    private Tool() {}
}
