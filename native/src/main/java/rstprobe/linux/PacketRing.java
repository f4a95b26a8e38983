package rstprobe.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;

/// Frames of one interface in memory that the kernel shares with this process (packet(7), `PACKET_RX_RING` with
/// `TPACKET_V3`, and `Documentation/networking/packet_mmap.rst`): no call and no copy a frame. Needs `CAP_NET_RAW`.
///
/// The kernel hands over whole blocks of frames, a full one at once and one that is not full after
/// [#RETIRE_MILLIS] ms. All calls are for one thread.
public final class PacketRing implements AutoCloseable {
    /// Bytes of a block.
    public static final int BLOCK = 1 << 20;

    /// How long a block that does not fill up is kept back, in milliseconds: a tenth of a second is soon enough for
    /// whoever looks back minutes, and wakes a quiet host ten times a second.
    static final int RETIRE_MILLIS = 100;

    /// `ARPHRD_` numbers (`linux/if_arp.h`): what frames of the interface begin with.
    public static final int ETHERNET = 1, LOOPBACK = 772, NO_HEADER = 65_534, IPV4_TUNNEL = 768, IPV6_TUNNEL = 769;

    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final int SOL_SOCKET = 1;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_RX_RING = 5;
    private static final int PACKET_STATISTICS = 6;
    private static final int PACKET_VERSION = 10;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final int TPACKET_V3 = 2;
    private static final short NO_PROTOCOL = 0;
    private static final short ETH_P_ALL = 3;
    private static final int SOCKADDR_LL = 20;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;

    /// Only a unit of account: blocks hold frames of any length.
    private static final int FRAME = 2_048;

    // struct tpacket_block_desc: version, offset to private data, then struct tpacket_hdr_v1.
    private static final int BLOCK_STATUS = 8, NUMBER_OF_FRAMES = 12, FIRST_FRAME = 16;
    private static final int BLOCK_HEADER = 48;
    private static final int TP_STATUS_USER = 1;

    // struct tpacket3_hdr
    private static final int NEXT = 0, SECONDS = 4, NANOS = 8, CAPTURED = 12, LENGTH = 16, MAC = 24, FRAME_HEADER = 48;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /// `BPF_RET | BPF_K`: the instruction's last number says how much of the frame is kept.
    private static final int RETURN_CONSTANT = 6;

    private static final VarHandle STATUS = JAVA_INT.varHandle();

    private final Descriptor descriptor;
    private final int interfaceIndex;
    private final int hardware;
    private MemorySegment ring = MemorySegment.NULL;
    private int blocks;
    private int next;
    private long received;
    private long dropped;

    /// Looks at one frame where the kernel put it, which is its place until this returns.
    @FunctionalInterface
    public interface Visitor {
        /// @param bytes    the ring
        /// @param at       where in it the frame begins
        /// @param captured how many of its bytes are there
        /// @param length   how long it was on the wire; a VLAN tag that the kernel took off is not counted
        /// @param atNanos  when the kernel saw it, nanoseconds since 1970
        void frame(MemorySegment bytes, long at, int captured, int length, long atNanos);
    }

    private PacketRing(Descriptor descriptor, int interfaceIndex, int hardware) {
        this.descriptor = descriptor;
        this.interfaceIndex = interfaceIndex;
        this.hardware = hardware;
    }

    /// Opens a ring that hears nothing until [#start].
    ///
    /// @param interfaceIndex see [NetworkInterfaceFacts#index]
    public static PacketRing open(int interfaceIndex) throws LinuxException {
        int kind = SOCK_RAW | TcpConnect.NONBLOCKING;
        Descriptor descriptor =
                new Descriptor(LinuxException.check("socket AF_PACKET", Libc.socket(AF_PACKET, kind, NO_PROTOCOL)));
        try (Arena once = Arena.ofConfined()) {
            bind(descriptor, interfaceIndex, NO_PROTOCOL);
            MemorySegment local = once.allocate(SOCKADDR_LL, Long.BYTES);
            MemorySegment length = once.allocateFrom(JAVA_INT, SOCKADDR_LL);
            LinuxException.check("getsockname AF_PACKET", Libc.getsockname(descriptor.number(), local, length));
            return new PacketRing(descriptor, interfaceIndex, Short.toUnsignedInt(local.get(JAVA_SHORT, 8)));
        } catch (LinuxException | RuntimeException failed) {
            descriptor.close();
            throw failed;
        }
    }

