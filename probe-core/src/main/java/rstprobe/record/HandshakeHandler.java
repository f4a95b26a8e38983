package rstprobe.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.Errors;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import rstprobe.linux.Errno;
import rstprobe.linux.LinuxException;
import rstprobe.linux.Sockets;
import rstprobe.linux.TcpInfo;
import rstprobe.ssh.Handshake;
import rstprobe.ssh.Input;
import rstprobe.ssh.Login;
import rstprobe.ssh.Message;
import rstprobe.ssh.Observation;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Stage;
import rstprobe.ssh.Step;

/// Moves bytes between the socket and the handshake, and knows nothing of either's meaning.
///
/// Everything here runs on the channel's event loop. FIN, reset, local error and silence reach the handshake as four
/// different inputs.
final class HandshakeHandler extends ChannelInboundHandlerAdapter {
    /// How long we wait for the server's FIN after ours, so that no unread byte turns our close into a reset.
    static final long GOODBYE_MILLIS = 250;

    /// What a connection that was reset may still have received: a window's worth is read, and no more.
    private static final int REST_BYTES = 4_096;

    private static final int REST_READS = 256;

    private final int number;
    private final int fd;
    private final Handshake handshake;
    private final Sender sender;
    private final long stageMillis;
    private final Optional<LoginEffects> login;
    private final LongSupplier now;
    private final Consumer<Event> journal;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private Optional<ScheduledFuture<?>> deadline = Optional.empty();
    private int waits;
    private boolean lost;
    private volatile Stage stage = Stage.CONNECT;
    private volatile boolean abandoned;
    private volatile long received;

    HandshakeHandler(
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
        this.handshake = handshake;
        this.sender = new Sender(number, fd, pace, now, journal, this::localError);
        this.stageMillis = stageMillis;
        this.login = login;
        this.now = now;
        this.journal = journal;
    }

    CompletableFuture<Outcome> outcome() {
        return outcome;
    }

    Stage stage() {
        return stage;
    }

    /// From here on we end the connection ourselves, and what follows is no finding about the far side.
    void abandon() {
        abandoned = true;
    }

    boolean heardAnything() {
        return received > 0;
    }

