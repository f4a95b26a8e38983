package rstprobe.diagnose;

import static rstprobe.diagnose.Origin.IN_PATH;
import static rstprobe.diagnose.Origin.ON_PATH;
import static rstprobe.diagnose.Origin.PROXY;
import static rstprobe.diagnose.Origin.SERVER_FIREWALL;
import static rstprobe.diagnose.Origin.SERVER_KERNEL;
import static rstprobe.diagnose.Origin.SERVER_PROCESS;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.record.ActiveTest;
import rstprobe.record.ActiveTest.Part;
import rstprobe.wire.Decoded;
import rstprobe.wire.Sequence;

/// How far the trigger had to travel to draw the reset, beside a control that must not draw it there.
///
/// A router looks at the TTL before its filter's forward chain, so one at hop h answers from TTL h+1 on, as
/// a tap behind it does. The two differ in what becomes of the segment: behind a tap it travels on and dies
/// at the next hop, which says so. The TTL the reset arrives with counts the hops back, and is the second,
/// independent estimate.
final class TtlSweep {
    private static final int[] INITIAL = {64, 128, 255};
    private static final int LEAST_SENT = 3;

    private final List<Probing> triggers;
    private final List<Probing> controls;
    private final List<Probing> all;

    private TtlSweep(List<Probing> triggers, List<Probing> controls, List<Probing> all) {
        this.triggers = triggers;
        this.controls = controls;
        this.all = all;
    }

    /// @param reset the reset in question: where no connection could be opened any more, stray segments took the
    ///   trigger's place, and only a reset like this one is its sender's
    static TtlSweep of(Seen reset, List<Probing> probings) {
        List<Probing> triggers = part(probings, Part.TRIGGER);
        List<Probing> stray = part(probings, Part.STRAY).stream()
                .filter(probing ->
                        probing.reset().filter(drawn -> alike(reset, drawn)).isPresent())
                .toList();
        return new TtlSweep(triggers.isEmpty() ? stray : triggers, part(probings, Part.CONTROL), probings);
    }

    private static boolean alike(Seen one, Seen other) {
        return one.segment().ip().ttl() == other.segment().ip().ttl()
                && one.segment().ip().tos() == other.segment().ip().tos()
                && one.segment().window() == other.segment().window();
    }

    private static List<Probing> part(List<Probing> probings, Part part) {
        return probings.stream()
                .filter(probing -> probing.is(ActiveTest.SWEEP, part))
                .toList();
    }

    List<Fact> facts() {
        Optional<Probing> drawn = drawn();
        OptionalInt distance = distance();
        if (drawn.isPresent() && distance.isEmpty() && expiredOnTheWay(drawn.get())) {
            return stoppedBeforeHop(drawn.get());
        }
        if (drawn.isEmpty() || distance.isEmpty()) {
            return List.of();
        }
        int first = drawn.get().event().ttl();
        if (first < distance.getAsInt()) {
            return shortOfServer(drawn.get(), distance.getAsInt());
        }
        return List.of(
                first == distance.getAsInt()
                        ? atServersDistance(drawn.get(), distance.getAsInt())
                        : beyondServer(drawn.get(), distance.getAsInt()));
    }

    /// The trigger that drew the reset died at a hop that is not the server.
    static boolean expiredOnTheWay(Probing drawn) {
        return drawn.expired()
                .filter(complaint -> !complaint
                        .error()
                        .ip()
                        .source()
                        .equals(drawn.flow().theirs().address()))
                .isPresent();
    }

    /// How far the server is need not be known: it never saw the trigger.
    private static List<Fact> stoppedBeforeHop(Probing drawn) {
        List<Integer> frames = List.of(
                drawn.frame(),
                drawn.reset().orElseThrow().frame(),
                drawn.expired().orElseThrow().frame());
        return List.of(Fact.of(
                "trigger-died-on-the-way",
                Family.ICMP,
                Weights.DRAWN_SHORT_OF_SERVER,
                List.of(ON_PATH),
                frames,
                "the trigger drew the reset and died at hop " + drawn.event().ttl() + ", which is not the server: it"
                        + " travelled on, and the server cannot have seen it"));
    }

    private Fact beyondServer(Probing drawn, int distance) {
        int first = drawn.event().ttl();
        OptionalInt usual = usualHopsBack();
        if (passedOn(distance)
                && usual.isPresent()
                && usual.getAsInt() == hopsBack(drawn.reset().orElseThrow().segment())) {
            return Fact.of(
                    "trigger-goes-beyond-address",
                    Family.ICMP,
                    Weights.BEYOND_ADDRESS,
                    List.of(SERVER_FIREWALL),
                    frames(drawn),
                    "the trigger draws the reset from TTL " + first + " on, behind the host that owns the address ("
                            + distance
                            + " hops away), and yet from that host's distance: it passes the port on, and its"
                            + " packet filter rejects it");
        }
        if (!diedOnTheWay(drawn)) {
            return Fact.told(
                    "trigger-drawn-late",
                    Family.TTL,
                    frames(drawn),
                    "the trigger drew its first reset with TTL " + first + ", though the server is " + distance
                            + " hops away: those before it were lost");
        }
        return Fact.of(
                "trigger-beyond-server",
                Family.TTL,
                Weights.MIRRORED,
                List.of(ON_PATH, IN_PATH),
                frames(drawn),
                "the trigger draws the reset from TTL " + first + " on, though the server is " + distance
                        + " hops away: the reset took its TTL from the trigger and died on the way");
    }

