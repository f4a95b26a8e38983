package rstprobe.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Set;

/// What the calling thread may do (capabilities(7)). Linux keeps capabilities per thread: a thread inherits them from
/// the one that starts it, and dropping them here leaves every other thread as it was.
public final class Capabilities {
    /// `_LINUX_CAPABILITY_VERSION_3`.
    private static final int VERSION = 0x20080522;
    private static final int HEADER = 8;
    /// Bytes of one `struct __user_cap_data_struct`: effective, permitted, inheritable; two of them make 64 bits.
    private static final int SET = 12;

    private static final int EFFECTIVE = 0;
    private static final int PERMITTED = 4;

    private static final int PR_CAPBSET_READ = 23;
    private static final int PR_CAPBSET_DROP = 24;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int PR_CAP_AMBIENT = 47;
    private static final int PR_CAP_AMBIENT_CLEAR_ALL = 4;

    private Capabilities() {}

    /// What the calling thread may do now.
    public static Set<Capability> effective() throws LinuxException {
        return read(EFFECTIVE);
    }

    /// What the calling thread may do or allow itself to do.
    public static Set<Capability> permitted() throws LinuxException {
        return read(PERMITTED);
    }

    private static Set<Capability> read(int which) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sets = arena.allocate(2 * SET, Long.BYTES);
            LinuxException.check("capget", Libc.capget(header(arena), sets));
            long low = Integer.toUnsignedLong(sets.get(JAVA_INT, which));
            long high = Integer.toUnsignedLong(sets.get(JAVA_INT, SET + which));
            return capabilities(high << Integer.SIZE | low);
        }
    }

    /// What the calling thread and its programs can ever gain again by executing a file.
    public static Set<Capability> bounding() {
        EnumSet<Capability> bounding = EnumSet.noneOf(Capability.class);
        for (Capability capability : Capability.values()) {
            if (Libc.prctl(PR_CAPBSET_READ, capability.ordinal(), 0) == 1) {
                bounding.add(capability);
            }
        }
        return bounding;
    }

    /// Takes everything but `keep` from the calling thread for good: from the bounding set (where `CAP_SETPCAP` lets
    /// it), the ambient, inheritable, permitted and effective sets, and no program it executes may gain any
    /// (`PR_SET_NO_NEW_PRIVS`). Threads it starts later inherit that; threads that run already do not.
    ///
    /// @param keep of these, what is permitted now stays permitted and becomes effective
    public static void dropOnThisThread(Set<Capability> keep) throws LinuxException {
        Set<Capability> kept = EnumSet.noneOf(Capability.class);
        kept.addAll(permitted());
        kept.retainAll(keep);
        if (effective().contains(Capability.CAP_SETPCAP)) {
            for (Capability capability : bounding()) {
                if (!keep.contains(capability)) {
                    LinuxException.check("prctl PR_CAPBSET_DROP", Libc.prctl(PR_CAPBSET_DROP, capability.ordinal(), 0));
                }
            }
        }
        LinuxException.check("prctl PR_CAP_AMBIENT_CLEAR_ALL", Libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0));
        LinuxException.check("prctl PR_SET_NO_NEW_PRIVS", Libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0));
        write(bits(kept));
    }

    private static void write(long bits) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sets = arena.allocate(2 * SET, Long.BYTES);
            for (int which : new int[] {EFFECTIVE, PERMITTED}) {
                sets.set(JAVA_INT, which, (int) bits);
                sets.set(JAVA_INT, SET + which, (int) (bits >>> Integer.SIZE));
            }
            LinuxException.check("capset", Libc.capset(header(arena), sets));
        }
    }

    /// `struct __user_cap_header_struct` for the calling thread, pid 0.
    private static MemorySegment header(Arena arena) {
        MemorySegment header = arena.allocate(HEADER, Long.BYTES);
        header.set(JAVA_INT, 0, VERSION);
        return header;
    }

    private static Set<Capability> capabilities(long bits) {
        EnumSet<Capability> set = EnumSet.noneOf(Capability.class);
        for (Capability capability : Capability.values()) {
            if ((bits >>> capability.ordinal() & 1) != 0) {
                set.add(capability);
            }
        }
        return set;
    }

    private static long bits(Set<Capability> set) {
        return set.stream().mapToLong(capability -> 1L << capability.ordinal()).reduce(0, (a, b) -> a | b);
    }
}
