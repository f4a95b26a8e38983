package rstprobe.diagnose;

import static rstprobe.diagnose.Origin.IN_PATH;
import static rstprobe.diagnose.Origin.ON_PATH;
import static rstprobe.diagnose.Origin.PROXY;
import static rstprobe.diagnose.Origin.SERVER_PROCESS;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.wire.Decoded;
import rstprobe.wire.Sequence;

/// What one FIN says of its sender, read from its header, from what came before it and from what came after.
///
/// A FIN has a place in the stream (RFC 9293 section 3.4): a socket that sent one counts it in everything it
/// sends later, and says nothing more behind it.
final class FinRules {
    private static final int STEADY_SEGMENTS = 3;
    /// No server says more before the keys are agreed on; what lies further off is another connection's.
    private static final int MOST_SAID = 1 << 20;
    /// Later than any segment that was merely overtaken.
    private static final long FAR_LATER_NANOS = 300_000_000;

    private final Attempt attempt;
    private final Seen fin;
    private final List<Attempt> all;
    private final OfTheSocket socket;
    private final int place;
    private final List<Fact> facts = new ArrayList<>();

    private FinRules(Attempt attempt, Seen fin, List<Attempt> all) {
        this.attempt = attempt;
        this.fin = fin;
        this.all = all;
        this.socket = new OfTheSocket(attempt, fin);
        this.place = Sequence.plus(fin.segment().nextSequence(), -1);
    }

    /// Every fact about a FIN of an attempt.
    ///
    /// @param all every attempt of the run: what the server is like otherwise
    static List<Fact> of(Attempt attempt, Seen fin, List<Attempt> all) {
        FinRules rules = new FinRules(attempt, fin, all);
        rules.shape();
        rules.forged();
        rules.distance();
        rules.continued();
        rules.counted();
        rules.answeredWithoutSocket();
        return List.copyOf(rules.facts);
    }

    private void shape() {
        if (!socket.continues()) {
            return;
        }
        Decoded.Segment segment = fin.segment();
        String identification =
                segment.ip().isV6() || segment.ip().identification().isEmpty()
                        ? ""
                        : ", IP ID " + segment.ip().identification().getAsInt();
        add(
                "fin-continues-socket",
                Family.SHAPE,
                socket.timestamped() ? Weights.SOCKET_ABORT : Weights.SOCKET_ABORT_BY_IDENTIFICATION,
                List.of(SERVER_PROCESS, PROXY),
                List.of(fin.frame()),
                "the FIN continues the far socket: next sequence number, window " + segment.window()
                        + (socket.timestamped() ? ", valid timestamps" : "") + identification);
    }

    private void forged() {
        if (socket.lacksTimestamps()) {
            add(
                    "fin-without-timestamps",
                    Family.OPTIONS,
                    Weights.TIMESTAMPS_MISSING,
                    List.of(ON_PATH, IN_PATH),
                    withSynAck(),
                    "the FIN lacks the timestamps that every segment of this connection has");
        }
        List<String> broken = socket.broken();
        if (!broken.isEmpty()) {
            add(
                    "fin-breaks-kernel-rules",
                    Family.IP_ID,
                    Weights.NOT_THAT_KERNEL,
                    List.of(ON_PATH, IN_PATH),
                    withSynAck(),
                    "the server's socket does not send such a FIN: " + String.join(", ", broken));
        }
    }

    private List<Integer> withSynAck() {
        List<Integer> frames = new ArrayList<>();
        attempt.synAck().ifPresent(answer -> frames.add(answer.frame()));
        frames.add(fin.frame());
        return frames;
    }

    private void distance() {
        List<Seen> known = socket.others(all);
        if (known.isEmpty()) {
            return;
        }
        Set<Integer> usual = OfTheSocket.ttls(known);
        int ttl = fin.segment().ip().ttl();
        int difference =
                usual.stream().mapToInt(other -> Math.abs(other - ttl)).min().orElse(0);
        List<Integer> frames = List.of(known.getFirst().frame(), fin.frame());
        if (difference == 0) {
            add(
                    "fin-ttl-equal",
                    Family.TTL,
                    Weights.TTL_EQUAL,
                    List.of(SERVER_PROCESS, PROXY),
                    frames,
                    "the FIN has the TTL of what else the server said, " + ttl);
            return;
        }
        boolean steady = attempt.whole()
                && usual.size() == 1
                && known.size() + attempt.synAck().stream().count() >= STEADY_SEGMENTS;
        add(
                "fin-ttl-differs",
                Family.TTL,
                difference > ResetRules.NEAR_HOPS
                        ? Weights.TTL_FAR
                        : steady ? Weights.TTL_NEAR_STEADY : Weights.TTL_NEAR,
                List.of(ON_PATH, IN_PATH),
                frames,
                "the FIN has TTL " + ttl + ", what else the server said "
                        + usual.stream().sorted().map(String::valueOf).collect(Collectors.joining(" and ")));
    }