    /// The host that owns the address counted the trigger's hop as a router does.
    private boolean passedOn(int distance) {
        return drawn().stream()
                .flatMap(this::sameSegment)
                .anyMatch(probing ->
                        probing.event().ttl() == distance && probing.expired().isPresent());
    }

    /// Drawn where the server is: by it, or by a filter of the last router's, which looks after it has counted the
    /// hop. Only the way back separates them, and only where its hops can be counted.
    private Fact atServersDistance(Probing drawn, int distance) {
        int back = hopsBack(drawn.reset().orElseThrow().segment());
        OptionalInt usual = usualHopsBack();
        if (usual.isEmpty() || usual.getAsInt() != distance - 1) {
            return Fact.told(
                    "trigger-reaches-servers-distance",
                    Family.ICMP,
                    frames(drawn),
                    "the trigger draws the reset from the server's distance on (TTL " + distance
                            + "); since the hops back cannot be counted, that may be the server or the last router");
        }
        if (back == usual.getAsInt() - 1) {
            return Fact.of(
                    "reset-nearer-than-drawn",
                    Family.ICMP,
                    Weights.NEARER_THAN_DRAWN,
                    List.of(IN_PATH),
                    frames(drawn),
                    "the trigger draws the reset from TTL " + distance + " on, but it comes back over " + back
                            + " hops and the server's own answers over " + usual.getAsInt()
                            + ": the last router rejects what it would have passed on");
        }
        return back == usual.getAsInt()
                ? atServer(drawn)
                : Fact.told(
                        "trigger-reaches-servers-distance",
                        Family.ICMP,
                        frames(drawn),
                        "the trigger draws the reset from the server's distance on (TTL " + distance + ")");
    }

    /// Whether the last router rejects what only reached the server's distance.
    boolean lastRouterRejects() {
        Optional<Probing> drawn = drawn();
        OptionalInt distance = distance();
        return drawn.isPresent()
                && distance.isPresent()
                && drawn.get().event().ttl() == distance.getAsInt()
                && atServersDistance(drawn.get(), distance.getAsInt()).favours().contains(IN_PATH);
    }

    /// How many hops the server's own answers to the control came back.
    private OptionalInt usualHopsBack() {
        return controls.stream()
                .filter(probing -> delivered(probing) || refused(probing))
                .flatMap(probing -> probing.answers().stream().limit(1))
                .mapToInt(answer -> hopsBack(answer.segment()))
                .max();
    }

    /// A control that had to go several hops and was answered with a TTL that no router has lowered: something on the
    /// way back sets them, and they tell no distance.
    Optional<Probing> levelled() {
        return controls.stream()
                .filter(probing -> probing.event().ttl() > 1)
                .filter(probing -> delivered(probing) || ReferenceReset.echoes(probing))
                .filter(probing -> probing.answers().stream().allMatch(answer -> hopsBack(answer.segment()) == 0))
                .findFirst();
    }

    /// A reset that has a trigger's few hops left comes home with next to none; one that starts with a TTL
    /// of its own does not, and then the triggers before it were lost.
    private static boolean diedOnTheWay(Probing drawn) {
        return drawn.reset().orElseThrow().segment().ip().ttl() <= drawn.event().ttl();
    }

    /// The first trigger, by TTL, that drew a reset.
    Optional<Probing> drawn() {
        return triggers.stream()
                .filter(probing -> probing.reset().isPresent())
                .min((one, other) ->
                        Integer.compare(one.event().ttl(), other.event().ttl()));
    }

    /// How many hops away the server is: the least TTL with which a control got an answer of its own.
    OptionalInt distance() {
        return controls.stream()
                .filter(probing -> delivered(probing) || refused(probing))
                .mapToInt(probing -> probing.event().ttl())
                .min();
    }

    /// A control on a connection is delivered when it is acknowledged; one to a closed port when it is
    /// refused.
    private static boolean delivered(Probing probing) {
        return probing.answers().stream()
                .filter(answer -> !answer.reset() && answer.segment().flags().ack())
                .anyMatch(answer -> Sequence.before(
                        probing.event().sequence(), answer.segment().acknowledgement()));
    }

