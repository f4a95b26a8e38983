package rstprobe.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The running kernel.
public final class Kernel {
    /// Bytes of each name in `struct utsname`: sysname, nodename, release, version, machine, domainname.
    private static final int NAME = 65;

    private static final int NAMES = 6;

    private Kernel() {}

    /// The release, `6.1.0-18-amd64` (uname(2)).
    public static String release() throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment names = arena.allocate((long) NAME * NAMES);
            LinuxException.check("uname", Libc.uname(names));
            return names.asSlice(2 * NAME, NAME).getString(0);
        }
    }
}
