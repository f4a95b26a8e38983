package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import rstprobe.record.ActiveTest;
import rstprobe.record.Event;
import rstprobe.record.Mode;
import rstprobe.record.Recording;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Stage;

/// What would tell most next, given what was recorded so far: one more connection, or one active test.
///
/// A healthy server is asked once. What failed is asked again the same way, because one connection proves
/// little; then come the active tests, always the one that is expected to tell most for what it costs
/// ([InformationGain]), until the verdict is settled. Where all fails, [Controls] come between. A test that was made,
/// or could not be made here, is not asked
/// again.
public sealed interface NextProbe {
    /// A few words on what it does, such as `talk` or `sweep`.
    String word();

    /// One more attempt.
    ///
    /// @param quietly whether our own kernel is to be kept from resetting the connection, because the
    ///     server will be asked about it afterwards
    record Connect(Mode mode, boolean quietly) implements NextProbe {
        @Override
        public String word() {
            return mode.word();
        }
    }

    /// One active test.
    record Ask(ActiveTest test) implements NextProbe {
        @Override
        public String word() {
            return test.word();
        }
    }

    Set<Origin> ON_THE_WAY_OR_LIKE_IT = Set.of(Origin.IN_PATH, Origin.ON_PATH, Origin.SERVER_FIREWALL);

    /// From here on more evidence would not change what anybody does.
    double SETTLED = 0.85;

    /// A busy machine may say the first words too late for the end of the handshake.
    int MOST_PROMPT = 2;

    /// So many like attempts are made where the first two ended differently.
    int LIKE_ATTEMPTS = 5;

    /// The next probe; empty where nothing more would change the verdict, or the plan's budget is spent.
    static Optional<NextProbe> of(Recording recording, Finding finding) {
        List<Attempt> all = Attempts.of(recording);
        if (all.isEmpty()) {
            return Optional.of(new Connect(Mode.TALK, false));
        }
        boolean stopped = recording.events().stream().anyMatch(Event.Interrupted.class::isInstance);
        long connectionsLeft = connectionsLeft(recording, all);
        if (stopped) {
            return Optional.empty();
        }
        if (LoggedIn.tried(all.getFirst())) {
            return afterLogin(recording, all);
        }
        if (refusedInWords(all)) {
            return connectionsLeft > 0 ? Controls.fromElsewhere(all, recording) : Optional.empty();
        }
        List<Attempt> attempts = Controls.without(all);
        if (MeasuredPath.convicts(recording, attempts)) {
            return Optional.empty();
        }
        Optional<NextProbe> survey =
                survey(recording, attempts, connectionsLeft).filter(probe -> Manners.allow(probe, recording, all));
        if (survey.isPresent()) {
            return survey;
        }
        Optional<NextProbe> usual = firstNotDone(
                wanted(recording, attempts, finding),
                attempts.size(),
                asked(recording),
                connectionsLeft,
                probe -> Manners.allow(probe, recording, all));
        Optional<NextProbe> next = connectionsLeft > 0 ? Controls.next(usual, all, recording) : usual;
        return next.filter(probe -> Manners.allow(probe, recording, all));
    }

    /// What may have vanished for its length is measured before anything is repeated.
    private static Optional<NextProbe> survey(Recording recording, List<Attempt> attempts, long connectionsLeft) {
        boolean open = connectionsLeft >= InformationGain.connections(ActiveTest.PATH_MTU)
                && !asked(recording).contains(ActiveTest.PATH_MTU);
        boolean wanted = MeasuredPath.wanted(attempts, recording.host().mtu()) || RepairedPath.wanted(attempts);
        return open && wanted ? Optional.of(new Ask(ActiveTest.PATH_MTU)) : Optional.empty();
    }

    /// Nobody is logged in twice, and a connection without a login is no like attempt. How far away closed
    /// ports are still tells whose end of it was.
    private static Optional<NextProbe> afterLogin(Recording recording, List<Attempt> attempts) {
        boolean ended = attempts.getFirst().ending() instanceof Ending.Handshake(Outcome outcome)
                && (outcome instanceof Outcome.ClosedAt || outcome instanceof Outcome.ResetAt);
        return ended && !asked(recording).contains(ActiveTest.REFERENCE)
                ? Optional.of(new Ask(ActiveTest.REFERENCE))
                : Optional.empty();
    }

