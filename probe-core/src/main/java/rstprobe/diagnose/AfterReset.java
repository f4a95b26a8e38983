package rstprobe.diagnose;

import static rstprobe.diagnose.Origin.IN_PATH;
import static rstprobe.diagnose.Origin.ON_PATH;
import static rstprobe.diagnose.Origin.PROXY;
import static rstprobe.diagnose.Origin.SERVER_FIREWALL;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.wire.Sequence;
import rstprobe.wire.TcpOptions;

/// Whether the server's socket lived on after a reset: then neither its process nor its kernel sent it.
/// A packet filter may have, on the way or on the server itself, for a filter's reset leaves the socket
/// behind it alone.
///
/// A segment that merely arrives after a reset proves nothing, because the two may have crossed. It
/// must have been *sent* after the reset was: the server's timestamp clock dates it, or it came far
/// later than any delay this conversation has shown.
final class AfterReset {
    static final String RECEIVED = "server-received-trigger";

    /// Linux counts timestamps in milliseconds. A slower clock makes every delay look longer here,
    /// which proves less; a faster one is noticed.
    private static final long TICK_NANOS = 1_000_000;

    private static final long SLACK_NANOS = 3 * TICK_NANOS;
    private static final long FAR_LATER_NANOS = 300_000_000;
    private static final long FAR_LATER_UNMEASURED_NANOS = 1_000_000_000;

    private final Attempt attempt;
    private final Seen reset;
    private final OptionalLong roundTrip;
    private final Late<Set<Datagram>> before;
    private final Late<Optional<Fastest>> fastest;

    private AfterReset(Attempt attempt, Seen reset) {
        this.attempt = attempt;
        this.reset = reset;
        this.roundTrip = RoundTrips.handshake(attempt);
        this.before = Late.of(() -> attempt.segments().stream()
                .filter(seen -> seen.frame() < reset.frame() && seen.genuine())
                .map(Datagram::of)
                .collect(Collectors.toSet()));
        this.fastest = Late.of(() -> Fastest.before(attempt, reset));
    }

    /// What two deliveries of one datagram have in common.
    private record Datagram(
            int sequence, int payloadLength, int acknowledgement, OptionalInt identification, TcpOptions options) {
        static Datagram of(Seen seen) {
            return new Datagram(
                    seen.segment().sequence(),
                    seen.segment().payloadLength(),
                    seen.segment().acknowledgement(),
                    seen.segment().ip().identification(),
                    seen.segment().options());
        }
    }

    /// The segment before the reset that took least, by the server's timestamp clock.
    ///
    /// @param value its timestamp
    private record Fastest(long atNanos, long value) {
        static Optional<Fastest> before(Attempt attempt, Seen reset) {
            return attempt.segments().stream()
                    .filter(seen -> !seen.ours() && !seen.reset() && seen.frame() < reset.frame())
                    .flatMap(seen -> Baseline.timestamps(seen.segment()).stream()
                            .map(stamps -> new Fastest(seen.atNanos(), stamps.value())))
                    .reduce((one, other) -> other.excessNanos(one.atNanos, one.value) > 0 ? other : one);
        }

        /// How much longer than this one another took.
        long excessNanos(long otherAtNanos, long otherValue) {
            return otherAtNanos - atNanos - (int) (otherValue - value) * TICK_NANOS;
        }
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
        trigger()
                .flatMap(this::didItArrive)
                .or(this::acknowledgementNeverArrived)
                .ifPresent(facts::add);
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
        return seen.genuine() && before.get().contains(Datagram.of(seen));
    }

    /// A server that resets us acknowledges before, or never: its acknowledgement behind the reset
    /// means that the two have overtaken each other, which is rare, or that the reset is not its own.
    private Optional<Fact> acknowledgedAfterReset(Seen trigger) {
        int end = trigger.segment().nextSequence();
        return attempt.first(seen ->
                        seen.frame() > reset.frame() && acknowledges(seen, end) && !overtaken(seen) && !copy(seen))
                .map(seen -> Fact.of(
                        "server-acknowledges-after-reset",
                        Family.SEQUENCE,
                        Weights.ACKNOWLEDGED_LATE,
                        List.of(ON_PATH),
                        List.of(trigger.frame(), reset.frame(), seen.frame()),
                        "behind the reset came the server's acknowledgement of the very segment that drew it"));
    }

