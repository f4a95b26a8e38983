package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.diagnose.ServerFinding.Whom;

/// The explanations that are left when the server's findings meet the client's verdict, each with its odds.
///
/// @param client  what the client's side found
/// @param window  when and from where its connections came
/// @param against decibans by which the server contradicts the client's verdict
record Hypotheses(Finding client, ServerWindow window, int against) {
    /// What an explanation the client's side left open is worth before the server spoke for it.
    private static final double OPEN_PRIOR = 0.1;

    /// What one is worth that the client's side had not thought of, beside a verdict that names somebody.
    private static final double OTHER_PRIOR = 0.01;

    /// No more for several facts that show the same.
    private static final int MOST_DECIBANS = 30;

    /// How sure one may be of what the server shows: of the very connection, of this client at this time, of
    /// a state.
    ///
    /// In the practice networks of the calibration half, with the sshd of Debian 11, 12 and 13, verdicts that what
    /// the server shows decided were all right: 13 by our address and port, 10 by our address, 28 by a state. Of
    /// our address that earns (10 + 1) / (10 + 2), and no more is claimed. A state is read later than it had its
    /// effect, so it is believed less. A line with our address and port leaves nothing else it could be about.
    private static final double OF_THIS_CONNECTION = Weights.CONCLUSIVE_LIMIT;

    private static final double OF_THIS_CLIENT = Weights.SEVERAL_ATTEMPTS;
    private static final double OF_EVERYBODY = 0.80;

    /// Causes that only say that none is known, or that a more exact one may take the place of.
    private static final Set<Cause> GENERIC = Set.of(
            Cause.CLOSED_WITHOUT_REASON,
            Cause.ABORTED_WITHOUT_REASON,
            Cause.INTERMITTENT,
            Cause.REJECTED_WITH_ICMP,
            Cause.REJECTED_WITH_RESET,
            Cause.SYN_DROPPED,
            Cause.ESTABLISHED_DROPPED,
            Cause.ESTABLISHED_REJECTED,
            Cause.NO_LISTENER,
            Cause.CONNECTION_STATE_LOST);

    /// An explanation.
    ///
    /// @param mass  its odds, which count only beside those of the others
    /// @param limit no confidence in it exceeds this
    /// @param exact whether it is a more exact name for what the client's verdict says already
    record Hypothesis(Cause cause, Origin origin, double mass, double limit, boolean exact) {}

    /// Every explanation that has odds of its own, the client's first where it names one.
    List<Hypothesis> all(List<ServerFinding> speaking) {
        return switch (client.verdict()) {
            case Verdict.Healthy _ -> List.of();
            case Verdict.Fault fault -> beside(fault, speaking);
            case Verdict.Undetermined _ ->
                byCause(speaking).stream()
                        .map(found -> hypothesis(
                                found,
                                Math.max(OPEN_PRIOR, share(found.getValue().getFirst())),
                                false))
                        .toList();
        };
    }

    private List<Hypothesis> beside(Verdict.Fault fault, List<ServerFinding> speaking) {
        List<Hypothesis> all = new ArrayList<>();
        int forIt = 0;
        double limit = fault.confidence();
        for (Map.Entry<Cause, List<ServerFinding>> found : byCause(speaking)) {
            ServerFinding strongest = found.getValue().getFirst();
            if (found.getKey() == fault.cause() && strongest.origin() == fault.origin()) {
                forIt = decibans(found.getValue());
                limit = Math.max(limit, limit(strongest));
            } else if (refines(strongest, fault)) {
                all.add(hypothesis(found, fault.confidence() * OPEN_PRIOR, true));
            } else if (direct(strongest)) {
                all.add(hypothesis(found, Math.max(share(strongest), OTHER_PRIOR), false));
            }
        }
        double own = fault.confidence() * factor(forIt - against);
        all.addFirst(new Hypothesis(fault.cause(), fault.origin(), own, limit, true));
        return all;
    }

    private Hypothesis hypothesis(Map.Entry<Cause, List<ServerFinding>> found, double prior, boolean exact) {
        ServerFinding strongest = found.getValue().getFirst();
        return new Hypothesis(
                found.getKey(),
                strongest.origin(),
                prior * factor(decibans(found.getValue())),
                limit(strongest),
                exact);
    }

    /// What is left for everything nobody spoke for.
    double rest() {
        return switch (client.verdict()) {
            case Verdict.Healthy _ -> 0;
            case Verdict.Fault fault -> Math.max(1 - fault.confidence(), OTHER_PRIOR);
            case Verdict.Undetermined _ -> 1 - OPEN_PRIOR;
        };
    }

    /// A more exact name for what the client saw: by the same hand, or by one the client left open.
    private static boolean refines(ServerFinding found, Verdict.Fault fault) {
        boolean sameHand = found.origin() == fault.origin()
                || fault.origin() == Origin.UNKNOWN
                || fault.origin() == Origin.SERVER_PROCESS && found.origin() == Origin.PROXY
                || fault.origin() == Origin.IN_PATH
                        && found.origin() == Origin.SERVER_FIREWALL
                        && fault.hop().isEmpty();
        boolean moreExact = GENERIC.contains(fault.cause()) && !GENERIC.contains(found.cause())
                || fault.cause() == Cause.HOST_UNREACHABLE && found.cause() == Cause.REJECTED_WITH_ICMP;
        return sameHand && (moreExact || found.cause() == fault.cause());
    }

    /// Whether it is about this client's connection and not only about what the server would do.
    private boolean direct(ServerFinding found) {
        return found.whom() == Whom.CLIENT && found.isFault() && window.happenedMeanwhile(found);
    }

    private double share(ServerFinding found) {
        return client.alternatives().stream()
                .filter(other -> other.cause() == found.cause() || other.origin() == found.origin())
                .mapToDouble(Alternative::confidence)
                .max()
                .orElse(0);
    }

    /// Whoever garbled what the server read, it did not see him.
    private double limit(ServerFinding found) {
        if (found.origin() == Origin.IN_PATH) {
            return OF_THIS_CLIENT;
        }
        if (window.namesPort(found)) {
            return OF_THIS_CONNECTION;
        }
        return found.whom() == Whom.CLIENT ? OF_THIS_CLIENT : OF_EVERYBODY;
    }

    private static Set<Map.Entry<Cause, List<ServerFinding>>> byCause(List<ServerFinding> speaking) {
        return speaking.stream()
                .collect(Collectors.groupingBy(
                        ServerFinding::cause, () -> new EnumMap<>(Cause.class), Collectors.toList()))
                .entrySet();
    }

    private static int decibans(List<ServerFinding> same) {
        return Math.min(
                MOST_DECIBANS, same.stream().mapToInt(ServerFinding::weight).sum());
    }

    private static double factor(int decibans) {
        return Math.pow(10, decibans / 10.0);
    }
}
