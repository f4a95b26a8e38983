package rstprobe.diagnose;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import rstprobe.capture.Frame;
import rstprobe.diagnose.ServerFinding.Whom;
import rstprobe.record.Event;
import rstprobe.record.Mode;
import rstprobe.record.Recording;

/// When and from where the client's connections came, as the server would have seen them.
///
/// @param from  when the run began, seconds since the Unix epoch by the server's clock
/// @param until when it ended
/// @param ports the client's ports, where the server sees its address unchanged
/// @param tests ports of those connections of the client's on which it said what no client says, or nothing
/// @param old   whether so much time passed between run and reading that the server's state may be
///     another now
record ServerWindow(double from, double until, Set<Integer> ports, Set<Integer> tests, boolean old) {
    /// Clocks differ, and a log line is written behind the deed: libwrap sleeps 5 s and a grace time has
    /// jitter.
    private static final double BEFORE_SECONDS = 2;

    private static final double AFTER_SECONDS = 10;

    /// A state read later than this after the run counts half.
    private static final long OLD_SECONDS = 600;

    private static final double NANOS = 1e9;

    static ServerWindow of(Recording recording, ServerSide server, long readSeconds) {
        double start = recording.startedNanos() / NANOS;
        double end = recording.frames().stream()
                .mapToLong(Frame::atNanos)
                .mapToObj(nanos -> nanos / NANOS)
                .reduce(start, Math::max);
        long ahead = server.clock().ahead();
        Set<Integer> ports = ports(recording, mode -> !isTest(mode));
        Set<Integer> tests = new HashSet<>(ports(recording, ServerWindow::isTest));
        recording.events(Event.Probed.class).stream()
                .map(Event.Probed::localPort)
                .forEach(tests::add);
        tests.removeAll(ports);
        return new ServerWindow(
                start + ahead - BEFORE_SECONDS,
                end + ahead + AFTER_SECONDS,
                ports,
                tests,
                readSeconds - end > OLD_SECONDS);
    }

    private static boolean isTest(Mode mode) {
        return mode == Mode.LISTEN || mode == Mode.NONSSH || mode == Mode.SURVEY;
    }

    private static Set<Integer> ports(Recording recording, Predicate<Mode> which) {
        return Attempts.of(recording).stream()
                .filter(attempt -> which.test(attempt.mode()))
                .map(attempt -> attempt.conversation().ours().port())
                .filter(port -> port > 0)
                .collect(Collectors.toSet());
    }

    /// What the server says of nothing but our tests is their doing, and of none of the connections they
    /// test.
    private boolean isOfTests(ServerFinding found) {
        return found.whom() == Whom.CLIENT && !found.ports().isEmpty() && tests.containsAll(found.ports());
    }

    /// Whether the server says of a time that it was that of the run, or names one of its connections.
    boolean happenedMeanwhile(ServerFinding found) {
        return namesPort(found)
                || found.atSeconds().isPresent()
                        && from <= found.atSeconds().getAsDouble()
                        && found.atSeconds().getAsDouble() <= until;
    }

    private static boolean misread(Cause cause) {
        return cause == Cause.IDENTIFICATION_GARBLED
                || cause == Cause.STREAM_CORRUPTED
                || cause == Cause.VERSION_MISMATCH;
    }

    boolean namesPort(ServerFinding found) {
        return found.whom() == Whom.CLIENT && found.ports().stream().anyMatch(ports::contains);
    }

    /// The finding as strongly as it speaks about this run: what happened at another time tells little, and
    /// so does what the state is much later.
    ServerFinding adjusted(ServerFinding found) {
        if (found.whom() == Whom.OTHERS || isOfTests(found) && misread(found.cause())) {
            return found.concerning(found.whom(), 0);
        }
        if (found.atSeconds().isPresent()) {
            return happenedMeanwhile(found) ? found : found.concerning(found.whom(), Math.min(found.weight(), 3));
        }
        return old ? found.concerning(found.whom(), found.weight() / 2) : found;
    }
}