    /// What has a number before the reset's was sent before it, and the two came in another order.
    private boolean overtaken(Seen seen) {
        return seen.atNanos() < reset.atNanos()
                || Sequence.before(seen.segment().sequence(), reset.segment().sequence());
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
        if (!attempt.steady()) {
            return false;
        }
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
        OptionalLong excess = fastest.get().stream()
                .flatMap(first -> Baseline.timestamps(seen.segment()).stream()
                        .map(own -> first.excessNanos(seen.atNanos(), own.value())))
                .mapToLong(Long::longValue)
                .findFirst();
        return excess.isPresent() && excess.getAsLong() > -SLACK_NANOS
                ? OptionalLong.of(Math.max(excess.getAsLong(), 0))
                : OptionalLong.empty();
    }

    /// The segment of ours that the reset's numbers refer to, the last of several; where they refer to none, our
    /// last one with data. What comes before it in the stream has arrived where it has. Empty where it carries
    /// nothing, since nobody acknowledges an acknowledgement.
    private Optional<Seen> trigger() {
        Optional<Seen> referredTo = Optional.empty();
        Optional<Seen> withData = Optional.empty();
        for (Seen seen : attempt.segments()) {
            if (seen.ours() && seen.frame() < reset.frame() && !seen.reset()) {
                referredTo = isReferredTo(seen) ? Optional.of(seen) : referredTo;
                withData = seen.segment().payloadLength() > 0 ? Optional.of(seen) : withData;
            }
        }
        return (referredTo.isPresent() ? referredTo : withData)
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

    /// Nobody acknowledges an acknowledgement; but a socket that got one does not send again what it covered
    /// (RFC 6298 section 5). Where the reset answers a bare acknowledgement and the server repeats those
    /// bytes, something kept it back.
    private Optional<Fact> acknowledgementNeverArrived() {
        if (!attempt.whole() || !attempt.steady() || roundTrip.isEmpty()) {
            return Optional.empty();
        }
        Optional<Seen> bare = attempt.segments().stream()
                .filter(seen -> seen.ours() && seen.frame() < reset.frame() && !seen.reset())
                .filter(this::isReferredTo)
                .reduce((_, last) -> last)
                .filter(seen -> seen.segment().payloadLength() == 0);
        return bare.flatMap(
                own -> attempt.first(seen -> repeatsAcknowledged(seen, own)).map(seen -> neverReceived(own, seen)));
    }

    /// Whether the server sent again, long enough afterwards, what that acknowledgement of ours covers.
    private boolean repeatsAcknowledged(Seen seen, Seen own) {
        return seen.genuine()
                && seen.frame() > reset.frame()
                && seen.segment().payloadLength() > 0
                && !copy(seen)
                && Sequence.atMost(seen.segment().nextSequence(), own.segment().acknowledgement())
                && seen.atNanos() - own.atNanos() > 2 * roundTrip.orElseThrow() + SLACK_NANOS;
    }

    private static Fact neverReceived(Seen own, Seen again) {
        return Fact.of(
                "server-never-received-trigger",
                Family.DELIVERY,
                Weights.SERVER_NEVER_SAW_TRIGGER,
                List.of(IN_PATH, SERVER_FIREWALL, PROXY),
                List.of(own.frame(), again.frame()),
                "the server never received the acknowledgement that drew the reset: it sends again what that covered");
    }

    /// Did the server's socket get the segment before the reset? "Never" is only said where it spoke
    /// long enough after that segment to have known.
    private Optional<Fact> didItArrive(Seen trigger) {
        int end = trigger.segment().nextSequence();
        Optional<Seen> acknowledged = attempt.first(seen -> acknowledges(seen, end));
        if (acknowledged.isPresent()) {
            return Optional.of(Fact.of(
                    RECEIVED,
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
        return late.filter(_ -> attempt.whole() && attempt.steady())
                .map(seen -> Fact.of(
                        "server-never-received-trigger",
                        Family.DELIVERY,
                        Weights.SERVER_NEVER_SAW_TRIGGER,
                        List.of(IN_PATH, SERVER_FIREWALL, PROXY),
                        List.of(trigger.frame(), seen.frame()),
                        "the server never acknowledged the segment before the reset, though it went on talking"));
    }
}
