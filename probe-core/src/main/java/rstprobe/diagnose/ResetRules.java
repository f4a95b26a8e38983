package rstprobe.diagnose;

import static rstprobe.diagnose.Origin.IN_PATH;
import static rstprobe.diagnose.Origin.ON_PATH;
import static rstprobe.diagnose.Origin.PROXY;
import static rstprobe.diagnose.Origin.SERVER_FIREWALL;
import static rstprobe.diagnose.Origin.SERVER_KERNEL;
import static rstprobe.diagnose.Origin.SERVER_PROCESS;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.wire.Decoded;

/// What one reset says of its sender, read from its header and from what surrounds it.
final class ResetRules {
    private static final int DSCP = 0xfc;
    private static final int NEAR_HOPS = 3;
    private static final double CLEARLY_EARLY = 0.8;
    private static final long LEAST_MEASURABLE_NANOS = 2_000_000;

    private final Attempt attempt;
    private final Seen reset;
    private final Decoded.Segment segment;
    private final Baseline baseline;
    private final ResetShape shape;
    private final List<Fact> facts = new ArrayList<>();

    private ResetRules(Attempt attempt, Seen reset) {
        this.attempt = attempt;
        this.reset = reset;
        this.segment = reset.segment();
        this.baseline = Baseline.before(attempt, reset);
        this.shape = ResetShape.of(segment, baseline);
    }

    /// Every fact about the first reset of an attempt.
    static List<Fact> of(Attempt attempt, Seen reset) {
        ResetRules rules = new ResetRules(attempt, reset);
        rules.shape();
        rules.typeOfService();
        rules.distance();
        rules.timing();
        rules.whatCameBefore();
        rules.otherResets();
        rules.facts.addAll(AfterReset.of(attempt, reset));
        return List.copyOf(rules.facts);
    }

    private void shape() {
        switch (shape) {
            case SOCKET_ABORT ->
                add(
                        "reset-continues-socket",
                        Family.SHAPE,
                        Weights.SOCKET_ABORT,
                        List.of(SERVER_PROCESS, PROXY),
                        "the reset continues the server's own socket: next sequence number, window "
                                + segment.window()
                                + (baseline.timestampsNegotiated() ? ", valid timestamps" : "")
                                + identification());
            case STATELESS ->
                add(
                        "reset-without-socket",
                        Family.SHAPE,
                        Weights.TIMESTAMPS_MISSING,
                        List.of(SERVER_KERNEL, SERVER_FIREWALL, IN_PATH, ON_PATH, PROXY),
                        "no live socket sent the reset: no ACK flag, window 0, no TCP options");
            case OTHER -> other();
        }
    }

    private void other() {
        if (baseline.timestampsNegotiated()
                && segment.flags().ack()
                && Baseline.timestamps(segment).isEmpty()) {
            add(
                    "reset-without-timestamps",
                    Family.OPTIONS,
                    Weights.TIMESTAMPS_MISSING,
                    List.of(ON_PATH, IN_PATH),
                    "the reset poses as the socket's own (RST,ACK) but lacks the timestamps both sides had agreed on");
        } else {
            facts.add(Fact.told(
                    "reset-of-unknown-shape",
                    Family.SHAPE,
                    List.of(reset.frame()),
                    "the reset (" + segment.flags() + ", window " + segment.window() + identification()
                            + ") has the shape of none that Linux sends"));
        }
    }

    /// A kernel that answers without a socket copies the DSCP of what it answers; a packet filter's reset has 0.
    private void typeOfService() {
        if (shape != ResetShape.STATELESS || baseline.ours().isEmpty()) {
            return;
        }
        int own = baseline.ours().getLast().segment().ip().tos() & DSCP;
        int theirs = segment.ip().tos() & DSCP;
        boolean reflects = baseline.typesOfService().stream().anyMatch(tos -> (tos & DSCP) == own);
        if (own == 0 || reflects) {
            return;
        }
        if (theirs == own) {
            add(
                    "reset-echoes-tos",
                    Family.TOS,
                    Weights.TOS_ECHOED,
                    List.of(SERVER_KERNEL, PROXY),
                    String.format(
                            Locale.ROOT,
                            "the reset echoes our type of service 0x%02x, as a kernel without a socket does and a packet filter does not",
                            own));
        } else if (theirs == 0) {
            add(
                    "reset-tos-zero",
                    Family.TOS,
                    Weights.TOS_ZERO,
                    List.of(SERVER_FIREWALL, IN_PATH, ON_PATH),
                    String.format(
                            Locale.ROOT,
                            "the reset carries type of service 0 where a kernel would have echoed our 0x%02x",
                            own));
        }
    }

