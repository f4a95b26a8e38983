package rstprobe.record;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import rstprobe.capture.TapPlan;
import rstprobe.linux.IntOption;
import rstprobe.linux.LinuxException;
import rstprobe.path.IdleInput;
import rstprobe.path.IdleLimits;
import rstprobe.path.IdleMove;
import rstprobe.path.IdleSearch;
import rstprobe.path.LoginLimit;
import rstprobe.ssh.Observation;

/// Holds connections in silence for as long as a search for an idle timer wants, and keeps everything it saw.
///
/// One thread looks at every connection fifty times a second and does what [IdleSearch] says next; whatever
/// it says leaves through the kernel's own sockets, so nothing here is crafted.
public final class IdleRecorder implements AutoCloseable {
    private static final long LOOK_NANOS = 20_000_000;
    /// Connections are closed with a FIN and the last frames of that are worth having.
    private static final long GOODBYE_NANOS = 200_000_000;
    /// A search of two hours has ended long before.
    private static final long LONGEST_NANOS = 24 * 3_600_000_000_000L;

    private final Plan plan;
    private final Target target;
    private final Optional<LoginPlan> login;
    private final OpenRecording kept;
    private final IdleLimits limits;
    private final IdleSearch search;
    private final List<HeldConnection> connections = new ArrayList<>();
    private boolean lifeKnown;

    private IdleRecorder(Plan plan, Target target, IdleLimits limits, Optional<LoginPlan> login, OpenRecording kept) {
        this.plan = plan;
        this.target = target;
        this.limits = limits;
        this.search = new IdleSearch(limits);
        this.login = login;
        this.kept = kept;
    }

    /// How far a search is.
    ///
    /// @param survivedNanos  the longest silence that was survived
    /// @param lostNanos      the shortest that was not, as far as known
    /// @param remainingNanos how much longer it takes at most
    public record Progress(long survivedNanos, OptionalLong lostNanos, long remainingNanos) {}

    /// Opens the tap on the way to the target.
    ///
    /// @param login       what a login takes, where somebody logs in on each connection before it is silent
    /// @param captureFile where the capture is written while it runs; must not exist
    /// @param journal     takes every event as it happens
    /// @throws CannotProbe where this machine lacks what it takes
    public static IdleRecorder open(
            Plan plan,
            Target target,
            IdleLimits limits,
            Optional<LoginPlan> login,
            Path captureFile,
            Consumer<Event> journal)
            throws CannotProbe {
        String filter = TapPlan.filterFor(Set.of(target.address()), plan.port());
        return new IdleRecorder(
                plan,
                target,
                limits,
                login,
                OpenRecording.open(plan, target, filter, TapPlan.BUFFER_BYTES, captureFile, journal));
    }

    /// Searches to the end.
    ///
    /// @param progress told once a second
    /// @throws InterruptedException where the user stopped the run; what was seen until then is kept
    public void run(Consumer<Progress> progress) throws InterruptedException {
        long began = kept.now();
        note(new Event.Searching(began, limits.upToNanos() / 1_000_000, limits.atOnce()));
        long told = began;
        try {
            while (kept.now() - began < LONGEST_NANOS && move()) {
                if (kept.now() - told >= 1_000_000_000L) {
                    told = kept.now();
                    progress.accept(
                            new Progress(search.survivedNanos(), search.lostNanos(), search.remainingNanos(told)));
                }
            }
            connections.forEach(HeldConnection::leave);
            OpenRecording.pause(GOODBYE_NANOS);
        } catch (IOException failed) {
            throw new IllegalStateException("a socket failed in an unknown way", failed);
        }
    }

    /// Takes what came and does what is next; false at the end.
    private boolean move() throws IOException, InterruptedException {
        for (HeldConnection connection : List.copyOf(connections)) {
            connection.look();
        }
        IdleMove move = search.next(kept.now());
        switch (move) {
            case IdleMove.Open(int number) -> connect(number);
            case IdleMove.Ask(int number) -> connections.get(number - 1).ask();
            case IdleMove.Close(int number) -> connections.get(number - 1).leave();
            case IdleMove.Wait _ -> OpenRecording.pause(LOOK_NANOS);
            case IdleMove.Finish _ -> {
                return false;
            }
        }
        return true;
    }

    private void connect(int number) throws LinuxException {
        Map<IntOption, Integer> options = Map.of(
                IntOption.IP_TOS,
                plan.typeOfService(),
                IntOption.IP_MTU_DISCOVER,
                IntOption.PMTUDISC_DO,
                IntOption.TCP_NODELAY,
                1);
        connections.add(HeldConnection.open(number, target, plan, login, options, kept::now, this::note, this::tell));
    }

    private void tell(IdleInput input) {
        search.on(input);
    }

    private synchronized void note(Event event) {
        kept.note(event);
        if (login.isEmpty()
                && !lifeKnown
                && event instanceof Event.Observed(long _, int _, Observation.ServerIdentification server)) {
            lifeKnown = true;
            LoginLimit.lifeNanos(server.software()).ifPresent(search::expectLife);
        }
    }

    /// Notes that the user stopped the run, and ends the connections in order.
    public void interrupted() {
        note(new Event.Interrupted(kept.now()));
        connections.forEach(HeldConnection::leave);
    }

    /// What is recorded.
    public OpenRecording kept() {
        return kept;
    }

    @Override
    public void close() {
        connections.forEach(HeldConnection::close);
        kept.close();
    }
}
