package rstprobe.diagnose;

import static rstprobe.diagnose.Origin.IN_PATH;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.wire.TcpOption;

/// A reset that comes again by itself, as only unacknowledged data does: something on the way makes resets
/// of what the server says.
///
/// No TCP sends a reset twice without being asked (RFC 9293 section 3.5.2), and a socket that has sent one is
/// gone. Data that nobody acknowledges comes again when its timer runs out (RFC 6298), with a later timestamp.
/// So a second reset at the same sequence number, from a clock that has gone on, with nothing of ours between
/// the two, was data when it left.
final class RepeatedReset {
    static final String ID = "reset-repeated-by-timer";

    /// Linux waits 200 ms at least before it repeats itself (`TCP_RTO_MIN`); RFC 6298 says a second.
    private static final long LEAST_WAIT_NANOS = 150_000_000;

    /// What the header of the reset says, and whether a segment of ours arrived, which then did not draw it.
    private static final Set<Family> OF_DATA = EnumSet.of(
            Family.SHAPE, Family.TTL, Family.IP_ID, Family.TOS, Family.OPTIONS, Family.ICMP, Family.DELIVERY);

    private RepeatedReset() {}

    /// @param all every attempt of the run: the repetition may have been lost, or have come too late, in the one in
    ///   question
    static Optional<Fact> of(Attempt attempt, List<Attempt> all) {
        return Stream.concat(Stream.of(attempt), all.stream())
                .flatMap(one -> one.reset().flatMap(reset -> of(one, reset)).stream())
                .findFirst();
    }

    /// Whether an attempt saw one.
    static boolean in(Attempt attempt) {
        return attempt.reset().flatMap(reset -> of(attempt, reset)).isPresent();
    }

    /// The facts, those that were read from the server's own header being told only. What was data when it left has
    /// the server's distance and its socket's numbers, and is drawn where the server speaks: none of that speaks of
    /// who made a reset of it. Where one stands in the place of withheld data, nor does what of ours arrived.
    static List<Fact> believing(List<Fact> facts) {
        boolean repeated = Fact.among(facts, ID);
        boolean withheld = Fact.among(facts, WithheldData.ID);
        if (!repeated && !withheld) {
            return facts;
        }
        return facts.stream()
                .map(fact -> repeated && isOfServersData(fact)
                                || withheld && fact.evidence().id().equals(AfterReset.RECEIVED)
                        ? toldOnly(fact)
                        : fact)
                .toList();
    }

    private static boolean isOfServersData(Fact fact) {
        return fact.guess() > 0
                && !fact.conclusive()
                && !fact.favours().contains(IN_PATH)
                && OF_DATA.contains(fact.evidence().family());
    }

    private static Fact toldOnly(Fact fact) {
        Evidence shown = fact.evidence();
        return Fact.told(shown.id(), shown.family(), shown.frames(), shown.text());
    }

    private static Optional<Fact> of(Attempt attempt, Seen reset) {
        return attempt.resets().stream()
                .filter(again -> again.frame() > reset.frame()
                        && repeats(reset, again)
                        && unasked(attempt, again)
                        && neverData(attempt, reset))
                .findFirst()
                .map(again -> Fact.of(
                        ID,
                        Family.SHAPE,
                        Weights.CONCLUSIVE,
                        List.of(IN_PATH),
                        List.of(reset.frame(), again.frame()),
                        "the same reset came again " + (again.atNanos() - reset.atNanos()) / 1_000_000
                                + " ms later with a later timestamp, unasked: no socket does that with a reset, every one"
                                + " does with data, so something on the way makes resets of what the server says"));
    }

    private static boolean repeats(Seen first, Seen again) {
        Optional<TcpOption.Timestamps> before = Baseline.timestamps(first.segment());
        Optional<TcpOption.Timestamps> after = Baseline.timestamps(again.segment());
        return again.segment().sequence() == first.segment().sequence()
                && again.atNanos() - first.atNanos() >= LEAST_WAIT_NANOS
                && before.isPresent()
                && after.isPresent()
                && (int) (after.get().value() - before.get().value()) > 0;
    }

    /// What left before the first reset was here may have drawn the second, a round trip later. What drew the first
    /// left so long before the second as the two are apart, and a round trip.
    private static boolean unasked(Attempt attempt, Seen again) {
        long answered = Math.max(LEAST_WAIT_NANOS, RoundTrips.handshake(attempt).orElse(0) + LEAST_WAIT_NANOS / 2);
        return attempt.segments().stream()
                .noneMatch(seen ->
                        seen.ours() && seen.frame() < again.frame() && again.atNanos() - seen.atNanos() < answered);
    }

    /// Where the data itself came too, the resets were sent beside it and not made of it.
    private static boolean neverData(Attempt attempt, Seen reset) {
        return attempt.segments().stream()
                .noneMatch(seen -> seen.genuine()
                        && seen.segment().payloadLength() > 0
                        && seen.segment().sequence() == reset.segment().sequence());
    }
}