    private void distance() {
        Set<Integer> usual = baseline.ttls();
        if (usual.isEmpty()) {
            return;
        }
        int ttl = segment.ip().ttl();
        int difference =
                usual.stream().mapToInt(known -> Math.abs(known - ttl)).min().orElse(0);
        List<Integer> frames = List.of(baseline.theirs().getLast().frame(), reset.frame());
        if (difference == 0) {
            facts.add(Fact.of(
                    "reset-ttl-equal",
                    Family.TTL,
                    Weights.TTL_EQUAL,
                    List.of(SERVER_PROCESS, SERVER_KERNEL, SERVER_FIREWALL, PROXY),
                    frames,
                    "the reset has the TTL of the server's data, " + ttl));
            return;
        }
        facts.add(Fact.of(
                "reset-ttl-differs",
                Family.TTL,
                difference > NEAR_HOPS ? Weights.TTL_FAR : Weights.TTL_NEAR,
                List.of(ON_PATH, IN_PATH),
                frames,
                "the reset has TTL " + ttl + ", the server's data " + usual));
    }

    /// Nothing that answers our segment can be here before a round trip is over, unless it sits nearer than the
    /// server.
    private void timing() {
        OptionalLong roundTrip = baseline.roundTripNanos();
        Optional<Seen> answered = answered();
        if (roundTrip.isEmpty() || answered.isEmpty() || roundTrip.getAsLong() < LEAST_MEASURABLE_NANOS) {
            return;
        }
        long nanos = reset.atNanos() - answered.get().atNanos();
        if (nanos >= 0 && nanos < CLEARLY_EARLY * roundTrip.getAsLong()) {
            facts.add(Fact.of(
                    "reset-before-round-trip",
                    Family.SEQUENCE,
                    Weights.BEFORE_ONE_ROUND_TRIP,
                    List.of(ON_PATH, IN_PATH),
                    List.of(answered.get().frame(), reset.frame()),
                    String.format(
                            Locale.ROOT,
                            "the reset answers our segment after %.1f ms; the server is %.1f ms away",
                            nanos / 1e6,
                            roundTrip.getAsLong() / 1e6)));
        }
    }

    /// The segment of ours that the reset's numbers refer to.
    private Optional<Seen> answered() {
        return baseline.ours().stream()
                .filter(own -> !own.segment().flags().syn())
                .filter(own -> segment.flags().ack()
                        ? own.segment().payloadLength() > 0 && own.segment().nextSequence() == segment.acknowledgement()
                        : own.segment().acknowledgement() == segment.sequence())
                .findFirst();
    }

    private void whatCameBefore() {
        attempt.fin()
                .filter(fin -> fin.frame() < reset.frame() && shape == ResetShape.STATELESS)
                .ifPresent(fin -> facts.add(Fact.of(
                        "fin-before-reset",
                        Family.SEQUENCE,
                        Weights.FIN_FIRST,
                        List.of(SERVER_KERNEL),
                        List.of(fin.frame(), reset.frame()),
                        "the server had closed already; its kernel answers what we sent after that")));
        ServerTexts.refusal(attempt)
                .ifPresent(text -> add(
                        "server-said-why",
                        Family.CONTENT,
                        Weights.SAID_WHY,
                        List.of(SERVER_PROCESS),
                        "before the reset the server said: " + text.text()));
    }

    private void otherResets() {
        List<Seen> resets = attempt.segments().stream()
                .filter(seen -> !seen.ours() && seen.reset())
                .toList();
        long ttls = resets.stream()
                .map(seen -> seen.segment().ip().ttl())
                .distinct()
                .count();
        if (ttls > 1) {
            facts.add(Fact.of(
                    "resets-differ",
                    Family.SEQUENCE,
                    Weights.SEVERAL_RESETS,
                    List.of(ON_PATH, IN_PATH),
                    resets.stream().map(Seen::frame).toList(),
                    resets.size() + " resets of one conversation came with " + ttls + " different TTLs"));
        }
    }

    private String identification() {
        return segment.ip().isV6() || segment.ip().identification().isEmpty()
                ? ""
                : ", IP ID " + segment.ip().identification().getAsInt();
    }

    private void add(String id, Family family, int weight, List<Origin> favours, String text) {
        facts.add(Fact.of(id, family, weight, favours, List.of(reset.frame()), text));
    }
}
