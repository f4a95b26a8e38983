package rstprobe.analyze;

import rstprobe.capture.Damage;

/// The damage that another program does to a file by cutting it while it is mapped: the JVM raises an InternalError
/// where the page is gone.
final class CutMeanwhile {
    private CutMeanwhile() {}

    static Damage at(long offset) {
        return new Damage(Damage.Kind.UNREADABLE, offset, "the file became shorter while it was read");
    }
}
