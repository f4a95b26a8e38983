package rstprobe.path;

/// Gives each probe its number.
final class Numbering {
    private int last;

    PathProbe far(ProbeKind kind, int bytes) {
        return new PathProbe(++last, kind, bytes, PathProbe.FAR, true, 0);
    }

    PathProbe of(ProbeKind kind, int bytes, int ttl, boolean dontFragment) {
        return new PathProbe(++last, kind, bytes, ttl, dontFragment, 0);
    }

    /// A stray from one of the other ports.
    PathProbe onFlow(int flow, int bytes) {
        return new PathProbe(++last, ProbeKind.STRAY, bytes, PathProbe.FAR, true, flow);
    }

    /// How many there are.
    int count() {
        return last;
    }
}
