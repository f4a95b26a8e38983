package rstprobe.path;

/// Gives each probe its number.
final class Numbering {
    private int last;

    PathProbe far(ProbeKind kind, int bytes) {
        return new PathProbe(++last, kind, bytes, PathProbe.FAR, true);
    }

    PathProbe of(ProbeKind kind, int bytes, int ttl, boolean dontFragment) {
        return new PathProbe(++last, kind, bytes, ttl, dontFragment);
    }

    /// How many there are.
    int count() {
        return last;
    }
}
