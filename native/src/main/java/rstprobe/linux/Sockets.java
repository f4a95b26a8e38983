package rstprobe.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;

/// Facts and settings of any socket descriptor, Netty's (`((UnixChannel) channel).fd().intValue()`) or our own.
public final class Sockets {
    /// `MSG_DONTWAIT | MSG_NOSIGNAL`: never block, never raise SIGPIPE.
    static final int QUIETLY = 0x40 | 0x4000;
    /// `MSG_DONTWAIT | MSG_TRUNC`: never block, and return the whole length even where the buffer is shorter.
    /// A packet socket refuses any other flag.
    static final int WHOLE_LENGTH = 0x40 | 0x20;

    private static final int MSG_EOR = 0x80;
    private static final int TCP_INFO = 11;
    /// `SIOCOUTQ` of `linux/sockios.h`.
    private static final long SIOCOUTQ = 0x5411;
    /// `SIOCOUTQNSD` of `linux/sockios.h`.
    private static final long SIOCOUTQNSD = 0x894B;

    private Sockets() {}

    /// Reads an option.
    public static int get(int fd, IntOption option) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            MemorySegment length = arena.allocateFrom(JAVA_INT, Integer.BYTES);
            int result = Libc.getsockopt(fd, option.level(), option.number(), value, length);
            LinuxException.check("getsockopt", option, result);
            return value.get(JAVA_INT, 0);
        }
    }

    /// Sets an option.
    public static void set(int fd, IntOption option, int value) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            set(fd, option.toString(), option.level(), option.number(), arena.allocateFrom(JAVA_INT, value));
        }
    }

    static void set(int fd, String name, int level, int number, MemorySegment value) throws LinuxException {
        LinuxException.check("setsockopt", name, Libc.setsockopt(fd, level, number, value));
    }

    /// What the kernel knows of a TCP connection.
    public static TcpInfo tcpInfo(int fd) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(TcpInfo.SIZE, Long.BYTES);
            MemorySegment length = arena.allocateFrom(JAVA_INT, TcpInfo.SIZE);
            int result = Libc.getsockopt(fd, IntOption.Level.TCP, TCP_INFO, value, length);
            LinuxException.check("getsockopt TCP_INFO", result);
            return TcpInfo.read(value);
        }
    }

    /// Bytes written that the peer has not acknowledged, sent or not (`SIOCOUTQ`): 0 when all arrived.
    public static int unacknowledgedBytes(int fd) throws LinuxException {
        return queued(fd, "SIOCOUTQ", SIOCOUTQ);
    }

    /// Bytes written that have not left yet (`SIOCOUTQNSD`).
    public static int unsentBytes(int fd) throws LinuxException {
        return queued(fd, "SIOCOUTQNSD", SIOCOUTQNSD);
    }

    private static int queued(int fd, String name, long request) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_INT);
            LinuxException.check("ioctl", name, Libc.ioctl(fd, request, count));
            return count.get(JAVA_INT, 0);
        }
    }

    /// Writes bytes that no later write may join in one segment (`MSG_EOR` closes the kernel's send buffer). It never
    /// blocks. Where Netty owns the descriptor, nothing may wait in Netty's own outbound buffer.
    ///
    /// @return bytes taken, 0 where the send buffer is full
    public static int sendEndOfRecord(int fd, byte[] bytes, int offset, int length) throws LinuxException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(Math.max(1, length));
            MemorySegment.copy(bytes, offset, copy, JAVA_BYTE, 0, length);
            int sent = Libc.send(fd, copy, length, MSG_EOR | QUIETLY);
            return sent == -Errno.EAGAIN.number() ? 0 : LinuxException.check("send MSG_EOR", sent);
        }
    }

    /// Takes what a connection has received and nobody has read yet; it never blocks. A reset leaves it
    /// there, behind an error that this call does not meet while there are bytes.
    ///
    /// @return how many bytes are in `into` now; 0 where there are none, be it for the moment or for good
    public static int receive(int fd, byte[] into) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(Math.max(1, into.length));
            int length = Libc.recvfrom(fd, copy, QUIETLY, MemorySegment.NULL, MemorySegment.NULL);
            if (length == -Errno.EAGAIN.number()) {
                return 0;
            }
            LinuxException.check("recv", length);
            MemorySegment.copy(copy, JAVA_BYTE, 0, into, 0, Math.min(length, into.length));
            return Math.min(length, into.length);
        }
    }

    /// Takes everything out of a socket's error queue; [IntOption#IP_RECVERR] or its twin must be on.
    public static List<QueuedError> errorQueue(int fd) throws LinuxException {
        return ErrorQueue.drain(fd);
    }

    /// The address and port a socket is bound to.
    public static InetSocketAddress localAddress(int fd) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SocketAddress.LARGEST, Long.BYTES);
            MemorySegment length = arena.allocateFrom(JAVA_INT, SocketAddress.LARGEST);
            LinuxException.check("getsockname", Libc.getsockname(fd, address, length));
            return SocketAddress.read(address).orElseThrow(() -> new LinuxException("getsockname", Errno.EAFNOSUPPORT));
        }
    }
}