    /// A SYN has no acknowledgement number, and what answers a control SYN should be the closed port's own
    /// reset: then it returns our type of service, as no filter's does, or another one of that port returned
    /// our record route; and it has come as many hops as the SYN went. A filter in a router's forward chain is
    /// one hop nearer than that.
    private boolean refused(Probing probing) {
        return probing.event().acknowledgement() == 0
                && (ReferenceReset.echoes(probing) || RouteEcho.isHosts(probing, all))
                && probing.reset()
                        .filter(reset ->
                                hopsBack(reset.segment()) + 1 == probing.event().ttl())
                        .isPresent();
    }

    private List<Fact> shortOfServer(Probing drawn, int distance) {
        int first = drawn.event().ttl();
        boolean oneWay = Ways.meet(triggers, controls, first - 1);
        List<Fact> facts = new ArrayList<>();
        Optional<Complaint> passed = drawn.expired();
        Optional<Complaint> usual = controls.stream()
                .filter(control -> control.event().ttl() == first)
                .flatMap(control -> control.expired().stream())
                .findFirst();
        List<Origin> senders =
                ReferenceReset.echoes(drawn) ? List.of(PROXY, IN_PATH, ON_PATH) : List.of(IN_PATH, ON_PATH);
        String text = "the trigger draws the reset with TTL " + first + " already, but the server is " + distance
                + " hops away";
        facts.add(
                passed.isPresent() || usual.isPresent() && oneWay
                        ? Fact.of(
                                "trigger-stops-short",
                                Family.ICMP,
                                Weights.DRAWN_SHORT_OF_SERVER,
                                senders,
                                frames(drawn),
                                text + ": it cannot have seen it")
                        : Fact.of(
                                "trigger-seems-to-stop-short",
                                Family.ICMP,
                                Weights.SHORT_OR_LOST,
                                List.of(IN_PATH, ON_PATH),
                                frames(drawn),
                                text
                                        + (oneWay
                                                ? ", unless the nearer controls were lost"
                                                : ", unless its way is shorter than the control's: another router"
                                                        + " stands at hop " + (first - 1))));
        if (passed.isPresent()) {
            facts.add(Fact.of(
                    "trigger-travels-on",
                    Family.ICMP,
                    Weights.TRAVELS_ON,
                    List.of(ON_PATH),
                    List.of(
                            drawn.frame(),
                            drawn.reset().orElseThrow().frame(),
                            passed.get().frame()),
                    "the segment that drew the reset travelled on: hop " + first + " says that its TTL ran out there"));
        } else if (usual.isPresent() && oneWay && neverTravelsOn(drawn)) {
            facts.add(Fact.of(
                    "trigger-is-swallowed",
                    Family.ICMP,
                    Weights.TRAVELS_ON,
                    List.of(IN_PATH),
                    List.of(
                            drawn.frame(),
                            drawn.reset().orElseThrow().frame(),
                            usual.get().frame()),
                    "the segment that drew the reset went no further, however often it was sent, while a control with the"
                            + " same TTL reached hop " + first));
        }
        return facts;
    }

    /// One complaint may be lost; as many in a row are not.
    private boolean neverTravelsOn(Probing drawn) {
        List<Probing> sent = sameSegment(drawn)
                .filter(probing -> probing.event().ttl() == drawn.event().ttl())
                .toList();
        return sent.size() >= LEAST_SENT
                && sent.stream().allMatch(probing -> probing.expired().isEmpty());
    }

    /// The segment that drew the reset, however far it was sent: the one before it in the stream may have been walked
    /// first, and passed.
    private Stream<Probing> sameSegment(Probing drawn) {
        return triggers.stream()
                .filter(probing -> probing.event().sequence() == drawn.event().sequence()
                        && probing.event().localPort() == drawn.event().localPort());
    }

    private static Fact atServer(Probing drawn) {
        return Fact.of(
                "trigger-must-reach-server",
                Family.ICMP,
                Weights.DRAWN_AT_SERVER,
                List.of(SERVER_FIREWALL, SERVER_KERNEL, SERVER_PROCESS),
                frames(drawn),
                "the trigger draws no reset until its TTL, " + drawn.event().ttl() + ", takes it as far as the server");
    }

    private static List<Integer> frames(Probing drawn) {
        return List.of(drawn.frame(), drawn.reset().orElseThrow().frame());
    }

    static int hopsBack(Decoded.Segment reset) {
        for (int initial : INITIAL) {
            if (reset.ip().ttl() <= initial) {
                return initial - reset.ip().ttl();
            }
        }
        return 0;
    }

    /// The address of a hop, by its own complaint.
    Optional<String> router(int hop) {
        return Stream.concat(triggers.stream(), controls.stream())
                .filter(probing -> probing.event().ttl() == hop)
                .flatMap(probing -> probing.expired().stream())
                .map(complaint -> complaint.error().ip().source().toString())
                .findFirst();
    }
}
