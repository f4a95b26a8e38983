package rstprobe.diagnose;

import static rstprobe.diagnose.Origin.IN_PATH;
import static rstprobe.diagnose.Origin.ON_PATH;
import static rstprobe.diagnose.Origin.SERVER_FIREWALL;
import static rstprobe.diagnose.Origin.SERVER_KERNEL;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.record.ActiveTest;

/// What the flow label of an IPv6 reset without a socket says of its sender.
///
/// Linux labels every flow by itself (`auto_flowlabels`), its resets without a socket too
/// (`tcp_v6_send_response`), and netfilter's REJECT writes 0 (`nf_reject_ip6hdr_put`). Where the host's own
/// resets or segments have no labels either, or the path clears them, nothing is said. No IPv6 datagram has
/// an identification, so the label takes the place of it.
final class FlowLabel {
    private FlowLabel() {}

    /// @param attempt the connection that the reset ended
    static List<Fact> of(Attempt attempt, Seen reset, List<Probing> probings) {
        if (!reset.segment().ip().isV6() || !withoutSocket(reset)) {
            return List.of();
        }
        List<Seen> references = references(probings);
        List<Seen> others = attempt.segments().stream()
                .filter(seen -> !seen.ours() && !seen.reset())
                .toList();
        List<Seen> known = references.isEmpty() ? others : references;
        if (known.isEmpty() || known.stream().anyMatch(seen -> label(seen) == 0)) {
            return List.of();
        }
        List<Integer> frames = Stream.of(Optional.of(reset), known.stream().findFirst())
                .flatMap(Optional::stream)
                .map(Seen::frame)
                .toList();
        if (label(reset) == 0) {
            return List.of(Fact.of(
                    "reset-without-flow-label",
                    Family.IP_ID,
                    references.isEmpty() ? Weights.LABEL_MISSING : Weights.REFERENCE_LABEL_DIFFERS,
                    List.of(SERVER_FIREWALL, IN_PATH, ON_PATH),
                    frames,
                    String.format(
                            Locale.ROOT,
                            "the reset has flow label 0, where %s from this host have one (0x%05x): a packet filter writes"
                                    + " such resets, this host's TCP does not",
                            references.isEmpty() ? "segments" : "resets",
                            label(known.getFirst()))));
        }
        return references.isEmpty()
                ? List.of()
                : List.of(Fact.of(
                        "reset-has-flow-label",
                        Family.IP_ID,
                        Weights.LABEL_PRESENT,
                        List.of(SERVER_KERNEL, Origin.PROXY),
                        frames,
                        String.format(
                                Locale.ROOT,
                                "the reset has a flow label (0x%05x), as this host's own resets have and those of a"
                                        + " packet filter have not",
                                label(reset))));
    }

    /// The host's own resets: those that return our type of service, which a packet filter's do not, or
    /// all of them where none does.
    private static List<Seen> references(List<Probing> probings) {
        List<Probing> drew = probings.stream()
                .filter(probing -> probing.event().test() == ActiveTest.REFERENCE
                        && probing.reset().isPresent())
                .toList();
        List<Probing> echoing = drew.stream().filter(ReferenceReset::echoes).toList();
        return (echoing.isEmpty() ? drew : echoing)
                .stream().map(probing -> probing.reset().orElseThrow()).toList();
    }

    private static boolean withoutSocket(Seen reset) {
        return reset.segment().window() == 0 && reset.segment().options().isEmpty();
    }

    private static int label(Seen seen) {
        return seen.segment().ip().flowLabel();
    }
}
