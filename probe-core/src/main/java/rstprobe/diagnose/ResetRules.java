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
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.wire.Decoded;
import rstprobe.wire.TcpOption;

/// What one reset says of its sender, read from its header and from what surrounds it.
final class ResetRules {
    static final int NEAR_HOPS = 3;
    private static final int STEADY_SEGMENTS = 3;
    /// Options a reset of Linux's may carry without a socket: signatures, and a reason (RFC 8684
    /// section 3.6).
    private static final Set<Integer> STATELESS_OPTIONS = Set.of(
            TcpOption.Kind.MD5_SIGNATURE,
            TcpOption.Kind.AUTHENTICATION,
            TcpOption.Kind.MULTIPATH,
            TcpOption.Kind.NO_OPERATION,
            TcpOption.Kind.END_OF_LIST);

    private final Attempt attempt;
    private final Seen reset;
    private final List<Attempt> all;
    private final Decoded.Segment segment;
    private final Baseline baseline;
    private final ResetShape shape;
    private final List<Fact> facts = new ArrayList<>();

    private ResetRules(Attempt attempt, Seen reset, List<Attempt> all) {
        this.attempt = attempt;
        this.reset = reset;
        this.all = all;
        this.segment = reset.segment();
        this.baseline = Baseline.before(attempt, reset);
        this.shape = ResetShape.of(segment, baseline);
    }

    /// Every fact about a reset of an attempt.
    ///
    /// @param all every attempt of the run: what the path and the server are like otherwise
    static List<Fact> of(Attempt attempt, Seen reset, List<Attempt> all) {
        ResetRules rules = new ResetRules(attempt, reset, all);
        rules.shape();
        rules.kernelRules();
        rules.typeOfService();
        rules.distance();
        rules.timing();
        rules.otherResets();
        rules.facts.addAll(AfterReset.of(attempt, reset));
        SaidByReset.of(attempt, reset).ifPresent(rules.facts::add);
        return List.copyOf(rules.facts);
    }

    private void shape() {
        switch (shape) {
            case SOCKET_ABORT ->
                add(
                        "reset-continues-socket",
                        Family.SHAPE,
                        baseline.timestampsNegotiated() ? Weights.SOCKET_ABORT : Weights.SOCKET_ABORT_BY_IDENTIFICATION,
                        List.of(SERVER_PROCESS, PROXY),
                        "the reset continues the far socket: next sequence number, window " + segment.window()
                                + (baseline.timestampsNegotiated() ? ", valid timestamps" : "")
                                + identification());
            case STATELESS ->
                add(
                        "reset-without-socket",
                        Family.SHAPE,
                        Weights.NO_SOCKET,
                        List.of(SERVER_KERNEL, SERVER_FIREWALL, IN_PATH, ON_PATH, PROXY),
                        "no live socket sent the reset: no ACK flag, window 0, no TCP options");
            case OTHER ->
                facts.add(Fact.told(
                        "reset-of-unknown-shape",
                        Family.SHAPE,
                        List.of(reset.frame()),
                        "the reset (" + segment.flags() + ", window " + segment.window() + identification()
                                + ") has not the shape of those that Linux sends"));
        }
    }

    /// A Linux server betrays itself by its SYN-ACK. Its resets then have rules, and one that breaks
    /// them comes from another stack. Of other servers nothing of the kind is known.
    private void kernelRules() {
        if (!baseline.linux()) {
            return;
        }
        List<Integer> frames = List.of(baseline.synAck().orElseThrow().frame(), reset.frame());
        if (segment.flags().ack()
                && baseline.timestampsNegotiated()
                && Baseline.timestamps(segment).isEmpty()) {
            facts.add(Fact.of(
                    "reset-without-timestamps",
                    Family.OPTIONS,
                    Weights.TIMESTAMPS_MISSING,
                    List.of(ON_PATH, IN_PATH),
                    frames,
                    "the reset poses as the socket's own (RST,ACK) but lacks the timestamps that this kernel's have"));
        }
        List<String> broken = segment.flags().ack() ? brokenByAbort() : brokenByAnswer();
        if (!broken.isEmpty()) {
            facts.add(Fact.of(
                    "reset-breaks-kernel-rules",
                    Family.IP_ID,
                    Weights.NOT_THAT_KERNEL,
                    List.of(ON_PATH, IN_PATH),
                    frames,
                    "the server's kernel does not send such resets: " + String.join(", ", broken)));
        }
    }

