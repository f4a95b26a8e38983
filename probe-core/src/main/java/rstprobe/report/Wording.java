package rstprobe.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rstprobe.diagnose.Evidence;
import rstprobe.diagnose.Finding;
import rstprobe.diagnose.Hop;
import rstprobe.diagnose.Origin;
import rstprobe.diagnose.Trigger;
import rstprobe.diagnose.Verdict;
import rstprobe.record.Event;
import rstprobe.record.Recording;

/// The phrases all reports share, so that text, Markdown, HTML and packet comments say the same in the same
/// words. They may quote the network: whoever prints them sends them through the [Sanitizer].
final class Wording {
    /// Most frame numbers listed at one place; the JSON report has them all.
    static final int MAX_LISTED_FRAMES = 12;

    /// What stands in place of the next test where there is none.
    static final String NO_TEST = "no test of ours would decide it";

    private static final double NANOS_PER_MILLI = 1e6;

    private Wording() {}

    /// Who is behind an origin, for a person.
    static String who(Origin origin) {
        return switch (origin) {
            case SERVER_PROCESS -> "the server's process (sshd, or whatever owns the port)";
            case SERVER_KERNEL -> "the server's TCP stack, not its process";
            case SERVER_FIREWALL -> "a packet filter on the server host";
            case IN_PATH -> "a device the packets must cross";
            case ON_PATH -> "a tap beside the path, which injected packets while the real ones travelled on";
            case PROXY -> "a load balancer, NAT or proxy between us and the server";
            case PATH -> "nobody: the path lost packets";
            case THIS_HOST -> "this host: our own kernel, firewall or NAT";
            case UNKNOWN -> "the evidence does not decide";
        };
    }

    /// Where the sender sits.
    private static String where(Hop hop) {
        String stretch = hop.after() == 0
                ? "between this host and hop " + hop.before()
                : "between hop " + hop.after() + " and hop " + hop.before();
        return stretch + hop.address().map(address -> ", at " + address).orElse("");
    }

    /// What of ours drew the reset.
    private static String drawnBy(Trigger trigger) {
        return "after byte " + trigger.bytes() + " of our " + trigger.message();
    }

    /// Where the sender sits and what drew it; empty where neither is known and none is missed, because the
    /// origin says it.
    static Optional<String> place(Headline headline) {
        boolean somewhere = headline.origin()
                .map(origin -> switch (origin) {
                    case IN_PATH, ON_PATH, PROXY -> true;
                    case SERVER_PROCESS, SERVER_KERNEL, SERVER_FIREWALL, PATH, THIS_HOST, UNKNOWN -> false;
                })
                .orElse(false);
        Optional<String> hop = headline.hop()
                .map(Wording::where)
                .or(() -> somewhere ? Optional.of("not located on the path") : Optional.empty());
        List<String> parts = Stream.concat(hop.stream(), headline.trigger().map(Wording::drawnBy).stream())
                .toList();
        return parts.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", parts));
    }

    /// The target with its address, which is not repeated where the user typed it.
    static String target(Recording recording) {
        String host = recording.plan().host();
        String named = host.equals(recording.target()) ? host : host + " (" + recording.target() + ")";
        return named + " port " + recording.plan().port();
    }

    /// Where the run was made.
    static String vantage(Recording recording) {
        if (othersConnection(recording)) {
            return recording.host().address() + ", the client in the capture";
        }
        return recording.host().address() + " on " + recording.host().interfaceName() + ", kernel "
                + recording.host().kernel();
    }

    /// The frames that show something; empty text for none.
    static String frames(List<Integer> frames) {
        if (frames.isEmpty()) {
            return "";
        }
        String listed =
                frames.stream().limit(MAX_LISTED_FRAMES).map(String::valueOf).collect(Collectors.joining(", "));
        int left = frames.size() - MAX_LISTED_FRAMES;
        return (frames.size() == 1 ? "frame " : "frames ") + listed + (left > 0 ? " and " + left + " more" : "");
    }

