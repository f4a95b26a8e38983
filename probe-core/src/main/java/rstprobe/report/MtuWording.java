package rstprobe.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import rstprobe.path.DirectionFinding;
import rstprobe.path.LimitPlace;
import rstprobe.path.LinkMtu;
import rstprobe.path.MssClamp;
import rstprobe.path.MtuClaim;
import rstprobe.path.PathMtuStanding;
import rstprobe.path.SurveyFinding;
import rstprobe.path.SurveyScope;

/// Words that every report on a survey of the path MTU has in common.
final class MtuWording {
    private static final double NANOS_PER_MILLI = 1e6;
    /// From even odds, no loss of thirty looks like that.
    private static final double HARDLY_ANY = 0.08;
    private static final int HEADERS4 = 40;
    private static final int HEADERS6 = 60;

    private MtuWording() {}

    static boolean isExact(PathMtuStanding standing) {
        return standing instanceof PathMtuStanding.Exact || standing instanceof PathMtuStanding.Local;
    }

    /// What a survey that a diagnosis made is told by, as lines with a label.
    static List<Said> measured(SurveyFinding finding, boolean isV6) {
        List<Said> lines = new ArrayList<>();
        lines.add(new Said("there", direction(finding.forward(), true)));
        lines.add(new Said("back", direction(finding.reverse(), false)));
        flows(finding).ifPresent(text -> lines.add(new Said("flows", text)));
        finding.forward().claims().forEach(claim -> lines.add(new Said("claim", claim(claim))));
        fixes(finding, isV6).forEach(fix -> lines.add(new Said("mends it", fix)));
        lines.add(new Said("effort", effort(finding)));
        return lines;
    }

    private static String direction(DirectionFinding direction, boolean forward) {
        List<String> said = new ArrayList<>(List.of(proven(direction)));
        if (direction.method().isPresent()) {
            said.add(signal(direction, forward));
            direction.place().ifPresent(place -> said.add(where(place)));
            kind(direction).ifPresent(said::add);
            if (!causes(direction).isEmpty()) {
                said.add("known of that size: " + joined(causes(direction)));
            }
        }
        return String.join("; ", said);
    }

    /// The answer in one sentence.
    static String summary(SurveyFinding finding) {
        List<String> said = new ArrayList<>();
        if (finding.forward().blackHole()) {
            OptionalInt unsaid = finding.forward().unsaid();
            said.add((unsaid.isPresent()
                            ? "packets of " + unsaid.getAsInt() + " bytes and more"
                            : "packets above " + limit(finding.forward()) + " bytes")
                    + " vanish on the way to the target");
        }
        if (finding.reverse().blackHole()) {
            said.add("packets above " + limit(finding.reverse()) + " bytes vanish on the way back");
        }
        if (!said.isEmpty()) {
            return String.join("; ", said);
        }
        return switch (finding.status()) {
            case EXACT -> {
                String there = "the path takes "
                        + finding.forward().standing().passes().orElseThrow() + " bytes there";
                yield finding.scope() == SurveyScope.THERE
                        ? there + ", and no packet vanishes unsaid on the way"
                        : there + " and "
                                + finding.reverse().standing().passes().orElseThrow()
                                + " back, and no packet vanishes unsaid";
            }
            case BOUNDED -> "no black hole was seen, and the path MTU is not known to the byte";
            case UNREACHABLE -> "the target answers no probe of any size";
            case UNDETERMINED -> "the path MTU of at least one direction could not be measured";
        };
    }

    private static int limit(DirectionFinding direction) {
        return direction.standing().passes().orElse(0);
    }

    /// What is proven of a direction.
    static String proven(DirectionFinding direction) {
        return switch (direction.standing()) {
            case PathMtuStanding.Exact(int bytes, double doubt) ->
                bytes + " bytes exactly: " + bytes + " arrived whole, " + (bytes + 1) + " did not"
                        + (doubt > 0
                                ? String.format(Locale.ROOT, " (chance would do that once in %.0f)", 1 / doubt)
                                : "");
            case PathMtuStanding.Local(int bytes) -> bytes + " bytes, all that our own interface sends or takes";
            case PathMtuStanding.Bounded(int bytes, OptionalInt lost) ->
                "at least " + bytes + " bytes"
                        + (lost.isPresent() ? ", and less than " + lost.getAsInt() : "; longer ones are not proven");
            case PathMtuStanding.Changed(int bytes) ->
                "changed while it was measured: " + bytes + " bytes passed only a part of the time; measure again";
            case PathMtuStanding.Open(int bytes) ->
                bytes > 0
                        ? "at least " + bytes + " bytes; the survey did not end"
                        : "not known: the survey did not end";
            case PathMtuStanding.Silent _ -> "not known: no probe was answered";
        };
    }

