package rstprobe.diagnose;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// What was put on the scales for a verdict on a reset or a FIN: who may have sent it, and every fact that
/// speaks for somebody.
///
/// Weights are fitted on these, so a fact carries its first guess and not the weight in force.
///
/// @param alike whether several attempts show the sender alike
/// @param facts in no order that matters
public record Weighing(Kind kind, boolean alike, List<Said> facts) {
    private static final int LEAST_AGREEMENT = 10;

    /// Which connection was ended, and how.
    public enum Kind {
        /// The SYN was answered by a reset.
        REFUSED(EnumSet.of(Origin.SERVER_KERNEL, Origin.SERVER_FIREWALL, Origin.IN_PATH, Origin.ON_PATH, Origin.PROXY)),
        /// An established connection was reset.
        RESET(EnumSet.of(
                Origin.SERVER_PROCESS,
                Origin.SERVER_KERNEL,
                Origin.SERVER_FIREWALL,
                Origin.IN_PATH,
                Origin.ON_PATH,
                Origin.PROXY)),
        /// An established connection was closed by a FIN without a word. A packet filter sends none, and a
        /// kernel only on behalf of a process.
        CLOSED(EnumSet.of(Origin.SERVER_PROCESS, Origin.IN_PATH, Origin.ON_PATH, Origin.PROXY));

        private final Set<Origin> candidates;

        Kind(Set<Origin> candidates) {
            this.candidates = candidates;
        }

        /// Who may have done it.
        Set<Origin> candidates() {
            return candidates;
        }
    }

    /// A fact without its frames and words.
    ///
    /// @param guess  the weight it had before anything was fitted
    /// @param active whether it took an active test to see it
    public record Said(String id, Evidence.Family family, int guess, Set<Origin> favours, boolean active) {
        /// Keeps its own copy.
        public Said {
            favours = Set.copyOf(favours);
        }

        boolean conclusive() {
            return guess >= Weights.CONCLUSIVE;
        }

        Fact weighing(int weight) {
            Evidence evidence = new Evidence(
                    id, family, weight, favours.stream().sorted().findFirst().orElse(Origin.UNKNOWN), List.of(), "");
            return new Fact(evidence, favours, guess);
        }
    }

    /// Keeps its own copy.
    public Weighing {
        facts = List.copyOf(facts);
    }

    /// @param active the facts among them that came of active tests
    static Weighing of(Kind kind, boolean alike, List<Fact> facts, Collection<Fact> active) {
        return new Weighing(
                kind,
                alike,
                facts.stream()
                        .filter(fact -> fact.guess() > 0)
                        .map(fact -> new Said(
                                fact.evidence().id(),
                                fact.evidence().family(),
                                fact.guess(),
                                fact.favours(),
                                active.contains(fact)))
                        .toList());
    }

    /// The class of a verdict that names this origin. It rests on first guesses, so fitting moves nothing between
    /// the classes.
    ///
    /// A device on the way may borrow every field of the server's, its hop count included. So what favours
    /// one as well proves nothing for the server's own host: that its socket lives on clears its process, and
    /// no more. Where nothing but its distance speaks for the host, attempts that are alike prove no more than
    /// one: a device that borrows the hop count borrows it each time.
    ///
    /// That it is somebody who keeps track of connections rests on when the resets came, whatever else is proven.
    Proof proof(Origin origin) {
        if (origin == Origin.PROXY && facts.stream().anyMatch(said -> said.id().equals(TimeTrigger.ID))) {
            return alike ? Proof.ATTEMPTS_ALIKE : Proof.ONE_ATTEMPT;
        }
        Optional<Origin> rival = rival(origin);
        long conclusive = favouring(origin, rival)
                .filter(Said::conclusive)
                .map(Said::family)
                .distinct()
                .count();
        if (conclusive > 0) {
            return conclusive > 1 ? Proof.TWICE_CONCLUSIVE : Proof.CONCLUSIVE;
        }
        if (!alike) {
            return Proof.ONE_ATTEMPT;
        }
        boolean agrees = favouring(origin, rival).anyMatch(said -> said.active() && said.guess() >= LEAST_AGREEMENT);
        if (agrees) {
            return Proof.ACTIVE_AGREES;
        }
        return rival.isPresent() && favouring(origin, rival).allMatch(said -> said.family() == Evidence.Family.TTL)
                ? Proof.ONE_ATTEMPT
                : Proof.ATTEMPTS_ALIKE;
    }

    /// The likeliest device on the way, where the server's own host is named.
    private Optional<Origin> rival(Origin origin) {
        return switch (origin) {
            case SERVER_PROCESS, SERVER_KERNEL, SERVER_FIREWALL ->
                Posterior.of(
                                kind.candidates(),
                                facts.stream()
                                        .map(said -> said.weighing(said.guess()))
                                        .toList())
                        .shares()
                        .stream()
                        .map(Posterior.Share::origin)
                        .filter(Posterior::onTheWay)
                        .findFirst();
            case IN_PATH, ON_PATH, PROXY, PATH, THIS_HOST, UNKNOWN -> Optional.empty();
        };
    }

    private Stream<Said> favouring(Origin origin, Optional<Origin> rival) {
        return facts.stream()
                .filter(said -> said.favours().contains(origin))
                .filter(said -> rival.filter(said.favours()::contains).isEmpty());
    }

    /// What it would have been with less: as it was, without active tests, and with a single attempt besides.
    List<Weighing> views() {
        List<Said> passive = facts.stream().filter(said -> !said.active()).toList();
        return Stream.of(this, new Weighing(kind, alike, passive), new Weighing(kind, false, passive))
                .distinct()
                .toList();
    }

    /// The probabilities under these weights.
    Posterior posterior(WeightTable weights) {
        return Posterior.of(
                kind.candidates(),
                facts.stream()
                        .map(said -> said.weighing(weights.weight(said.id(), said.guess())))
                        .toList());
    }
}
