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
import rstprobe.diagnose.Evidence.Family;
import rstprobe.record.ActiveTest;
import rstprobe.record.ActiveTest.Part;
import rstprobe.wire.Decoded;

/// Holds a reset against resets that are surely the target host's own kernel's: those of a closed port and
/// those to a stray acknowledgement.
///
/// Linux copies the DSCP of what it answers into a reset without a socket (`tcp_v4_send_reset`),
/// netfilter's REJECT writes 0 (`nf_reject_iphdr_put`); other stacks are unknown, so the reference decides
/// whether the rule holds there.
final class ReferenceReset {

    private final Attempt attempt;
    private final Seen reset;
    private final boolean refused;
    private final List<Probing> references;

    private ReferenceReset(Attempt attempt, Seen reset, List<Probing> references) {
        this.attempt = attempt;
        this.reset = reset;
        this.refused = attempt.synAck().isEmpty();
        this.references = references;
    }

    static List<Fact> of(Attempt attempt, Seen reset, List<Probing> probings) {
        List<Probing> references = probings.stream()
                .filter(probing -> probing.event().test() == ActiveTest.REFERENCE)
                .filter(ReferenceReset::echoes)
                .toList();
        List<Fact> facts = new ReferenceReset(attempt, reset, references).facts();
        return references.isEmpty()
                ? likeClosedPorts(attempt, reset, probings).stream().toList()
                : facts;
    }

    /// Where nothing returns our type of service, a filter that rejects every port looks as the kernel does; the
    /// kernel is likelier.
    private static Optional<Fact> likeClosedPorts(Attempt attempt, Seen reset, List<Probing> probings) {
        return probings.stream()
                .filter(probing -> attempt.synAck().isEmpty()
                        && !RouteEcho.differs(attempt, reset, probings)
                        && probing.is(ActiveTest.REFERENCE, Part.CLOSED_PORT)
                        && probing.reset()
                                .filter(known -> ttl(known) == ttl(reset)
                                        && dscp(known) == dscp(reset)
                                        && known.segment().window()
                                                == reset.segment().window()
                                        && known.segment().ip().dontFragment()
                                                == reset.segment().ip().dontFragment()
                                        && zeroIdentification(known) == zeroIdentification(reset))
                                .isPresent())
                .findFirst()
                .map(probing -> Fact.of(
                        "reset-like-closed-ports",
                        Family.SHAPE,
                        Weights.LIKE_CLOSED_PORTS,
                        List.of(SERVER_KERNEL),
                        List.of(reset.frame(), probing.reset().orElseThrow().frame()),
                        "the reset is like those of ports of this host that nobody uses; a filter that rejects them all"
                                + " would look the same"));
    }

    private List<Fact> facts() {
        List<Fact> facts = new ArrayList<>();
        Optional<Seen> alike = alike().flatMap(Probing::reset);
        if (alike.isEmpty()) {
            return facts;
        }
        Seen known = alike.get();
        distance(known, facts);
        if (!shapedByKernel()) {
            return facts;
        }
        if (dscp(reset) == dscp(known)) {
            if (sameHeader(known)) {
                facts.add(serverIsFarther() ? inFrontOfServer(known) : equal(known));
            } else if (ttl(reset) != ttl(known)) {
                facts.add(otherKernel(known));
            }
        } else if (dscp(reset) == 0) {
            facts.add(Fact.of(
                    "reference-echoes-tos-reset-does-not",
                    Family.TOS,
                    Weights.REFERENCE_TOS_DIFFERS,
                    List.of(SERVER_FIREWALL, IN_PATH, ON_PATH),
                    List.of(reset.frame(), known.frame()),
                    String.format(
                            Locale.ROOT,
                            "the host's own reset returns our type of service 0x%02x, the one in question carries 0: the"
                                    + " host's TCP did not send it",
                            dscp(known))));
        }
        return facts;
    }

    /// A reset that does not return our type of service may be anybody's, a packet filter's too; and where
    /// none does, it means nothing here.
    static boolean echoes(Probing probing) {
        int own = probing.event().typeOfService() & TypeOfService.DSCP;
        return own != 0 && probing.reset().filter(reset -> dscp(reset) == own).isPresent();
    }

