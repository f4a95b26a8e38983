package rstprobe.diagnose;

/// The number of a release, such as 9.2: what decides what a server does.
///
/// @param major 0 to 9999
/// @param minor 0 to 9999
public record Release(int major, int minor) implements Comparable<Release> {
    private static final int MOST_DIGITS = 4;

    /// No release told: nobody released 0.0.
    static final Release NONE = new Release(0, 0);

    /// Checks that both numbers have at most four digits, as those of every release so far have.
    public Release {
        if (major < 0 || major > 9_999 || minor < 0 || minor > 9_999) {
            throw new IllegalArgumentException("release " + major + "." + minor);
        }
    }

    /// The release that a text begins with, or [#NONE].
    static Release at(String text) {
        int dot = digits(text, 0);
        if (dot == 0 || dot > MOST_DIGITS) {
            return NONE;
        }
        int major = Integer.parseInt(text.substring(0, dot));
        if (dot >= text.length() || text.charAt(dot) != '.') {
            return new Release(major, 0);
        }
        int end = digits(text, dot + 1);
        boolean minor = end > dot + 1 && end - dot - 1 <= MOST_DIGITS;
        return end - dot - 1 > MOST_DIGITS
                ? NONE
                : new Release(major, minor ? Integer.parseInt(text.substring(dot + 1, end)) : 0);
    }

    private static int digits(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at;
    }

    boolean atLeast(Release other) {
        return compareTo(other) >= 0;
    }

    @Override
    public int compareTo(Release other) {
        return major != other.major ? Integer.compare(major, other.major) : Integer.compare(minor, other.minor);
    }

    /// As it is written, `9.2`.
    @Override
    public String toString() {
        return major + "." + minor;
    }
}
