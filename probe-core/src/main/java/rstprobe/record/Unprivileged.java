package rstprobe.record;

import java.util.Set;
import java.util.concurrent.ThreadFactory;
import rstprobe.linux.Capabilities;
import rstprobe.linux.LinuxException;

/// Threads that give up every capability before they do anything else.
///
/// A thread inherits the capabilities of the one that starts it, and the threads that start ours are still opening the
/// tap.
final class Unprivileged {
    private Unprivileged() {}

    /// Makes daemon threads, which the end of the process need not wait for.
    static ThreadFactory threads(String name) {
        ThreadFactory plain = Thread.ofPlatform().name(name).daemon().factory();
        return work -> plain.newThread(() -> {
            drop();
            work.run();
        });
    }

    private static void drop() {
        try {
            Capabilities.dropOnThisThread(Set.of());
        } catch (LinuxException failed) {
            throw new IllegalStateException("a thread may always give up capabilities", failed);
        }
    }
}
