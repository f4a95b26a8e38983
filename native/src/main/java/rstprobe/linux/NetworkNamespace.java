package rstprobe.linux;

import java.lang.foreign.Arena;
import java.nio.file.Path;

/// Moves threads between network namespaces (network_namespaces(7)).
public final class NetworkNamespace {
    private static final int O_CLOEXEC = 0x80000;
    private static final int CLONE_NEWNET = 0x40000000;

    private NetworkNamespace() {}

    /// Puts the calling thread, and threads it starts from now on, into a network namespace. Sockets opened before stay
    /// where they were. Needs `CAP_SYS_ADMIN`. Call it on a platform thread that ends with its work: a virtual
    /// thread would move its carrier, and with it strangers.
    ///
    /// @param namespace a file such as `/run/netns/NAME` or `/proc/PID/ns/net`
    public static void enter(Path namespace) throws LinuxException {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a virtual thread cannot enter a namespace");
        }
        try (Arena arena = Arena.ofConfined()) {
            int fd = LinuxException.check(
                    "open", namespace, Libc.open(arena.allocateFrom(namespace.toString()), O_CLOEXEC));
            try (Descriptor opened = new Descriptor(fd)) {
                LinuxException.check("setns", namespace, Libc.setns(opened.number(), CLONE_NEWNET));
            }
        }
    }
}
