package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import rstprobe.diagnose.Finding.StageOutcome;
import rstprobe.diagnose.Finding.StageReport;
import rstprobe.record.Event;
import rstprobe.record.Mode;
import rstprobe.record.Recording;
import rstprobe.ssh.Algorithms;
import rstprobe.ssh.HandshakePlan;
import rstprobe.ssh.Observation;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Sole;
import rstprobe.ssh.Stage;

/// What became of each algorithm that both sides have, offered alone.
///
/// What the usual attempt negotiated and used to the end is not tested again.
///
/// @param rows most wanted first: key exchanges, then host key algorithms, then ciphers with their MACs
public record AlgorithmTable(List<Row> rows) {
    private static final double NANOS_PER_MILLI = 1e6;

    /// What failed is tried so often, for chance.
    private static final int TIMES = 2;

    /// One algorithm.
    ///
    /// @param outcome empty where it was not tested
    /// @param stage   where it ended; the last that completed where it works
    /// @param millis  from the SYN to the end of the handshake
    /// @param ours    bytes of our longest message up to NEWKEYS
    /// @param theirs  bytes of the server's longest, as far as its length arrived
    /// @param frames  its first SYN and the last that the server said
    public record Row(
            Sole algorithm,
            Optional<StageOutcome> outcome,
            Optional<Stage> stage,
            OptionalDouble millis,
            int ours,
            int theirs,
            List<Integer> frames) {
        public Row {
            frames = List.copyOf(frames);
        }

        /// True where it was tested and the handshake came to its end.
        public boolean works() {
            return outcome.filter(StageOutcome.COMPLETED::equals).isPresent();
        }

        /// True where it was tested and the handshake did not.
        public boolean fails() {
            return outcome.isPresent() && !works();
        }
    }

    public AlgorithmTable {
        rows = List.copyOf(rows);
    }

    /// The table; empty where a run was not asked to compare algorithms.
    public static Optional<AlgorithmTable> of(Recording recording) {
        if (!recording.has(Event.Comparing.class)) {
            return Optional.empty();
        }
        List<Attempt> all = Attempts.of(recording);
        return Optional.of(new AlgorithmTable(
                shared(all).stream().map(sole -> row(sole, all)).toList()));
    }

    /// What to offer alone next; empty where everything was tested, the budget is spent, or the server, or whatever
    /// stands before it, no longer lets us in.
    public static Optional<Sole> next(Recording recording) {
        List<Attempt> all = Attempts.of(recording);
        boolean stopped = recording.has(Event.Interrupted.class);
        if (stopped || ProbesMade.connectionsLeft(recording, all) <= 0 || turnedAway(all)) {
            return Optional.empty();
        }
        List<Sole> kex = shared(all, Sole.Kind.KEX);
        boolean carried = kex.stream().anyMatch(sole -> works(sole, all));
        return untested(kex, all)
                .or(() -> carried ? failedOnce(kex, all) : Optional.empty())
                .or(() -> carried ? untested(shared(all), all) : Optional.empty())
                .or(() -> carried ? failedOnce(shared(all), all) : Optional.empty());
    }

    private static Optional<Sole> untested(List<Sole> soles, List<Attempt> all) {
        return soles.stream().filter(sole -> tried(sole, all).isEmpty()).findFirst();
    }

    private static Optional<Sole> failedOnce(List<Sole> soles, List<Attempt> all) {
        return soles.stream()
                .filter(sole -> !works(sole, all) && tried(sole, all).size() < TIMES)
                .findFirst();
    }

    /// How many are left to test, at most: what fails is tried twice.
    public static int left(Recording recording) {
        List<Attempt> all = Attempts.of(recording);
        long open =
                shared(all).stream().filter(sole -> tried(sole, all).isEmpty()).count();
        return (int) Math.min(open, Math.max(0, ProbesMade.connectionsLeft(recording, all)));
    }

    /// The key exchanges that worked, short ones first: a fault of theirs is none of the host key's or the cipher's.
    public static List<String> carriers(Recording recording) {
        List<Attempt> all = Attempts.of(recording);
        List<String> working = shared(all, Sole.Kind.KEX).stream()
                .filter(sole -> works(sole, all))
                .map(Sole::name)
                .toList();
        return Stream.concat(
                        working.stream().filter(HandshakePlan.smallKex()::contains),
                        working.stream()
                                .filter(name -> !HandshakePlan.smallKex().contains(name)))
                .toList();
    }

