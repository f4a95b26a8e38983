package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import rstprobe.record.ActiveTest;
import rstprobe.record.Event;
import rstprobe.record.Mode;
import rstprobe.record.Recording;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Stage;

/// All that would tell something of a failure, in the order in which it is asked, whether it was asked already or not.
final class WantedProbes {
    private static final Set<Origin> ON_THE_WAY_OR_LIKE_IT =
            Set.of(Origin.IN_PATH, Origin.ON_PATH, Origin.SERVER_FIREWALL);

    /// A busy machine may say the first words too late for the end of the handshake.
    private static final int MOST_PROMPT = 2;

    /// So many like attempts are made where the first two ended differently.
    private static final int LIKE_ATTEMPTS = 5;

    private final Recording recording;
    private final List<Attempt> attempts;
    private final Finding finding;

    private WantedProbes(Recording recording, List<Attempt> attempts, Finding finding) {
        this.recording = recording;
        this.attempts = attempts;
        this.finding = finding;
    }

    /// @param attempts those that are no controls
    static List<NextProbe> of(Recording recording, List<Attempt> attempts, Finding finding) {
        return new WantedProbes(recording, attempts, finding).all();
    }

    private List<NextProbe> all() {
        Attempt first = attempts.getFirst();
        if (RejectedMidway.ended(first).isPresent()) {
            return twice();
        }
        return switch (first.ending()) {
            case Ending.NotConnected _ when Stages.resetInsideConnect(first) -> afterReset(Stage.IDENTIFICATION);
            case Ending.NotConnected _ -> first.reset().isPresent() ? afterRefusal() : twice();
            case Ending.NoAnswer _ -> afterNoAnswer(first);
            case Ending.Unfinished _ -> List.of();
            case Ending.Handshake(Outcome outcome) -> behind(outcome);
        };
    }

