package rstprobe.diagnose;

import static rstprobe.diagnose.Origin.IN_PATH;
import static rstprobe.diagnose.Origin.ON_PATH;
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

    private final List<Probing> triggers;
    private final List<Probing> controls;

    private TtlSweep(List<Probing> triggers, List<Probing> controls) {
        this.triggers = triggers;
        this.controls = controls;
    }

    static TtlSweep of(List<Probing> probings) {
        return new TtlSweep(part(probings, Part.TRIGGER), part(probings, Part.CONTROL));
    }

    private static List<Probing> part(List<Probing> probings, Part part) {
        return probings.stream()
                .filter(probing -> probing.is(ActiveTest.SWEEP, part))
                .toList();
    }

    List<Fact> facts() {
        Optional<Probing> drawn = drawn();
        OptionalInt distance = distance();
        if (drawn.isEmpty() || distance.isEmpty()) {
            return List.of();
        }
        int first = drawn.get().event().ttl();
        if (first < distance.getAsInt()) {
            return shortOfServer(drawn.get(), distance.getAsInt());
        }
        if (first > distance.getAsInt() && !diedOnTheWay(drawn.get())) {
            return List.of(Fact.told(
                    "trigger-drawn-late",
                    Family.TTL,
                    frames(drawn.get()),
                    "the trigger drew its first reset with TTL " + first + ", though the server is "
                            + distance.getAsInt() + " hops away: those before it were lost"));
        }
        return List.of(
                first == distance.getAsInt()
                        ? atServer(drawn.get())
                        : Fact.of(
                                "trigger-beyond-server",
                                Family.TTL,
                                Weights.MIRRORED,
                                List.of(ON_PATH, IN_PATH),
                                frames(drawn.get()),
                                "the trigger draws the reset from TTL " + first + " on, though the server is "
                                        + distance.getAsInt()
                                        + " hops away: the reset took its TTL from the trigger and died on the way"));
    }

    /// A reset that has a trigger's few hops left comes home with next to none; one that starts with a TTL
    /// of its own does not, and then the triggers before it were lost.
    private static boolean diedOnTheWay(Probing drawn) {
        return drawn.reset().orElseThrow().segment().ip().ttl() <= drawn.event().ttl();
    }

    /// The first trigger, by TTL, that drew a reset.
    private Optional<Probing> drawn() {
        return triggers.stream()
                .filter(probing -> probing.reset().isPresent())
                .min((one, other) ->
                        Integer.compare(one.event().ttl(), other.event().ttl()));
    }

    /// How many hops away the server is: the least TTL with which a control got an answer of its own.
    private OptionalInt distance() {
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
    /// reset: then it has come as many hops as the SYN went. A filter in a router's forward chain is one
    /// hop nearer than that.
    private static boolean refused(Probing probing) {
        return probing.event().acknowledgement() == 0
                && probing.reset()
                        .filter(reset ->
                                hopsBack(reset.segment()) + 1 == probing.event().ttl())
                        .isPresent();
    }

    private List<Fact> shortOfServer(Probing drawn, int distance) {
        int first = drawn.event().ttl();
        List<Fact> facts = new ArrayList<>();
        Optional<Complaint> passed = drawn.expired();
        Optional<Complaint> usual = controls.stream()
                .filter(control -> control.event().ttl() == first)
                .flatMap(control -> control.expired().stream())
                .findFirst();
        String text = "the trigger draws the reset with TTL " + first + " already, but the server is " + distance
                + " hops away";
        facts.add(
                passed.isPresent() || usual.isPresent()
                        ? Fact.of(
                                "trigger-stops-short",
                                Family.ICMP,
                                Weights.DRAWN_SHORT_OF_SERVER,
                                List.of(IN_PATH, ON_PATH),
                                frames(drawn),
                                text + ": it cannot have seen it")
                        : Fact.of(
                                "trigger-seems-to-stop-short",
                                Family.ICMP,
                                Weights.SHORT_OR_LOST,
                                List.of(IN_PATH, ON_PATH),
                                frames(drawn),
                                text + ", unless the nearer controls were lost"));
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
        } else if (usual.isPresent()) {
            facts.add(Fact.of(
                    "trigger-is-swallowed",
                    Family.ICMP,
                    Weights.TRAVELS_ON,
                    List.of(IN_PATH),
                    List.of(
                            drawn.frame(),
                            drawn.reset().orElseThrow().frame(),
                            usual.get().frame()),
                    "the segment that drew the reset went no further, while a control with the same TTL reached hop "
                            + first));
        }
        return facts;
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

    /// Where the sender sits; empty where the sweep did not find it short of the server, or the two
    /// estimates cannot be had.
    Optional<Hop> hop() {
        Optional<Probing> drawn = drawn();
        OptionalInt distance = distance();
        if (drawn.isEmpty() || distance.isEmpty() || drawn.get().event().ttl() >= distance.getAsInt()) {
            return Optional.empty();
        }
        int first = drawn.get().event().ttl();
        if (drawn.get().expired().isPresent()) {
            return Optional.of(new Hop(first - 1, first, Optional.empty()));
        }
        int back = hopsBack(drawn.get().reset().orElseThrow().segment());
        if (back == first - 2) {
            return Optional.of(new Hop(first - 2, first - 1, router(first - 1)));
        }
        return Optional.of(
                back == first - 1
                        ? new Hop(first - 1, first, Optional.empty())
                        : new Hop(Math.max(0, first - 2), first, Optional.empty()));
    }

    private static int hopsBack(Decoded.Segment reset) {
        for (int initial : INITIAL) {
            if (reset.ip().ttl() <= initial) {
                return initial - reset.ip().ttl();
            }
        }
        return 0;
    }

    /// The address of a hop, by its own complaint.
    private Optional<String> router(int hop) {
        return Stream.concat(triggers.stream(), controls.stream())
                .filter(probing -> probing.event().ttl() == hop)
                .flatMap(probing -> probing.expired().stream())
                .map(complaint -> complaint.error().ip().source().toString())
                .findFirst();
    }
}
