package rstprobe.diagnose;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Stage;
import rstprobe.wire.Sequence;

/// The control that marks nothing: an attempt with type of service 0 beside those that were marked as OpenSSH marks.
///
/// It tells of our marking alone. The server marks what it sends itself, from its identification on as OpenSSH 10.1
/// does, and no client can ask it not to.
final class MarkingControl {
    private MarkingControl() {}

    /// Whether a marking may be what is not let through: our SYN was not answered, or the server answered the SYN, for
    /// which its kernel marks nothing, and never spoke.
    static boolean tells(Attempt first) {
        return switch (first.ending()) {
            case Ending.NoAnswer _ ->
                first.syn().isPresent()
                        && first.complaints().isEmpty()
                        && first.first(seen -> !seen.ours()).isEmpty();
            case Ending.Handshake(Outcome.SilentAt(Stage stage)) ->
                stage == Stage.IDENTIFICATION && nothingOfOursTaken(first);
            case Ending.Handshake _, Ending.NotConnected _, Ending.Unfinished _ -> false;
        };
    }

    /// A far side that acknowledges what we say hears our marking, and is heard; one that repeats its SYN-ACK is heard
    /// and does not hear what follows a SYN marked alike.
    private static boolean nothingOfOursTaken(Attempt attempt) {
        Optional<Seen> said =
                attempt.first(seen -> seen.ours() && seen.segment().payloadLength() > 0);
        long answers = attempt.segments().stream()
                .filter(seen -> !seen.ours() && seen.segment().flags().syn())
                .count();
        return said.isPresent()
                && answers == 1
                && attempt.first(seen -> seen.genuine()
                                && Sequence.before(
                                        said.get().segment().sequence(),
                                        seen.segment().acknowledgement()))
                        .isEmpty();
    }

    static Judgement held(Judgement judgement, Attempt control, List<Attempt> failing) {
        return Controls.gotFurther(control, failing)
                ? convicted(judgement, control, failing)
                : acquitted(judgement, control, failing);
    }

    private static Judgement convicted(Judgement judgement, Attempt control, List<Attempt> failing) {
        Attempt first = failing.getFirst();
        String marking = marking(first);
        Fact fact = Fact.of(
                "unmarked-passes",
                Family.DELIVERY,
                Controls.weight(failing),
                List.of(Origin.IN_PATH),
                Controls.frames(control, failing, seen -> !seen.ours()),
                "what we mark " + marking + " gets no further than "
                        + Controls.reached(first).word() + ", "
                        + Controls.times(failing)
                        + "; the same with type of service 0x00 "
                        + (Diagnosis.completed(control)
                                ? "works"
                                : "gets to " + Controls.reached(control).word()));
        double confidence = Controls.limit(failing);
        return Controls.told(judgement, fact)
                .withVerdict(new Verdict.Fault(
                        Cause.DSCP_DROPPED,
                        Origin.IN_PATH,
                        Controls.reached(first),
                        confidence,
                        Optional.empty(),
                        Optional.empty(),
                        "packets marked " + marking + ", as OpenSSH marks its own, vanish on the way, and unmarked ones"
                                + " pass: a device drops them for their type of service"))
                .withAlternatives(Controls.leaving(
                        List.of(
                                new Alternative(Cause.DSCP_DROPPED, Origin.SERVER_FIREWALL, 0.3),
                                new Alternative(Cause.SYN_DROPPED, Origin.UNKNOWN, 0.3),
                                new Alternative(Cause.LOSSY_PATH, Origin.PATH, 0.1)),
                        confidence))
                .withNextTest("ssh -o IPQoS=none HOST: it works where only our marking is in the way");
    }

    private static Judgement acquitted(Judgement judgement, Attempt control, List<Attempt> failing) {
        Attempt first = failing.getFirst();
        Fact fact = Fact.told(
                "unmarked-fails-too",
                Family.DELIVERY,
                Controls.frames(control, failing, seen -> !seen.ours()),
                "unmarked, with type of service 0x00, it fails alike: our marking is not the reason");
        Judgement told = Controls.told(judgement, fact);
        return first.synAck().isEmpty()
                ? told
                : told.withNextTest(
                        "on the server: sshd -T | grep -i ipqos, then set IPQoS none and try again. The server"
                                + " marks what it sends by itself (OpenSSH 10.1 and Debian 13 with 0xb8 from its first byte), a"
                                + " client cannot switch that off, and nothing it sent after its SYN-ACK came");
    }

    private static String marking(Attempt attempt) {
        int tos = attempt.syn().map(seen -> seen.segment().ip().tos()).orElse(0);
        return String.format(Locale.ROOT, "0x%02x", tos);
    }
}