    /// RST,ACK: `tcp_send_active_reset`, from the socket itself.
    private List<String> brokenByAbort() {
        List<String> broken = new ArrayList<>();
        if (!segment.ip().dontFragment()) {
            broken.add("DF is clear");
        }
        if (ResetShape.identificationBroken(segment, baseline) && (attempt.whole() || zeroAmongOthers())) {
            broken.add("IP ID " + segment.ip().identification().orElse(0) + " does not continue its count");
        }
        if (attempt.whole()
                && baseline.timestampsNegotiated()
                && Baseline.timestamps(segment).isPresent()
                && !baseline.timestampsContinue(segment)) {
            broken.add("timestamps that are not its clock's, or echo none of ours");
        }
        return List.copyOf(broken);
    }

    /// No lost segment makes a count begin anew.
    private boolean zeroAmongOthers() {
        return segment.ip().identification().orElse(-1) == 0
                && baseline.lastIdentification().orElse(0) != 0;
    }

    /// RST: `tcp_v4_send_reset`, `tcp_v6_send_reset`. Its identification is no rule: kernels before
    /// 4.19 counted there.
    private List<String> brokenByAnswer() {
        List<String> broken = new ArrayList<>();
        if (!segment.ip().dontFragment()) {
            broken.add("DF is clear");
        }
        if (segment.acknowledgement() != 0) {
            broken.add("an acknowledgement number without the flag");
        }
        if (segment.window() != 0) {
            broken.add("window " + segment.window() + " where it would be 0");
        }
        if (!STATELESS_OPTIONS.containsAll(segment.options().order())) {
            broken.add("TCP options");
        }
        if (attempt.whole() && !baseline.weAcknowledged(segment.sequence())) {
            broken.add("a sequence number that we had not acknowledged yet");
        }
        return List.copyOf(broken);
    }

    /// A Linux kernel that answers without a socket copies the DSCP of what it answers; a packet
    /// filter's reset has 0, and so have the resets of other kernels.
    private void typeOfService() {
        if (shape != ResetShape.STATELESS || ownDscp() == 0) {
            return;
        }
        if (echoesTypeOfService()) {
            add(
                    "reset-echoes-tos",
                    Family.TOS,
                    Weights.TOS_ECHOED,
                    List.of(SERVER_KERNEL, PROXY),
                    String.format(
                            Locale.ROOT,
                            "the reset echoes our type of service 0x%02x, as a kernel without a socket does and a packet filter does not",
                            ownDscp()));
        } else if ((segment.ip().tos() & TypeOfService.DSCP) == 0 && baseline.linux() && !serverUsesOurDscp()) {
            add(
                    "reset-tos-zero",
                    Family.TOS,
                    Weights.TOS_ZERO,
                    List.of(SERVER_FIREWALL, IN_PATH, ON_PATH),
                    String.format(
                            Locale.ROOT,
                            "the reset carries type of service 0 where this kernel would have echoed our 0x%02x, if nothing on the path clears it",
                            ownDscp()));
        }
    }

    private int ownDscp() {
        return baseline.ours().isEmpty()
                ? 0
                : baseline.ours().getLast().segment().ip().tos() & TypeOfService.DSCP;
    }

    private boolean serverUsesOurDscp() {
        return baseline.typesOfService().stream().anyMatch(tos -> (tos & TypeOfService.DSCP) == ownDscp());
    }

    private boolean echoesTypeOfService() {
        return shape == ResetShape.STATELESS
                && ownDscp() != 0
                && (segment.ip().tos() & TypeOfService.DSCP) == ownDscp()
                && !serverUsesOurDscp();
    }

