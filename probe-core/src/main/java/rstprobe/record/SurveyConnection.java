package rstprobe.record;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import rstprobe.linux.Descriptor;
import rstprobe.linux.Errno;
import rstprobe.linux.IntOption;
import rstprobe.linux.LinuxException;
import rstprobe.linux.Sockets;
import rstprobe.linux.TcpConnect;
import rstprobe.ssh.Algorithms;
import rstprobe.ssh.Handshake;
import rstprobe.ssh.HandshakePlan;
import rstprobe.ssh.Input;
import rstprobe.ssh.Message;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.PlainMessages;
import rstprobe.ssh.Stage;
import rstprobe.ssh.Step;

/// The connection that a survey's probes ride on: it says who we are, and nothing more until it is told to talk; then
/// it exchanges keys so that the server's answer is as long as can be, and ends in order.
///
/// It never waits. What it says leaves in short segments, which pass where long ones do not.
final class SurveyConnection implements AutoCloseable {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int SEGMENT = 500;
    private static final int ROOM = 8_192;
    private static final String LAST_WORD = "newkeys";

    /// An RSA key and its signature are the longest there are.
    private static final List<String> LONG_FIRST = List.of("rsa-sha2-512", "rsa-sha2-256");

    private static final SharesMadeOnce SHARES = new SharesMadeOnce();

    private enum State {
        CONNECTING,
        STANDING,
        OVER
    }

    private final int number;
    private final Target target;
    private final TcpConnect.Attempt attempt;
    private final Handshake handshake;
    private final LongSupplier now;
    private final Consumer<Event> journal;
    private final byte[] room = new byte[ROOM];
    private final Deque<Message> unsaid = new ArrayDeque<>();
    private final long since;
    private final long patienceNanos;
    private Optional<Descriptor> socket = Optional.empty();
    private State state = State.CONNECTING;
    private boolean talks;
    private boolean answered;
    private long received;
    private long sent;

    private SurveyConnection(
            int number,
            Target target,
            Plan plan,
            TcpConnect.Attempt attempt,
            LongSupplier now,
            Consumer<Event> journal) {
        this.number = number;
        this.target = target;
        this.attempt = attempt;
        this.now = now;
        this.journal = journal;
        this.since = now.getAsLong();
        this.patienceNanos = plan.timeoutMillis() * NANOS_PER_MILLI;
        this.handshake = new Handshake(longAnswers(), new SecureRandom(), SHARES);
    }

    private static HandshakePlan longAnswers() {
        Algorithms all = Algorithms.standard();
        List<String> keys = all.hostKeys().stream()
                .sorted((one, other) -> Boolean.compare(LONG_FIRST.contains(other), LONG_FIRST.contains(one)))
                .toList();
        return HandshakePlan.standard("").withOffer(all.withHostKeys(keys)).withKexInitBytes(0);
    }

    /// Sends the SYN.
    ///
    /// @param number the connection's among those of the survey, from 1
    /// @param mss    the maximum segment size that we announce; empty for the interface's
    static SurveyConnection open(
            int number, Target target, Plan plan, OptionalInt mss, LongSupplier now, Consumer<Event> journal)
            throws LinuxException {
        Map<IntOption, Integer> options = new EnumMap<>(Map.of(
                IntOption.IP_TOS,
                plan.typeOfService(),
                IntOption.IP_MTU_DISCOVER,
                IntOption.PMTUDISC_DO,
                IntOption.TCP_NODELAY,
                1));
        mss.ifPresent(bytes -> options.put(IntOption.TCP_MAXSEG, bytes));
        TcpConnect.Attempt attempt =
                TcpConnect.open(new InetSocketAddress(target.address(), plan.port()), Optional.empty(), options);
        SurveyConnection connection = new SurveyConnection(number, target, plan, attempt, now, journal);
        journal.accept(new Event.Opened(
                connection.since,
                number,
                Mode.SURVEY,
                ThisHost.text(attempt.local().getAddress()),
                attempt.local().getPort(),
                target.text(),
                plan.port()));
        return connection;
    }

    InetSocketAddress local() {
        return attempt.local();
    }

    /// Takes what happened since.
    void look() throws IOException {
        switch (state) {
            case CONNECTING -> connecting();
            case STANDING -> listen();
            case OVER -> {}
        }
    }