    /// A connection that was reset before the loop had it never becomes active: all that is left is to read what it
    /// received.
    @Override
    public void channelRegistered(ChannelHandlerContext channel) {
        if (!channel.channel().isActive()) {
            lost = true;
            sender.on(channel);
            step(channel, new Input.Connected(now.getAsLong()));
            reset(channel);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext channel) {
        sender.on(channel);
        step(channel, new Input.Connected(now.getAsLong()));
    }

    @Override
    public void channelRead(ChannelHandlerContext channel, Object message) {
        ByteBuf buffer = (ByteBuf) message;
        try {
            byte[] bytes = new byte[buffer.readableBytes()];
            buffer.readBytes(bytes);
            received(channel, bytes);
        } finally {
            buffer.release();
        }
    }

    private void received(ChannelHandlerContext channel, byte[] bytes) {
        if (!outcome.isDone()) {
            long atNanos = now.getAsLong();
            journal.accept(new Event.Received(atNanos, number, received, bytes.length));
            received += bytes.length;
            step(channel, new Input.Received(bytes, atNanos));
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext channel, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            long atNanos = now.getAsLong();
            step(channel, wasReset() ? new Input.Reset(atNanos) : new Input.Closed(atNanos));
            channel.close();
        }
    }

    /// Netty tells the end of input alike for FIN and reset; the kernel's state tells them apart. A FIN
    /// leaves CLOSE_WAIT behind, a reset CLOSE (RFC 9293 section 3.3.2).
    private boolean wasReset() {
        try {
            return Sockets.tcpInfo(fd).state() == TcpInfo.State.CLOSED;
        } catch (LinuxException failed) {
            return failed.errno().equals(Errno.ECONNRESET);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext channel) {
        step(channel, new Input.Closed(now.getAsLong()));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext channel, Throwable trouble) {
        if (trouble instanceof Errors.NativeIoException failed) {
            localError(new Errno(Math.abs(failed.expectedErr())));
        } else if (!outcome.isDone()) {
            outcome.completeExceptionally(trouble);
        }
        channel.close();
    }

    /// Takes an error of the socket: a reset by name, everything else as our own failure.
    private void localError(Errno errno) {
        sender.channel().ifPresent(channel -> {
            if (errno.equals(Errno.ECONNRESET) || errno.equals(Errno.EPIPE)) {
                reset(channel);
            } else {
                step(channel, new Input.Failed(errno.name(), now.getAsLong()));
            }
        });
    }

    /// What the server said before the reset comes before it: a write can meet the reset while the server's last words
    /// lie unread in the kernel.
    private void reset(ChannelHandlerContext channel) {
        lost = true;
        byte[] rest = new byte[REST_BYTES];
        try {
            int length = 1;
            for (int read = 0;
                    read < REST_READS && length > 0 && channel.channel().isOpen();
                    read++) {
                length = Sockets.receive(fd, rest);
                if (length > 0) {
                    received(channel, Arrays.copyOf(rest, length));
                }
            }
        } catch (LinuxException _) {
            // The reset itself: nothing is left to read.
            lost = true;
        }
        step(channel, new Input.Reset(now.getAsLong()));
    }

    private void step(ChannelHandlerContext channel, Input input) {
        if (outcome.isDone() || abandoned) {
            return;
        }
        try {
            Step step = handshake.on(input);
            for (Observation observation : step.observations()) {
                journal.accept(new Event.Observed(input.atNanos(), number, observation));
                login.ifPresent(effects -> effects.on(observation));
            }
            for (Message message : lost ? List.<Message>of() : step.sends()) {
                sender.send(message);
            }
            watch(channel);
            handshake.signatureWanted().ifPresent(wanted -> sign(channel, wanted));
            step.outcome().ifPresent(ended -> end(channel, input, ended));
        } catch (RuntimeException bug) {
            outcome.completeExceptionally(bug);
            channel.close();
        }
    }

    private void sign(ChannelHandlerContext channel, Login.Wanted wanted) {
        login.ifPresent(effects -> effects.sign(
                wanted,
                made -> channel.executor().execute(() -> step(channel, new Input.Signed(made, now.getAsLong())))));
    }

    /// Every stage has its own wait, and so has every question of a login: a server that sends a byte now and
    /// then does not extend it.
    private void watch(ChannelHandlerContext channel) {
        Stage reached = handshake.stage();
        Login.Wait wait = handshake.waiting();
        if (reached != stage || wait.number() != waits || deadline.isEmpty()) {
            stage = reached;
            waits = wait.number();
            long millis = wait.millis().isPresent() ? wait.millis().getAsInt() : stageMillis;
            deadline.ifPresent(waiting -> waiting.cancel(false));
            deadline = Optional.of(channel.executor()
                    .schedule(
                            () -> step(channel, new Input.Silence(now.getAsLong())),
                            millis + sender.remainingMillis(),
                            TimeUnit.MILLISECONDS));
        }
    }

    private void end(ChannelHandlerContext channel, Input input, Outcome ended) {
        deadline.ifPresent(waiting -> waiting.cancel(false));
        journal.accept(new Event.Ended(input.atNanos(), number, ended));
        outcome.complete(ended);
        sayGoodbye(channel);
    }

    /// Sends our FIN behind what is queued, then reads on until the server's, so that nobody is reset.
    private void sayGoodbye(ChannelHandlerContext channel) {
        if (channel.channel() instanceof DuplexChannel duplex
                && channel.channel().isActive()) {
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
                    .addListener((ChannelFutureListener) _ -> duplex.shutdownOutput());
            channel.executor().schedule(() -> channel.close(), GOODBYE_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            channel.close();
        }
    }
}
