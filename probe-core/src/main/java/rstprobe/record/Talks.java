package rstprobe.record;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import rstprobe.linux.LinuxException;
import rstprobe.linux.Sockets;
import rstprobe.ssh.Handshake;
import rstprobe.ssh.KeyShares;
import rstprobe.ssh.Outcome;

/// Talks on connections that stand, one after the other: hands each to Netty, and waits after a reset for what still
/// comes.
final class Talks implements AutoCloseable {
    private static final long LISTEN_MILLIS = 7_500;
    private static final long LEAST_LISTEN_MILLIS = 1_500;
    private static final long AFTER_RESET_NANOS = 400_000_000;
    private static final long AFTER_RESET_BEFORE_DATA_NANOS = 1_200_000_000;

    private final Plan plan;
    private final OpenRecording kept;
    private final KeyShares shares;
    private final SecureRandom random = new SecureRandom();
    private Optional<EventLoop> loop = Optional.empty();
    private long slowestResetMillis;

    Talks(Plan plan, OpenRecording kept, KeyShares shares) {
        this.plan = plan;
        this.kept = kept;
        this.shares = shares;
    }

    /// Talks to the end of the connection.
    ///
    /// @param number      of the attempt
    /// @param fd          the connected socket; given away
    /// @param openedNanos when it was opened, on the clock of [System#nanoTime]
    /// @throws InterruptedException where the user stopped the run; what was seen until then is kept
    void talk(int number, Errand errand, Target target, int fd, long openedNanos) throws InterruptedException {
        Pace pace = Pace.of(errand.mode(), plan.segmentBytes(), roundTripNanos(fd));
        Optional<LoginEffects> effects =
                errand.login().map(wanted -> new LoginEffects(wanted, fd, target.address(), plan.typeOfService()));
        Handshake handshake =
                new Handshake(errand.handshake(plan.user()), random, shares, effects.map(LoginEffects::login));
        Connection connection =
                new Connection(number, fd, handshake, pace, stageMillis(errand.mode()), effects, kept::now, kept::note);
        EventLoop running = loop.orElseGet(EventLoop::new);
        loop = Optional.of(running);
        Outcome outcome = connection.run(running);
        switch (outcome) {
            case Outcome.ResetAt _ -> {
                slowestResetMillis = Math.max(slowestResetMillis, (System.nanoTime() - openedNanos) / 1_000_000);
                OpenRecording.pause(connection.heardAnything() ? AFTER_RESET_NANOS : AFTER_RESET_BEFORE_DATA_NANOS);
            }
            case Outcome.Completed _,
                    Outcome.ClosedAt _,
                    Outcome.SilentAt _,
                    Outcome.LocallyFailed _,
                    Outcome.Garbled _,
                    Outcome.NoCommonAlgorithm _,
                    Outcome.NotSsh _,
                    Outcome.VersionMismatch _,
                    Outcome.DisconnectedAt _ -> {}
        }
    }

    /// The kernel knows the round trip where connecting took longer, because a SYN was lost.
    private static long roundTripNanos(int fd) {
        try {
            return TimeUnit.MICROSECONDS.toNanos(Sockets.tcpInfo(fd).rttMicros());
        } catch (LinuxException _) {
            return 0;
        }
    }

    /// Whoever says nothing has little to wait for: half as long again as a reset took that came, else TCP
    /// wrappers close after 5 s, and everybody else sooner or much later.
    private long stageMillis(Mode mode) {
        if (mode != Mode.LISTEN) {
            return plan.timeoutMillis();
        }
        long worthwhile = slowestResetMillis == 0
                ? LISTEN_MILLIS
                : Math.clamp(slowestResetMillis * 3 / 2, LEAST_LISTEN_MILLIS, LISTEN_MILLIS);
        return Math.min(worthwhile, plan.timeoutMillis());
    }

    @Override
    public void close() {
        loop.ifPresent(EventLoop::close);
    }
}
