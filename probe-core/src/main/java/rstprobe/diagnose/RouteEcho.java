package rstprobe.diagnose;

import static rstprobe.diagnose.Origin.IN_PATH;
import static rstprobe.diagnose.Origin.ON_PATH;
import static rstprobe.diagnose.Origin.PROXY;
import static rstprobe.diagnose.Origin.SERVER_FIREWALL;
import static rstprobe.diagnose.Origin.SERVER_KERNEL;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.record.ActiveTest;
import rstprobe.record.ActiveTest.Part;
import rstprobe.wire.IpAddress;
import rstprobe.wire.RecordRoute;

/// Does the reset return the record route of our SYN?
///
/// Linux returns the IP options of what it answers (`ip_send_unicast_reply`), having written its own address
/// among them; netfilter's REJECT writes a header without options (`nf_reject_iphdr_put`), or says nothing:
/// Linux 6.18 said nothing, on the host and on a router, where no hardware had verified the checksum. Other
/// stacks strip options, so their absence means something only where a closed port of the same host returns
/// them. An option without the host's address may be a packet turned around on the way.
///
/// It shows what a returned type of service shows, so the two are of one family and never count twice.
final class RouteEcho {
    private static final String ECHOED = "reset-echoes-record-route";
    private static final String DIFFERS = "reference-echoes-record-route-reset-does-not";
    private static final String SILENT = "reference-echoes-record-route-port-is-silent";
    /// So often, before and after the closed port answered, the port in question said nothing.
    private static final int LEAST_SILENT = 3;

    private final Seen reset;
    private final List<Probing> triggers;
    private final List<Probing> references;

    private RouteEcho(Seen reset, List<Probing> triggers, List<Probing> references) {
        this.reset = reset;
        this.triggers = triggers;
        this.references = references;
    }

    static List<Fact> of(Attempt attempt, Seen reset, List<Probing> probings) {
        List<Probing> triggers = asked(probings, Part.TRIGGER);
        if (triggers.isEmpty() || attempt.synAck().isPresent()) {
            return List.of();
        }
        return List.of(new RouteEcho(reset, triggers, asked(probings, Part.CLOSED_PORT)).fact());
    }

    private static List<Probing> asked(List<Probing> probings, Part part) {
        return probings.stream()
                .filter(probing -> probing.is(ActiveTest.RECORD_ROUTE, part))
                .toList();
    }

    /// Whether asking may tell anything that the type of service has not told.
    static boolean mayTell(Attempt attempt, Finding finding) {
        return !attempt.conversation().theirs().address().isV6()
                && finding.evidence().stream()
                        .noneMatch(fact -> fact.family() == Family.TOS && fact.weight() > Weights.TOS_ZERO);
    }

    /// Whether a fact is one of those that weigh here, which need no type of service.
    static boolean isOne(Fact fact) {
        return Set.of(ECHOED, DIFFERS, SILENT).contains(fact.evidence().id());
    }

    /// Whether the host's closed port returns what the port in question does not.
    static boolean differs(Attempt attempt, Seen reset, List<Probing> probings) {
        return of(attempt, reset, probings).stream()
                .anyMatch(fact -> isOne(fact) && !fact.evidence().id().equals(ECHOED));
    }

    /// Whether a reset of a closed port is surely the host's own: the host wrote its address into the record
    /// route of another one of that port, which came from the same distance.
    static boolean isHosts(Probing closed, List<Probing> probings) {
        return closed.reset()
                .filter(reset -> resets(asked(probings, Part.CLOSED_PORT).stream()
                                .filter(known -> known.event().remotePort()
                                        == closed.event().remotePort())
                                .toList())
                        .anyMatch(known -> isHosts(known)
                                && known.segment().ip().ttl()
                                        == reset.segment().ip().ttl()))
                .isPresent();
    }

    private Fact fact() {
        List<Seen> drawn = resets(triggers).toList();
        Optional<Seen> known = resets(references).findFirst();
        if (drawn.isEmpty()) {
            return unanswered(known);
        }
        if (!drawn.stream().allMatch(this::likeReset)) {
            return told("record-route-draws-another-reset", drawn, """
                    with a record route, our SYN drew a reset unlike the one in question: that tells nothing of its\
                     sender""");
        }
        if (drawn.stream().allMatch(seen -> isFromHost(seen, known))) {
            return echoed(drawn.getFirst());
        }
        if (drawn.stream().anyMatch(seen -> !seen.segment().ip().options().isEmpty())) {
            return told("record-route-from-elsewhere", drawn, """
                    the reset returns IP options, but not with the address of this host in our record route: that tells\
                     nothing of its sender""");
        }
        return known.filter(seen -> !addresses(seen).isEmpty())
                .map(seen -> notEchoed(drawn.getFirst(), seen))
                .orElseGet(() -> told(
                        "record-route-not-returned",
                        Stream.concat(drawn.stream(), known.stream()).toList(),
                        known.isPresent()
                                ? "not even a closed port of this host returns our record route, so its absence tells"
                                        + " nothing"
                                : "the reset does not return our record route; whether this host ever does is not"
                                        + " known"));
    }