    private static void bind(Descriptor descriptor, int interfaceIndex, short protocol) throws LinuxException {
        try (Arena once = Arena.ofConfined()) {
            MemorySegment local = once.allocate(SOCKADDR_LL, Long.BYTES); // struct sockaddr_ll
            local.set(JAVA_SHORT, 0, (short) AF_PACKET);
            local.set(JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN), 2, protocol);
            local.set(JAVA_INT, 4, interfaceIndex);
            LinuxException.check("bind AF_PACKET", Libc.bind(descriptor.number(), local));
        }
    }

    /// What its frames begin with, an `ARPHRD_` number: [#ETHERNET], [#LOOPBACK], [#NO_HEADER] or another.
    public int hardware() {
        return hardware;
    }

    /// From now on every frame that passes the filter is in the ring. On a loopback interface each is there once,
    /// as it comes in.
    ///
    /// @param filter     instructions of classic BPF, `struct bpf_insn` each as one little-endian number
    /// @param snapLength bytes of a frame that are kept, at least 1
    /// @param bytes      room for frames, at least two blocks; the kernel locks it
    public void start(long[] filter, int snapLength, int bytes) throws LinuxException {
        blocks = Math.max(2, bytes / BLOCK);
        int fd = descriptor.number();
        try (Arena once = Arena.ofConfined()) {
            set("PACKET_VERSION", PACKET_VERSION, once.allocateFrom(JAVA_INT, TPACKET_V3));
            if (hardware == LOOPBACK) {
                set("PACKET_IGNORE_OUTGOING", PACKET_IGNORE_OUTGOING, once.allocateFrom(JAVA_INT, 1));
            }
            MemorySegment request = once.allocateFrom( // struct tpacket_req3
                    JAVA_INT, BLOCK, blocks, FRAME, blocks * (BLOCK / FRAME), RETIRE_MILLIS, 0, 0);
            set("PACKET_RX_RING", PACKET_RX_RING, request);
            MemorySegment program = once.allocate(16, Long.BYTES); // struct sock_fprog
            program.set(JAVA_SHORT, 0, (short) filter.length);
            program.set(
                    JAVA_LONG,
                    8,
                    once.allocateFrom(JAVA_LONG, cutting(filter, snapLength)).address());
            Sockets.set(fd, "SO_ATTACH_FILTER", SOL_SOCKET, SO_ATTACH_FILTER, program);
        }
        map(fd);
        bind(descriptor, interfaceIndex, ETH_P_ALL);
    }

    /// The same program, with the snapshot length wherever it lets a frame pass.
    private static long[] cutting(long[] filter, int snapLength) {
        long[] program = filter.clone();
        for (int i = 0; i < program.length; i++) {
            if ((program[i] & 0xFFFF) == RETURN_CONSTANT && program[i] >>> Integer.SIZE != 0) {
                program[i] = (long) snapLength << Integer.SIZE | RETURN_CONSTANT;
            }
        }
        return program;
    }

    @SuppressWarnings("restricted")
    private void map(int fd) throws LinuxException {
        long length = (long) blocks * BLOCK;
        long address = Libc.mmap(length, PROT_READ_WRITE, MAP_SHARED, fd);
        if (address < 0) {
            throw new LinuxException("mmap PACKET_RX_RING", new Errno((int) -address));
        }
        ring = MemorySegment.ofAddress(address).reinterpret(length);
    }

    private void set(String name, int option, MemorySegment value) throws LinuxException {
        Sockets.set(descriptor.number(), name, SOL_PACKET, option, value);
    }

    /// Waits until there is a block to [#take].
    ///
    /// @return false when time is up
    /// @throws LinuxException `ENETDOWN` once when the interface goes down or away
    /// @throws java.io.InterruptedIOException where this thread is interrupted
    public boolean await(Duration timeout) throws IOException {
        int events = Poll.one(descriptor.number(), Poll.IN, timeout);
        if ((events & ~Poll.IN) != 0) {
            int error = Sockets.get(descriptor.number(), IntOption.SO_ERROR);
            if (error != 0) {
                throw new LinuxException("poll AF_PACKET", new Errno(error));
            }
        }
        return (events & Poll.IN) != 0;
    }

    /// Shows every frame of the blocks that are handed over, at most once round the ring, and hands them back.
    ///
    /// @return how many frames those were
    public int take(Visitor visitor) {
        int frames = 0;
        for (int taken = 0; taken < blocks; taken++) {
            long block = (long) next * BLOCK;
            if (((int) STATUS.getAcquire(ring, block + BLOCK_STATUS) & TP_STATUS_USER) == 0) {
                return frames;
            }
            frames += show(ring, block, visitor);
            STATUS.setRelease(ring, block + BLOCK_STATUS, 0);
            next = next + 1 == blocks ? 0 : next + 1;
        }
        return frames;
    }

    private static int show(MemorySegment memory, long block, Visitor visitor) {
        int number = memory.get(JAVA_INT, block + NUMBER_OF_FRAMES);
        long at = block + memory.get(JAVA_INT, block + FIRST_FRAME);
        for (int i = 0; i < number; i++) {
            long seconds = Integer.toUnsignedLong(memory.get(JAVA_INT, at + SECONDS));
            int mac = Short.toUnsignedInt(memory.get(ValueLayout.JAVA_SHORT, at + MAC));
            visitor.frame(
                    memory,
                    at + mac,
                    memory.get(JAVA_INT, at + CAPTURED),
                    memory.get(JAVA_INT, at + LENGTH),
                    seconds * NANOS_PER_SECOND + memory.get(JAVA_INT, at + NANOS));
            at += memory.get(JAVA_INT, at + NEXT);
        }
        return number;
    }

    /// Shows frames of our own again and again, from a block as the kernel makes them: what a cold JVM does slowly for
    /// the first hundred thousand it has done before a ring that fills meanwhile is there.
    ///
    /// @param frames together less than a block
    /// @param times  how often each is shown
    public static void rehearse(List<byte[]> frames, int times, Visitor visitor) {
        try (Arena once = Arena.ofConfined()) {
            MemorySegment block = once.allocate(BLOCK, Long.BYTES);
            block.set(JAVA_INT, NUMBER_OF_FRAMES, frames.size());
            block.set(JAVA_INT, FIRST_FRAME, BLOCK_HEADER);
            long at = BLOCK_HEADER;
            for (byte[] frame : frames) {
                block.set(JAVA_INT, at + CAPTURED, frame.length);
                block.set(JAVA_INT, at + LENGTH, frame.length);
                block.set(ValueLayout.JAVA_SHORT, at + MAC, (short) FRAME_HEADER);
                MemorySegment.copy(frame, 0, block, ValueLayout.JAVA_BYTE, at + FRAME_HEADER, frame.length);
                int room = FRAME_HEADER + frame.length + Long.BYTES - 1 & -Long.BYTES;
                block.set(JAVA_INT, at + NEXT, room);
                at += room;
            }
            for (int i = 0; i < times; i++) {
                show(block, 0, visitor);
            }
        }
    }

    /// Asks the kernel what it counted since it was asked last.
    public void count() throws LinuxException {
        try (Arena once = Arena.ofConfined()) {
            MemorySegment statistics = once.allocate(12, Long.BYTES); // struct tpacket_stats_v3
            MemorySegment length = once.allocateFrom(JAVA_INT, 12);
            LinuxException.check(
                    "getsockopt PACKET_STATISTICS",
                    Libc.getsockopt(descriptor.number(), SOL_PACKET, PACKET_STATISTICS, statistics, length));
            received += Integer.toUnsignedLong(statistics.get(JAVA_INT, 0));
            dropped += Integer.toUnsignedLong(statistics.get(JAVA_INT, 4));
        }
    }

    /// Frames that passed the filter up to the last [#count], those included that were dropped.
    public long received() {
        return received;
    }

    /// Frames that found the ring full, up to the last [#count].
    public long dropped() {
        return dropped;
    }

    /// Gives the memory back and closes the socket; what the ring still held is lost.
    @Override
    public void close() {
        if (ring.byteSize() > 0) {
            Libc.munmap(ring.address(), ring.byteSize());
            ring = MemorySegment.NULL;
            blocks = 0;
        }
        descriptor.close();
    }
}