    private void connecting() throws IOException {
        switch (attempt.await(Duration.ZERO)) {
            case TcpConnect.Silent _ -> {
                if (now.getAsLong() - since > patienceNanos) {
                    journal.accept(new Event.ConnectSilent(now.getAsLong(), number));
                    close();
                }
            }
            case TcpConnect.Failed failed -> {
                journal.accept(new Event.ConnectFailed(
                        now.getAsLong(), number, failed.errno().name(), List.of()));
                close();
            }
            case TcpConnect.Connected(int fd) -> {
                socket = Optional.of(new Descriptor(fd));
                Sockets.set(fd, IntOption.IP_RECVERR.on(target.address()), 0);
                journal.accept(new Event.Connected(now.getAsLong(), number));
                state = State.STANDING;
                step(new Input.Connected(now.getAsLong()));
                sayOne();
            }
        }
    }

    boolean isConnecting() {
        return state == State.CONNECTING;
    }

    boolean stands() {
        return state == State.STANDING;
    }

    /// Exchanges keys, as far as the server's answer.
    void talk() throws LinuxException {
        talks = true;
        sayAll();
    }

    /// Whether the server's answer came whole, or no answer can come any more.
    boolean answered() {
        return answered || state == State.OVER;
    }

    /// Bytes that came.
    long received() {
        return received;
    }

    private void listen() throws LinuxException {
        if (!talks || answered) {
            return;
        }
        int fd = socket.orElseThrow().number();
        try {
            for (int length = Sockets.receive(fd, room); length > 0 && !answered; length = Sockets.receive(fd, room)) {
                journal.accept(new Event.Received(now.getAsLong(), number, received, length));
                received += length;
                step(new Input.Received(Arrays.copyOf(room, length), now.getAsLong()));
                sayAll();
            }
        } catch (LinuxException failed) {
            if (!failed.is(Errno.ECONNRESET)) {
                throw failed;
            }
            ended(new Outcome.ResetAt(Stage.KEX));
        }
    }

    private void step(Input input) {
        Step step = handshake.on(input);
        step.observations().forEach(seen -> journal.accept(new Event.Observed(input.atNanos(), number, seen)));
        for (Message message : step.sends()) {
            if (message.name().equals(LAST_WORD)) {
                answered = true;
                return;
            }
            unsaid.add(message);
        }
        answered |= step.outcome().isPresent();
    }

    private void sayAll() throws LinuxException {
        while (!unsaid.isEmpty() && state == State.STANDING) {
            sayOne();
        }
    }

    private void sayOne() throws LinuxException {
        Message message = unsaid.poll();
        if (message != null) {
            say(message);
        }
    }

    private void say(Message message) throws LinuxException {
        byte[] bytes = message.bytes();
        int fd = socket.orElseThrow().number();
        try {
            int taken = 0;
            int last = 1;
            while (taken < bytes.length && last > 0) {
                last = Sockets.sendEndOfRecord(fd, bytes, taken, Math.min(SEGMENT, bytes.length - taken));
                taken += last;
            }
            journal.accept(new Event.Sent(now.getAsLong(), number, message.name(), message.stage(), sent, taken));
            sent += taken;
        } catch (LinuxException failed) {
            if (!failed.is(Errno.ECONNRESET) && !failed.is(Errno.EPIPE)) {
                throw failed;
            }
            ended(new Outcome.ResetAt(message.stage()));
        }
    }

    /// Says goodbye and ends the connection; what is unread is read before, so that it ends with a FIN.
    void leave() {
        if (state != State.STANDING) {
            close();
            return;
        }
        try {
            int fd = socket.orElseThrow().number();
            say(PlainMessages.goodbye());
            for (int i = 0; i < ROOM && Sockets.receive(fd, room) > 0; i++) {
                received++;
            }
            ended(new Outcome.Completed());
        } catch (LinuxException gone) {
            // Whoever ended it first has the last word.
            close();
        }
    }

    private void ended(Outcome outcome) {
        if (state == State.STANDING) {
            journal.accept(new Event.Ended(now.getAsLong(), number, outcome));
        }
        close();
    }

    @Override
    public void close() {
        state = State.OVER;
        attempt.close();
        socket.ifPresent(Descriptor::close);
    }
}