    static long connectionsLeft(Recording recording, List<Attempt> attempts) {
        return recording.plan().budget() - attempts.size() - craftedConnections(recording);
    }

    private static Optional<NextProbe> firstNotDone(
            List<NextProbe> wanted,
            int connected,
            Set<ActiveTest> asked,
            long connectionsLeft,
            Predicate<NextProbe> allowed) {
        List<NextProbe> connects =
                wanted.stream().filter(Connect.class::isInstance).toList();
        List<NextProbe> made = connects.subList(0, Math.min(connected, connects.size()));
        List<NextProbe> open = new ArrayList<>(wanted);
        made.forEach(open::remove);
        return open.stream()
                .filter(probe -> switch (probe) {
                    case Connect _ -> connectionsLeft > 0;
                    case Ask(ActiveTest test) ->
                        !asked.contains(test) && connectionsLeft >= InformationGain.connections(test);
                })
                .filter(allowed)
                .findFirst();
    }

    private static Set<ActiveTest> asked(Recording recording) {
        Set<ActiveTest> asked = EnumSet.noneOf(ActiveTest.class);
        recording.events().forEach(event -> {
            if (event instanceof Event.Tested tested) {
                asked.add(tested.test());
            } else if (event instanceof Event.Omitted omitted) {
                asked.add(omitted.test());
            }
        });
        return asked;
    }

    /// Connections that active tests opened themselves: each begins with crafted segments from a port of
    /// its own.
    private static long craftedConnections(Recording recording) {
        return recording.events().stream()
                .filter(Event.Probed.class::isInstance)
                .map(Event.Probed.class::cast)
                .filter(probed -> probed.part() == ActiveTest.Part.OPENING)
                .map(Event.Probed::localPort)
                .distinct()
                .count();
    }

    /// A server that told us to go away is not asked again: every further connection adds to a penalty.
    private static boolean refusedInWords(List<Attempt> attempts) {
        return attempts.stream()
                .anyMatch(attempt -> ServerTexts.refusal(attempt).isPresent());
    }

    private static List<NextProbe> wanted(Recording recording, List<Attempt> attempts, Finding finding) {
        Attempt first = attempts.getFirst();
        if (RejectedMidway.ended(first).isPresent()) {
            return twice();
        }
        return switch (first.ending()) {
            case Ending.NotConnected _
            when Stages.resetInsideConnect(first) -> afterReset(Stage.IDENTIFICATION, recording, attempts, finding);
            case Ending.NotConnected _ ->
                first.reset().isPresent() ? afterRefusal(recording, attempts, finding) : twice();
            case Ending.NoAnswer _ -> afterNoAnswer(first);
            case Ending.Unfinished _ -> List.of();
            case Ending.Handshake(Outcome outcome) -> wanted(outcome, recording, attempts, finding);
        };
    }

    private static List<NextProbe> wanted(
            Outcome outcome, Recording recording, List<Attempt> attempts, Finding finding) {
        return switch (outcome) {
            case Outcome.ResetAt _
            when ResetConnection.onlyAnswered(attempts.getFirst()) -> afterClose(attempts, finding);
            case Outcome.ResetAt(Stage stage) -> afterReset(stage, recording, attempts, finding);
            case Outcome.ClosedAt _ -> afterClose(attempts, finding);
            case Outcome.SilentAt _ -> SilentVerdict.wanted(attempts.getFirst(), finding);
            case Outcome.Completed _,
                    Outcome.LocallyFailed _,
                    Outcome.Garbled _,
                    Outcome.NoCommonAlgorithm _,
                    Outcome.NotSsh _,
                    Outcome.VersionMismatch _,
                    Outcome.DisconnectedAt _ -> List.of();
        };
    }

    /// Whether the host answers elsewhere tells a filter from a host that is down, and costs it no connection.
    private static List<NextProbe> afterNoAnswer(Attempt first) {
        boolean nothing =
                first.complaints().isEmpty() && first.segments().stream().allMatch(Seen::ours);
        return nothing && !first.segments().isEmpty() ? List.of(new Ask(ActiveTest.REFERENCE)) : List.of();
    }

