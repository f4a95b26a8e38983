package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.record.ActiveTest;
import rstprobe.record.Event;
import rstprobe.record.Mode;
import rstprobe.record.Recording;

/// What was learned beside the attempts: by crafted packets, and from where we stand. In a recording
/// without them all of this is simply absent.
///
/// @param gateway  our first router, where there is one
/// @param probings the crafted packets and what came of them
/// @param made     active tests that were made, whatever came of them
/// @param omitted  active tests that could not be made
/// @param unprompted why the reset in question comes without any segment of ours, so that one behind a crafted packet
///   is no answer; empty where it is drawn
record Surroundings(
        Optional<String> gateway,
        List<Probing> probings,
        Set<ActiveTest> made,
        List<Event.Omitted> omitted,
        Optional<String> unprompted) {

    static Surroundings of(Recording recording) {
        return new Surroundings(
                recording.host().gateway(),
                Probings.of(recording),
                recording.events(Event.Tested.class).stream()
                        .map(Event.Tested::test)
                        .collect(Collectors.toSet()),
                recording.events(Event.Omitted.class),
                Optional.empty());
    }

    /// The same about a reset that ended these. One that comes by itself does so on a connection of crafted packets
    /// too, behind whichever of them left last.
    Surroundings about(List<Attempt> all) {
        Optional<String> timed =
                all.stream().anyMatch(attempt -> attempt.mode() == Mode.TALK && Rest.unprompted(attempt))
                        ? Optional.of("comes by itself, too late for an answer to what we said")
                        : Optional.empty();
        return new Surroundings(
                gateway,
                probings,
                made,
                omitted,
                timed.or(() -> ofServersData(all)).or(this::beforeTrigger));
    }

    private static Optional<String> ofServersData(List<Attempt> all) {
        return all.stream().anyMatch(RepeatedReset::in)
                ? Optional.of("is made of what the server says, whatever we say")
                : Optional.empty();
    }

    /// A crafted connection that was reset behind what had passed before, with nothing of the trigger said.
    private Optional<String> beforeTrigger() {
        return probings.stream()
                        .filter(probing -> probing.is(ActiveTest.SWEEP, ActiveTest.Part.OPENING))
                        .anyMatch(probing -> probing.said().length() > 0
                                && probing.delivered()
                                && probing.reset().isPresent())
                ? Optional.of("comes behind what had passed before, without what is walked")
                : Optional.empty();
    }

    /// The crafted packets of which a reset behind them is the answer.
    List<Probing> answered() {
        return unprompted.isPresent() ? List.of() : probings;
    }

    /// Everything the surroundings say about a reset.
    List<Fact> facts(Attempt attempt, Seen reset, List<Attempt> all) {
        List<Fact> facts = new ArrayList<>(active(attempt, reset, all));
        RepeatedReset.of(attempt, all).ifPresent(facts::add);
        WithheldData.of(attempt, reset).ifPresent(facts::add);
        OwnLink.of(attempt, reset, gateway, probings).ifPresent(facts::add);
        facts.addAll(QuotedChanges.of(probings));
        if (unprompted.isPresent() && probings.stream().anyMatch(Surroundings::triggers)) {
            facts.add(Fact.told(
                    "reset-comes-by-itself",
                    Family.SEQUENCE,
                    List.of(reset.frame()),
                    "the reset " + unprompted.get() + ": those that came behind crafted packets may have come without"
                            + " them too, and prove nothing"));
        }
        omitted.stream()
                .collect(Collectors.groupingBy(
                        Event.Omitted::why, Collectors.mapping(Surroundings::word, Collectors.toList())))
                .forEach((why, tests) -> facts.add(Fact.told(
                        "test-not-made",
                        Family.SOCKET,
                        List.of(),
                        "not tested: " + tests.stream().distinct().collect(Collectors.joining(", ")) + " (" + why
                                + ")")));
        return facts;
    }

    /// What the surroundings say about the segment with which a connection ended in order, or got no further.
    List<Fact> distance(Attempt attempt, Seen end, List<Attempt> all) {
        List<Fact> facts = new ArrayList<>();
        ConversationDistance.of(attempt, end, all, probings).ifPresent(facts::add);
        ConversationDistance.elsewhere(end, probings).ifPresent(facts::add);
        return facts;
    }

    private static boolean triggers(Probing probing) {
        return probing.event().part() == ActiveTest.Part.TRIGGER;
    }

    private static String word(Event.Omitted omitted) {
        return omitted.test().word();
    }

    private List<Fact> active(Attempt attempt, Seen reset, List<Attempt> all) {
        List<Fact> facts = probings.isEmpty() ? FlowLabel.of(attempt, reset, probings) : answers(attempt, reset, all);
        return attempt.whole() ? facts : MissedFrames.withoutNegatives(facts);
    }

    /// What answers to crafted packets say; only a flow label may be compared without any.
    private List<Fact> answers(Attempt attempt, Seen reset, List<Attempt> all) {
        List<Fact> facts = new ArrayList<>();
        facts.addAll(ReferenceReset.of(attempt, reset, probings));
        facts.addAll(RouteEcho.of(attempt, reset, probings));
        facts.addAll(FlowLabel.of(attempt, reset, probings));
        facts.addAll(Liveness.of(reset, all, probings));
        facts.addAll(WrongChecksum.of(answered()));
        facts.addAll(MirroredFields.of(answered()));
        facts.addAll(SweepFacts.of(TtlSweep.of(reset, answered())));
        EarlyAnswer.of(all, answered()).ifPresent(facts::add);
        ConversationDistance.of(attempt, reset, all, probings).ifPresent(facts::add);
        return facts;
    }

    /// The facts without those that rest on a type of service where none comes back, whoever answers, or on a TTL
    /// where all are the same. A returned record route is no type of service, and stays.
    List<Fact> believable(Seen reset, List<Fact> found) {
        List<Fact> facts = RepeatedReset.believing(WrongChecksum.disbelieving(found));
        List<Fact> believed = typeOfServiceMeansNothing()
                .map(why -> without(Family.TOS, facts, Fact.told("tos-means-nothing-here", Family.TOS, List.of(), why)))
                .orElse(facts);
        return TtlSweep.of(reset, probings)
                .levelled()
                .map(control -> without(
                        Family.TTL,
                        believed,
                        Fact.told(
                                "ttl-means-nothing-here",
                                Family.TTL,
                                List.of(
                                        control.frame(),
                                        control.answers().getFirst().frame()),
                                "the server is several hops away, and yet no router has lowered the TTL of its answer:"
                                        + " something on the way sets it, so it tells no distance")))
                .orElse(believed);
    }

    private static List<Fact> without(Family family, List<Fact> facts, Fact why) {
        List<Fact> believed = facts.stream()
                .filter(fact -> fact.evidence().family() != family || fact.guess() == 0 || RouteEcho.isOne(fact))
                .collect(Collectors.toCollection(ArrayList::new));
        believed.add(why);
        return List.copyOf(believed);
    }

    private Optional<String> typeOfServiceMeansNothing() {
        if (probings.stream().anyMatch(ReferenceReset::echoes)) {
            return Optional.empty();
        }
        if (QuotedChanges.typeOfServiceIsRewritten(probings)) {
            return Optional.of("the path rewrites our type of service, so what resets carry of it tells nothing");
        }
        boolean asked = probings.stream()
                .anyMatch(probing -> probing.event().test() == ActiveTest.REFERENCE
                        && probing.reset().isPresent());
        if (asked) {
            return Optional.of(
                    "not even a closed port of this host returns our type of service, so its absence tells nothing");
        }
        return probings.stream()
                .filter(probing -> probing.echo().isPresent() && !returned(probing))
                .findFirst()
                .map(probing -> String.format(
                        Locale.ROOT,
                        "the host's echo reply (frame %d) does not return our type of service, so its absence tells nothing",
                        probing.echo().orElseThrow().frame()));
    }

    private static boolean returned(Probing probing) {
        int theirs = probing.echo().orElseThrow().reply().ip().tos() & TypeOfService.DSCP;
        return theirs == (probing.event().typeOfService() & TypeOfService.DSCP);
    }

    /// What is put on the scales.
    ///
    /// @param alike whether several attempts show the sender alike
    Weighing weighing(
            Weighing.Kind kind, boolean alike, Attempt attempt, Seen reset, List<Attempt> all, List<Fact> facts) {
        return Weighing.of(kind, alike, facts, active(attempt, reset, all));
    }

    /// The test that would tell most of those that were not made.
    ///
    /// @param early whether a connection of our own making can say again what drew the reset
    Optional<String> unmadeTest(Weighing weighing, boolean early) {
        return UnmadeTest.best(weighing, early, made, omitted);
    }

    /// Where the sender sits, where a sweep found it on the way.
    Optional<Hop> hop(Seen reset, Origin origin) {
        return origin == Origin.IN_PATH || origin == Origin.ON_PATH ? SweptHop.of(reset, answered()) : Optional.empty();
    }
}