    /// The reference that was drawn as the reset in question was: by a SYN, or by an acknowledgement.
    private Optional<Probing> alike() {
        Part wanted = refused ? Part.CLOSED_PORT : Part.STRAY;
        List<Probing> same = references.stream()
                .filter(reference -> reference.event().part() == wanted)
                .toList();
        List<Probing> usable = same.isEmpty() ? references : same;
        return usable.stream()
                .filter(reference -> ttl(reference.reset().orElseThrow()) == ttl(reset))
                .findFirst()
                .or(() -> usable.stream().findFirst());
    }

    /// The server's own segments, where there are any, tell of its distance better than a reference: two
    /// connections may take ways of different length, one does not.
    private boolean hasServersDistance() {
        return attempt.first(seen -> seen.genuine() && ttl(seen) == ttl(reset)).isPresent();
    }

    private boolean serverIsFarther() {
        return attempt.first(Seen::genuine).isPresent()
                && attempt.segments().stream()
                        .filter(Seen::genuine)
                        .allMatch(seen -> ttl(seen) < ttl(reset) && ttl(reset) - ttl(seen) <= ResetRules.NEAR_HOPS);
    }

    /// Only a reset without a socket is comparable; one of a live socket has the socket's own type of
    /// service.
    private boolean shapedByKernel() {
        Decoded.Segment segment = reset.segment();
        return segment.window() == 0
                && segment.options().isEmpty()
                && (refused || !segment.flags().ack());
    }

    private void distance(Seen known, List<Fact> facts) {
        int difference = Math.abs(ttl(reset) - ttl(known));
        if (difference == 0) {
            facts.add(Fact.of(
                    "reference-ttl-equal",
                    Family.TTL,
                    Weights.TTL_EQUAL,
                    serverIsFarther() ? List.of(PROXY) : List.of(SERVER_KERNEL, SERVER_PROCESS, SERVER_FIREWALL, PROXY),
                    List.of(reset.frame(), known.frame()),
                    "the reset came with the TTL of the host's own resets, " + ttl(known)));
            return;
        }
        if (hasServersDistance()) {
            return;
        }
        facts.add(Fact.of(
                "reference-ttl-differs",
                Family.TTL,
                difference > ResetRules.NEAR_HOPS ? Weights.TTL_FAR : Weights.TTL_NEAR_STEADY,
                List.of(IN_PATH, ON_PATH),
                List.of(reset.frame(), known.frame()),
                "the reset came with TTL " + ttl(reset) + ", the host's own resets with " + ttl(known)));
    }

    private boolean sameHeader(Seen known) {
        return ttl(reset) == ttl(known)
                && reset.segment().window() == known.segment().window()
                && reset.segment().ip().dontFragment() == known.segment().ip().dontFragment()
                && zeroIdentification(reset) == zeroIdentification(known);
    }

    /// The box that owns the address answered for itself, and the server that spoke before sits behind it.
    private Fact inFrontOfServer(Seen known) {
        return Fact.of(
                "reset-by-box-before-server",
                Family.TTL,
                Weights.EQUALS_REFERENCE,
                List.of(PROXY),
                List.of(attempt.first(Seen::genuine).orElse(reset).frame(), reset.frame(), known.frame()),
                "the reset is the one that the kernel behind this address sends, with TTL " + ttl(reset)
                        + ", but the server's data came from farther away: a box in front of the server lost the"
                        + " connection");
    }

    private Fact equal(Seen known) {
        return Fact.of(
                "reset-equals-reference",
                Family.SHAPE,
                Weights.EQUALS_REFERENCE,
                List.of(SERVER_KERNEL),
                List.of(reset.frame(), known.frame()),
                "the reset is the one this host's kernel sends where nothing listens: same TTL, type of service, window"
                        + " and identification");
    }

    private Fact otherKernel(Seen known) {
        return Fact.of(
                "reset-of-another-kernel",
                Family.TOS,
                Weights.REFERENCE_TOS_DIFFERS,
                List.of(PROXY),
                List.of(reset.frame(), known.frame()),
                "the reset returns our type of service as a kernel does, but not from this host's distance: a box in"
                        + " front of it answered for itself");
    }

    private static boolean zeroIdentification(Seen seen) {
        return seen.segment().ip().isV6()
                || seen.segment().ip().identification().orElse(0) == 0;
    }

    private static int dscp(Seen seen) {
        return seen.segment().ip().tos() & TypeOfService.DSCP;
    }

    private static int ttl(Seen seen) {
        return seen.segment().ip().ttl();
    }
}
