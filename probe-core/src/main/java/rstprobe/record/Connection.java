package rstprobe.record;

import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import rstprobe.ssh.Handshake;
import rstprobe.ssh.Outcome;

/// One established connection: a Netty channel around a descriptor we connected ourselves.
final class Connection {
    /// Whatever the server does, an attempt is over by then: every stage has its own wait, and ours may be
    /// paced.
    private static final long MAX_WAITS = 10;

    private static final long MAX_PACED_MILLIS = 120_000;

    private final int number;
    private final HandshakeHandler handler;
    private final int fd;
    private final long maxMillis;
    private final Consumer<Event> journal;
    private final LongSupplier now;

    Connection(
            int number,
            int fd,
            Handshake handshake,
            Pace pace,
            long stageMillis,
            LongSupplier now,
            Consumer<Event> journal) {
        this(number, fd, handshake, pace, stageMillis, Optional.empty(), now, journal);
    }

    /// @param login what a login takes, where the handshake has one
    Connection(
            int number,
            int fd,
            Handshake handshake,
            Pace pace,
            long stageMillis,
            Optional<LoginEffects> login,
            LongSupplier now,
            Consumer<Event> journal) {
        this.number = number;
        this.fd = fd;
        this.maxMillis = stageMillis * MAX_WAITS
                + MAX_PACED_MILLIS
                + login.map(effects -> effects.longestMillis(stageMillis)).orElse(0L);
        this.now = now;
        this.journal = journal;
        this.handler = new HandshakeHandler(number, fd, handshake, pace, stageMillis, login, now, journal);
    }

    /// Runs the handshake to its outcome.
    ///
    /// @throws InterruptedException where the user stopped the run; the connection is closed
    Outcome run(EventLoop loop) throws InterruptedException {
        EpollSocketChannel channel = new EpollSocketChannel(fd);
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        channel.pipeline().addLast(handler);
        try {
            loop.register(channel);
            Outcome outcome = handler.outcome().get(maxMillis, TimeUnit.MILLISECONDS);
            channel.closeFuture().await(HandshakeHandler.GOODBYE_MILLIS * 2);
            return outcome;
        } catch (InterruptedException stopped) {
            handler.abandon();
            throw stopped;
        } catch (TimeoutException _) {
            handler.abandon();
            Outcome outcome = new Outcome.SilentAt(handler.stage());
            journal.accept(new Event.Ended(now.getAsLong(), number, outcome));
            return outcome;
        } catch (ExecutionException bug) {
            throw new IllegalStateException("the handshake of attempt " + number + " failed", bug.getCause());
        } finally {
            channel.close().await(HandshakeHandler.GOODBYE_MILLIS);
        }
    }

    boolean heardAnything() {
        return handler.heardAnything();
    }
}