    private static List<NextProbe> twice() {
        return List.of(new Connect(Mode.TALK, false), new Connect(Mode.TALK, false));
    }

    /// How far away the host's own closed ports are tells a proxy that does not own the address; a third
    /// conversation, where they are farther, that it was not chance. What closes without a word is told apart by
    /// whether it reads what lay there before, and by what it does where we say nothing.
    private static List<NextProbe> afterClose(List<Attempt> attempts, Finding finding) {
        List<NextProbe> wanted = new ArrayList<>(twice());
        long prompt = attempts.stream()
                .filter(attempt -> attempt.mode() == Mode.PROMPT)
                .count();
        boolean open = CloseCauses.promptnessWouldTell(attempts) && prompt < MOST_PROMPT;
        wanted.addAll(Collections.nCopies((int) prompt + (open ? 1 : 0), new Connect(Mode.PROMPT, false)));
        if (CloseCauses.silenceWouldTell(attempts)) {
            wanted.add(new Connect(Mode.LISTEN, false));
        }
        wanted.add(new Ask(ActiveTest.REFERENCE));
        if (ConversationDistance.wantsAnother(finding.evidence())) {
            wanted.add(new Connect(Mode.TALK, false));
        }
        return wanted;
    }

    /// A refused SYN costs the server nothing, so it is asked without connections. What answers
    /// everything looks settled, so the wrong checksum is always tried. The sweep's control goes to a port that is
    /// closed and the host's own: the reference finds it, and shows whose it is or leaves that to the record route.
    private static List<NextProbe> afterRefusal(Recording recording, List<Attempt> attempts, Finding finding) {
        Set<ActiveTest> asked = asked(recording);
        Set<ActiveTest> needed = EnumSet.of(ActiveTest.REFERENCE, ActiveTest.BAD_CHECKSUM);
        Set<ActiveTest> others = EnumSet.noneOf(ActiveTest.class);
        if (asked.contains(ActiveTest.REFERENCE)) {
            others.add(ActiveTest.MIRROR);
            if (RouteEcho.mayTell(attempts.getFirst(), finding) && !asked.contains(ActiveTest.RECORD_ROUTE)) {
                (settled(finding) ? others : needed).add(ActiveTest.RECORD_ROUTE);
            } else {
                (needsPlace(finding) ? needed : others).add(ActiveTest.SWEEP);
            }
        }
        List<NextProbe> wanted = new ArrayList<>(twice());
        wanted.addAll(ranked(recording, attempts, finding, needed, others));
        if (!settled(finding)) {
            wanted.add(new Ask(ActiveTest.ECHO));
        }
        return wanted;
    }

    /// What a settled verdict needs, or else also what separates those who are left, best first; what is needed keeps
    /// its connections.
    private static List<NextProbe> ranked(
            Recording recording,
            List<Attempt> attempts,
            Finding finding,
            Set<ActiveTest> needed,
            Set<ActiveTest> others) {
        Set<ActiveTest> asked = asked(recording);
        long kept = needed.stream()
                .filter(test -> !asked.contains(test))
                .mapToLong(InformationGain::connections)
                .sum();
        long spare = connectionsLeft(recording, Attempts.of(recording)) - kept;
        Set<ActiveTest> afforded = others.stream()
                .filter(test -> !settled(finding) && InformationGain.connections(test) <= spare)
                .collect(Collectors.toSet());
        return InformationGain.ranked(Diagnosis.weighing(recording), needed, afforded).stream()
                .<NextProbe>map(Ask::new)
                .toList();
    }

