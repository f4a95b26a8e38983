package rstprobe.diagnose;

import static rstprobe.diagnose.Candidate.beside;

import java.util.List;
import java.util.Optional;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.ssh.Stage;
import rstprobe.wire.Sequence;

/// A server's kernel that no longer knows a connection on which it had taken what we said, though it never ended it
/// towards us.
///
/// Our closing, at the end of the wait, draws a reset without a socket then (RFC 9293 section 3.10.7.1). A socket that
/// merely waits acknowledges a closing. One that its process closed had sent its own FIN or a reset, and those do not
/// get lost every time; so somebody reset the server in our name, where we could not see it.
final class ForgottenMeanwhile {
    /// What one such connection tells: a server that restarted meanwhile looks the same.
    private static final double ONCE = 0.62;

    private ForgottenMeanwhile() {}

    /// The acknowledgement of what we said, our closing and its answer.
    private record Story(Seen taken, Seen closing, Seen answer) {}

    static Optional<Fact> fact(Attempt attempt) {
        return story(attempt)
                .map(story -> Fact.told(
                        "forgotten-meanwhile",
                        Family.SEQUENCE,
                        List.of(story.taken.frame(), story.closing.frame(), story.answer.frame()),
                        "the server's TCP acknowledged what we said, and answered our closing with a reset without a"
                                + " socket: meanwhile it lost the connection, and nothing of that came to us"));
    }

    /// What it may be; empty where it did not happen before the server's first byte.
    static List<Candidate> candidates(Attempt attempt, Stage stage, String at) {
        return stage == Stage.IDENTIFICATION && story(attempt).isPresent()
                ? List.of(
                        Candidate.repeatable(
                                Cause.INSPECTED_AND_RESET,
                                Origin.IN_PATH,
                                ONCE,
                                at
                                        + "the server took what we said and then knew nothing of us, though it never ended the"
                                        + " connection: a device on the way resets the server when it identifies itself"),
                        beside(Cause.CONNECTION_STATE_LOST, Origin.SERVER_KERNEL, 0.20),
                        beside(Cause.INSPECTED_AND_DROPPED, Origin.IN_PATH, 0.08))
                : List.of();
    }

    private static Optional<Story> story(Attempt attempt) {
        Optional<Seen> opened = attempt.synAck();
        Optional<Seen> closing =
                attempt.first(seen -> seen.ours() && seen.segment().flags().fin());
        Optional<Seen> said = Vanished.lastOwn(attempt);
        if (!attempt.whole()
                || opened.isEmpty()
                || closing.isEmpty()
                || said.isEmpty()
                || attempt.fin().isPresent()) {
            return Optional.empty();
        }
        int end = said.get().segment().nextSequence();
        Optional<Seen> taken = attempt.first(seen -> seen.genuine()
                && seen.frame() < closing.get().frame()
                && seen.segment().flags().ack()
                && Sequence.atMost(end, seen.segment().acknowledgement()));
        Optional<Seen> answer = attempt.reset()
                .filter(reset -> reset.frame() > closing.get().frame()
                        && reset.segment().ip().ttl()
                                == opened.get().segment().ip().ttl()
                        && ResetShape.of(reset.segment(), Baseline.before(attempt, reset)) == ResetShape.STATELESS);
        return taken.flatMap(took -> answer.map(reset -> new Story(took, closing.get(), reset)));
    }
}
