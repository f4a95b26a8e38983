package rstprobe.diagnose;

import static rstprobe.diagnose.Origin.IN_PATH;
import static rstprobe.diagnose.Origin.ON_PATH;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.wire.Sequence;
import rstprobe.wire.TcpOption;

/// Whether the server's socket lived on after a reset: then the server did not send it.
///
/// A segment that merely arrives after a reset proves nothing, because the two may have crossed. It must have been
/// *sent* after
/// the reset was: the server's timestamp clock dates it, or it is a retransmitted SYN-ACK, or it came far later than
/// any
/// delay this conversation has shown.
final class AfterReset {
    private static final long TICK_NANOS = 1_000_000;
    private static final long SLACK_NANOS = 3 * TICK_NANOS;
    private static final long FAR_LATER_NANOS = 300_000_000;

    private final Attempt attempt;
    private final Seen reset;

    private AfterReset(Attempt attempt, Seen reset) {
        this.attempt = attempt;
        this.reset = reset;
    }

    static List<Fact> of(Attempt attempt, Seen reset) {
        return new AfterReset(attempt, reset).facts();
    }

    private List<Fact> facts() {
        Optional<Seen> alive = attempt.segments().stream()
                .filter(seen -> seen.frame() > reset.frame() && !seen.ours() && !seen.reset())
                .filter(this::sentAfterReset)
                .findFirst();
        if (alive.isEmpty()) {
            return List.of();
        }
        List<Fact> facts = new ArrayList<>();
        facts.add(Fact.of(
                "server-continues-after-reset",
                Family.SEQUENCE,
                Weights.SERVER_CONTINUES,
                List.of(ON_PATH, IN_PATH),
                List.of(reset.frame(), alive.get().frame()),
                "the server's socket lived on: it sent "
                        + describe(alive.get())
                        + " after the reset, so it did not send the reset"));
        trigger().ifPresent(trigger -> facts.add(didItArrive(trigger)));
        return facts;
    }

    private static String describe(Seen seen) {
        if (seen.segment().flags().syn()) {
            return "its SYN-ACK again";
        }
        return seen.segment().payloadLength() > 0
                ? seen.segment().payloadLength() + " bytes"
                : seen.segment().flags().toString();
    }

    private boolean sentAfterReset(Seen seen) {
        long later = seen.atNanos() - reset.atNanos();
        if (seen.segment().flags().syn() || later > FAR_LATER_NANOS) {
            return later > FAR_LATER_NANOS;
        }
        OptionalLong delay = excessDelayNanos(seen);
        return delay.isPresent() && later - delay.getAsLong() > SLACK_NANOS;
    }

    /// How much longer a segment took than the fastest of this conversation, by the server's own clock (one tick a
    /// millisecond
    /// on Linux); empty where it cannot be told.
    private OptionalLong excessDelayNanos(Seen seen) {
        Optional<TcpOption.Timestamps> own = Baseline.timestamps(seen.segment());
        OptionalLong fastest = attempt.segments().stream()
                .filter(other -> !other.ours() && !other.reset())
                .flatMap(other -> Baseline.timestamps(other.segment()).stream()
                        .map(stamps -> other.atNanos() - stamps.value() * TICK_NANOS))
                .mapToLong(Long::longValue)
                .min();
        if (own.isEmpty() || fastest.isEmpty()) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(seen.atNanos() - own.get().value() * TICK_NANOS - fastest.getAsLong());
    }

    /// Our last segment with data before the reset.
    private Optional<Seen> trigger() {
        return attempt.segments().stream()
                .filter(seen -> seen.ours()
                        && seen.frame() < reset.frame()
                        && seen.segment().payloadLength() > 0)
                .reduce((_, last) -> last);
    }

    private Fact didItArrive(Seen trigger) {
        int end = trigger.segment().nextSequence();
        Optional<Seen> acknowledged = attempt.first(seen -> !seen.ours()
                && !seen.reset()
                && seen.segment().flags().ack()
                && Sequence.atMost(end, seen.segment().acknowledgement()));
        OptionalInt cited =
                acknowledged.map(seen -> OptionalInt.of(seen.frame())).orElse(OptionalInt.empty());
        if (cited.isPresent()) {
            return Fact.of(
                    "server-received-trigger",
                    Family.OPTIONS,
                    Weights.SERVER_SAW_TRIGGER,
                    List.of(ON_PATH),
                    List.of(trigger.frame(), cited.getAsInt()),
                    "our segment reached the server all the same: it acknowledges it");
        }
        return Fact.of(
                "server-never-received-trigger",
                Family.OPTIONS,
                Weights.SERVER_NEVER_SAW_TRIGGER,
                List.of(IN_PATH),
                List.of(trigger.frame()),
                "the server never acknowledged the segment before the reset, though it went on talking");
    }
}