    private List<NextProbe> behind(Outcome outcome) {
        return switch (outcome) {
            case Outcome.ResetAt _ when ResetConnection.onlyAnswered(attempts.getFirst()) -> afterClose();
            case Outcome.ResetAt(Stage stage) -> afterReset(stage);
            case Outcome.ClosedAt _ -> afterClose();
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
        return nothing && !first.segments().isEmpty() ? List.of(new NextProbe.Ask(ActiveTest.REFERENCE)) : List.of();
    }

    private static List<NextProbe> twice() {
        return List.of(new NextProbe.Connect(Mode.TALK, false), new NextProbe.Connect(Mode.TALK, false));
    }

    /// How far away the host's own closed ports are tells a proxy that does not own the address; a third
    /// conversation, where they are farther, that it was not chance. What closes without a word is told apart by
    /// whether it reads what lay there before, and by what it does where we say nothing.
    private List<NextProbe> afterClose() {
        List<NextProbe> wanted = new ArrayList<>(twice());
        long prompt = attempts.stream()
                .filter(attempt -> attempt.mode() == Mode.PROMPT)
                .count();
        boolean open = CloseCauses.promptnessWouldTell(attempts) && prompt < MOST_PROMPT;
        wanted.addAll(Collections.nCopies((int) prompt + (open ? 1 : 0), new NextProbe.Connect(Mode.PROMPT, false)));
        if (CloseCauses.silenceWouldTell(attempts)) {
            wanted.add(new NextProbe.Connect(Mode.LISTEN, false));
        }
        wanted.add(new NextProbe.Ask(ActiveTest.REFERENCE));
        if (ConversationDistance.wantsAnother(finding.evidence())) {
            wanted.add(new NextProbe.Connect(Mode.TALK, false));
        }
        return wanted;
    }

    /// A refused SYN costs the server nothing, so it is asked without connections. What answers
    /// everything looks settled, so the wrong checksum is always tried. The sweep's control goes to a port that is
    /// closed and the host's own: the reference finds it, and shows whose it is or leaves that to the record route.
    private List<NextProbe> afterRefusal() {
        Set<ActiveTest> asked = ProbesMade.tests(recording);
        Set<ActiveTest> needed = EnumSet.of(ActiveTest.REFERENCE, ActiveTest.BAD_CHECKSUM);
        Set<ActiveTest> others = EnumSet.noneOf(ActiveTest.class);
        if (asked.contains(ActiveTest.REFERENCE)) {
            others.add(ActiveTest.MIRROR);
            if (RouteEcho.mayTell(attempts.getFirst(), finding) && !asked.contains(ActiveTest.RECORD_ROUTE)) {
                (settled() ? others : needed).add(ActiveTest.RECORD_ROUTE);
            } else {
                (needsPlace() ? needed : others).add(ActiveTest.SWEEP);
            }
        }
        List<NextProbe> wanted = new ArrayList<>(twice());
        wanted.addAll(ranked(needed, others));
        if (!settled()) {
            wanted.add(new NextProbe.Ask(ActiveTest.ECHO));
        }
        return wanted;
    }

    /// What a settled verdict needs, or else also what separates those who are left, best first; what is needed keeps
    /// its connections.
    private List<NextProbe> ranked(Set<ActiveTest> needed, Set<ActiveTest> others) {
        Set<ActiveTest> asked = ProbesMade.tests(recording);
        long kept = needed.stream()
                .filter(test -> !asked.contains(test))
                .mapToLong(InformationGain::connections)
                .sum();
        long spare = ProbesMade.connectionsLeft(recording, Attempts.of(recording)) - kept;
        Set<ActiveTest> afforded = others.stream()
                .filter(test -> !settled() && InformationGain.connections(test) <= spare)
                .collect(Collectors.toSet());
        return InformationGain.ranked(Diagnosis.weighing(recording), needed, afforded).stream()
                .<NextProbe>map(NextProbe.Ask::new)
                .toList();
    }

    /// Whoever is asked again is asked quietly, so that the server's end can be asked too. Where two ended
    /// differently, how many of several do is all that can be had; and where a place takes two
    /// connections that a log calls failed, none is left for the byte.
    private List<NextProbe> afterReset(Stage stage) {
        List<NextProbe> wanted = new ArrayList<>();
        wanted.add(new NextProbe.Connect(Mode.TALK, false));
        wanted.add(new NextProbe.Connect(Mode.TALK, true));
        wanted.add(new NextProbe.Ask(ActiveTest.LIVENESS));
        if (differ()) {
            wanted.addAll(Collections.nCopies(LIKE_ATTEMPTS - 2, new NextProbe.Connect(Mode.TALK, false)));
            return wanted;
        }
        boolean early = attempts.stream().anyMatch(Stages::sayable);
        if (!early && stage != Stage.KEX) {
            wanted.add(new NextProbe.Ask(ActiveTest.REFERENCE));
            return wanted;
        }
        boolean placeFirst =
                early && !serverLikely() && !omitted(ActiveTest.SWEEP) && Manners.behindIdentification(attempts);
        if (!placeFirst) {
            wanted.add(new NextProbe.Connect(Mode.BYTES, false));
        }
        if (TimeTrigger.shownBy(finding.evidence())) {
            return wanted;
        }
        Optional<Rest> rest = Rest.of(attempts.getFirst());
        if (rest.isPresent() && alwaysRested()) {
            wanted.add(new NextProbe.Connect(Mode.LISTEN, false));
        }
        boolean answered = rest.isPresent() && answersWhatWeSay(rest.get());
        wanted.addAll(separating(early, answered));
        return wanted;
    }

    /// One that was reset without a rest needs no timer for it: our own host was slow in the others.
    private boolean alwaysRested() {
        return attempts.stream()
                .filter(attempt -> attempt.mode() == Mode.TALK)
                .flatMap(attempt -> Rest.of(attempt).stream())
                .allMatch(rest -> rest.nanos() >= TimeTrigger.LEAST_REST_NANOS);
    }

    /// A proxy answers for a server until its host is asked elsewhere, so the reference is always drawn; trigger and
    /// place are parts of the answer.
    private List<NextProbe> separating(boolean early, boolean answered) {
        Set<ActiveTest> needed = EnumSet.of(ActiveTest.REFERENCE);
        Set<ActiveTest> others = EnumSet.noneOf(ActiveTest.class);
        if (answered && !serverNamed()) {
            needed.add(ActiveTest.PREFIX);
        }
        if (early) {
            (needsPlace() ? needed : others).addAll(EnumSet.of(ActiveTest.SWEEP, ActiveTest.MIRROR));
            others.add(ActiveTest.BAD_CHECKSUM);
        }
        return ranked(needed, others);
    }

    private boolean differ() {
        List<Attempt> talks =
                attempts.stream().filter(attempt -> attempt.mode() == Mode.TALK).toList();
        return talks.stream().anyMatch(Diagnosis::completed)
                && talks.stream().anyMatch(attempt -> attempt.reset().isPresent());
    }

    /// Whether a segment drew the reset, and something of ours had been said by then.
    private static boolean answersWhatWeSay(Rest rest) {
        return rest.drawnBy().isPresent() && Drawn.said(rest.attempt()) > 0;
    }

    private boolean serverLikely() {
        return finding.verdict() instanceof Verdict.Fault fault
                && (fault.origin() == Origin.SERVER_PROCESS || fault.origin() == Origin.SERVER_KERNEL);
    }

    private boolean omitted(ActiveTest test) {
        return recording.events().stream()
                .anyMatch(event -> event instanceof Event.Omitted omitted && omitted.test() == test);
    }

    private boolean serverNamed() {
        return settled()
                && finding.verdict() instanceof Verdict.Fault fault
                && (fault.origin() == Origin.SERVER_PROCESS || fault.origin() == Origin.SERVER_KERNEL);
    }

    private boolean settled() {
        return finding.verdict() instanceof Verdict.Fault fault && fault.confidence() >= NextProbe.SETTLED;
    }

    /// A sender on the way has a place there, which only a sweep finds; what is undecided may be one; and a filter on
    /// the server looks like one that copies its TTL.
    private boolean needsPlace() {
        return switch (finding.verdict()) {
            case Verdict.Fault fault -> fault.hop().isEmpty() && ON_THE_WAY_OR_LIKE_IT.contains(fault.origin());
            case Verdict.Undetermined _ -> true;
            case Verdict.Healthy _ -> false;
        };
    }
}
