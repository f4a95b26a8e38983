package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rstprobe.record.ActiveTest;
import rstprobe.record.Event;
import rstprobe.record.Mode;
import rstprobe.record.Plan;
import rstprobe.record.Recording;

/// What is asked next, and when asking stops.
class NextProbeTest {
    /// Everything that is asked where each connection goes the same way and no active test can be made.
    private static List<String> words(String eachTime, int budget) {
        List<String> asked = new ArrayList<>();
        List<Event> omitted = new ArrayList<>();
        StringBuilder script = new StringBuilder();
        Optional<NextProbe> next = next(script.toString(), omitted, budget);
        while (next.isPresent() && asked.size() < 20) {
            asked.add(next.get().word());
            switch (next.get()) {
                case NextProbe.Connect(Mode mode, boolean _) ->
                    script.append(eachTime.replaceFirst("talk", mode.word())).append('\n');
                case NextProbe.Ask(ActiveTest test) -> omitted.add(new Event.Omitted(0, test, "there is no link"));
            }
            next = next(script.toString(), omitted, budget);
        }
        return asked;
    }

    private static List<Mode> asked(String eachTime, int budget) {
        List<String> tests =
                Arrays.stream(ActiveTest.values()).map(ActiveTest::word).toList();
        return words(eachTime, budget).stream()
                .filter(word -> !tests.contains(word))
                .map(word -> Mode.valueOf(word.toUpperCase(Locale.ROOT)))
                .toList();
    }

