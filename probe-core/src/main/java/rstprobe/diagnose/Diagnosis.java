package rstprobe.diagnose;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.ServerFacts;
import rstprobe.record.Event;
import rstprobe.record.Mode;
import rstprobe.record.Recording;
import rstprobe.ssh.Observation;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Stage;

/// Reads a recording and says who ended the connection.
///
/// A pure function: the same recording gives the same finding, on this machine while it is being made
/// or on another a year later.
public final class Diagnosis {
    /// The last segments of a handshake that worked: the consent to the service and the list of methods.
    private static final int LAST_WORDS = 2;

    private Diagnosis() {}

    /// What a recording shows. A recording without a finished attempt gives "undetermined".
    public static Finding of(Recording recording) {
        Optional<Event.Mistaken> mistake = mistake(recording);
        if (mistake.isPresent()) {
            return Unproven.ownMistake(mistake.get());
        }
        List<Attempt> all = attempts(recording);
        Optional<Attempt> decisive = decisive(Controls.without(all));
        Judgement checked = checked(decisive, all, recording);
        ServerFacts server = server(all);
        return new Finding(
                checked.verdict(),
                checked.alternatives(),
                checked.evidence(),
                checked.ruledOut(),
                checked.nextTest().map(Supplier::get),
                Advice.of(checked.verdict(), decisive, recording.plan().host(), server),
                decisive.map(Stages::of).orElse(List.of()),
                server,
                AlgorithmTable.of(recording),
                MtuDiagnosis.within(recording).map(Surveyed::finding));
    }

    /// The part of a [Finding] that says who ended the connection, and why that is believed, without what is told of
    /// it besides: of thousands of resets in one capture nobody reads the rest.
    ///
    /// @param nextTest as that of the finding, worked out when it is asked for
    public record Judged(Verdict verdict, List<Evidence> evidence, Supplier<Optional<String>> nextTest) {}

    /// The verdict and the evidence of the finding that [#of] gives for the same recording.
    public static Judged judged(Recording recording) {
        Optional<Event.Mistaken> mistake = mistake(recording);
        if (mistake.isPresent()) {
            Finding finding = Unproven.ownMistake(mistake.get());
            return new Judged(finding.verdict(), finding.evidence(), finding::nextTest);
        }
        List<Attempt> all = attempts(recording);
        Judgement checked = checked(decisive(Controls.without(all)), all, recording);
        Optional<Supplier<String>> nextTest = checked.nextTest();
        return new Judged(checked.verdict(), checked.evidence(), () -> nextTest.map(Supplier::get));
    }

    private static List<Attempt> attempts(Recording recording) {
        return Attempts.of(recording).stream()
                .filter(attempt -> attempt.mode() != Mode.SURVEY)
                .toList();
    }

    private static Judgement checked(Optional<Attempt> decisive, List<Attempt> all, Recording recording) {
        List<Attempt> attempts = Controls.without(all);
        Judgement silent = MeasuredPath.held(
                Controls.heldAgainst(judge(decisive, attempts, recording), all, recording), attempts, recording);
        Judgement usual = RepairedPath.held(silent, attempts, recording);
        Judgement judgement =
                DuplicateAddress.held(AlgorithmJudgement.held(usual, all, recording), attempts, recording);
        Judgement weighed = MissedFrames.weakened(
                recording, Unproven.whereNotCaptured(recording, ignoredReset(judgement, attempts)));
        return OthersConnection.limited(weighed.withMoreEvidence(OthersConnection.facts(attempts)), attempts);
    }

    /// What was weighed for the verdict on a reset or a FIN; empty where it was read and not inferred, or there is
    /// none.
    public static Optional<Weighing> weighing(Recording recording) {
        if (mistake(recording).isPresent()) {
            return Optional.empty();
        }
        List<Attempt> attempts = Controls.without(Attempts.of(recording));
        return judge(decisive(attempts), attempts, recording).weighing();
    }

    private static Judgement judge(Optional<Attempt> decisive, List<Attempt> attempts, Recording recording) {
        return decisive.map(attempt -> judge(attempt, attempts, recording)
                        .withMoreEvidence(Translation.told(attempt).stream().toList()))
                .orElseGet(() -> nothingToJudge(attempts));
    }

    private static Optional<Event.Mistaken> mistake(Recording recording) {
        return recording.events(Event.Mistaken.class).stream().findFirst();
    }

    /// The attempt that stands for the run: the first that talked and failed, else the first that talked.
    private static Optional<Attempt> decisive(List<Attempt> attempts) {
        List<Attempt> talked = attempts.stream()
                .filter(attempt -> attempt.mode() == Mode.TALK)
                .filter(attempt -> !(attempt.ending() instanceof Ending.Unfinished))
                .toList();
        return talked.stream()
                .filter(attempt -> !completed(attempt))
                .findFirst()
                .or(() -> talked.stream().findFirst())
                .or(() -> attempts.stream()
                        .filter(attempt -> !(attempt.ending() instanceof Ending.Unfinished))
                        .findFirst());
    }

