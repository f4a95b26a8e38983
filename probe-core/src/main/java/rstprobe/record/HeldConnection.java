package rstprobe.record;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import rstprobe.linux.Descriptor;
import rstprobe.linux.Errno;
import rstprobe.linux.IntOption;
import rstprobe.linux.LinuxException;
import rstprobe.linux.Sockets;
import rstprobe.linux.TcpConnect;
import rstprobe.linux.TcpInfo;
import rstprobe.path.IdleInput;
import rstprobe.path.IdleSearch;
import rstprobe.ssh.Handshake;
import rstprobe.ssh.HandshakePlan;
import rstprobe.ssh.Input;
import rstprobe.ssh.KeyShares;
import rstprobe.ssh.Login;
import rstprobe.ssh.Message;
import rstprobe.ssh.Observation;
import rstprobe.ssh.Opening;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.PlainMessages;
import rstprobe.ssh.Stage;
import rstprobe.ssh.Step;

/// One connection that greets, is silent, and is asked now and then whether it is still there.
///
/// It never waits: [#look] takes what came since it was looked at last. That something was acknowledged is
/// the kernel's word for it, and that it was sent again too; when, says the capture.
final class HeldConnection implements AutoCloseable {
    private static final long CONNECT_NANOS = 7_500_000_000L;
    private static final long GREETING_NANOS = 10_000_000_000L;
    /// A login takes longer: its keys may wait for a user's consent.
    private static final long LOGIN_NANOS = 75_000_000_000L;
    private static final int ROOM = 8_192;

    private enum State {
        CONNECTING,
        GREETING,
        HELD,
        ASKED,
        OVER
    }

    private final int number;
    private final Target target;
    private final TcpConnect.Attempt attempt;
    private final Handshake handshake;
    private final Optional<LoginPlan> login;
    private final Queue<Optional<byte[]>> signatures = new ConcurrentLinkedQueue<>();
    private final LongSupplier now;
    private final Consumer<Event> journal;
    private final Consumer<IdleInput> search;
    private final byte[] room = new byte[ROOM];
    private Optional<Descriptor> socket = Optional.empty();
    private Optional<LoginEffects> effects = Optional.empty();
    private State state = State.CONNECTING;
    private final int typeOfService;
    private long since;
    private long received;
    private long sent;

    private HeldConnection(
            int number,
            Target target,
            TcpConnect.Attempt attempt,
            Optional<LoginPlan> login,
            Plan plan,
            LongSupplier now,
            Consumer<Event> journal,
            Consumer<IdleInput> search) {
        this.number = number;
        this.target = target;
        this.attempt = attempt;
        this.now = now;
        this.journal = journal;
        this.search = search;
        this.since = now.getAsLong();
        this.typeOfService = plan.typeOfService();
        this.login = login;
        this.handshake = handshake(login, plan.user());
    }

    private static Handshake handshake(Optional<LoginPlan> login, String user) {
        SecureRandom random = new SecureRandom();
        return login.map(LoginPlan::login)
                .map(Login::heldOpen)
                .map(wanted -> new Handshake(
                        wanted.askingFirst(HandshakePlan.standard(user)),
                        random,
                        KeyShares.fresh(random),
                        Optional.of(wanted)))
                .orElseGet(() -> new Handshake(HandshakePlan.standard("").withOpening(Opening.LISTEN), random));
    }

    /// Sends the SYN.
    ///
    /// @param login where somebody logs in, and then is silent
    static HeldConnection open(
            int number,
            Target target,
            Plan plan,
            Optional<LoginPlan> login,
            Map<IntOption, Integer> options,
            LongSupplier now,
            Consumer<Event> journal,
            Consumer<IdleInput> search)
            throws LinuxException {
        TcpConnect.Attempt attempt =
                TcpConnect.open(new InetSocketAddress(target.address(), plan.port()), Optional.empty(), options);
        HeldConnection held = new HeldConnection(number, target, attempt, login, plan, now, journal, search);
        journal.accept(new Event.Opened(
                held.since,
                number,
                login.isPresent() ? Mode.TALK : Mode.AFTER,
                ThisHost.text(attempt.local().getAddress()),
                attempt.local().getPort(),
                target.text(),
                plan.port()));
        return held;
    }

    /// Takes what happened since.
    void look() throws IOException {
        switch (state) {
            case CONNECTING -> connecting();
            case GREETING, HELD, ASKED -> established();
            case OVER -> {}
        }
    }

    private void connecting() throws IOException {
        switch (attempt.await(Duration.ZERO)) {
            case TcpConnect.Silent _ -> {
                if (now.getAsLong() - since > CONNECT_NANOS) {
                    journal.accept(new Event.ConnectSilent(now.getAsLong(), number));
                    refused();
                }
            }
            case TcpConnect.Failed failed -> {
                journal.accept(new Event.ConnectFailed(
                        now.getAsLong(), number, failed.errno().name(), List.of()));
                refused();
            }
            case TcpConnect.Connected(int fd) -> {
                socket = Optional.of(new Descriptor(fd));
                Sockets.set(fd, IntOption.IP_RECVERR.on(target.address()), 0);
                since = now.getAsLong();
                journal.accept(new Event.Connected(since, number));
                state = State.GREETING;
                effects = login.map(plan -> new LoginEffects(plan, fd, target.address(), typeOfService));
                if (login.isEmpty()) {
                    say(PlainMessages.identification());
                }
                step(new Input.Connected(since));
            }
        }
    }