    private static Optional<NextProbe> next(String script, List<Event> omitted, int budget) {
        Recording recording = PacketScript.of(script).recording();
        List<Event> events = new ArrayList<>(recording.events());
        events.addAll(omitted);
        Plan plan = recording.plan();
        Recording withBudget = new Recording(
                recording.startedNanos(),
                new Plan(
                        plan.host(),
                        plan.user(),
                        plan.port(),
                        plan.family(),
                        plan.interfaceName(),
                        budget,
                        plan.spacingMillis(),
                        plan.timeoutMillis(),
                        plan.typeOfService(),
                        plan.segmentBytes()),
                recording.host(),
                recording.target(),
                events,
                recording.frames(),
                recording.capture());
        return NextProbe.of(withBudget, Diagnosis.of(withBudget));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                Stories.HEALTHY,
                Stories.SILENT,
                Stories.GARBLED,
                Stories.NOT_SSH,
                Stories.VERSION_MISMATCH,
                Stories.NO_COMMON_ALGORITHM,
                Stories.INTERRUPTED
            })
    void whatIsClearOrCostsTimeIsAskedOnce(String story) {
        assertEquals(List.of(Mode.TALK), asked(story, 8));
    }

    @ParameterizedTest
    @ValueSource(strings = {Stories.CLOSED, Stories.NO_LISTENER, Stories.NO_SYN_LEFT})
    void whatFailsInOrderIsAskedTwice(String story) {
        assertEquals(List.of(Mode.TALK, Mode.TALK), asked(story, 8));
    }

    @ParameterizedTest
    @ValueSource(strings = {Stories.SOCKET_ABORT, Stories.STATE_LOST, Stories.RESET_INSIDE_CONNECT})
    void aResetIsAskedByteByByte(String story) {
        assertEquals(List.of(Mode.TALK, Mode.TALK, Mode.BYTES), asked(story, 8));
    }

    @Test
    void aResetAfterARestIsAskedInSilence() {
        assertEquals(
                List.of(Mode.TALK, Mode.TALK, Mode.BYTES, Mode.LISTEN), asked(TimeTriggerTest.resetAfter(2010), 8));
    }

    @Test
    void whatTimesConnectionsIsNotLookedForWithSegments() {
        String timed = TimeTriggerTest.resetAfter(2010)
                + TimeTriggerTest.resetAfter(2010)
                + TimeTriggerTest.bytesResetAfter(3010);
        assertEquals(Optional.empty(), next(timed, List.of(new Event.Omitted(0, ActiveTest.LIVENESS, "no nft")), 8));
    }

    @Test
    void whereTwoEndDifferentlyFourAreCountedAndFiveForALargerBudget() {
        String differ = Stories.SOCKET_ABORT + Stories.HEALTHY;
        List<Event> noLiveness = List.of(new Event.Omitted(0, ActiveTest.LIVENESS, "it was not reset again"));
        for (String more : List.of("", Stories.HEALTHY)) {
            assertEquals(
                    Optional.of(new NextProbe.Connect(Mode.TALK, false)), next(differ + more, noLiveness, 8), more);
        }
        String four = differ + Stories.HEALTHY + Stories.SOCKET_ABORT;
        assertEquals(Optional.empty(), next(four, noLiveness, 8));
        assertEquals(Optional.of(new NextProbe.Connect(Mode.TALK, false)), next(four, noLiveness, 10));
        assertEquals(Optional.empty(), next(differ + Stories.HEALTHY.repeat(3), noLiveness, 10));
        assertEquals(Optional.empty(), next(differ, noLiveness, 2), "the budget is spent");
    }

    @Test
    void aServerThatIsKnownToHaveEndedItIsNotAskedWhatDrewIt() {
        CraftedReel reel = new CraftedReel(PacketScript.of(Stories.SOCKET_ABORT + Stories.SOCKET_ABORT)
                        .recording())
                .segment(ActiveTest.LIVENESS, ActiveTest.Part.LIVENESS, 40_002, 64, 900, 100, 0)
                .reset(62, 0x48);
        assertEquals(Optional.of(new NextProbe.Connect(Mode.BYTES, false)), nextAfter(reel, ActiveTest.LIVENESS));
    }

    private static Optional<NextProbe> nextAfter(CraftedReel reel, ActiveTest... made) {
        Recording recording = reel.recording();
        List<Event> events = new ArrayList<>(recording.events());
        Stream.of(made).forEach(test -> events.add(new Event.Tested(0, test, 2)));
        Recording tested = Stories.with(recording, events);
        return NextProbe.of(tested, Diagnosis.of(tested));
    }

    /// A SYN refused without our type of service, and the host's own resets that have it.
    private static CraftedReel refusedByAFilter() {
        return new CraftedReel(PacketScript.of(Stories.REFUSED_TOS_ZERO + Stories.REFUSED_TOS_ZERO)
                        .recording())
                .syn(ActiveTest.REFERENCE, ActiveTest.Part.CLOSED_PORT, 50_000, 44_444, 64)
                .reset(62, 0x48);
    }

    @Test
    void whetherKernelOrFilterRefusedTheReferenceTells() {
        CraftedReel reel =
                new CraftedReel(PacketScript.of(Stories.NO_LISTENER.repeat(2)).recording());
        assertEquals(Optional.of(new NextProbe.Ask(ActiveTest.REFERENCE)), nextAfter(reel));
    }

    @Test
    void onceItIsNotTheKernelTheSweepTellsWhereTheFilterIs() {
        assertEquals(
                Optional.of(new NextProbe.Ask(ActiveTest.SWEEP)), nextAfter(refusedByAFilter(), ActiveTest.REFERENCE));
    }

    /// What is settled is held against a wrong checksum, and needs nothing else.
    @Test
    void whatTheKernelRefusedIsNotLookedForOnTheWay() {
        CraftedReel reel = new CraftedReel(
                        PacketScript.of(Stories.NO_LISTENER.repeat(2)).recording())
                .syn(ActiveTest.REFERENCE, ActiveTest.Part.CLOSED_PORT, 50_000, 44_444, 64)
                .reset(62, 0x48);
        assertEquals(Optional.of(new NextProbe.Ask(ActiveTest.BAD_CHECKSUM)), nextAfter(reel, ActiveTest.REFERENCE));
        assertEquals(Optional.empty(), nextAfter(reel, ActiveTest.REFERENCE, ActiveTest.BAD_CHECKSUM));
    }

    @Test
    void aHealthyServerCostsOneConnectionAndNoCraftedPacket() {
        assertEquals(List.of("talk"), words(Stories.HEALTHY, 8));
    }

    @Test
    void aResetConnectionIsAskedAboutBeforeTheNextIsOpened() {
        assertEquals(
                List.of("talk", "talk", "liveness", "bytes", "reference", "sweep", "bad checksum", "prefix", "mirror"),
                words(Stories.SOCKET_ABORT, 8));
    }

    @Test
    void aForgeryIsLookedForOnTheWay() {
        assertEquals(
                List.of("talk", "talk", "liveness", "bytes", "reference", "sweep", "prefix", "mirror"),
                words(Stories.FORGED, 8));
    }

    @Test
    void aRefusedSynIsAskedWithoutFurtherConnections() {
        List<String> asked = words(Stories.NO_LISTENER, 8);
        assertEquals(List.of("talk", "talk", "reference"), asked.subList(0, 3));
        assertEquals(2, asked.stream().filter("talk"::equals).count());
    }

    @ParameterizedTest
    @ValueSource(strings = {Stories.CLOSED, Stories.FIN_THEN_RESET})
    void aCloseIsHeldAgainstTheHostsClosedPorts(String story) {
        assertEquals(List.of("talk", "talk", "reference"), words(story, 8));
    }

    /// Two conversations and eight answers may differ by chance.
    @Test
    void aCloseFromNearerThanTheHostIsAskedOnceMore() {
        CraftedReel reel =
                new CraftedReel(PacketScript.of(Stories.CLOSED + Stories.CLOSED).recording());
        reel.syn(ActiveTest.REFERENCE, ActiveTest.Part.CLOSED_PORT, 50_000, 44_444, 64)
                .reset(61, 0x48);
        Recording recording = reel.omitted(ActiveTest.REFERENCE, "it was made").recording();
        assertEquals(
                Optional.of(new NextProbe.Connect(Mode.TALK, false)), NextProbe.of(recording, Diagnosis.of(recording)));
    }

    /// A second silent connection doubles the wait: it is made once, and only where chance may have made the first.
    @Test
    void silenceIsHeldAgainstTheHostsClosedPortsOrRepeatedOnce() {
        assertEquals(List.of("talk", "reference"), words(Stories.SILENT, 8));
        assertEquals(List.of("talk", "talk"), words(Stories.QUEUE_FULL, 8));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void theBudgetIsTheLimit(int budget) {
        assertEquals(budget, asked(Stories.SOCKET_ABORT, budget).size());
    }

    @ParameterizedTest
    @ValueSource(strings = {Stories.MAX_STARTUPS_FIN, Stories.MAX_STARTUPS_RESET, Stories.PENALTY})
    void aServerThatRefusesInWordsIsNotAskedAgain(String story) {
        assertEquals(List.of(Mode.TALK), asked(story, 8));
    }

    /// Also where the words come late: the penalty grows with each connection.
    @Test
    void wordsInALaterAttemptEndTheRunToo() {
        assertEquals(Optional.empty(), next(Stories.SOCKET_ABORT + Stories.PENALTY, List.of(), 8));
    }
}
