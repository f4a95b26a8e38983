package rstprobe.record;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import rstprobe.capture.TapPlan;
import rstprobe.linux.Errno;
import rstprobe.linux.IntOption;
import rstprobe.linux.LinuxException;
import rstprobe.linux.QueuedError;
import rstprobe.linux.TcpConnect;
import rstprobe.path.PathSurvey;
import rstprobe.path.SurveyScope;
import rstprobe.ssh.KeyShares;
import rstprobe.ssh.Sole;
import rstprobe.wire.Conversation;
import rstprobe.wire.Endpoint;
import rstprobe.wire.IpAddress;

/// Drives the network and keeps everything it saw.
///
/// The tap is live before the first SYN leaves. Each attempt is one TCP connection, opened by our own call
/// so that errno and the error queue survive, then handed to Netty.
public final class Recorder implements AutoCloseable {
    /// What the packets of a run say in their capture file.
    public static final String APPLICATION = "rstprobe 0.1.0";

    private static final int MOST_MTU = 65_535;
    /// A segment of no connection is one more to a packet filter at the target.
    private static final int STRAY_OPENINGS = 1;
    private static final long LEAST_DISTANCE_NANOS = 250_000_000;
    private static final long AFTER_REFUSAL_NANOS = 50_000_000;

    private final Plan plan;
    private final WaysToServer ways;
    private final OpenRecording kept;
    private final ActiveTests tests;
    private final Talks talks;
    private int attempts;
    private long lastOpened;

    private Recorder(Plan plan, WaysToServer ways, OpenRecording kept, KeyShares shares, Opener opener) {
        this.plan = plan;
        this.ways = ways;
        this.kept = kept;
        this.talks = new Talks(plan, kept, shares);
        this.tests = opener.open(kept::now, kept::note);
    }

    /// Opens the active tests of a recorder.
    @FunctionalInterface
    private interface Opener {
        ActiveTests open(LongSupplier now, Consumer<Event> journal);
    }

    /// Opens the tap on the way to the target.
    ///
    /// @param captureFile where the capture is written while it runs; must not exist
    /// @param journal     takes every event as it happens, on the thread it happens on
    /// @param forbidden   active tests that are switched off; with all of them nothing crafted is sent at all
    /// @throws CannotProbe where this machine lacks what it takes
    public static Recorder open(
            Plan plan,
            Target target,
            Set<ActiveTest> forbidden,
            KeyShares shares,
            Path captureFile,
            Consumer<Event> journal)
            throws CannotProbe {
        return open(plan, target, Optional.empty(), forbidden, shares, captureFile, journal);
    }

    /// The same where the user allows one control attempt from another address of ours.
    ///
    /// @param alsoFrom that address; what it says there costs its reputation too, so nobody but the user chooses it
    /// @throws CannotProbe where this machine lacks what it takes
    public static Recorder open(
            Plan plan,
            Target target,
            Optional<OwnAddress> alsoFrom,
            Set<ActiveTest> forbidden,
            KeyShares shares,
            Path captureFile,
            Consumer<Event> journal)
            throws CannotProbe {
        List<Integer> closedPorts = ActiveTests.closedPorts();
        WaysToServer ways = WaysToServer.of(target, plan, alsoFrom);
        String filter = ActiveTests.filter(ways, plan.port(), closedPorts);
        OpenRecording kept = OpenRecording.open(plan, target, filter, TapPlan.BUFFER_BYTES, captureFile, journal);
        try {
            return new Recorder(
                    plan,
                    ways,
                    kept,
                    shares,
                    (now, noted) -> ActiveTests.open(
                            forbidden, kept.facts(), target, plan, closedPorts, kept.ear(), now, noted));
        } catch (RuntimeException | Error ours) {
            kept.close();
            throw ours;
        }
    }

    /// Loads what the first connection needs, so that it does not wait for that. May be called on any
    /// thread, at any time.
    public static void warmUp() {
        EventLoop.warmUp();
    }