    /// True where the attempt before was let in and the last one not even greeted with a KEXINIT, or was told to go.
    static boolean turnedAway(List<Attempt> all) {
        boolean told = all.stream().anyMatch(attempt -> attempt.refusal().isPresent());
        return told || TurnedAway.in(all).isPresent();
    }

    private static List<Sole> shared(List<Attempt> all) {
        return all.stream()
                .flatMap(attempt -> attempt.observed(Observation.ServerProposal.class))
                .findFirst()
                .map(proposal -> Sole.shared(Algorithms.standard(), proposal.offer()))
                .orElse(List.of());
    }

    private static List<Sole> shared(List<Attempt> all, Sole.Kind kind) {
        return shared(all).stream().filter(sole -> sole.kind() == kind).toList();
    }

    /// The attempts that offered it alone, and came far enough to tell.
    static List<Attempt> tried(Sole sole, List<Attempt> all) {
        List<Attempt> alone = all.stream()
                .filter(attempt -> attempt.mode() == Mode.ALGORITHM && !(attempt.ending() instanceof Ending.Unfinished))
                .filter(attempt -> attempt.observed(Observation.ServerProposal.class)
                        .findAny()
                        .isPresent())
                .filter(attempt -> attempt.events().stream()
                        .anyMatch(event -> event instanceof Event.Narrowed narrowed
                                && narrowed.sole().equals(sole)))
                .toList();
        return alone.isEmpty() ? used(sole, all) : alone;
    }

    private static List<Attempt> used(Sole sole, List<Attempt> all) {
        return all.stream()
                .filter(attempt -> attempt.mode() == Mode.TALK && Diagnosis.completed(attempt))
                .filter(attempt ->
                        attempt.observed(Observation.Negotiated.class).anyMatch(sole::usedBy))
                .limit(1)
                .toList();
    }

    static boolean works(Sole sole, List<Attempt> all) {
        return tried(sole, all).stream().anyMatch(Diagnosis::completed);
    }

    private static Row row(Sole sole, List<Attempt> all) {
        List<Attempt> tried = tried(sole, all);
        Optional<Attempt> telling = tried.stream()
                .filter(Diagnosis::completed)
                .findFirst()
                .or(() -> tried.stream().findFirst());
        if (telling.isEmpty()) {
            return new Row(sole, Optional.empty(), Optional.empty(), OptionalDouble.empty(), 0, 0, List.of());
        }
        Attempt attempt = telling.get();
        List<StageReport> stages = Stages.of(attempt);
        Optional<StageReport> last = stages.isEmpty() ? Optional.empty() : Optional.of(stages.getLast());
        MessageSizes sizes = MessageSizes.of(attempt);
        return new Row(
                sole,
                last.map(StageReport::outcome),
                last.map(StageReport::stage),
                millis(attempt),
                sizes.ours(),
                sizes.theirs(),
                frames(attempt));
    }

    private static OptionalDouble millis(Attempt attempt) {
        Optional<Event.Ended> end = attempt.events(Event.Ended.class).stream().findFirst();
        return end.isPresent()
                ? OptionalDouble.of(Math.round((end.get().atNanos()
                                        - attempt.events().getFirst().atNanos())
                                / NANOS_PER_MILLI
                                * 100)
                        / 100.0)
                : OptionalDouble.empty();
    }

    /// What an attempt is cited by.
    static List<Integer> frames(Attempt attempt) {
        List<Integer> frames = new ArrayList<>();
        attempt.syn().map(Seen::frame).ifPresent(frames::add);
        attempt.segments().stream()
                .filter(seen -> seen.genuine() && seen.segment().payloadLength() > 0
                        || !seen.ours() && seen.reset()
                        || !seen.ours() && seen.segment().flags().fin() && !endedByUs(attempt))
                .reduce((_, last) -> last)
                .map(Seen::frame)
                .ifPresent(frames::add);
        return frames.stream().distinct().sorted().toList();
    }

    private static boolean endedByUs(Attempt attempt) {
        return attempt.ending() instanceof Ending.Handshake(Outcome outcome)
                && (outcome instanceof Outcome.Completed || outcome instanceof Outcome.SilentAt);
    }
}
