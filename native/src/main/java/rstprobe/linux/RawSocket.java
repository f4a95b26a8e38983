package rstprobe.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Sends and receives datagrams below TCP: raw ICMP, whole IP packets with our own header, and UDP for probes whose
/// ICMP errors matter (raw(7), udp(7)). Raw kinds need `CAP_NET_RAW`.
///
/// Its error queue is on: an ICMP error never fails a later send or receive, it waits in [#errorQueue]. One thread may
/// receive while others send.
public final class RawSocket implements AutoCloseable {
    /// Bytes that hold every datagram.
    public static final int LARGEST_DATAGRAM = 65_536;

    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_RAW = 3;

    /// What a socket carries.
    public enum Kind {
        /// ICMP messages (RFC 792); what is received starts with the IPv4 header.
        ICMP(SocketAddress.AF_INET, SOCK_RAW, 1),
        /// ICMPv6 messages (RFC 4443) without the IPv6 header; the kernel fills the checksum.
        ICMP6(SocketAddress.AF_INET6, SOCK_RAW, 58),
        /// Whole IPv4 packets with our own header; receives nothing.
        IPV4(SocketAddress.AF_INET, SOCK_RAW, 255),
        /// Whole IPv6 packets with our own header; receives nothing.
        IPV6(SocketAddress.AF_INET6, SOCK_RAW, 255),
        /// UDP payloads over IPv4.
        UDP(SocketAddress.AF_INET, SOCK_DGRAM, 17),
        /// UDP payloads over IPv6.
        UDP6(SocketAddress.AF_INET6, SOCK_DGRAM, 17);

        private final int family;
        private final int type;
        private final int protocol;

        Kind(int family, int type, int protocol) {
            this.family = family;
            this.type = type;
            this.protocol = protocol;
        }
    }

    /// A datagram received: its length and who sent it; port 0 where it has none.
    public record Arrival(int length, InetSocketAddress sender) {}

    private final Kind kind;
    private final Descriptor descriptor;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(LARGEST_DATAGRAM, Long.BYTES);
    private final MemorySegment address = arena.allocate(SocketAddress.LARGEST, Long.BYTES);
    private final MemorySegment addressLength = arena.allocate(JAVA_INT);

    private RawSocket(Kind kind, Descriptor descriptor) {
        this.kind = kind;
        this.descriptor = descriptor;
    }

    /// Opens a socket with its error queue on.
    public static RawSocket open(Kind kind) throws LinuxException {
        int made = Libc.socket(kind.family, kind.type | TcpConnect.NONBLOCKING, kind.protocol);
        RawSocket socket = new RawSocket(kind, new Descriptor(LinuxException.check("socket", kind, made)));
        try {
            socket.set(IntOption.IP_RECVERR, 1);
            return socket;
        } catch (LinuxException | RuntimeException failed) {
            socket.close();
            throw failed;
        }
    }

    /// Sets an option, by its twin for the socket's family.
    public void set(IntOption option, int value) throws LinuxException {
        Sockets.set(descriptor.number(), option.on(kind.family == SocketAddress.AF_INET6), value);
    }

    /// The descriptor, for [Sockets].
    public int fd() {
        return descriptor.number();
    }

    /// Uses one of our addresses; port 0 is any, and the only one for raw kinds.
    public void bind(InetAddress local, int port) throws LinuxException {
        try (Arena once = Arena.ofConfined()) {
            LinuxException.check("bind", Libc.bind(descriptor.number(), SocketAddress.of(once, local, port)));
        }
    }

    /// Sends one datagram.
    ///
    /// @param target port 0 for raw kinds
    /// @throws LinuxException `EMSGSIZE` where it is larger than may leave with DF set
    public void send(byte[] bytes, int offset, int length, InetSocketAddress target) throws LinuxException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        try (Arena once = Arena.ofConfined()) {
            MemorySegment copy = once.allocate(Math.max(1, length), Long.BYTES);
            MemorySegment.copy(bytes, offset, copy, JAVA_BYTE, 0, length);
            MemorySegment to = SocketAddress.of(once, target.getAddress(), target.getPort());
            int sent = Libc.sendto(descriptor.number(), copy, length, Sockets.QUIETLY, to);
            if (sent < 0) {
                // The errno may be an earlier probe's ICMP error, told once more; only the second one is this probe's.
                sent = Libc.sendto(descriptor.number(), copy, length, Sockets.QUIETLY, to);
            }
            LinuxException.check("sendto", kind, sent);
        }
    }

    /// Receives the next datagram. It returns early and empty while the error queue holds something: take it out with
    /// [#errorQueue], or the wait becomes a spin.
    ///
    /// @param into room for [#LARGEST_DATAGRAM] holds every datagram
    /// @return empty when time is up, or an ICMP error came
    /// @throws LinuxException `EMSGSIZE` where `into` is too short (the datagram is lost)
    public Optional<Arrival> receive(byte[] into, Duration timeout) throws IOException {
        Optional<Arrival> waiting = receiveNow(into);
        if (waiting.isPresent() || Poll.one(descriptor.number(), Poll.IN, timeout) == 0) {
            return waiting;
        }
        return receiveNow(into);
    }

    private Optional<Arrival> receiveNow(byte[] into) throws LinuxException {
        int length = receiveInto();
        if (length < 0 && length != -Errno.EAGAIN.number()) {
            length = receiveInto(); // the first errno told of an ICMP error, which stays in the error queue
        }
        if (length == -Errno.EAGAIN.number()) {
            return Optional.empty();
        }
        LinuxException.check("recvfrom", kind, length);
        if (length > into.length || length > LARGEST_DATAGRAM) {
            throw new LinuxException("recvfrom " + kind, Errno.EMSGSIZE);
        }
        MemorySegment.copy(buffer, JAVA_BYTE, 0, into, 0, length);
        int received = length;
        return SocketAddress.read(address).map(sender -> new Arrival(received, sender));
    }

    private int receiveInto() {
        addressLength.set(JAVA_INT, 0, SocketAddress.LARGEST);
        return Libc.recvfrom(descriptor.number(), buffer, Sockets.WHOLE_LENGTH, address, addressLength);
    }

    /// Takes everything out of the error queue, without waiting.
    public List<QueuedError> errorQueue() throws LinuxException {
        return Sockets.errorQueue(descriptor.number());
    }

    /// Closes the socket and frees its buffer.
    @Override
    public void close() {
        descriptor.close();
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
