package rstprobe.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;

/// libpcap's compiler of pcap-filter(7) expressions; each call below its C prototype. Frames never come here: what it
/// compiles is run elsewhere.
@SuppressWarnings("restricted")
public final class Libpcap {
    /// libpcap's own bound (sf-pcap.c, BPF_MAXINSNS is the kernel's 4096); a longer program is refused.
    private static final int MOST_INSTRUCTIONS = 65_536;

    private static final int SNAP_LENGTH = 262_144;

    /// PCAP_NETMASK_UNKNOWN.
    private static final int NO_NETMASK = -1;

    /// struct bpf_program: unsigned int, then a pointer.
    private static final int PROGRAM_BYTES = 16, INSTRUCTIONS_AT = 8, INSTRUCTION_BYTES = 8;

    private static final int LONGEST_MESSAGE = 256;

    /// Old libpcap's compiler keeps its state in global variables.
    private static final ReentrantLock COMPILING = new ReentrantLock();

    private final MethodHandle openDead;
    private final MethodHandle compile;
    private final MethodHandle error;
    private final MethodHandle freeCode;
    private final MethodHandle close;

    /// libpcap does not accept an expression; the message is its own.
    public static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String why) {
            super(why, null, false, false);
        }
    }

    /// Loads a library.
    ///
    /// @throws IllegalArgumentException if it cannot be loaded or is another one
    public Libpcap(Path library) {
        Linker linker = Linker.nativeLinker();
        SymbolLookup functions = SymbolLookup.libraryLookup(library, Arena.global());
        // pcap_t *pcap_open_dead(int linktype, int snaplen)
        openDead = handle(linker, functions, "pcap_open_dead", FunctionDescriptor.of(ADDRESS, JAVA_INT, JAVA_INT));
        // int pcap_compile(pcap_t *, struct bpf_program *, const char *, int optimize, bpf_u_int32 netmask)
        compile = handle(
                linker,
                functions,
                "pcap_compile",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT));
        // char *pcap_geterr(pcap_t *)
        error = handle(linker, functions, "pcap_geterr", FunctionDescriptor.of(ADDRESS, ADDRESS));
        // void pcap_freecode(struct bpf_program *)
        freeCode = handle(linker, functions, "pcap_freecode", FunctionDescriptor.ofVoid(ADDRESS));
        // void pcap_close(pcap_t *)
        close = handle(linker, functions, "pcap_close", FunctionDescriptor.ofVoid(ADDRESS));
    }

    private static MethodHandle handle(
            Linker linker, SymbolLookup functions, String name, FunctionDescriptor descriptor) {
        MemorySegment function = functions
                .find(name)
                .orElseThrow(() -> new IllegalArgumentException("the library has no function " + name));
        return linker.downcallHandle(function, descriptor);
    }

    /// Compiles an expression for a link type.
    ///
    /// @param link a DLT_ number
    /// @return the instructions of classic BPF: `struct bpf_insn` each as one little-endian number
    /// @throws Refused if it is no expression, or none for this link type
    public long[] compile(int link, String expression) throws Refused {
        COMPILING.lock();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handle = (MemorySegment) openDead.invokeExact(link, SNAP_LENGTH);
            if (handle.equals(MemorySegment.NULL)) {
                throw new Refused("link type " + link + " is unknown to libpcap");
            }
            try {
                return compiled(handle, expression, arena);
            } finally {
                close.invokeExact(handle);
            }
        } catch (Refused | RuntimeException | Error failed) {
            throw failed;
        } catch (Throwable impossible) {
            throw new AssertionError("a downcall throws nothing", impossible);
        } finally {
            COMPILING.unlock();
        }
    }

    private long[] compiled(MemorySegment handle, String expression, Arena arena) throws Throwable {
        MemorySegment program = arena.allocate(PROGRAM_BYTES, Long.BYTES);
        MemorySegment text = arena.allocateFrom(expression);
        if ((int) compile.invokeExact(handle, program, text, 1, NO_NETMASK) != 0) {
            MemorySegment why = (MemorySegment) error.invokeExact(handle);
            throw new Refused(why.reinterpret(LONGEST_MESSAGE).getString(0));
        }
        try {
            int length = program.get(JAVA_INT, 0);
            if (length < 0 || length > MOST_INSTRUCTIONS) {
                throw new Refused("it becomes " + Integer.toUnsignedString(length) + " instructions");
            }
            return program.get(ADDRESS, INSTRUCTIONS_AT)
                    .reinterpret((long) length * INSTRUCTION_BYTES)
                    .toArray(JAVA_LONG_UNALIGNED);
        } finally {
            freeCode.invokeExact(program);
        }
    }
}
