package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import rstprobe.record.ActiveTest;
import rstprobe.record.ActiveTest.Part;
import rstprobe.record.Recording;

/// A capture that lost frames proves no absence, and a clock that was set measures no time.
class NotObservedTest {
    private static final long HOUR = 3_600_000_000_000L;
    private static final String QUICK = """
            talk
            0.0  > SYN
            50.0 < SYN,ACK
            50.1 > ACK
            50.2 > ACK data=23 msg=identification
            55.0 < RST win=1000 id=777
            = reset identification
            """;
    private static final String NEVER_GOT_IT = """
            talk
            0.0  > SYN
            10.0 < SYN,ACK
            10.1 > ACK
            10.2 > ACK data=23 msg=identification
            10.5 < RST tos=0 ttl=64
            = reset identification
            40.3 < ACK data=40 ack=0
            250.0 < ACK seq=0 data=40 ack=0
            700.0 < ACK seq=0 data=40 ack=0
            """;
    private static final String NOT_ACKNOWLEDGED = """
            talk
            0.0  > SYN
            10.0 < SYN,ACK
            10.1 > ACK
            10.2 > ACK data=23 msg=identification
            = silent identification
            """;
    private static final String KEPT_INSIDE = """
            talk
            0.0  > SYN
            10.0 < SYN,ACK
            10.1 > ACK data=0 msg=identification of=23
            = reset identification
            """;

    /// Facts that say something did not come.
    private static final Set<String> NEGATIVE = Set.of(
            "server-never-received-trigger",
            "silence-without-acknowledgement",
            "reset-before-round-trip",
            "said-and-never-left",
            "syn-ack-after-reset",
            "wrong-checksum-unanswered",
            "trigger-must-reach-server",
            "trigger-is-swallowed",
            "trigger-beyond-server",
            "server-no-longer-knows-connection");

    private static final List<String> WORDS_OF_ABSENCE = List.of(
            "was never",
            "never left",
            "never received",
            "never acknowledged",
            "nothing came back",
            "drew no reset",
            "though no reset came",
            "no longer knew");

    private static final Set<String> TIMED =
            Set.of("reset-before-round-trip", "server-continues-after-reset", "server-never-received-trigger");

    private static Map<String, Recording> recordings() {
        Map<String, Recording> all = new LinkedHashMap<>();
        Stories.accusing().forEach((name, script) -> {
            all.put(name, PacketScript.of(script).recording());
            all.put(name + " over IPv6", PacketScript.of(script).overIpv6().recording());
        });
        all.put("a quick reset", PacketScript.of(QUICK).recording());
        all.put("a trigger never received", PacketScript.of(NEVER_GOT_IT).recording());
        all.put(
                "an acknowledgement never received",
                PacketScript.of(AcknowledgementKeptBackTest.RESET + AcknowledgementKeptBackTest.REPEATED)
                        .recording());
        all.put("never acknowledged", PacketScript.of(NOT_ACKNOWLEDGED).recording());
        all.put("kept inside", PacketScript.of(KEPT_INSIDE + KEPT_INSIDE).recording());
        all.put("silent", PacketScript.of(Stories.SILENT).recording());
        all.put("closed", PacketScript.of(Stories.CLOSED).recording());
        all.put("tested actively", tested());
        return all;
    }

    private static Recording tested() {
        String filter = Stories.NO_LISTENER.replace("RST,ACK", "RST,ACK tos=0 ttl=63");
        return new CraftedReel(PacketScript.of(filter + filter).recording())
                .syn(ActiveTest.REFERENCE, Part.CLOSED_PORT, 50_000, 44_444, 64)
                .reset(62, 0x48)
                .wrongSyn(50_002)
                .syn(ActiveTest.SWEEP, Part.TRIGGER, 50_010, 22, 1)
                .expiredAt("198.18.1.1")
                .syn(ActiveTest.SWEEP, Part.TRIGGER, 50_010, 22, 2)
                .reset(63, 0)
                .syn(ActiveTest.SWEEP, Part.TRIGGER, 50_010, 22, 2)
                .reset(63, 0)
                .syn(ActiveTest.SWEEP, Part.TRIGGER, 50_010, 22, 2)
                .reset(63, 0)
                .syn(ActiveTest.SWEEP, Part.CONTROL, 50_011, 44_444, 2)
                .expiredAt("198.18.2.2")
                .syn(ActiveTest.SWEEP, Part.CONTROL, 50_011, 44_444, 3)
                .reset(62, 0x48)
                .recording();
    }

    private static Recording with(Recording recording, long dropped, long clockStep) {
        return new Recording(
                recording.startedNanos(),
                recording.plan(),
                recording.host(),
                recording.target(),
                recording.events(),
                recording.frames(),
                new Recording.CaptureFacts(dropped, true, recording.capture().firstOwnSyn(), clockStep));
    }

    private static Set<String> ids(Finding finding) {
        return finding.evidence().stream().map(Evidence::id).collect(Collectors.toSet());
    }

    private static double accusation(Finding finding) {
        return finding.verdict() instanceof Verdict.Fault fault ? fault.confidence() : 0;
    }

    @Test
    void theRecordingsHoldEveryNegativeButOne() {
        Set<String> said = recordings().values().stream()
                .flatMap(recording -> ids(Diagnosis.of(recording)).stream())
                .filter(NEGATIVE::contains)
                .collect(Collectors.toSet());
        assertTrue(
                said.containsAll(Set.of(
                        "server-never-received-trigger",
                        "silence-without-acknowledgement",
                        "reset-before-round-trip",
                        "said-and-never-left",
                        "syn-ack-after-reset",
                        "wrong-checksum-unanswered",
                        "trigger-is-swallowed")),
                said::toString);
    }

    @TestFactory
    Stream<DynamicTest> lostFramesTurnAbsenceIntoNotObserved() {
        return recordings().entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> {
                    Finding whole = Diagnosis.of(with(entry.getValue(), 0, 0));
                    Finding holed = Diagnosis.of(with(entry.getValue(), 3, 0));
                    assertTrue(accusation(holed) <= accusation(whole), holed::toString);
                    assertTrue(ids(holed).contains("capture-lost-frames"));
                    assertFalse(
                            ids(holed).stream().anyMatch(NEGATIVE::contains),
                            () -> ids(holed).toString());
                    for (Evidence fact : holed.evidence()) {
                        assertFalse(WORDS_OF_ABSENCE.stream().anyMatch(fact.text()::contains), fact.text());
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> aStepOfTheClockTakesWhatRestsOnTime() {
        return recordings().entrySet().stream()
                .flatMap(entry -> Stream.of(-HOUR, HOUR)
                        .map(step -> DynamicTest.dynamicTest(entry.getKey() + (step < 0 ? " back" : " ahead"), () -> {
                            Finding steady = Diagnosis.of(with(entry.getValue(), 0, 0));
                            Finding set = Diagnosis.of(with(entry.getValue(), 0, step));
                            assertTrue(accusation(set) <= accusation(steady), set::toString);
                            assertFalse(ids(set).stream().anyMatch(TIMED::contains), () -> ids(set).toString());
                            set.stages().forEach(stage -> assertEquals(OptionalDouble.empty(), stage.millis()));
                        })));
    }

    @Test
    void aSlewedClockIsNoStep() {
        Finding slewed = Diagnosis.of(with(PacketScript.of(QUICK).recording(), 0, 3_000_000));
        assertTrue(ids(slewed).contains("reset-before-round-trip"));
    }
}