    /// What tells the sender of the limit.
    static String signal(DirectionFinding direction, boolean forward) {
        return switch (direction.signal()) {
            case SILENCE -> "what is longer vanishes in silence: a black hole";
            case PACKET_TOO_BIG ->
                direction.unsaid().isPresent()
                        ? "a packet-too-big comes for what is little longer, and from "
                                + direction.unsaid().getAsInt()
                                + " bytes on at the latest packets vanish in silence: a black hole behind which another"
                                + " limit speaks"
                        : direction.blackHole()
                                ? "a packet-too-big comes, and names no size that passes: a black hole all the same"
                                : forward
                                        ? "a packet-too-big says so: path MTU discovery works"
                                        : "the server cuts its segments to fit: path MTU discovery works";
            case LOCAL -> "nothing on the way is narrower";
            case NONE -> "what becomes of longer ones was not seen";
        };
    }

    static String where(LimitPlace place) {
        String after =
                place.after() == 0 ? "right behind this host" : "after " + hop(place.after(), place.afterAddress());
        return after + ", before " + hop(place.before(), place.beforeAddress());
    }

    private static String hop(int number, Optional<String> address) {
        return "hop " + number + address.map(text -> " (" + text + ")").orElse("");
    }

    /// What the fate of fragments says of the limit.
    static Optional<String> kind(DirectionFinding direction) {
        boolean limited = direction.standing() instanceof PathMtuStanding.Exact;
        return direction
                .fragmentsPass()
                .filter(_ -> limited)
                .map(
                        pass -> pass
                                ? "a router is the limit: where it may fragment, it does"
                                : "no router is the limit, but a link, tunnel or filter: what may be fragmented is lost as well");
    }

    static List<String> causes(DirectionFinding direction) {
        return direction.standing() instanceof PathMtuStanding.Exact(int bytes, double _)
                ? LinkMtu.likely(bytes).stream().map(LinkMtu::what).toList()
                : List.of();
    }

    static String clamp(MssClamp clamp) {
        return "ours is lowered from " + clamp.sent() + " to " + clamp.arrived() + " after "
                + (clamp.after() == 0 ? "this host" : "hop " + clamp.after()) + " and before hop " + clamp.before()
                + " sees it: a router clamps it";
    }

    static String claim(MtuClaim claim) {
        String said = claim.from() + " says that " + claim.mtu() + " bytes pass";
        return switch (claim.truth()) {
            case PROVEN -> said + ": true";
            case FURTHER -> said + ": a limit of its own, and there is a lower one";
            case UNNAMED -> claim.from() + " says that packets are too big and names no size, as before RFC 1191";
            case TOO_LOW -> said + ": false, longer ones do";
            case REFUTED -> said + ", and says it to packets that are no longer: false";
            case OPEN -> said + ": neither proven nor refuted";
        };
    }

    /// What mends a black hole, until its owner does.
    static List<String> fixes(SurveyFinding finding, boolean isV6) {
        List<String> fixes = new ArrayList<>();
        int headers = isV6 ? HEADERS6 : HEADERS4;
        if (finding.forward().blackHole()) {
            int passes = limit(finding.forward());
            boolean router = finding.forward().fragmentsPass().orElse(false);
            String told = isV6 ? "packet-too-big" : "fragmentation-needed (type 3, code 4)";
            fixes.add(
                    router
                            ? "at the limit: a router is told to drop its ICMP " + told + ": let it pass"
                            : "at the limit: set the MTU of the link or tunnel there to " + passes
                                    + " at both its ends, so that the router before it says so");
            fixes.add("where neither can be done, on any router before it: iptables -t mangle -A FORWARD -p tcp"
                    + " --tcp-flags SYN,RST SYN -j TCPMSS --set-mss " + (passes - headers));
            fixes.add("on this host until then: ip route change TARGET via GATEWAY mtu lock " + passes);
            if (finding.scope() == SurveyScope.THERE) {
                fixes.add(
                        "to find the place of the limit, and whether the way back has one: the same without --one-way");
            }
        }
        if (finding.reverse().blackHole()) {
            int passes = limit(finding.reverse());
            fixes.add("on this host, so that servers send short segments: ip route change TARGET via GATEWAY advmss "
                    + (passes - headers));
            fixes.add("on the server: net.ipv4.tcp_mtu_probing=1 finds the size without any ICMP");
            fixes.add("to find the place: rstprobe mtu ROUTER for each router that traceroute names, nearest first; the"
                    + " way back is narrower from the first one behind the limit");
        }
        return fixes;
    }

    static String effort(SurveyFinding finding) {
        double share = finding.forward().lossShare();
        return finding.probes() + " packets in " + finding.rounds()
                + (finding.rounds() == 1 ? " round trip; " : " round trips; ")
                + (share < HARDLY_ANY
                        ? "hardly any loss beside it"
                        : "about " + Math.round(100 * share) + " % of what is short enough was lost there or back: that"
                                + " is loss, and not size");
    }

    /// What other connections find; empty where all find the same.
    static Optional<String> flows(SurveyFinding finding) {
        return finding.flows().isEmpty()
                ? Optional.empty()
                : Optional.of("it depends on the connection's port, since several links share the load: "
                        + finding.flows().stream()
                                .map(flow -> flow.bytes() + " bytes on " + flow.flows())
                                .collect(Collectors.joining(", "))
                        + " of the ports that were tried");
    }

    static double millis(long nanos) {
        return Math.round(nanos / NANOS_PER_MILLI * 10) / 10.0;
    }

    static String joined(List<String> words) {
        return words.stream().collect(Collectors.joining("; or "));
    }
}
