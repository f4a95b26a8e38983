package rstprobe.capture;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import rstprobe.linux.Libpcap;

/// A pcap-filter(7) expression that libpcap compiled for one link type, run over frames where they lie.
///
/// The machine that runs it is here and not libpcap's own, so that the bytes of strangers stay out of native code
/// (McCanne, Jacobson: The BSD Packet Filter, 1993; the instructions are those of pcap/bpf.h). Any number of threads
/// may run one program.
public final class FilterProgram {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    // Instruction classes, sizes, modes and operations.
    private static final int LD = 0, LDX = 1, ST = 2, STX = 3, ALU = 4, JMP = 5, RET = 6;
    private static final int WORD = 0x00, HALF = 0x08, IMM = 0x00, ABS = 0x20, IND = 0x40, MEM = 0x60, LEN = 0x80;
    private static final int MSH = 0xA0, X = 0x08, TAX = 0x00, A = 0x10;
    private static final int MEMORY = 16;

    /// DLT_RAW, as which libpcap knows LINKTYPE_RAW.
    private static final int DLT_RAW = 12;

    private final long[] instructions;

    private FilterProgram(long[] instructions) {
        this.instructions = instructions;
    }

    /// Compiles expressions; finding libpcap takes a moment, so one serves for all link types.
    public static final class Compiler {
        private final Libpcap libpcap;

        /// @throws TapFailure if there is no libpcap here
        public Compiler() throws TapFailure {
            Path library = NativeLibraries.libpcap()
                    .orElseThrow(() -> new TapFailure(
                            TapFailure.Kind.NO_LIBPCAP,
                            "there is no libpcap to compile a filter",
                            PcapHandles.INSTALL));
            try {
                libpcap = new Libpcap(library);
            } catch (IllegalArgumentException failed) {
                throw new TapFailure(
                        TapFailure.Kind.NO_LIBPCAP,
                        "libpcap cannot be loaded: " + failed.getMessage(),
                        PcapHandles.INSTALL);
            }
        }

        /// Compiles an expression for frames of a link type.
        ///
        /// @throws TapFailure of kind [TapFailure.Kind#FILTER] if libpcap does not accept it
        public FilterProgram compile(LinkType link, String expression) throws TapFailure {
            try {
                int known = link.equals(LinkType.RAW) ? DLT_RAW : link.code();
                return new FilterProgram(libpcap.compile(known, expression));
            } catch (Libpcap.Refused refused) {
                throw new TapFailure(
                        TapFailure.Kind.FILTER,
                        "libpcap does not accept the filter \"" + expression + "\" for " + link + " frames: "
                                + refused.getMessage(),
                        "tcpdump -d 'FILTER' shows where it goes wrong");
            }
        }
    }

    /// The instructions, as the kernel takes them: `struct bpf_insn` each as one little-endian number.
    long[] instructions() {
        return instructions.clone();
    }

    /// Whether it lets a frame pass.
    ///
    /// @param bytes    where the frame is
    /// @param at       its first byte
    /// @param captured how many bytes of it there are
    /// @param original how long it was on the wire
    public boolean passes(MemorySegment bytes, long at, int captured, int original) {
        int[] memory = null;
        int a = 0;
        int x = 0;
        for (int next = 0; next < instructions.length; next++) {
            long instruction = instructions[next];
            int code = (int) instruction & 0xFFFF;
            int k = (int) (instruction >>> 32);
            switch (code & 7) {
                case LD, LDX -> {
                    boolean indexed = (code & 0xE0) == IND;
                    int mode = code & 0xE0;
                    int value;
                    if (mode == IMM) {
                        value = k;
                    } else if (mode == LEN) {
                        value = original;
                    } else if (mode == MEM) {
                        value = memory == null ? 0 : memory[k & MEMORY - 1];
                    } else {
                        long from = (k & 0xFFFF_FFFFL) + (indexed ? x & 0xFFFF_FFFFL : 0);
                        int size = mode == MSH ? 1 : (code & 0x18) == WORD ? 4 : (code & 0x18) == HALF ? 2 : 1;
                        if (mode != ABS && mode != IND && mode != MSH || from + size > captured) {
                            return false;
                        }
                        value = load(bytes, at + from, size);
                        value = mode == MSH ? (value & 0xF) << 2 : value;
                    }
                    if ((code & 7) == LD) {
                        a = value;
                    } else {
                        x = value;
                    }
                }
                case ST, STX -> {
                    memory = memory == null ? new int[MEMORY] : memory;
                    memory[k & MEMORY - 1] = (code & 7) == ST ? a : x;
                }
                case ALU -> {
                    int operand = (code & X) != 0 ? x : k;
                    int operation = code & 0xF0;
                    if (operand == 0 && (operation == 0x30 || operation == 0x90)) {
                        return false;
                    }
                    a = calculated(operation, a, operand);
                }
                case JMP -> next += jump(code, instruction, a, (code & X) != 0 ? x : k, k);
                case RET -> {
                    return ((code & 0x18) == A ? a : k) != 0;
                }
                default -> {
                    if ((code & 0xF8) == TAX) {
                        x = a;
                    } else {
                        a = x;
                    }
                }
            }
        }
        return false;
    }

    private static int load(MemorySegment bytes, long at, int size) {
        return switch (size) {
            case 4 -> bytes.get(INT, at);
            case 2 -> bytes.get(SHORT, at) & 0xFFFF;
            default -> bytes.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
        };
    }

    private static int calculated(int operation, int a, int operand) {
        return switch (operation) {
            case 0x00 -> a + operand;
            case 0x10 -> a - operand;
            case 0x20 -> a * operand;
            case 0x30 -> Integer.divideUnsigned(a, operand);
            case 0x40 -> a | operand;
            case 0x50 -> a & operand;
            case 0x60 -> operand >>> 5 == 0 ? a << operand : 0;
            case 0x70 -> operand >>> 5 == 0 ? a >>> operand : 0;
            case 0x80 -> -a;
            case 0x90 -> Integer.remainderUnsigned(a, operand);
            case 0xA0 -> a ^ operand;
            default -> a;
        };
    }

    /// How many instructions are left out; jumps only lead forward.
    private static int jump(int code, long instruction, int a, int operand, int k) {
        boolean taken = switch (code & 0xF0) {
            case 0x10 -> a == operand;
            case 0x20 -> Integer.compareUnsigned(a, operand) > 0;
            case 0x30 -> Integer.compareUnsigned(a, operand) >= 0;
            case 0x40 -> (a & operand) != 0;
            default -> true;
        };
        if ((code & 0xF0) == 0) {
            return k & Integer.MAX_VALUE >> 1;
        }
        return (int) (instruction >>> (taken ? 16 : 24)) & 0xFF;
    }
}
