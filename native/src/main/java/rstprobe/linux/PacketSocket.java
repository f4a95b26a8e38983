package rstprobe.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// Sends and receives whole link-layer frames on one interface (packet(7), `AF_PACKET` with `SOCK_RAW`).
/// Needs `CAP_NET_RAW`.
///
/// A frame is what the kernel holds: with segmentation or receive offload on, one frame can be a merged
/// segment of up to 64 KiB with an unfinished checksum (see [Offloads]), and a VLAN tag the NIC stripped is
/// missing. One thread may receive while others send, and any may close: closing waits for those inside, up to
/// [Poll#SLICE].
public final class PacketSocket implements AutoCloseable {
    /// Bytes that hold every frame: a merged 64 KiB datagram and its link header with two VLAN tags.
    public static final int LARGEST_FRAME = 65_536 + 64;

    /// Frames that one call hands to the kernel.
    static final int BATCH = 64;

    private static final long MMSGHDR = 64;
    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_ADD_MEMBERSHIP = 1;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final short PACKET_MR_PROMISC = 1;
    private static final byte PACKET_OUTGOING = 4;
    private static final short ETH_P_ALL = 3;
    private static final short NO_PROTOCOL = 0;
    private static final int SOCKADDR_LL = 20;
    private static final int RECEIVE_BUFFER = 4 << 20;

    private final Descriptor descriptor;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(LARGEST_FRAME, Long.BYTES);
    private final MemorySegment address = arena.allocate(SOCKADDR_LL, Long.BYTES);
    private final MemorySegment addressLength = arena.allocate(JAVA_INT);
    /// Held shared by whoever uses the descriptor or the buffer, alone by whoever frees them.
    private final ReadWriteLock inside = new ReentrantReadWriteLock();

    private volatile boolean closing;
    private boolean outgoing;

    private PacketSocket(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /// Opens a socket that receives what arrives on an interface, not what this host sends.
    ///
    /// @param interfaceIndex see [NetworkInterfaceFacts#index]
    /// @param promiscuous receive frames for other MAC addresses too
    public static PacketSocket open(int interfaceIndex, boolean promiscuous) throws LinuxException {
        return open(interfaceIndex, promiscuous, true);
    }

    /// Opens a socket that receives both ways: [#outgoing] tells them apart.
    public static PacketSocket openBothWays(int interfaceIndex, boolean promiscuous) throws LinuxException {
        return open(interfaceIndex, promiscuous, false);
    }

    /// Opens a socket that only sends: the kernel copies no frame into it, and [#receive] hears nothing.
    public static PacketSocket openForSending(int interfaceIndex) throws LinuxException {
        return open(interfaceIndex, false, true, NO_PROTOCOL);
    }

    private static PacketSocket open(int interfaceIndex, boolean promiscuous, boolean ignoreOutgoing)
            throws LinuxException {
        return open(interfaceIndex, promiscuous, ignoreOutgoing, ETH_P_ALL);
    }

    private static PacketSocket open(int interfaceIndex, boolean promiscuous, boolean ignoreOutgoing, short protocol)
            throws LinuxException {
        int kind = SOCK_RAW | TcpConnect.NONBLOCKING;
        // Protocol 0 receives nothing until bind names one, so no frame of another interface slips in before.
        int fd = LinuxException.check("socket AF_PACKET", Libc.socket(AF_PACKET, kind, 0));
        PacketSocket socket = new PacketSocket(new Descriptor(fd));
        try {
            socket.setUp(interfaceIndex, promiscuous, ignoreOutgoing, protocol);
            return socket;
        } catch (LinuxException | RuntimeException failed) {
            socket.close();
            throw failed;
        }
    }

    private void setUp(int interfaceIndex, boolean promiscuous, boolean ignoreOutgoing, short protocol)
            throws LinuxException {
        int fd = descriptor.number();
        try (Arena once = Arena.ofConfined()) {
            MemorySegment ignore = once.allocateFrom(JAVA_INT, ignoreOutgoing ? 1 : 0);
            Sockets.set(fd, "PACKET_IGNORE_OUTGOING", SOL_PACKET, PACKET_IGNORE_OUTGOING, ignore);
            if (promiscuous) {
                MemorySegment membership = once.allocate(16, Long.BYTES); // struct packet_mreq
                membership.set(JAVA_INT, 0, interfaceIndex);
                membership.set(JAVA_SHORT, 4, PACKET_MR_PROMISC);
                Sockets.set(fd, "PACKET_ADD_MEMBERSHIP", SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership);
            }
            Sockets.set(fd, IntOption.SO_RCVBUF, RECEIVE_BUFFER);
            MemorySegment local = once.allocate(SOCKADDR_LL, Long.BYTES); // struct sockaddr_ll
            local.set(JAVA_SHORT, 0, (short) AF_PACKET);
            local.set(JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN), 2, protocol);
            local.set(JAVA_INT, 4, interfaceIndex);
            LinuxException.check("bind AF_PACKET", Libc.bind(fd, local));
        }
    }

    /// Sends one frame, link header first, past the firewall's output hooks and the route table.
    ///
    /// @throws LinuxException `EMSGSIZE` above the MTU, `ENETDOWN` on an interface that is down, `ENOBUFS`
    ///     or `EAGAIN` where the queue is full
    public void send(byte[] frame, int offset, int length) throws LinuxException {
        Objects.checkFromIndexSize(offset, length, frame.length);
        inside.readLock().lock();
        try (Arena once = Arena.ofConfined()) {
            MemorySegment copy = once.allocate(Math.max(1, length), Long.BYTES);
            MemorySegment.copy(frame, offset, copy, JAVA_BYTE, 0, length);
            LinuxException.check("send AF_PACKET", Libc.send(descriptor.number(), copy, length, Sockets.QUIETLY));
        } finally {
            inside.readLock().unlock();
        }
    }