    /// Whoever is asked again is asked quietly, so that the server's end can be asked too. Where two ended
    /// differently, how many of several do is all that can be had; and where a place takes two
    /// connections that a log calls failed, none is left for the byte.
    private static List<NextProbe> afterReset(
            Stage stage, Recording recording, List<Attempt> attempts, Finding finding) {
        List<NextProbe> wanted = new ArrayList<>();
        wanted.add(new Connect(Mode.TALK, false));
        wanted.add(new Connect(Mode.TALK, true));
        wanted.add(new Ask(ActiveTest.LIVENESS));
        if (differ(attempts)) {
            wanted.addAll(Collections.nCopies(LIKE_ATTEMPTS - 2, new Connect(Mode.TALK, false)));
            return wanted;
        }
        boolean early = attempts.stream().anyMatch(Stages::sayable);
        if (!early && stage != Stage.KEX) {
            wanted.add(new Ask(ActiveTest.REFERENCE));
            return wanted;
        }
        boolean placeFirst = early
                && !serverLikely(finding)
                && !omitted(recording, ActiveTest.SWEEP)
                && Manners.behindIdentification(attempts);
        if (!placeFirst) {
            wanted.add(new Connect(Mode.BYTES, false));
        }
        if (TimeTrigger.shownBy(finding.evidence())) {
            return wanted;
        }
        Optional<Rest> rest = Rest.of(attempts.getFirst());
        if (rest.isPresent() && alwaysRested(attempts)) {
            wanted.add(new Connect(Mode.LISTEN, false));
        }
        boolean answered = rest.isPresent() && answersWhatWeSay(rest.get());
        wanted.addAll(separating(early, answered, recording, attempts, finding));
        return wanted;
    }

    /// One that was reset without a rest needs no timer for it: our own host was slow in the others.
    private static boolean alwaysRested(List<Attempt> attempts) {
        return attempts.stream()
                .filter(attempt -> attempt.mode() == Mode.TALK)
                .flatMap(attempt -> Rest.of(attempt).stream())
                .allMatch(rest -> rest.nanos() >= TimeTrigger.LEAST_REST_NANOS);
    }

    /// A proxy answers for a server until its host is asked elsewhere, so the reference is always drawn; trigger and
    /// place are parts of the answer.
    private static List<NextProbe> separating(
            boolean early, boolean answered, Recording recording, List<Attempt> attempts, Finding finding) {
        Set<ActiveTest> needed = EnumSet.of(ActiveTest.REFERENCE);
        Set<ActiveTest> others = EnumSet.noneOf(ActiveTest.class);
        if (answered && !serverNamed(finding)) {
            needed.add(ActiveTest.PREFIX);
        }
        if (early) {
            (needsPlace(finding) ? needed : others).addAll(EnumSet.of(ActiveTest.SWEEP, ActiveTest.MIRROR));
            others.add(ActiveTest.BAD_CHECKSUM);
        }
        return ranked(recording, attempts, finding, needed, others);
    }

    private static boolean differ(List<Attempt> attempts) {
        List<Attempt> talks =
                attempts.stream().filter(attempt -> attempt.mode() == Mode.TALK).toList();
        return talks.stream().anyMatch(Diagnosis::completed)
                && talks.stream().anyMatch(attempt -> attempt.reset().isPresent());
    }

    /// Whether a segment drew the reset, and something of ours had been said by then.
    private static boolean answersWhatWeSay(Rest rest) {
        return rest.drawnBy().isPresent() && Drawn.said(rest.attempt()) > 0;
    }

    private static boolean serverLikely(Finding finding) {
        return finding.verdict() instanceof Verdict.Fault fault
                && (fault.origin() == Origin.SERVER_PROCESS || fault.origin() == Origin.SERVER_KERNEL);
    }

    private static boolean omitted(Recording recording, ActiveTest test) {
        return recording.events().stream()
                .anyMatch(event -> event instanceof Event.Omitted omitted && omitted.test() == test);
    }

    private static boolean serverNamed(Finding finding) {
        return settled(finding)
                && finding.verdict() instanceof Verdict.Fault fault
                && (fault.origin() == Origin.SERVER_PROCESS || fault.origin() == Origin.SERVER_KERNEL);
    }

    private static boolean settled(Finding finding) {
        return finding.verdict() instanceof Verdict.Fault fault && fault.confidence() >= SETTLED;
    }

    /// A sender on the way has a place there, which only a sweep finds; what is undecided may be one; and a filter on
    /// the server looks like one that copies its TTL.
    private static boolean needsPlace(Finding finding) {
        return switch (finding.verdict()) {
            case Verdict.Fault fault -> fault.hop().isEmpty() && ON_THE_WAY_OR_LIKE_IT.contains(fault.origin());
            case Verdict.Undetermined _ -> true;
            case Verdict.Healthy _ -> false;
        };
    }
}
