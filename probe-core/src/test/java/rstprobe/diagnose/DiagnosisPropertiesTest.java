package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import rstprobe.capture.Frame;
import rstprobe.record.Recording;

/// What must not change a verdict, and what may only weaken it.
class DiagnosisPropertiesTest {
    private static final int ROUNDS = 8;

    private interface Property {
        void holds(PacketScript script, Random dice);
    }

    private static Stream<DynamicTest> forEveryStory(Property property) {
        long seed = System.nanoTime();
        return Stories.accusing().entrySet().stream()
                .flatMap(story -> Stream.of(false, true)
                        .map(six -> DynamicTest.dynamicTest(
                                story.getKey() + (six ? " over IPv6" : "") + ", seed " + seed, () -> {
                                    PacketScript script = PacketScript.of(story.getValue());
                                    Random dice = new Random(seed);
                                    for (int round = 0; round < ROUNDS; round++) {
                                        property.holds(six ? script.overIpv6() : script, dice);
                                    }
                                })));
    }

    /// Sequence numbers that wrap in every place of the conversation.
    @TestFactory
    Stream<DynamicTest> sequenceNumbersMayStartAnywhere() {
        return forEveryStory((script, dice) -> {
            int ours = dice.nextBoolean() ? dice.nextInt() : -dice.nextInt(60);
            int theirs = dice.nextBoolean() ? dice.nextInt() : -dice.nextInt(60);
            assertEquals(
                    script.finding(), script.numberedFrom(ours, theirs).finding(), "from " + ours + " and " + theirs);
        });
    }

    @TestFactory
    Stream<DynamicTest> timesMayBeInMicroseconds() {
        return forEveryStory((script, _) -> same(
                script.finding().verdict(), script.inGrainsOf(1_000).finding().verdict()));
    }

    @TestFactory
    Stream<DynamicTest> framesMayHaveOtherNumbers() {
        return forEveryStory((script, dice) -> same(
                script.finding().verdict(),
                script.framesFrom(1 + dice.nextInt(10_000)).finding().verdict()));
    }

    /// Frames of other conversations, errors about them, and the same of another address family.
    @TestFactory
    Stream<DynamicTest> otherTrafficSaysNothing() {
        return forEveryStory((script, dice) -> {
            Recording alone = script.recording();
            List<Frame> strangers = new ArrayList<>();
            PacketScript.of("talk\ntalk\ntalk\ntalk\ntalk\n" + Stories.FORGED + "0.1 < ICMP 3/13 from=198.18.1.1")
                    .recording()
                    .frames()
                    .forEach(strangers::add);
            PacketScript.of("talk\ntalk\ntalk\ntalk\n" + Stories.NO_LISTENER + "0.1 < ICMP 1/1 from=2001:db8:1::1")
                    .overIpv6()
                    .recording()
                    .frames()
                    .forEach(strangers::add);
            List<Frame> mixed = new ArrayList<>(alone.frames());
            for (Frame stranger : strangers) {
                mixed.add(dice.nextInt(mixed.size() + 1), stranger);
            }
            List<Frame> numbered = new ArrayList<>();
            mixed.forEach(frame -> numbered.add(frame.withNumber(numbered.size() + 1)));
            same(
                    script.finding().verdict(),
                    Diagnosis.of(PacketScript.with(alone, numbered, 0)).verdict());
        });
    }

    /// Where the frames of a fact are gone, and the capture says that it lost some, nobody else is accused.
    @TestFactory
    Stream<DynamicTest> withoutItsFramesAnAccusationOnlyWeakens() {
        return forEveryStory((script, dice) -> {
            Recording whole = script.recording();
            Finding finding = Diagnosis.of(whole);
            List<Evidence> cited = finding.evidence().stream()
                    .filter(fact -> !fact.frames().isEmpty())
                    .toList();
            Set<Integer> gone = dice.nextBoolean()
                    ? Set.copyOf(cited.get(dice.nextInt(cited.size())).frames())
                    : whole.frames().stream()
                            .map(Frame::number)
                            .filter(_ -> dice.nextInt(3) == 0)
                            .collect(Collectors.toSet());
            List<Frame> left = whole.frames().stream()
                    .filter(frame -> !gone.contains(frame.number()))
                    .toList();
            Verdict weaker =
                    Diagnosis.of(PacketScript.with(whole, left, gone.size())).verdict();
            if (weaker instanceof Verdict.Fault other) {
                Verdict.Fault fault = (Verdict.Fault) finding.verdict();
                boolean samePerson = other.origin() == fault.origin() || other.origin() == Origin.UNKNOWN;
                assertTrue(samePerson, "without " + gone + ": " + other + " instead of " + fault);
            }
        });
    }

    private static void same(Verdict one, Verdict other) {
        assertEquals(one.getClass(), other.getClass());
        assertEquals(one.confidence(), other.confidence(), 1e-9);
        assertEquals(one.summary(), other.summary());
    }
}