    /// Sends several frames in order, with one call into the kernel for every [#BATCH] of them.
    ///
    /// Where the kernel refuses one, those before it were sent. A frame costs 2.9 us so, and 3.6 alone.
    ///
    /// @param frames link headers first
    /// @return how many were sent; fewer than given where the queue is full
    /// @throws LinuxException where the first frame is refused: `EMSGSIZE` above the MTU, `ENETDOWN`
    public int send(List<byte[]> frames) throws LinuxException {
        int sent = 0;
        inside.readLock().lock();
        try {
            while (sent < frames.size()) {
                List<byte[]> batch = frames.subList(sent, Math.min(frames.size(), sent + BATCH));
                int taken = sendBatch(batch);
                if (taken < 0 && sent > 0) {
                    return sent;
                }
                sent += LinuxException.check("sendmmsg AF_PACKET", taken);
                if (taken < batch.size()) {
                    return sent;
                }
            }
            return sent;
        } finally {
            inside.readLock().unlock();
        }
    }

    /// `struct mmsghdr` of 64-bit Linux is a `struct msghdr` of 56 bytes (its iov and iovlen at 16 and 24), the length
    /// sent at 56, and padding to 64; `struct iovec` is a pointer and a length.
    private int sendBatch(List<byte[]> batch) {
        try (Arena once = Arena.ofConfined()) {
            int bytes = batch.stream().mapToInt(frame -> frame.length).sum();
            MemorySegment copies = once.allocate(Math.max(1, bytes), Long.BYTES);
            MemorySegment vectors = once.allocate(batch.size() * 16L, Long.BYTES);
            MemorySegment messages = once.allocate(batch.size() * MMSGHDR, Long.BYTES);
            long at = 0;
            for (int i = 0; i < batch.size(); i++) {
                byte[] frame = batch.get(i);
                MemorySegment.copy(frame, 0, copies, JAVA_BYTE, at, frame.length);
                vectors.set(JAVA_LONG, i * 16L, copies.address() + at);
                vectors.set(JAVA_LONG, i * 16L + 8, frame.length);
                messages.set(JAVA_LONG, i * MMSGHDR + 16, vectors.address() + i * 16L);
                messages.set(JAVA_LONG, i * MMSGHDR + 24, 1);
                at += frame.length;
            }
            return Libc.sendmmsg(descriptor.number(), messages, batch.size(), Sockets.QUIETLY);
        }
    }

    /// Receives the next frame.
    ///
    /// @param into room for [#LARGEST_FRAME] holds every frame
    /// @return the frame's length, -1 when time is up or another thread closes the socket
    /// @throws IllegalStateException on a socket that is closed
    /// @throws LinuxException `EMSGSIZE` where the frame is longer than `into` (it is lost), `ENETDOWN`
    ///     once when the interface goes down
    public int receive(byte[] into, Duration timeout) throws IOException {
        inside.readLock().lock();
        try {
            int length = receiveNow(into);
            if (length >= 0 || !awaitFrame(timeout)) {
                return length;
            }
            return receiveNow(into);
        } finally {
            inside.readLock().unlock();
        }
    }

    private boolean awaitFrame(Duration timeout) throws IOException {
        long deadline = System.nanoTime() + Poll.nanos(timeout);
        long left;
        do {
            left = Math.max(0, deadline - System.nanoTime());
            Duration slice = Duration.ofNanos(Math.min(left, Poll.SLICE.toNanos()));
            if (Poll.one(descriptor.number(), Poll.IN, slice) != 0) {
                return true;
            }
        } while (left > 0 && !closing);
        return false;
    }

    private int receiveNow(byte[] into) throws LinuxException {
        addressLength.set(JAVA_INT, 0, SOCKADDR_LL);
        int length = Libc.recvfrom(descriptor.number(), buffer, Sockets.WHOLE_LENGTH, address, addressLength);
        if (length == -Errno.EAGAIN.number()) {
            return -1;
        }
        LinuxException.check("recvfrom AF_PACKET", length);
        if (length > into.length || length > LARGEST_FRAME) {
            throw new LinuxException("recvfrom AF_PACKET", Errno.EMSGSIZE);
        }
        outgoing = address.get(JAVA_BYTE, 10) == PACKET_OUTGOING;
        MemorySegment.copy(buffer, JAVA_BYTE, 0, into, 0, length);
        return length;
    }

    /// Whether this host sent the frame received last (`PACKET_OUTGOING`).
    public boolean outgoing() {
        return outgoing;
    }

    /// Waits until one of several sockets has something to receive, an error counts. None may be closed meanwhile.
    ///
    /// @param sockets at most 32
    /// @return bit `i` is set where the `i`th is ready; 0 when time is up
    public static int awaitReadable(List<PacketSocket> sockets, Duration timeout) throws IOException {
        if (sockets.size() > Integer.SIZE) {
            throw new IllegalArgumentException("at most " + Integer.SIZE + " sockets, not " + sockets.size());
        }
        int[] fds =
                sockets.stream().mapToInt(socket -> socket.descriptor.number()).toArray();
        short[] events = Poll.many(fds, Poll.IN, timeout);
        int ready = 0;
        for (int i = 0; i < events.length; i++) {
            ready |= events[i] == 0 ? 0 : 1 << i;
        }
        return ready;
    }

    /// Closes the socket and frees its buffer. The kernel lets go of a packet socket only after every
    /// processor passed it by, so this takes some milliseconds.
    @Override
    public void close() {
        closing = true;
        inside.writeLock().lock();
        try {
            descriptor.close();
            if (arena.scope().isAlive()) {
                arena.close();
            }
        } finally {
            inside.writeLock().unlock();
        }
    }
}