    private static Stream<Seen> resets(List<Probing> probings) {
        return probings.stream().flatMap(probing -> probing.answers().stream()).filter(Seen::reset);
    }

    /// What some device lets pass because of its options is answered by another one than before.
    private boolean likeReset(Seen seen) {
        return seen.segment().ip().ttl() == reset.segment().ip().ttl()
                && (seen.segment().ip().tos() & TypeOfService.DSCP)
                        == (reset.segment().ip().tos() & TypeOfService.DSCP)
                && seen.segment().window() == reset.segment().window()
                && seen.segment().flags().equals(reset.segment().flags())
                && seen.segment().ip().dontFragment() == reset.segment().ip().dontFragment();
    }

    /// The host's own address stands in the record; behind a translation it is another, but then that of the
    /// closed port's too.
    private boolean isFromHost(Seen seen, Optional<Seen> known) {
        List<IpAddress> written = addresses(seen);
        return written.contains(reset.segment().ip().source())
                || !written.isEmpty() && known.map(RouteEcho::addresses).equals(Optional.of(written));
    }

    private static List<IpAddress> addresses(Seen seen) {
        return seen.segment().ip().recordRoute().map(RecordRoute::addresses).orElse(List.of());
    }

    private Fact echoed(Seen drawn) {
        return Fact.of(
                ECHOED,
                Family.TOS,
                Weights.ROUTE_ECHOED,
                List.of(SERVER_KERNEL, PROXY),
                List.of(triggers.getLast().frame(), drawn.frame()),
                "the reset returns the record route of our SYN, as a TCP stack without a listener may and a packet"
                        + " filter does not; it came by "
                        + addresses(drawn).stream().map(IpAddress::toString).collect(Collectors.joining(", ")));
    }

    private static Fact notEchoed(Seen drawn, Seen known) {
        return Fact.of(
                DIFFERS,
                Family.TOS,
                Weights.REFERENCE_ROUTE_DIFFERS,
                List.of(SERVER_FIREWALL, IN_PATH, ON_PATH),
                List.of(drawn.frame(), known.frame()),
                "the host's own reset, of a closed port, returns the record route of our SYN, the one in question does"
                        + " not: the host's TCP did not send it");
    }

    private Fact unanswered(Optional<Seen> known) {
        boolean silent = triggers.stream().allMatch(probing -> probing.answers().isEmpty());
        if (silent
                && triggers.size() >= LEAST_SILENT
                && askedBetween()
                && known.filter(RouteEcho::isHosts).isPresent()) {
            return Fact.of(
                    SILENT,
                    Family.TOS,
                    Weights.ROUTE_SWALLOWED,
                    List.of(SERVER_FIREWALL, IN_PATH),
                    frames(),
                    "our SYN with a record route drew no answer, however often it was sent, while a closed port of this"
                            + " host returns the option: its TCP would have answered here too");
        }
        return Fact.told(
                "record-route-unanswered",
                Family.TOS,
                frames(),
                known.isPresent()
                        ? "a SYN with a record route drew no reset from this port, but one from a closed port: too little"
                                + " to tell anything of the sender"
                        : "a SYN with a record route drew no reset from any port: on this path packets with IP options are"
                                + " lost");
    }

    /// Whether the closed port answered between two that were not: so it was no spell of loss.
    private boolean askedBetween() {
        return references.stream()
                .filter(probing -> probing.reset().isPresent())
                .anyMatch(probing -> triggers.getFirst().frame() < probing.frame()
                        && probing.frame() < triggers.getLast().frame());
    }

    private static boolean isHosts(Seen known) {
        return addresses(known).contains(known.segment().ip().source());
    }

    private List<Integer> frames() {
        return Stream.concat(triggers.stream(), references.stream())
                .flatMap(probing -> Stream.concat(
                        Stream.of(probing.frame()), probing.answers().stream().map(Seen::frame)))
                .sorted()
                .toList();
    }

    private static Fact told(String id, List<Seen> shown, String text) {
        return Fact.told(id, Family.TOS, shown.stream().map(Seen::frame).toList(), text);
    }
}
