package rstprobe.record;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import rstprobe.linux.Descriptor;
import rstprobe.linux.Errno;
import rstprobe.linux.IntOption;
import rstprobe.linux.LinuxException;
import rstprobe.linux.QueuedError;
import rstprobe.linux.Sockets;
import rstprobe.linux.TcpConnect;

/// How connecting came out, with what the kernel noted on the way.
///
/// @param outcome as the kernel tells it
/// @param reports ICMP errors that came meanwhile, of one that failed
record Dial(TcpConnect.Outcome outcome, List<Event.IcmpReport> reports) {
    /// SYNs leave at 0, 1, 3 and 7 s; nobody is called silent before the fourth was sent too.
    private static final Duration WAIT = Duration.ofMillis(7_500);

    private static final Duration INTERRUPT_SLICE = Duration.ofMillis(50);

    /// Waits until the SYN is answered, refused, or given up.
    ///
    /// @param timeoutMillis the longest wait, where that is shorter than four SYNs take
    static Dial of(TcpConnect.Attempt opened, InetAddress theirs, int timeoutMillis)
            throws IOException, InterruptedException {
        long began = System.nanoTime();
        long wait = Math.min(WAIT.toNanos(), Duration.ofMillis(timeoutMillis).toNanos());
        List<QueuedError> noted = new ArrayList<>();
        TcpConnect.Outcome outcome = new TcpConnect.Silent(List.of());
        while (outcome instanceof TcpConnect.Silent && System.nanoTime() - began < wait) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            outcome = opened.await(INTERRUPT_SLICE);
            keep(outcome, noted);
        }
        if (outcome instanceof TcpConnect.Connected(int fd)) {
            takeErrorsAsOthersDo(fd, theirs);
        }
        return new Dial(outcome, reports(noted));
    }

    /// What the kernel only noted before the attempt failed belongs to it too. Of one that stays silent the capture
    /// has the errors themselves.
    private static void keep(TcpConnect.Outcome outcome, List<QueuedError> noted) {
        List<QueuedError> news = switch (outcome) {
            case TcpConnect.Silent(List<QueuedError> queue) -> queue;
            case TcpConnect.Failed(Errno _, List<QueuedError> queue) -> queue;
            case TcpConnect.Connected _ -> List.of();
        };
        noted.addAll(news.subList(0, Math.min(news.size(), TcpConnect.MOST_ERRORS - noted.size())));
    }

    /// With its error queue on, a socket fails at once on an ICMP error that a client's would outlive (RFC 5461
    /// section 4): once connected, ours is like theirs, and the capture keeps the error.
    private static void takeErrorsAsOthersDo(int fd, InetAddress theirs) throws LinuxException {
        try {
            Sockets.set(fd, IntOption.IP_RECVERR.on(theirs), 0);
        } catch (LinuxException refused) {
            new Descriptor(fd).close();
            throw refused;
        }
    }

    private static List<Event.IcmpReport> reports(List<QueuedError> queue) {
        return queue.stream()
                .filter(error -> error.origin() != QueuedError.Origin.LOCAL)
                .map(error -> new Event.IcmpReport(
                        error.type(),
                        error.code(),
                        error.information() > 0 ? OptionalInt.of(error.information()) : OptionalInt.empty(),
                        error.offender().map(ThisHost::text)))
                .toList();
    }
}
