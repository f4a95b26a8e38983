package rstprobe.diagnose;

import static rstprobe.diagnose.Origin.IN_PATH;
import static rstprobe.diagnose.Origin.ON_PATH;
import static rstprobe.diagnose.Origin.PROXY;
import static rstprobe.diagnose.Origin.SERVER_FIREWALL;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.wire.Sequence;
import rstprobe.wire.TcpOption;

/// Whether the server's socket lived on after a reset: then neither its process nor its kernel sent it.
/// A packet filter may have, on the way or on the server itself, for a filter's reset leaves the socket
/// behind it alone.
///
/// A segment that merely arrives after a reset proves nothing, because the two may have crossed. It
/// must have been *sent* after the reset was: the server's timestamp clock dates it, or it came far
/// later than any delay this conversation has shown.
final class AfterReset {
    /// Linux counts timestamps in milliseconds. A slower clock makes every delay look longer here,
    /// which proves less; a faster one is noticed.
    private static final long TICK_NANOS = 1_000_000;

    private static final long SLACK_NANOS = 3 * TICK_NANOS;
    private static final long FAR_LATER_NANOS = 300_000_000;
    private static final long FAR_LATER_UNMEASURED_NANOS = 1_000_000_000;

    private final Attempt attempt;
    private final Seen reset;
    private final OptionalLong roundTrip;

    private AfterReset(Attempt attempt, Seen reset) {
        this.attempt = attempt;
        this.reset = reset;
        this.roundTrip = RoundTrips.handshake(attempt);
    }

    static List<Fact> of(Attempt attempt, Seen reset) {
        return new AfterReset(attempt, reset).facts();
    }

    private List<Fact> facts() {
        Optional<Seen> alive = attempt.first(
                seen -> seen.frame() > reset.frame() && ofTheSameServer(seen) && !copy(seen) && sentAfterReset(seen));
        if (alive.isEmpty()) {
            return trigger().flatMap(this::acknowledgedAfterReset).stream().toList();
        }
        List<Fact> facts = new ArrayList<>();
        facts.add(Fact.of(
                "server-continues-after-reset",
                Family.SEQUENCE,
                Weights.SERVER_CONTINUES,
                List.of(ON_PATH, IN_PATH, SERVER_FIREWALL, PROXY),
                List.of(reset.frame(), alive.get().frame()),
                "the server's socket lived on: it sent " + describe(alive.get())
                        + " after the reset, so it did not send the reset"));
        trigger().flatMap(this::didItArrive).ifPresent(facts::add);
        return facts;
    }

    /// A SYN-ACK with another number is another server's: two of them answer behind one address.
    private boolean ofTheSameServer(Seen seen) {
        if (seen.ours() || seen.reset()) {
            return false;
        }
        return !seen.segment().flags().syn()
                || attempt.synAck()
                        .filter(first -> first.frame() < reset.frame()
                                && first.segment().sequence() == seen.segment().sequence())
                        .isPresent();
    }

    /// The network may deliver one datagram twice; a socket counts every one it sends.
    private boolean copy(Seen seen) {
        return attempt.segments().stream()
                .anyMatch(other -> other.frame() < reset.frame()
                        && other.genuine()
                        && seen.genuine()
                        && other.segment().sequence() == seen.segment().sequence()
                        && other.segment().payloadLength() == seen.segment().payloadLength()
                        && other.segment().acknowledgement() == seen.segment().acknowledgement()
                        && other.segment()
                                .ip()
                                .identification()
                                .equals(seen.segment().ip().identification())
                        && other.segment().options().equals(seen.segment().options()));
    }

    /// A server that resets us acknowledges before, or never: its acknowledgement behind the reset
    /// means that the two have overtaken each other, which is rare, or that the reset is not its own.
    private Optional<Fact> acknowledgedAfterReset(Seen trigger) {
        int end = trigger.segment().nextSequence();
        return attempt.first(seen -> seen.frame() > reset.frame() && acknowledges(seen, end) && !copy(seen))
                .map(seen -> Fact.of(
                        "server-acknowledges-after-reset",
                        Family.SEQUENCE,
                        Weights.ACKNOWLEDGED_LATE,
                        List.of(ON_PATH),
                        List.of(trigger.frame(), reset.frame(), seen.frame()),
                        "behind the reset came the server's acknowledgement of the very segment that drew it"));
    }

