package rstprobe.diagnose;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.ServerFacts;
import rstprobe.record.Event;
import rstprobe.record.Recording;
import rstprobe.ssh.Stage;

/// What is withdrawn because the recording cannot carry it.
final class Unproven {
    /// Causes that rest on bytes the socket read, for which no capture is needed.
    private static final Set<Cause> TOLD_BY_THE_SERVER = EnumSet.of(
            Cause.MAX_STARTUPS,
            Cause.SOURCE_PENALTY,
            Cause.TOO_MANY_AUTHENTICATION_FAILURES,
            Cause.NOT_SSH,
            Cause.VERSION_MISMATCH,
            Cause.IDENTIFICATION_GARBLED,
            Cause.NO_COMMON_ALGORITHM,
            Cause.STRICT_KEX_VIOLATION,
            Cause.HOST_KEY_FAILURE);

    private Unproven() {}

    /// After a mistake of our own nothing is claimed about anybody else.
    static Finding ownMistake(Event.Mistaken mistake) {
        Verdict.Undetermined verdict = new Verdict.Undetermined(
                Optional.empty(),
                Stage.CONNECT,
                0,
                Optional.empty(),
                "rstprobe itself failed (" + mistake.what() + "): nothing is said about the connection");
        return new Finding(
                verdict,
                List.of(),
                List.of(),
                List.of(),
                Optional.of("report this folder as a bug of rstprobe, and run it again"),
                List.of(),
                List.of(),
                new ServerFacts(Optional.empty(), Optional.empty(), Optional.empty(), List.of()));
    }

    /// A SYN that left and is not in the capture left elsewhere than we listened, or before we did: then a frame that
    /// is not there proves nothing, and no fault is put down to anybody by frames.
    static Judgement whereNotCaptured(Recording recording, Judgement judgement) {
        boolean sent = recording.events().stream().anyMatch(event -> left(event, recording));
        boolean others = recording.has(Event.Overheard.class);
        if (others || !sent || recording.capture().firstOwnSyn().isPresent()) {
            return judgement;
        }
        Fact fact = Fact.told(
                "capture-not-live",
                Family.SOCKET,
                List.of(),
                "the capture does not hold our SYN: it was made on another interface, or began too late");
        Judgement told = judgement.withMoreEvidence(List.of(fact));
        return switch (judgement.verdict()) {
            case Verdict.Fault fault when !TOLD_BY_THE_SERVER.contains(fault.cause()) -> undetermined(told, fault);
            case Verdict.Fault _, Verdict.Healthy _, Verdict.Undetermined _ -> told;
        };
    }

    /// Whether our SYN surely left this host, or may have left by another interface than the one that was named.
    private static boolean left(Event event, Recording recording) {
        return event instanceof Event.ConnectEnded ended
                && switch (ended) {
                    case Event.Connected _ -> true;
                    case Event.ConnectFailed failed ->
                        failed.errno().equals("ECONNRESET")
                                || recording.plan().interfaceName().isPresent();
                    case Event.ConnectSilent _ ->
                        recording.plan().interfaceName().isPresent();
                };
    }

    private static Judgement undetermined(Judgement told, Verdict.Fault fault) {
        return new Judgement(
                new Verdict.Undetermined(
                        Optional.empty(),
                        fault.stage(),
                        Weights.ONE_ATTEMPT,
                        Optional.empty(),
                        "the connection failed at " + fault.stage().word() + ", and the capture did not see it"),
                List.of(),
                told.evidence(),
                List.of(),
                Optional.of(() -> "capture where the packets leave: run it again without --interface"),
                Optional.empty());
    }
}