    /// Makes an active test; where it cannot be made here, that is noted.
    ///
    /// @throws InterruptedException where the user stopped the run; what was seen until then is kept
    public void test(ActiveTest test) throws InterruptedException {
        if (test == ActiveTest.PATH_MTU) {
            survey();
        } else {
            tests.run(test);
        }
    }

    private void survey() throws InterruptedException {
        try {
            CraftedSender sender = tests.forSurvey();
            tests.lift();
            keepDistance();
            int known = kept.ear().heard();
            int left = Math.min(tests.failuresLeft(), plan.budget() - attempts) - 1;
            int trials = left >= PathSurvey.MOST_TRIALS ? PathSurvey.MOST_TRIALS : 0;
            TargetSurvey.Terms terms = new TargetSurvey.Terms(++attempts, trials, SurveyScope.WHOLE);
            int top = Math.min(kept.facts().mtu(), MOST_MTU);
            lastOpened = System.nanoTime();
            try (TargetSurvey survey = TargetSurvey.begin(kept::now, kept::note, plan, ways.target(), top, terms)) {
                new SurveyDrive(kept, sender, survey).run(known);
                tests.countOpenings(STRAY_OPENINGS + survey.lastConnection() - attempts);
                attempts = survey.lastConnection();
            }
            note(new Event.Tested(kept.now(), ActiveTest.PATH_MTU, 0));
        } catch (NotPossibleHere not) {
            note(new Event.Omitted(kept.now(), ActiveTest.PATH_MTU, not.getMessage()));
        } catch (IOException failed) {
            throw new IllegalStateException("a socket failed in an unknown way", failed);
        }
    }

    /// Makes one attempt and keeps what it saw.
    ///
    /// @throws InterruptedException where the user stopped the run; what was seen until then is kept
    public void attempt(Mode mode) throws InterruptedException {
        attempt(Errand.of(mode), Optional.empty());
    }

    /// Makes one attempt that talks and, where the server takes it that far, logs in.
    ///
    /// @throws InterruptedException where the user stopped the run; what was seen until then is kept
    public void attemptLogin(LoginPlan wanted) throws InterruptedException {
        attempt(Errand.withLogin(wanted), Optional.empty());
    }

    /// Notes that from here on algorithms are compared.
    public void comparing() {
        note(new Event.Comparing(kept.now()));
    }

    /// Makes one attempt that offers one algorithm alone.
    ///
    /// @param carriers key exchanges that are known to work, most wanted first; empty where none is known
    /// @throws InterruptedException where the user stopped the run; what was seen until then is kept
    public void attemptAlone(Sole sole, List<String> carriers) throws InterruptedException {
        attempt(Errand.alone(sole, carriers), Optional.empty());
    }

    /// Waits until that time on the clock of the events.
    ///
    /// @throws InterruptedException where the user stopped the run
    public void restUntil(long atNanos) throws InterruptedException {
        OpenRecording.pause(atNanos - kept.now());
    }

    /// Makes one attempt while our kernel is kept from resetting it, so that a server that lives on after a
    /// reset can be asked; where that cannot be done here, it is an attempt like any other, and noted.
    ///
    /// @throws InterruptedException where the user stopped the run; what was seen until then is kept
    public void attemptQuietly(Mode mode) throws InterruptedException {
        tests.lift();
        Endpoint theirs = new Endpoint(IpAddress.of(ways.target().address().getAddress()), plan.port());
        Optional<InetAddress> source = ways.target().route().source();
        attempt(
                Errand.of(mode),
                source.isPresent()
                        ? tests.quietFlow(IpAddress.of(source.get().getAddress()), theirs)
                        : Optional.empty());
    }

