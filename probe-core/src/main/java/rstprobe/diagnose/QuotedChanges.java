package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.record.ActiveTest;
import rstprobe.wire.Decoded;
import rstprobe.wire.Quoted;

/// What the path changed in our packets, by the copies that its hops quote in their ICMP errors.
final class QuotedChanges {

    private QuotedChanges() {}

    static List<Fact> of(List<Probing> probings) {
        List<Fact> facts = new ArrayList<>();
        typeOfService(probings).ifPresent(facts::add);
        segmentSize(probings).ifPresent(facts::add);
        timeToLive(probings).ifPresent(facts::add);
        return facts;
    }

    /// True where a hop saw our packets with another type of service than we sent: then none that comes
    /// back tells.
    static boolean typeOfServiceIsRewritten(List<Probing> probings) {
        return typeOfService(probings).isPresent();
    }

    private static Optional<Fact> typeOfService(List<Probing> probings) {
        return first(
                        probings,
                        (probing, quoted) -> (quoted.ip().tos() & TypeOfService.DSCP)
                                != (probing.event().typeOfService() & TypeOfService.DSCP))
                .map(found -> Fact.told(
                        "path-rewrites-tos",
                        Family.TOS,
                        found,
                        "the path rewrites our type of service: what comes back in a reset means nothing"));
    }

    /// Ours is announced so small that only a box that sets it would change it.
    private static Optional<Fact> segmentSize(List<Probing> probings) {
        return first(
                        probings,
                        (probing, quoted) -> quoted.segment()
                                .map(Decoded.Segment::options)
                                .filter(options -> options.mss().isPresent()
                                        && options.mss().getAsInt() != ActiveTest.SEGMENT_SIZE)
                                .isPresent())
                .map(found -> Fact.told(
                        "path-rewrites-mss",
                        Family.OPTIONS,
                        found,
                        "the path rewrites the maximum segment size that our SYN announces"));
    }

    /// A packet dies with a TTL of 1 or 0; one that is quoted with more had it raised on the way, or died inside a
    /// tunnel that counts for itself.
    private static Optional<Fact> timeToLive(List<Probing> probings) {
        return first(
                        probings,
                        (probing, quoted) ->
                                quoted.ip().ttl() > 1 && probing.expired().isPresent())
                .map(found -> Fact.told(
                        "path-rewrites-ttl",
                        Family.TTL,
                        found,
                        "a hop says that our TTL ran out and quotes it above 1: it was raised on the way, or a tunnel counts"
                                + " hops for itself"));
    }

    private interface Change {
        boolean in(Probing probing, Quoted.Tcp quoted);
    }

    private static Optional<List<Integer>> first(List<Probing> probings, Change change) {
        return probings.stream()
                .flatMap(probing -> probing.complaints().stream()
                        .filter(complaint ->
                                complaint.error().quoted() instanceof Quoted.Tcp quoted && change.in(probing, quoted))
                        .map(complaint -> List.of(probing.frame(), complaint.frame())))
                .findFirst();
    }
}