    private void refused() {
        state = State.OVER;
        close();
        search.accept(new IdleInput.Refused(number, now.getAsLong()));
    }

    private void established() throws LinuxException {
        int fd = socket.orElseThrow().number();
        try {
            for (int length = Sockets.receive(fd, room); length > 0; length = Sockets.receive(fd, room)) {
                received(Arrays.copyOf(room, length));
            }
        } catch (LinuxException failed) {
            ended(failed.is(Errno.ECONNRESET) ? new Outcome.ResetAt(reached()) : localFailure(failed));
            return;
        }
        for (Optional<byte[]> made = signatures.poll(); made != null; made = signatures.poll()) {
            step(new Input.Signed(made, now.getAsLong()));
        }
        if (state == State.OVER) {
            return;
        }
        TcpInfo.State tcp = Sockets.tcpInfo(fd).state();
        if (tcp == TcpInfo.State.CLOSED) {
            ended(new Outcome.ResetAt(reached()));
        } else if (tcp == TcpInfo.State.CLOSE_WAIT) {
            ended(new Outcome.ClosedAt(reached()));
        } else if (state == State.GREETING
                && now.getAsLong() - since > (login.isPresent() ? LOGIN_NANOS : GREETING_NANOS)) {
            ended(new Outcome.SilentAt(reached()));
        } else if (state == State.ASKED) {
            asked(fd);
        }
    }

    private Outcome localFailure(LinuxException failed) {
        return new Outcome.LocallyFailed(reached(), failed.errno().name());
    }

    private Stage reached() {
        return state != State.GREETING ? Stage.IDLE : login.isPresent() ? handshake.stage() : Stage.IDENTIFICATION;
    }

    private void received(byte[] bytes) throws LinuxException {
        long at = now.getAsLong();
        journal.accept(new Event.Received(at, number, received, bytes.length));
        received += bytes.length;
        step(new Input.Received(bytes, at));
        if (state == State.HELD || state == State.ASKED) {
            search.accept(new IdleInput.Moved(number, at));
        }
    }

    private void step(Input input) throws LinuxException {
        Step step = handshake.on(input);
        for (Observation observation : step.observations()) {
            journal.accept(new Event.Observed(input.atNanos(), number, observation));
        }
        for (Message message : step.sends()) {
            say(message);
        }
        effects.ifPresent(
                signing -> handshake.signatureWanted().ifPresent(wanted -> signing.sign(wanted, signatures::add)));
        if (state == State.GREETING && stands(step)) {
            state = State.HELD;
            search.accept(new IdleInput.Opened(number, input.atNanos()));
        }
        if (step.outcome().isPresent() && state == State.GREETING) {
            ended(step.outcome().get());
        }
    }

    private boolean stands(Step step) {
        return login.isPresent()
                ? handshake.stage() == Stage.IDLE
                : step.observations().stream().anyMatch(Observation.ServerIdentification.class::isInstance);
    }

    private void asked(int fd) throws LinuxException {
        if (Sockets.unacknowledgedBytes(fd) == 0) {
            state = State.HELD;
            search.accept(new IdleInput.Answered(number, now.getAsLong()));
        } else if (now.getAsLong() - since > IdleSearch.PATIENCE_NANOS) {
            Sockets.set(fd, IntOption.TCP_USER_TIMEOUT, 1);
            ended(new Outcome.SilentAt(Stage.IDLE));
        }
    }

    /// A FIN is nobody's answer to a question, however close behind it comes.
    private void ended(Outcome outcome) {
        long at = now.getAsLong();
        journal.accept(new Event.Ended(at, number, outcome));
        boolean answersQuestion = state == State.ASKED && !(outcome instanceof Outcome.ClosedAt);
        boolean greeted = state != State.GREETING;
        state = State.OVER;
        close();
        search.accept(
                !greeted
                        ? new IdleInput.Refused(number, at)
                        : answersQuestion ? new IdleInput.Lost(number, at) : new IdleInput.Ended(number, at));
    }

    /// Asks.
    void ask() throws LinuxException {
        since = now.getAsLong();
        state = State.ASKED;
        search.accept(new IdleInput.Asked(number, since));
        if (login.isPresent()) {
            step(new Input.Question(since));
        } else {
            say(PlainMessages.ignore());
        }
    }

    /// Says goodbye and ends the connection; there is nothing unread, so it ends with a FIN.
    void leave() {
        if (state == State.HELD || state == State.ASKED) {
            try {
                if (login.isPresent()) {
                    step(new Input.Leaving(now.getAsLong()));
                } else {
                    say(PlainMessages.goodbye());
                }
            } catch (LinuxException gone) {
                // Whoever ended it first has the last word.
                state = State.OVER;
            }
            journal.accept(new Event.Ended(now.getAsLong(), number, new Outcome.Completed()));
        }
        state = State.OVER;
        close();
    }

    private void say(Message message) throws LinuxException {
        byte[] bytes = message.bytes();
        int fd = socket.orElseThrow().number();
        try {
            int taken = Sockets.sendEndOfRecord(fd, bytes, 0, bytes.length);
            journal.accept(new Event.Sent(now.getAsLong(), number, message.name(), message.stage(), sent, taken));
            sent += taken;
        } catch (LinuxException failed) {
            if (!failed.is(Errno.ECONNRESET) && !failed.is(Errno.EPIPE)) {
                throw failed;
            }
        }
    }

    @Override
    public void close() {
        attempt.close();
        socket.ifPresent(Descriptor::close);
    }
}
