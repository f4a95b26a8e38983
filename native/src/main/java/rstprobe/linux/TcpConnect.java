package rstprobe.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Opens TCP connections and keeps what java.net and Netty lose: the errno by name, the ICMP error behind it with its
/// sender, and the local port while the SYN is still under way.
///
/// A connected descriptor can be handed to Netty: `new EpollSocketChannel(fd)`.
public final class TcpConnect {
    /// ICMP errors that one wait keeps, the first ones; a flood of them says nothing more.
    public static final int MOST_ERRORS = 64;

    private static final int SOCK_STREAM = 1;
    /// `SOCK_NONBLOCK | SOCK_CLOEXEC`.
    static final int NONBLOCKING = 0x800 | 0x80000;

    private TcpConnect() {}

    /// Sends the SYN and does not wait for the answer.
    ///
    /// An option is set by its twin for the target's family. The error queue is on unless the options turn it off.
    ///
    /// @param bind local address to use, port 0 for any
    /// @throws LinuxException where the socket cannot be made, an option or the bind is refused; a refusal of the
    ///     connect itself is [Attempt#immediateError]
    public static Attempt open(
            InetSocketAddress target, Optional<InetSocketAddress> bind, Map<IntOption, Integer> options)
            throws LinuxException {
        if (target.isUnresolved()) {
            throw new IllegalArgumentException("unresolved: " + target);
        }
        int family = SocketAddress.family(target.getAddress());
        Descriptor descriptor =
                new Descriptor(LinuxException.check("socket", Libc.socket(family, SOCK_STREAM | NONBLOCKING, 0)));
        try {
            int fd = descriptor.number();
            Map<IntOption, Integer> all = new EnumMap<>(IntOption.class);
            all.put(IntOption.IP_RECVERR.on(target.getAddress()), 1);
            for (Map.Entry<IntOption, Integer> option : options.entrySet()) {
                all.put(option.getKey().on(target.getAddress()), option.getValue());
            }
            for (Map.Entry<IntOption, Integer> option : all.entrySet()) {
                Sockets.set(fd, option.getKey(), option.getValue());
            }
            if (bind.isPresent()) {
                bind(fd, bind.get());
            }
            return connect(descriptor, target);
        } catch (LinuxException | RuntimeException failed) {
            descriptor.close();
            throw failed;
        }
    }

    private static void bind(int fd, InetSocketAddress local) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            LinuxException.check("bind", Libc.bind(fd, SocketAddress.of(arena, local.getAddress(), local.getPort())));
        }
    }

    private static Attempt connect(Descriptor descriptor, InetSocketAddress target) throws LinuxException {
        int fd = descriptor.number();
        try (Arena arena = Arena.ofConfined()) {
            int result = Libc.connect(fd, SocketAddress.of(arena, target.getAddress(), target.getPort()));
            boolean underWay = result == 0 || result == -Errno.EINPROGRESS.number();
            Optional<Errno> error = underWay ? Optional.empty() : Optional.of(new Errno(-result));
            return new Attempt(descriptor, Sockets.localAddress(fd), error);
        }
    }

    /// One connection under way. Closing it closes the descriptor, unless [#await] gave that away.
    ///
    /// @param local our address and port; the port is known before the SYN leaves
    /// @param immediateError why connect was refused at once: no route, a local firewall, no free port
    public record Attempt(Descriptor descriptor, InetSocketAddress local, Optional<Errno> immediateError)
            implements AutoCloseable {

        /// Waits for the answer. After [Silent] it may be called again.
        ///
        /// @throws java.io.InterruptedIOException where the thread is interrupted, within 0.1 s
        public Outcome await(Duration timeout) throws IOException {
            int fd = descriptor.number();
            if (immediateError.isPresent()) {
                return new Failed(immediateError.get(), Sockets.errorQueue(fd));
            }
            long deadline = System.nanoTime() + Poll.nanos(timeout);
            List<QueuedError> queued = new ArrayList<>();
            while (true) {
                int ready = Poll.one(fd, Poll.OUT, Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
                int error = Sockets.get(fd, IntOption.SO_ERROR);
                List<QueuedError> news = Sockets.errorQueue(fd);
                queued.addAll(news.subList(0, Math.min(news.size(), MOST_ERRORS - queued.size())));
                if (error != 0) {
                    return new Failed(new Errno(error), List.copyOf(queued));
                }
                if (ready == 0) {
                    return new Silent(List.copyOf(queued));
                }
                if ((ready & Poll.OUT) != 0 && Sockets.tcpInfo(fd).state() != TcpInfo.State.SYN_SENT) {
                    return new Connected(descriptor.release());
                }
            }
        }

        @Override
        public void close() {
            descriptor.close();
        }
    }

    /// How an attempt ended, or that it has not.
    public sealed interface Outcome {}

    /// The handshake completed. The descriptor, non-blocking, belongs to the caller now.
    public record Connected(int fd) implements Outcome {}

    /// The connection is refused: `ECONNREFUSED` with an empty queue is a reset; with an entry it is that ICMP error.
    public record Failed(Errno errno, List<QueuedError> queue) implements Outcome {}

    /// Nothing that decides came in time; the queue holds ICMP errors that the kernel only noted.
    public record Silent(List<QueuedError> queue) implements Outcome {}
}
