package rstprobe.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads a socket's error queue: `recvmsg` with `MSG_ERRQUEUE`, and the control messages it fills.
///
/// Layouts are those of 64-bit Linux: `struct msghdr` is name, namelen, iov, iovlen, control, controllen,
/// flags at 0, 8, 16, 24, 32, 40, 48; `struct cmsghdr` is len, level, type at 0, 8, 12 and its bytes at 16,
/// each message 8-aligned.
final class ErrorQueue {
    /// Entries taken in one go; the socket's receive buffer bounds the queue, this bounds us.
    static final int MOST_ENTRIES = 256;

    private static final int MSG_ERRQUEUE = 0x2000;
    private static final int IP_RECVERR = 11;
    private static final int IPV6_RECVERR = 25;
    private static final int CONTROL_SIZE = 512;
    private static final int CMSG_HEADER = 16;
    private static final int EXTENDED_ERROR = 16;

    private ErrorQueue() {}

    static List<QueuedError> drain(int fd) throws LinuxException {
        List<QueuedError> errors = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(SocketAddress.LARGEST, Long.BYTES);
            MemorySegment control = arena.allocate(CONTROL_SIZE, Long.BYTES);
            MemorySegment message = message(arena, name, control);
            for (int turn = 0; turn < MOST_ENTRIES; turn++) {
                message.set(JAVA_INT, 8, SocketAddress.LARGEST);
                message.set(JAVA_LONG, 40, CONTROL_SIZE);
                int result = Libc.recvmsg(fd, message, MSG_ERRQUEUE | Sockets.QUIETLY);
                if (result == -Errno.EAGAIN.number()) {
                    break;
                }
                LinuxException.check("recvmsg MSG_ERRQUEUE", result);
                long filled = Math.clamp(message.get(JAVA_LONG, 40), 0, CONTROL_SIZE);
                Optional<InetSocketAddress> destination =
                        message.get(JAVA_INT, 8) == 0 ? Optional.empty() : SocketAddress.read(name);
                find(control.asSlice(0, filled), destination).ifPresent(errors::add);
            }
        }
        return List.copyOf(errors);
    }

    private static MemorySegment message(Arena arena, MemorySegment name, MemorySegment control) {
        MemorySegment vector = arena.allocate(16, Long.BYTES);
        vector.set(JAVA_LONG, 0, arena.allocate(1).address());
        vector.set(JAVA_LONG, 8, 1);
        MemorySegment message = arena.allocate(56, Long.BYTES);
        message.set(JAVA_LONG, 0, name.address()); // linking an ADDRESS layout would cost 10 ms
        message.set(JAVA_LONG, 16, vector.address());
        message.set(JAVA_LONG, 24, 1);
        message.set(JAVA_LONG, 32, control.address());
        return message;
    }

    /// Walks the control messages to the one that holds the extended error.
    static Optional<QueuedError> find(MemorySegment control, Optional<InetSocketAddress> destination) {
        long at = 0;
        while (control.byteSize() - at >= CMSG_HEADER) {
            long length = control.get(JAVA_LONG, at);
            if (length < CMSG_HEADER || length > control.byteSize() - at) {
                return Optional.empty();
            }
            int level = control.get(JAVA_INT, at + 8);
            int type = control.get(JAVA_INT, at + 12);
            boolean wanted = (level == IntOption.Level.IP && type == IP_RECVERR)
                    || (level == IntOption.Level.IPV6 && type == IPV6_RECVERR);
            if (wanted && length >= CMSG_HEADER + EXTENDED_ERROR) {
                return read(control.asSlice(at + CMSG_HEADER, length - CMSG_HEADER), destination);
            }
            at += (length + 7) & -8;
        }
        return Optional.empty();
    }

    /// Reads `struct sock_extended_err` and the offender's `sockaddr` behind it.
    private static Optional<QueuedError> read(MemorySegment error, Optional<InetSocketAddress> destination) {
        int number = error.get(JAVA_INT, 0);
        if (number <= 0) {
            return Optional.empty();
        }
        QueuedError.Origin origin = switch (error.get(JAVA_BYTE, 4)) {
            case 1 -> QueuedError.Origin.LOCAL;
            case 2 -> QueuedError.Origin.ICMP;
            case 3 -> QueuedError.Origin.ICMP6;
            default -> QueuedError.Origin.OTHER;
        };
        return Optional.of(new QueuedError(
                new Errno(number),
                origin,
                Byte.toUnsignedInt(error.get(JAVA_BYTE, 5)),
                Byte.toUnsignedInt(error.get(JAVA_BYTE, 6)),
                error.get(JAVA_INT, 8),
                SocketAddress.read(error.asSlice(EXTENDED_ERROR)).map(InetSocketAddress::getAddress),
                destination));
    }
}