    /// Nobody says anything behind his own FIN (RFC 9293 section 3.10.4), whatever came first. Where the
    /// server had also received all that we had said, the real segments passed both ways.
    private void continued() {
        attempt.first(seen -> seen.genuine()
                        && seen.segment().payloadLength() > 0
                        && inConversation(seen)
                        && Sequence.before(
                                place,
                                Sequence.plus(
                                        seen.segment().sequence(),
                                        seen.segment().payloadLength())))
                .ifPresent(seen -> add(
                        "server-continues-after-fin",
                        Family.SEQUENCE,
                        Weights.SERVER_CONTINUES,
                        heardAll(seen) ? List.of(ON_PATH) : List.of(ON_PATH, IN_PATH),
                        List.of(fin.frame(), seen.frame()),
                        "the server's stream goes on beyond the FIN, so its socket did not send it"
                                + (heardAll(seen) ? "; and the server had received all that we had said" : "")));
    }

    private boolean heardAll(Seen seen) {
        return attempt.segments().stream()
                .filter(own ->
                        own.ours() && own.frame() < fin.frame() && own.segment().payloadLength() > 0)
                .allMatch(own -> Sequence.atMost(
                        own.segment().nextSequence(), seen.segment().acknowledgement()));
    }

    private boolean inConversation(Seen seen) {
        return attempt.synAck()
                .filter(answer -> Sequence.within(
                        seen.segment().sequence(), answer.segment().nextSequence(), MOST_SAID))
                .isPresent();
    }

    /// What a socket sends behind its FIN has the number after it. A bare acknowledgement that has the number
    /// before it, long after we acknowledged the FIN, comes from a socket that sent none.
    private void counted() {
        List<Seen> bare = attempt.segments().stream()
                .filter(seen -> seen.genuine()
                        && seen.frame() > fin.frame()
                        && seen.segment().sequenceLength() == 0)
                .toList();
        bare.stream()
                .filter(seen -> seen.segment().sequence() == Sequence.plus(place, 1))
                .findFirst()
                .ifPresent(seen -> add(
                        "server-counts-fin",
                        Family.SEQUENCE,
                        Weights.SERVER_COUNTS_FIN,
                        List.of(SERVER_PROCESS, PROXY),
                        List.of(fin.frame(), seen.frame()),
                        "the far socket lived on behind the FIN, and counts it as its own"));
        Optional<Seen> acknowledged = attempt.first(seen -> seen.ours()
                && seen.frame() > fin.frame()
                && seen.segment().flags().ack()
                && seen.segment().acknowledgement() == fin.segment().nextSequence());
        bare.stream()
                .filter(seen -> seen.segment().sequence() == place
                        && attempt.steady()
                        && acknowledged
                                .filter(ours -> seen.atNanos() - ours.atNanos() > farLater())
                                .isPresent())
                .findFirst()
                .ifPresent(seen -> add(
                        "server-does-not-count-fin",
                        Family.SEQUENCE,
                        Weights.FIN_NOT_COUNTED,
                        List.of(ON_PATH, IN_PATH),
                        List.of(fin.frame(), acknowledged.orElseThrow().frame(), seen.frame()),
                        "long after the FIN the server's socket still stands where it would have sent it: it has sent"
                                + " none"));
    }

    private long farLater() {
        return Math.max(FAR_LATER_NANOS, 2 * RoundTrips.handshake(attempt).orElse(FAR_LATER_NANOS));
    }

    /// A process that has closed, or is gone, leaves a kernel that knows no socket for what we say next:
    /// Linux copies our DSCP into its reset (`tcp_v4_send_reset`), a packet filter does not.
    private void answeredWithoutSocket() {
        Optional<Seen> answer = attempt.first(seen -> !seen.ours()
                && seen.reset()
                && seen.frame() > fin.frame()
                && ResetShape.of(seen.segment(), Baseline.before(attempt, seen)) == ResetShape.STATELESS);
        answer.ifPresent(reset -> answered(reset, ownDscp(reset)));
    }

    private int ownDscp(Seen reset) {
        return attempt.segments().stream()
                .filter(seen -> seen.ours() && seen.frame() < reset.frame())
                .reduce((_, last) -> last)
                .map(seen -> seen.segment().ip().tos() & TypeOfService.DSCP)
                .orElse(0);
    }

    private void answered(Seen reset, int own) {
        List<Integer> frames = List.of(fin.frame(), reset.frame());
        boolean echoed = own != 0 && (reset.segment().ip().tos() & TypeOfService.DSCP) == own;
        if (echoed && reset.segment().ip().ttl() == fin.segment().ip().ttl()) {
            add(
                    "no-socket-behind-fin",
                    Family.DELIVERY,
                    Weights.SERVER_IS_GONE,
                    List.of(SERVER_PROCESS, PROXY),
                    frames,
                    String.format(
                            Locale.ROOT,
                            "what we said too late found no socket: the kernel that sent the FIN answers with a reset from"
                                    + " the same distance and returns our type of service 0x%02x, so the process has"
                                    + " closed or died",
                            own));
            return;
        }
        facts.add(Fact.told(
                "reset-behind-fin",
                Family.DELIVERY,
                frames,
                "behind the FIN came a reset without a socket, TTL "
                        + reset.segment().ip().ttl() + (echoed ? "" : ", without our type of service")
                        + ": it does not tell who sent the FIN"));
    }

    private void add(String id, Family family, int weight, List<Origin> favours, List<Integer> frames, String text) {
        facts.add(Fact.of(id, family, weight, favours, frames, text));
    }
}