    /// The TTL of what the server sends beside its SYN-ACK, which a SYN proxy may have sent; of the
    /// other attempts where this one has nothing.
    private void distance() {
        List<Seen> known = new ArrayList<>();
        addGenuine(known, attempt);
        if (known.isEmpty()) {
            all.forEach(other -> addGenuine(known, other));
        }
        if (known.isEmpty()) {
            return;
        }
        int ttl = segment.ip().ttl();
        int difference = Integer.MAX_VALUE;
        Set<Integer> usual = new TreeSet<>();
        for (Seen seen : known) {
            int other = seen.segment().ip().ttl();
            usual.add(other);
            difference = Math.min(difference, Math.abs(other - ttl));
        }
        List<Integer> frames = List.of(known.getFirst().frame(), reset.frame());
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
        boolean steady = attempt.whole()
                && usual.size() == 1
                && known.size() + baseline.synAck().stream().count() >= STEADY_SEGMENTS;
        facts.add(Fact.of(
                "reset-ttl-differs",
                Family.TTL,
                difference > NEAR_HOPS ? Weights.TTL_FAR : steady ? Weights.TTL_NEAR_STEADY : Weights.TTL_NEAR,
                echoesTypeOfService() ? List.of(ON_PATH, IN_PATH, PROXY) : List.of(ON_PATH, IN_PATH),
                frames,
                "the reset has TTL " + ttl + ", the server's data "
                        + usual.stream().map(String::valueOf).collect(Collectors.joining(" and "))));
    }

    private static void addGenuine(List<Seen> known, Attempt of) {
        for (Seen seen : of.segments()) {
            if (seen.genuine()) {
                known.add(seen);
            }
        }
    }

    /// Nothing that answers our segment can be here before a round trip is over, unless it sits nearer
    /// than the server. A segment that the capture lost, or a clock that was set, would only make it look so.
    private void timing() {
        if (!attempt.whole() || !attempt.steady()) {
            return;
        }
        Optional<Seen> answered = answered();
        List<Long> roundTrips = answered.isPresent() ? RoundTrips.samples(all) : List.of();
        if (roundTrips.isEmpty()) {
            return;
        }
        long fastest = roundTrips.stream().mapToLong(Long::longValue).min().orElseThrow();
        long nanos = reset.atNanos() - answered.get().atNanos();
        if (!RoundTrips.tooSoon(nanos, roundTrips)) {
            return;
        }
        facts.add(Fact.of(
                "reset-before-round-trip",
                Family.SEQUENCE,
                roundTrips.size() > 1 ? Weights.BEFORE_ONE_ROUND_TRIP : Weights.BEFORE_THE_ONLY_ROUND_TRIP,
                List.of(ON_PATH, IN_PATH),
                Stream.of(baseline.syn(), baseline.synAck(), answered, Optional.of(reset))
                        .flatMap(Optional::stream)
                        .map(Seen::frame)
                        .toList(),
                String.format(
                        Locale.ROOT,
                        "the reset answers our segment after %.1f ms; the fastest of %d round trips to the server took %.1f ms",
                        nanos / 1e6,
                        roundTrips.size(),
                        fastest / 1e6)));
    }

    /// The segment of ours that the reset's numbers refer to; of several the first, which makes the
    /// answer slowest.
    private Optional<Seen> answered() {
        return baseline.ours().stream()
                .filter(own -> !own.segment().flags().syn())
                .filter(own -> segment.flags().ack()
                        ? own.segment().payloadLength() > 0 && own.segment().nextSequence() == segment.acknowledgement()
                        : own.segment().acknowledgement() == segment.sequence())
                .findFirst();
    }

    private void otherResets() {
        List<Seen> resets = attempt.resets();
        long ttls = resets.stream()
                .map(seen -> seen.segment().ip().ttl())
                .distinct()
                .count();
        if (ttls < 2) {
            return;
        }
        List<Integer> frames = resets.stream().map(Seen::frame).toList();
        String differ = resets.size() + " resets of one conversation came with " + ttls + " different TTLs";
        boolean oneOfTheirs = attempt.segments().stream()
                .anyMatch(seen -> seen.genuine()
                        && seen.segment().ip().ttl() == segment.ip().ttl());
        facts.add(
                oneOfTheirs
                        ? Fact.told(
                                "resets-differ",
                                Family.SEQUENCE,
                                frames,
                                differ + "; this one has that of the server's data, so another is foreign")
                        : Fact.of(
                                "resets-differ",
                                Family.SEQUENCE,
                                Weights.SEVERAL_RESETS,
                                List.of(ON_PATH, IN_PATH),
                                frames,
                                differ));
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