    /// A probability with two decimals; certainty is never made by rounding, and what is no probability is 0.
    static BigDecimal confidence(double probability) {
        if (!(probability > 0)) {
            return BigDecimal.ZERO.setScale(2);
        }
        if (probability >= 1) {
            return BigDecimal.ONE.setScale(2);
        }
        BigDecimal rounded = BigDecimal.valueOf(probability).setScale(2, RoundingMode.HALF_UP);
        return rounded.min(new BigDecimal("0.99"));
    }

    /// A duration in milliseconds with one decimal, `-` where there is none.
    static String millis(OptionalDouble millis) {
        return millis.isPresent() && Double.isFinite(millis.getAsDouble())
                ? BigDecimal.valueOf(millis.getAsDouble())
                        .setScale(1, RoundingMode.HALF_UP)
                        .toPlainString()
                : "-";
    }

    /// The verdict in one sentence, with how sure it is.
    static String sentence(Headline headline) {
        String summary = headline.summary().strip();
        String open = summary.endsWith(".") ? summary.substring(0, summary.length() - 1) : summary;
        return open + " (confidence " + confidence(headline.confidence()) + ").";
    }

    /// How strongly a fact speaks and for whom, in decibans; empty text for a fact that is only reported.
    static String weight(Evidence fact) {
        return fact.weight() == 0
                ? ""
                : "weight " + fact.weight() + " for " + fact.supports().word();
    }

    /// What the capture holds.
    static String captured(Recording recording) {
        int frames = recording.frames().size();
        return frames + (frames == 1 ? " frame" : " frames") + ", "
                + recording.capture().dropped() + " dropped";
    }

    /// The heading over what is ruled out; where frames were lost, absence is only absence from the capture.
    static String ruledOut(Recording recording) {
        long dropped = recording.capture().dropped();
        return dropped > 0 ? "not observed (" + dropped + " dropped)" : "ruled out";
    }

    /// Words as a heading begins them.
    static String capitalised(String words) {
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }

    /// Whether the recording was made from a capture of others.
    private static boolean othersConnection(Recording recording) {
        return recording.has(Event.Overheard.class);
    }

    /// What weakens the whole report, one sentence each; empty for a clean run.
    static List<String> warnings(Incident incident) {
        Recording recording = incident.recording();
        List<String> warnings = new ArrayList<>();
        if (othersConnection(recording)) {
            warnings.add("Read from a capture of somebody's connection: \"we\" and \"this host\" are its client,"
                    + " and nothing was tested.");
        }
        if (recording.has(Event.Interrupted.class)) {
            warnings.add("The run was interrupted: this is what was known until then.");
        }
        long dropped = recording.capture().dropped();
        if (dropped > 0) {
            warnings.add("The capture lost " + dropped + (dropped == 1 ? " frame" : " frames")
                    + ": what is called absent below is not observed (" + dropped + " dropped), not proven absent.");
        }
        if (!recording.frames().isEmpty() && recording.capture().firstOwnSyn().isEmpty()) {
            warnings.add(
                    othersConnection(recording)
                            ? "The capture begins in the middle of the connection: its SYN is missing."
                            : "Our own first SYN is not in the capture: it may have begun too late.");
        }
        if (recording.capture().clockWasSet()) {
            long step = recording.capture().clockStepNanos();
            warnings.add("The wall clock moved by " + millis(OptionalDouble.of(step / NANOS_PER_MILLI))
                    + " ms during the run; nothing is concluded from times between frames.");
        }
        if (incident.finding().verdict() instanceof Verdict.Healthy && vanishes(incident.finding())) {
            warnings.add("Long packets vanish on this path, and nobody says so: this connection came through in shorter"
                    + " ones, and what does not try those falls silent.");
        }
        return warnings;
    }

    private static boolean vanishes(Finding finding) {
        return finding.mtu()
                .filter(mtu -> mtu.forward().blackHole() || mtu.reverse().blackHole())
                .isPresent();
    }
}