    private void attempt(Errand errand, Optional<Conversation> quiet) throws InterruptedException {
        if (quiet.isEmpty()) {
            tests.lift();
        }
        keepDistance();
        if (attempts == 0) {
            ways.told(kept.now()).forEach(this::note);
        }
        int number = ++attempts;
        lastOpened = System.nanoTime();
        Target target = ways.of(errand.mode());
        InetSocketAddress remote = new InetSocketAddress(target.address(), plan.port());
        Optional<InetSocketAddress> from = target.route()
                .source()
                .filter(source -> quiet.isPresent() || target.bound())
                .map(source -> new InetSocketAddress(
                        source, quiet.map(flow -> flow.ours().port()).orElse(0)));
        try (TcpConnect.Attempt opened = TcpConnect.open(remote, from, options(errand.mode(), plan.typeOfService()))) {
            Event.Opened began = new Event.Opened(
                    kept.now(),
                    number,
                    errand.mode(),
                    ThisHost.text(opened.local().getAddress()),
                    opened.local().getPort(),
                    target.text(),
                    plan.port());
            note(began);
            errand.sole().ifPresent(only -> note(new Event.Narrowed(kept.now(), number, only)));
            tests.opened(began, quiet.isPresent());
            connect(number, errand, target, opened);
        } catch (InterruptedIOException _) {
            throw new InterruptedException();
        } catch (LinuxException refused) {
            if (quiet.isPresent() && refused.is(Errno.EADDRINUSE)) {
                attempts--;
                attempt(errand, Optional.empty());
                return;
            }
            note(new Event.ConnectFailed(kept.now(), number, refused.errno().name(), List.of()));
        } catch (IOException failed) {
            throw new IllegalStateException("connecting failed in an unknown way", failed);
        }
    }

    /// The next connections shall be opened so much later than the one before, at least; not where the plan is in a
    /// hurry.
    public void keepDistance(int millis) {
        if (plan.spacingMillis() > Plan.HURRIED_SPACING_MILLIS) {
            tests.keepDistance(millis);
        }
    }

    /// So many more crafted connections may end in a way that a server's log calls failed; none before this is said.
    public void allowFailures(int number) {
        tests.allowFailures(number);
    }

    /// A burst is what rate limits punish.
    private void keepDistance() throws InterruptedException {
        if (attempts > 0) {
            OpenRecording.pause(lastOpened + LEAST_DISTANCE_NANOS - System.nanoTime());
        }
        tests.awaitOpening();
    }

    /// Linux puts the end of the handshake off, by 200 ms at most, where acknowledgements are not to be quick
    /// (`tcp_rcv_synsent_state_process` of 6.18): our first bytes then carry it.
    static Map<IntOption, Integer> options(Mode mode, int typeOfService) {
        Map<IntOption, Integer> options = new EnumMap<>(Map.of(
                IntOption.IP_TOS,
                mode == Mode.UNMARKED ? 0 : typeOfService,
                IntOption.IP_MTU_DISCOVER,
                IntOption.PMTUDISC_DO,
                IntOption.TCP_NODELAY,
                1));
        if (mode == Mode.PROMPT) {
            options.put(IntOption.TCP_QUICKACK, 0);
        }
        return options;
    }

    private void connect(int number, Errand errand, Target target, TcpConnect.Attempt opened)
            throws IOException, InterruptedException {
        Dial dial = Dial.of(opened, target.address(), plan.timeoutMillis());
        switch (dial.outcome()) {
            case TcpConnect.Silent _ -> note(new Event.ConnectSilent(kept.now(), number));
            case TcpConnect.Failed(Errno errno, List<QueuedError> _) -> {
                note(new Event.ConnectFailed(kept.now(), number, errno.name(), dial.reports()));
                OpenRecording.pause(AFTER_REFUSAL_NANOS);
            }
            case TcpConnect.Connected(int fd) -> {
                note(new Event.Connected(kept.now(), number));
                talks.talk(number, errand, target, fd, lastOpened);
            }
        }
    }

    private void note(Event event) {
        kept.note(event);
    }

    /// Notes that the user stopped the run.
    public void interrupted() {
        note(new Event.Interrupted(kept.now()));
    }

    /// What is recorded.
    public OpenRecording kept() {
        return kept;
    }

    @Override
    public void close() {
        tests.close();
        kept.close();
        talks.close();
    }
}