    private static boolean acknowledges(Seen seen, int end) {
        return seen.genuine()
                && seen.segment().flags().ack()
                && Sequence.atMost(end, seen.segment().acknowledgement());
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
        long farLater = roundTrip.isPresent()
                ? Math.max(FAR_LATER_NANOS, 2 * roundTrip.getAsLong())
                : FAR_LATER_UNMEASURED_NANOS;
        if (seen.segment().flags().syn() || later > farLater) {
            return later > farLater;
        }
        OptionalLong delay = excessDelayNanos(seen);
        return delay.isPresent() && later - delay.getAsLong() > SLACK_NANOS;
    }

    /// How much longer a segment took than the fastest before the reset, by the server's own clock;
    /// empty where it cannot be told. One that seems to have been faster than all of them by more than
    /// ticks round off shows that the clock is no millisecond clock, or that all of them were late.
    private OptionalLong excessDelayNanos(Seen seen) {
        Optional<TcpOption.Timestamps> own = Baseline.timestamps(seen.segment());
        if (own.isEmpty()) {
            return OptionalLong.empty();
        }
        OptionalLong excess = attempt.segments().stream()
                .filter(other -> !other.ours() && !other.reset() && other.frame() < reset.frame())
                .flatMap(other -> Baseline.timestamps(other.segment()).stream()
                        .map(stamps -> seen.atNanos()
                                - other.atNanos()
                                - (int) (own.get().value() - stamps.value()) * TICK_NANOS))
                .mapToLong(Long::longValue)
                .max();
        return excess.stream()
                .filter(nanos -> nanos > -SLACK_NANOS)
                .map(nanos -> Math.max(nanos, 0))
                .boxed()
                .findFirst()
                .map(OptionalLong::of)
                .orElse(OptionalLong.empty());
    }

    /// The segment of ours that the reset's numbers refer to, the last of several; where they refer to none, our
    /// last one with data. What comes before it in the stream has arrived where it has. Empty where it carries
    /// nothing, since nobody acknowledges an acknowledgement.
    private Optional<Seen> trigger() {
        List<Seen> ours = attempt.segments().stream()
                .filter(seen -> seen.ours() && seen.frame() < reset.frame() && !seen.reset())
                .toList();
        return ours.stream()
                .filter(this::isReferredTo)
                .reduce((_, last) -> last)
                .or(() -> ours.stream()
                        .filter(seen -> seen.segment().payloadLength() > 0)
                        .reduce((_, last) -> last))
                .filter(seen -> seen.segment().payloadLength() > 0 && sentOnce(seen));
    }

    /// Of data that left twice nobody can say which copy arrived.
    private boolean sentOnce(Seen own) {
        int last = Sequence.plus(own.segment().nextSequence(), -1);
        return attempt.segments().stream()
                .noneMatch(seen -> seen.ours()
                        && seen.frame() != own.frame()
                        && seen.segment().payloadLength() > 0
                        && Sequence.atMost(seen.segment().sequence(), last)
                        && Sequence.before(last, seen.segment().nextSequence()));
    }

    private boolean isReferredTo(Seen own) {
        return reset.segment().flags().ack()
                ? own.segment().payloadLength() > 0
                        && own.segment().nextSequence() == reset.segment().acknowledgement()
                : own.segment().flags().ack()
                        && own.segment().acknowledgement() == reset.segment().sequence();
    }

    /// Did the server's socket get the segment before the reset? "Never" is only said where it spoke
    /// long enough after that segment to have known.
    private Optional<Fact> didItArrive(Seen trigger) {
        int end = trigger.segment().nextSequence();
        Optional<Seen> acknowledged = attempt.first(seen -> acknowledges(seen, end));
        if (acknowledged.isPresent()) {
            return Optional.of(Fact.of(
                    "server-received-trigger",
                    Family.DELIVERY,
                    Weights.SERVER_SAW_TRIGGER,
                    List.of(ON_PATH),
                    List.of(trigger.frame(), acknowledged.get().frame()),
                    "our segment reached the server all the same: it acknowledges it"));
        }
        Optional<Seen> late = attempt.first(seen -> !seen.ours()
                && !seen.reset()
                && seen.frame() > reset.frame()
                && roundTrip.isPresent()
                && seen.atNanos() - trigger.atNanos() > 2 * roundTrip.getAsLong() + SLACK_NANOS);
        return late.filter(_ -> attempt.whole())
                .map(seen -> Fact.of(
                        "server-never-received-trigger",
                        Family.DELIVERY,
                        Weights.SERVER_NEVER_SAW_TRIGGER,
                        List.of(IN_PATH, SERVER_FIREWALL, PROXY),
                        List.of(trigger.frame(), seen.frame()),
                        "the server never acknowledged the segment before the reset, though it went on talking"));
    }
}
