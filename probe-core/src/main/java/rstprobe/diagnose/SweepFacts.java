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
import rstprobe.diagnose.Evidence.Family;

/// What a [TtlSweep] says about the sender of a reset.
final class SweepFacts {
    private final TtlSweep sweep;

    private SweepFacts(TtlSweep sweep) {
        this.sweep = sweep;
    }

    /// The facts; none where no trigger drew a reset, or nothing tells how far it had to go.
    static List<Fact> of(TtlSweep sweep) {
        return new SweepFacts(sweep).facts();
    }

    private List<Fact> facts() {
        Optional<Probing> drawn = sweep.drawn();
        OptionalInt distance = sweep.distance();
        if (drawn.isPresent() && distance.isEmpty() && TtlSweep.expiredOnTheWay(drawn.get())) {
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
        OptionalInt usual = sweep.usualHopsBack();
        if (sweep.passedOn(distance)
                && usual.isPresent()
                && usual.getAsInt()
                        == TtlSweep.hopsBack(drawn.reset().orElseThrow().segment())) {
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
        if (!TtlSweep.diedOnTheWay(drawn)) {
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

    /// Drawn where the server is: by it, or by a filter of the last router's, which looks after it has counted the
    /// hop. Only the way back separates them, and only where its hops can be counted.
    private Fact atServersDistance(Probing drawn, int distance) {
        int back = TtlSweep.hopsBack(drawn.reset().orElseThrow().segment());
        OptionalInt usual = sweep.usualHopsBack();
        if (usual.isEmpty() || usual.getAsInt() != distance - 1) {
            return Fact.told(
                    "trigger-reaches-servers-distance",
                    Family.ICMP,
                    frames(drawn),
                    "the trigger draws the reset from the server's distance on (TTL " + distance
                            + "); since the hops back cannot be counted, that may be the server or the last router");
        }
        if (sweep.comesFromLastRouter(drawn, distance)) {
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

    private static Fact atServer(Probing drawn) {
        return Fact.of(
                "trigger-must-reach-server",
                Family.ICMP,
                Weights.DRAWN_AT_SERVER,
                List.of(SERVER_FIREWALL, SERVER_KERNEL, SERVER_PROCESS),
                frames(drawn),
                "the trigger draws no reset until its TTL, " + drawn.event().ttl() + ", takes it as far as the server");
    }

    private List<Fact> shortOfServer(Probing drawn, int distance) {
        int first = drawn.event().ttl();
        boolean oneWay = sweep.isOneWay(first - 1);
        List<Fact> facts = new ArrayList<>();
        Optional<Complaint> passed = drawn.expired();
        Optional<Complaint> usual = sweep.controlExpiredAt(first);
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
        } else if (usual.isPresent() && oneWay && sweep.neverTravelsOn(drawn)) {
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

    private static List<Integer> frames(Probing drawn) {
        return List.of(drawn.frame(), drawn.reset().orElseThrow().frame());
    }
}
