package rstprobe.diagnose;

import static rstprobe.diagnose.Origin.IN_PATH;
import static rstprobe.diagnose.Origin.ON_PATH;
import static rstprobe.diagnose.Origin.PROXY;
import static rstprobe.diagnose.Origin.SERVER_KERNEL;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.wire.ResetPayload;

/// What a reset itself says of why it was sent: a text or the diagnostic payload in it.
///
/// Whoever forges a reset can forge its payload, so it never proves anything; but those who write one there
/// are few, and each writes its own kind.
final class SaidByReset {
    private static final String ID = "reset-says-why";
    private static final int MAX_SHOWN = 160;

    /// Texts of old TCP stacks of hosts, as p0f's list of resets has them.
    private static final List<String> HOST_TEXTS = List.of(
            "No TCP",
            "No listener",
            "Go away",
            "tcp_close, during connect",
            "tcp_disconnect",
            "tcp_fin_wait_2_timeout",
            "new data when detached",
            "tcp_lift_anchor, can't wait");

    /// A reset cause of BIG-IP begins with where in its program it arose, such as `[0x273e1f5:1196]`.
    private static final Pattern BIG_IP = Pattern.compile("BIG-IP|\\[0x[0-9a-f]{1,16}:[0-9]{1,9}]");

    private static final List<String> NOBODY_BEHIND =
            List.of("pool member", "no available", "no server", "no backend", "no healthy");

    /// Reasons of draft-ietf-tcpm-rst-diagnostic-payload, 1 first.
    private static final List<String> REASONS = List.of(
            "illegal option length",
            "desynchronised state",
            "data after close",
            "aborted by the application",
            "unexpected acknowledgement",
            "unexpected SYN",
            "security compartment mismatch",
            "malformed message",
            "not authorised",
            "resource limit exceeded",
            "network failure",
            "reset received from the peer",
            "destination unreachable",
            "connection timed out",
            "too much outstanding data",
            "unacceptable performance",
            "interference of a middlebox");

    /// Those that address translators, firewalls and proxies may send.
    private static final int FIRST_OF_THE_PATH = 8;

    private static final int LAST_OF_THE_PATH = 14;

    private SaidByReset() {}

    /// What the reset says, as a fact; empty where it says nothing.
    static Optional<Fact> of(Attempt attempt, Seen reset) {
        return switch (ResetPayload.of(reset.segment().payload())) {
            case ResetPayload.None _ -> Optional.empty();
            case ResetPayload.Text(String words) ->
                Optional.of(repeatsUs(attempt, reset) ? repeated(reset) : text(reset, words));
            case ResetPayload.Diagnostic(int reason, long enterprise) ->
                Optional.of(diagnostic(reset, reason, enterprise));
            case ResetPayload.Bytes(int length) ->
                Optional.of(
                        repeatsUs(attempt, reset)
                                ? repeated(reset)
                                : Fact.told(
                                        "reset-carries-bytes",
                                        Family.CONTENT,
                                        List.of(reset.frame()),
                                        "the reset carries " + length
                                                + " bytes that are neither text nor a diagnosis"));
        };
    }

    /// The cause where the reset says that a load balancer sent it.
    static Optional<Cause> cause(Seen reset) {
        return balancersText(reset)
                .map(words -> nobodyBehind(words) ? Cause.NO_HEALTHY_BACKEND : Cause.ESTABLISHED_REJECTED);
    }

    private static Optional<String> balancersText(Seen reset) {
        return ResetPayload.of(reset.segment().payload()) instanceof ResetPayload.Text(String words)
                        && isBalancers(words)
                ? Optional.of(words)
                : Optional.empty();
    }

    /// The same facts where the reset says that a load balancer sent it: that is a device in the path, so what
    /// speaks for such a device speaks for it as well.
    static List<Fact> widened(Seen reset, List<Fact> facts) {
        return balancersText(reset).isPresent()
                ? facts.stream().map(SaidByReset::forProxyToo).toList()
                : facts;
    }

    private static Fact forProxyToo(Fact fact) {
        if (!fact.favours().contains(IN_PATH)) {
            return fact;
        }
        Set<Origin> more = EnumSet.copyOf(fact.favours());
        more.add(PROXY);
        return new Fact(fact.evidence(), more, fact.guess());
    }

    private static boolean isBalancers(String words) {
        return BIG_IP.matcher(words).find() || nobodyBehind(words);
    }

    private static boolean nobodyBehind(String words) {
        String small = words.toLowerCase(Locale.ROOT);
        return NOBODY_BEHIND.stream().anyMatch(small::contains);
    }

    /// Some translators send our own bytes back in the reset.
    private static boolean repeatsUs(Attempt attempt, Seen reset) {
        return attempt.segments().stream()
                .anyMatch(seen -> seen.ours()
                        && seen.frame() < reset.frame()
                        && seen.segment().payload().equals(reset.segment().payload()));
    }

    private static Fact repeated(Seen reset) {
        return Fact.told(
                "reset-returns-our-bytes",
                Family.CONTENT,
                List.of(reset.frame()),
                "the reset carries back the very bytes of a segment of ours");
    }

    private static Fact text(Seen reset, String words) {
        String shown = words.length() > MAX_SHOWN ? words.substring(0, MAX_SHOWN) + "…" : words;
        String said = "the reset says why: \"" + shown.replaceAll("[\\r\\n]+", " / ") + "\"";
        if (HOST_TEXTS.stream().anyMatch(words::startsWith)) {
            return fact(reset, List.of(SERVER_KERNEL), said + ", which stacks of old hosts write there");
        }
        return isBalancers(words)
                ? fact(reset, List.of(PROXY), said + ", which a load balancer writes there")
                : Fact.told(ID, Family.CONTENT, List.of(reset.frame()), said);
    }

    private static Fact diagnostic(Seen reset, int reason, long enterprise) {
        boolean known = enterprise == 0 && reason >= 1 && reason <= REASONS.size();
        String said = "the reset says why, in a diagnostic payload: reason " + reason
                + (known ? ", " + REASONS.get(reason - 1) : "")
                + (enterprise == 0 ? "" : ", as enterprise " + enterprise + " counts them");
        return known && reason >= FIRST_OF_THE_PATH && reason <= LAST_OF_THE_PATH
                ? fact(
                        reset,
                        List.of(IN_PATH, ON_PATH, PROXY),
                        said + ": one of those that devices in the network may give")
                : Fact.told(ID, Family.CONTENT, List.of(reset.frame()), said);
    }

    private static Fact fact(Seen reset, List<Origin> favours, String text) {
        return Fact.of(ID, Family.CONTENT, Weights.SAID_WHY, favours, List.of(reset.frame()), text);
    }
}
