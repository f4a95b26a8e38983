package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.record.Event;
import rstprobe.ssh.Outcome;

/// The server complains that another message came before our KEXINIT (strict key exchange, OpenSSH 9.6), and none did:
/// somebody on the way has added it.
///
/// The capture shows the first packet that we sent behind our identification; what the server got instead only it has
/// seen. That a server complains without a reason is left open.
final class AddedOnTheWay {
    private static final String COMPLAINT = "strict KEX violation: KEXINIT was not the first packet";

    private AddedOnTheWay() {}

    /// Empty where the server says something else, or the capture does not show what we sent.
    static Optional<Judgement> told(Attempt attempt, Outcome.DisconnectedAt outcome, String said) {
        Optional<Seen> first = said.startsWith(COMPLAINT) ? firstPacket(attempt) : Optional.empty();
        return first.map(packet -> judgement(attempt, outcome, said, packet));
    }

    /// The frame in which our KEXINIT begins, where it is what follows our identification.
    private static Optional<Seen> firstPacket(Attempt attempt) {
        List<Event.Sent> sent = attempt.events(Event.Sent.class);
        boolean inOrder = sent.size() > 1
                && sent.get(0).message().equals("identification")
                && sent.get(1).message().equals("kexinit");
        if (!inOrder || !attempt.whole()) {
            return Optional.empty();
        }
        long begins = sent.get(1).offset();
        return attempt.first(seen -> seen.ours()
                && seen.segment().payloadLength() > 0
                && attempt.bytesSentBefore(seen).orElse(0) >= begins);
    }

    private static Judgement judgement(Attempt attempt, Outcome.DisconnectedAt outcome, String said, Seen packet) {
        List<Integer> words = attempt.segments().stream()
                .filter(seen -> !seen.ours() && seen.genuine() && seen.segment().payloadLength() > 0)
                .map(Seen::frame)
                .toList();
        double confidence = Weights.SEVERAL_ATTEMPTS;
        return Judgement.of(
                        new Verdict.Fault(
                                Cause.STRICT_KEX_VIOLATION,
                                Origin.IN_PATH,
                                outcome.stage(),
                                confidence,
                                Optional.empty(),
                                Optional.empty(),
                                "the server got a message before our KEXINIT that we did not send: a device or proxy on the"
                                        + " way adds one, which strict key exchange forbids"),
                        List.of(
                                Fact.told(
                                        "server-said-goodbye",
                                        Family.CONTENT,
                                        words.isEmpty() ? List.of() : List.of(words.getLast()),
                                        "SSH_MSG_DISCONNECT, reason " + outcome.reason() + ": " + said),
                                Fact.of(
                                        "kexinit-was-first",
                                        Family.CONTENT,
                                        Weights.SAID_WHY,
                                        List.of(Origin.IN_PATH, Origin.PROXY),
                                        List.of(packet.frame()),
                                        "our KEXINIT is the first packet we sent, right behind our identification")))
                .withAlternatives(List.of(
                        new Alternative(Cause.STRICT_KEX_VIOLATION, Origin.PROXY, 0.06),
                        new Alternative(Cause.STRICT_KEX_VIOLATION, Origin.SERVER_PROCESS, 0.05)))
                .withNextTest("capture on the server and compare the first bytes behind our identification: there is a"
                        + " message in them that our capture does not have");
    }
}
