package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
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

    /// The host that owns the address counted the trigger's hop as a router does.
    boolean passedOn(int distance) {
        return drawn().stream()
                .flatMap(this::sameSegment)
                .anyMatch(probing ->
                        probing.event().ttl() == distance && probing.expired().isPresent());
    }

    /// Whether the last router rejects what only reached the server's distance.
    boolean lastRouterRejects() {
        Optional<Probing> drawn = drawn();
        OptionalInt distance = distance();
        return drawn.isPresent()
                && distance.isPresent()
                && drawn.get().event().ttl() == distance.getAsInt()
                && comesFromLastRouter(drawn.get(), distance.getAsInt());
    }

    /// Whether what was drawn at the server's distance came over one hop less than the server's own answers, and those
    /// over as many as the control went.
    boolean comesFromLastRouter(Probing drawn, int distance) {
        OptionalInt usual = usualHopsBack();
        return usual.isPresent()
                && usual.getAsInt() == distance - 1
                && hopsBack(drawn.reset().orElseThrow().segment()) == usual.getAsInt() - 1;
    }

    /// Whether the triggers up to that hop took the controls' way.
    boolean isOneWay(int hop) {
        return Ways.meet(triggers, controls, hop);
    }

    /// What a router said of a control that died at a hop.
    Optional<Complaint> controlExpiredAt(int hop) {
        return controls.stream()
                .filter(control -> control.event().ttl() == hop)
                .flatMap(control -> control.expired().stream())
                .findFirst();
    }

    /// How many hops the server's own answers to the control came back.
    OptionalInt usualHopsBack() {
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
    static boolean diedOnTheWay(Probing drawn) {
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

    /// One complaint may be lost; as many in a row are not.
    boolean neverTravelsOn(Probing drawn) {
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