    static boolean completed(Attempt attempt) {
        return attempt.ending() instanceof Ending.Handshake(Outcome.Completed _);
    }

    private static Judgement judge(Attempt attempt, List<Attempt> all, Recording recording) {
        Judgement judgement = RejectedMidway.ended(attempt)
                .map(stage -> RejectedMidway.judgement(attempt, stage, all))
                .orElseGet(() -> ofEnding(attempt, all, recording));
        Judgement refined = QueueOverflow.refined(
                SynProxy.refined(CloseCauses.refined(judgement, all), attempt, all), attempt, all);
        long passed = all.stream()
                .filter(other -> other.mode() == attempt.mode() && completed(other))
                .count();
        return passed > 0 && !completed(attempt) ? intermittent(refined, attempt, passed, all) : refined;
    }

    private static Judgement ofEnding(Attempt attempt, List<Attempt> all, Recording recording) {
        return switch (attempt.ending()) {
            case Ending.NotConnected ending -> NotConnected.failed(attempt, ending, all, recording);
            case Ending.NoAnswer _ -> NotConnected.noAnswer(attempt, recording);
            case Ending.Handshake(Outcome outcome) -> judge(attempt, outcome, all, recording);
            case Ending.Unfinished _ -> nothingToJudge(all);
        };
    }

    private static Judgement judge(Attempt attempt, Outcome outcome, List<Attempt> all, Recording recording) {
        return LoggedIn.of(attempt, outcome, all, Surroundings.of(recording))
                .orElseGet(() -> withoutLogin(attempt, outcome, all, recording));
    }

    private static Judgement withoutLogin(Attempt attempt, Outcome outcome, List<Attempt> all, Recording recording) {
        return switch (outcome) {
            case Outcome.Completed _ ->
                Losses.of(attempt).or(() -> SlowAnswer.of(attempt)).orElseGet(() -> healthy(attempt));
            case Outcome.ResetAt(Stage stage) ->
                OwnReset.of(attempt, stage, all)
                        .orElseGet(() -> ResetConnection.of(attempt, stage, all, Surroundings.of(recording)));
            case Outcome.ClosedAt(Stage stage) -> ClosedConnection.of(attempt, stage, all, Surroundings.of(recording));
            case Outcome.SilentAt(Stage stage) ->
                OwnReset.of(attempt, stage, all)
                        .or(() -> GroupExchange.silent(attempt, stage))
                        .orElseGet(() -> SilentConnection.of(attempt, stage, all, Surroundings.of(recording)));
            case Outcome.LocallyFailed failed ->
                attempt.overheard().isPresent()
                        ? OthersConnection.endedByClient(attempt, failed.stage(), all, Surroundings.of(recording))
                        : locallyFailed(failed);
            case Outcome.Garbled garbled -> SaidOtherwise.garbled(attempt, garbled);
            case Outcome.NoCommonAlgorithm none -> SaidOtherwise.noCommonAlgorithm(attempt, none);
            case Outcome.NotSsh notSsh -> SaidOtherwise.notSsh(attempt, notSsh);
            case Outcome.VersionMismatch mismatch -> SaidOtherwise.versionMismatch(attempt, mismatch);
            case Outcome.DisconnectedAt goodbye -> SaidOtherwise.disconnected(attempt, goodbye);
        };
    }

    private static Judgement healthy(Attempt attempt) {
        String kex = attempt.observed(Observation.Negotiated.class)
                .map(Observation.Negotiated::kex)
                .findFirst()
                .orElse("no key exchange");
        return Judgement.of(
                new Verdict.Healthy(
                        "the SSH handshake works up to authentication (" + kex + ")", Weights.CONCLUSIVE_LIMIT),
                worked(attempt).stream().toList());
    }

    /// Empty where the capture has none of it, which is told elsewhere.
    private static Optional<Fact> worked(Attempt attempt) {
        List<Seen> said = attempt.segments().stream()
                .filter(seen -> seen.genuine() && seen.segment().payloadLength() > 0)
                .toList();
        List<Integer> frames = Stream.concat(
                        attempt.synAck().stream(),
                        said.subList(Math.max(0, said.size() - LAST_WORDS), said.size()).stream())
                .map(Seen::frame)
                .toList();
        return frames.isEmpty()
                ? Optional.empty()
                : Optional.of(Fact.told(
                        "handshake-completed",
                        Family.CONTENT,
                        frames,
                        "the server took the connection and answered to the end of the handshake"));
    }

    private static Judgement locallyFailed(Outcome.LocallyFailed failed) {
        return Judgement.of(
                        new Verdict.Undetermined(
                                Optional.empty(),
                                failed.stage(),
                                Weights.ONE_ATTEMPT,
                                Optional.empty(),
                                "our own socket failed at " + failed.stage().word() + " with " + failed.errno()),
                        List.of())
                .withNextTest("look at this host first: nft list ruleset; ip route get TARGET; dmesg | tail");
    }

    private static Judgement nothingToJudge(List<Attempt> attempts) {
        if (attempts.stream().anyMatch(attempt -> attempt.overheard().isPresent())) {
            return OthersConnection.notEnded();
        }
        return Judgement.of(
                        new Verdict.Undetermined(
                                Optional.empty(),
                                Stage.CONNECT,
                                0,
                                Optional.empty(),
                                "the run ended before any connection did"),
                        List.of())
                .withNextTest("run it again and let it finish");
    }

    /// The same thing worked once and failed once: whoever did it does not do it always. What was
    /// proven of the attempt that failed stays; what was only likely becomes open.
    private static Judgement intermittent(Judgement judgement, Attempt attempt, long passed, List<Attempt> all) {
        long tried = all.stream()
                .filter(other -> other.mode() == attempt.mode())
                .filter(other -> !(other.ending() instanceof Ending.Unfinished))
                .count();
        boolean resets = all.stream()
                .filter(other -> other.mode() == attempt.mode() && !completed(other))
                .allMatch(other -> other.reset().isPresent());
        String counted = (tried - passed) + " of " + tried + " like attempts " + (resets ? "were reset" : "failed");
        Fact fact = Fact.told(
                "intermittent",
                Family.SEQUENCE,
                all.stream()
                        .filter(other -> other.mode() == attempt.mode())
                        .flatMap(other -> other.syn().stream())
                        .map(Seen::frame)
                        .toList(),
                counted);
        Judgement told = judgement.withMoreEvidence(List.of(fact));
        return proven(judgement)
                ? told
                : told.withVerdict(new Verdict.Undetermined(
                        Optional.of(Cause.INTERMITTENT),
                        stage(judgement.verdict()),
                        Math.min(judgement.verdict().confidence(), Weights.ONE_ATTEMPT),
                        Optional.empty(),
                        counted + "; when it fails: " + judgement.verdict().summary()));
    }

    /// Only what speaks for the origin that is named proves it: a fact as heavy against it does the contrary.
    static boolean proven(Judgement judgement) {
        return switch (judgement.verdict()) {
            case Verdict.Fault fault ->
                judgement.evidence().stream()
                        .filter(shown -> shown.supports() == fault.origin())
                        .anyMatch(shown -> shown.weight() >= Weights.CONCLUSIVE || shown.family() == Family.CONTENT);
            case Verdict.Healthy _, Verdict.Undetermined _ -> false;
        };
    }

    private static Stage stage(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Healthy _ -> Stage.SESSION;
            case Verdict.Fault fault -> fault.stage();
            case Verdict.Undetermined open -> open.stage();
        };
    }

    /// A reset that came while the handshake went on to its end: worth telling, and not a cause.
    private static Judgement ignoredReset(Judgement judgement, List<Attempt> attempts) {
        List<Fact> ignored = attempts.stream()
                .filter(Diagnosis::completed)
                .flatMap(attempt -> attempt.resets().stream()
                        .filter(seen -> attempt.segments().stream()
                                .anyMatch(later -> later.genuine()
                                        && later.frame() > seen.frame()
                                        && later.segment().payloadLength() > 0)))
                .map(seen -> Fact.told(
                        "reset-ignored",
                        Family.SEQUENCE,
                        List.of(seen.frame()),
                        "a reset came and the handshake went on to its end: whoever sent it, it changed nothing"))
                .toList();
        return ignored.isEmpty() ? judgement : judgement.withMoreEvidence(ignored);
    }

    private static ServerFacts server(List<Attempt> attempts) {
        return new ServerFacts(
                first(attempts, Observation.ServerIdentification.class)
                        .map(seen -> new String(seen.line(), StandardCharsets.UTF_8)),
                first(attempts, Observation.Negotiated.class).map(Observation.Negotiated::kex),
                first(attempts, Observation.HostKey.class).map(Observation.HostKey::fingerprint),
                first(attempts, Observation.AuthMethods.class)
                        .map(Observation.AuthMethods::methods)
                        .orElse(List.of()));
    }

    private static <T extends Observation> Optional<T> first(List<Attempt> attempts, Class<T> kind) {
        return attempts.stream().flatMap(attempt -> attempt.observed(kind)).findFirst();
    }
}
