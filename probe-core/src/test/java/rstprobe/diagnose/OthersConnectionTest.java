package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import rstprobe.capture.Frame;
import rstprobe.record.CapturedConversation;
import rstprobe.record.Event;
import rstprobe.record.FromCapture;
import rstprobe.record.Recording;
import rstprobe.ssh.Stage;
import rstprobe.wire.Conversation;
import rstprobe.wire.Decoded;
import rstprobe.wire.Decoder;
import rstprobe.wire.Endpoint;

/// The frames of a conversation alone, as somebody else captured them, and what they show.
class OthersConnectionTest {
    private static final String CONNECTS = """
            talk
            0.0  > SYN
            10.0 < SYN,ACK
            10.1 > ACK
            10.2 > ACK text=SSH-2.0-somebody
            """;
    private static final String GREETED = CONNECTS + """
            20.2 < ACK text=SSH-2.0-OpenSSH_9.2p1
            20.3 > ACK
            """;

    @Test
    void theFramesAloneNeverContradictTheWholeStory() {
        int both = 0;
        for (Map.Entry<String, String> story : Stories.accusing().entrySet()) {
            PacketScript script = PacketScript.of(story.getValue());
            if (script.finding().verdict() instanceof Verdict.Fault whole
                    && alone(script).verdict() instanceof Verdict.Fault alone) {
                both++;
                assertEquals(whole.origin(), alone.origin(), story.getKey());
                assertTrue(alone.confidence() <= whole.confidence() + 1e-9, story.getKey());
            }
        }
        assertTrue(both >= 8, "only " + both + " stories were judged both ways");
    }

    /// A capture file may lack frames without saying so, have some twice, and have them in another order. The reset
    /// itself is there, in its place.
    @Test
    void aPoorCaptureAccusesNobodyElse() {
        long seed = System.nanoTime();
        System.out.println("OthersConnectionTest seed " + seed);
        Random dice = new Random(seed);
        for (Map.Entry<String, String> story : Stories.accusing().entrySet()) {
            PacketScript script = PacketScript.of(story.getValue());
            if (!(alone(script).verdict() instanceof Verdict.Fault whole)) {
                continue;
            }
            for (int round = 0; round < 200; round++) {
                List<Frame> poor = poorer(script.recording().frames(), dice);
                Finding finding = Diagnosis.of(FromCapture.recording(new CapturedConversation(
                        conversation(script),
                        Event.ClientTold.BY_SYN,
                        poor,
                        OptionalInt.empty(),
                        0,
                        Optional.empty(),
                        Optional.empty())));
                String why = story.getKey() + ", seed " + seed + ", round " + round + ": " + finding;
                assertTrue(finding.verdict().confidence() < 0.9, why);
                if (finding.verdict() instanceof Verdict.Fault fault && fault.origin() != Origin.UNKNOWN) {
                    assertEquals(whole.origin(), fault.origin(), why);
                }
            }
        }
    }

    private static List<Frame> poorer(List<Frame> frames, Random dice) {
        List<Frame> poor = new ArrayList<>();
        for (Frame frame : frames) {
            int times = isReset(frame) || dice.nextInt(4) > 0 ? 1 : dice.nextInt(3);
            for (int i = 0; i < times; i++) {
                poor.add(frame);
            }
        }
        for (int i = 1; i < poor.size(); i++) {
            if (dice.nextInt(6) == 0 && !isReset(poor.get(i - 1)) && !isReset(poor.get(i))) {
                Collections.swap(poor, i - 1, i);
            }
        }
        List<Frame> numbered = new ArrayList<>();
        poor.forEach(frame -> numbered.add(frame.withNumber(numbered.size() + 1)));
        return numbered;
    }

    private static boolean isReset(Frame frame) {
        return Decoder.decode(frame.link().code(), frame.bytes(), frame.originalLength())
                        instanceof Decoded.Segment segment
                && segment.flags().rst();
    }

    @Test
    void anAbortOfTheServersIsTheServersAndNoMoreSureThanOneLookAllows() {
        Finding finding = alone(PacketScript.of(GREETED + "31.0 < RST,ACK"));
        Verdict.Fault fault = assertInstanceOf(Verdict.Fault.class, finding.verdict());
        assertEquals(Origin.SERVER_PROCESS, fault.origin());
        assertEquals(Stage.KEXINIT, fault.stage());
        assertEquals(Weights.ONE_ATTEMPT, fault.confidence(), 1e-9);
        assertEquals(Optional.empty(), fault.hop());
        assertEquals(Optional.of("SSH-2.0-OpenSSH 9.2p1"), finding.server().identification());
        assertEquals("identification", fault.trigger().orElseThrow().message());
    }

    @Test
    void aServerThatSpeaksOnProvesTheForgery() {
        Finding finding = alone(PacketScript.of(CONNECTS + """
                10.4 < RST ttl=63 tos=0 win=1000 id=777
                20.4 < ACK ack=17
                25.2 < ACK data=40
                """));
        Verdict.Fault fault = assertInstanceOf(Verdict.Fault.class, finding.verdict());
        assertEquals(Origin.ON_PATH, fault.origin());
        assertTrue(fault.confidence() > Weights.ONE_ATTEMPT && fault.confidence() < 0.9, () -> "" + fault);
    }

    @Test
    void aResetInTheClientsNameIsNeverTheServers() {
        Verdict.Fault own = assertInstanceOf(
                Verdict.Fault.class,
                alone(PacketScript.of(GREETED + "31.0 > RST,ACK")).verdict());
        assertEquals(Origin.THIS_HOST, own.origin());
        assertEquals(14, own.exitCode());
        for (String foreign : List.of("31.0 > RST ttl=50 -ts", "31.0 > RST -ts", "31.0 > RST,ACK ttl=250 id=7 -ts")) {
            Finding finding = alone(PacketScript.of(GREETED + foreign));
            assertInstanceOf(Verdict.Undetermined.class, finding.verdict(), foreign);
            assertTrue(finding.alternatives().stream()
                    .noneMatch(other -> other.origin().word().startsWith("server")));
        }
    }

    @Test
    void aClientThatSpeaksOnDidNotSendTheResetInItsName() {
        Finding finding = alone(PacketScript.of(GREETED + """
                31.0 > RST ttl=50 -ts
                900.0 > ACK data=30
                901.0 > ACK data=30
                """), 8);
        Verdict.Undetermined open = assertInstanceOf(Verdict.Undetermined.class, finding.verdict());
        assertTrue(open.summary().contains("neither did the client"), open::summary);
        assertEquals(
                "client-continues-after-reset", finding.evidence().getFirst().id());
    }

    @Test
    void whatTheReceiverIgnoredIsToldAndIsNoCause() {
        Finding finding = alone(PacketScript.of(CONNECTS + """
                10.4 < RST ttl=128 tos=0 seq=5000
                20.2 < ACK text=SSH-2.0-OpenSSH_9.2p1
                20.3 > ACK
                31.0 < RST,ACK
                """));
        Verdict.Fault fault = assertInstanceOf(Verdict.Fault.class, finding.verdict());
        assertEquals(Origin.SERVER_PROCESS, fault.origin());
        assertEquals(List.of(5), evidence(finding, "reset-ignored").frames());
        assertEquals(List.of(8), evidence(finding, "reset-continues-socket").frames());
    }

    @Test
    void theResetThatIsAskedAboutIsTheOneThatIsJudged() {
        PacketScript script = PacketScript.of(CONNECTS + """
                10.4 < RST ttl=128 tos=0 seq=5000 win=999
                20.2 < ACK text=SSH-2.0-OpenSSH_9.2p1
                20.3 > ACK
                31.0 < RST,ACK
                """);
        Finding finding = alone(script, 5);
        assertTrue(finding.evidence().stream()
                .filter(fact -> fact.id().equals("reset-ttl-differs"))
                .anyMatch(fact -> fact.frames().contains(5)));
        assertTrue(!(finding.verdict() instanceof Verdict.Fault fault)
                || fault.origin() == Origin.ON_PATH
                || fault.origin() == Origin.IN_PATH);
    }

    @Test
    void aRefusedSynIsRefusedForTheClientToo() {
        Recording recording = recording(PacketScript.of(Stories.NO_LISTENER), OptionalInt.empty(), 0);
        assertTrue(recording.events().stream().anyMatch(Event.ConnectFailed.class::isInstance));
        Verdict.Fault fault =
                assertInstanceOf(Verdict.Fault.class, Diagnosis.of(recording).verdict());
        assertEquals(Origin.SERVER_KERNEL, fault.origin());
    }

    @Test
    void anOrderlyCloseOfTheClientsIsNoFaultOnceKeysAreInUse() {
        Finding early = alone(PacketScript.of(GREETED + "30.0 > FIN,ACK"));
        assertInstanceOf(Verdict.Undetermined.class, early.verdict());
        Finding other = alone(PacketScript.of("""
                talk
                0.0  > SYN
                10.0 < SYN,ACK
                10.1 > ACK
                10.2 > ACK text=GET_/_HTTP/1.1
                20.2 < ACK text=HTTP/1.1_200_OK
                20.3 > FIN,ACK
                30.3 < RST
                """));
        assertInstanceOf(Verdict.Healthy.class, other.verdict());
        assertEquals(0, other.verdict().exitCode());
    }

    @Test
    void refusalsInWordsAreReadFromTheFrames() {
        for (String story : List.of(Stories.MAX_STARTUPS_FIN, Stories.MAX_STARTUPS_RESET)) {
            Verdict.Fault fault = assertInstanceOf(
                    Verdict.Fault.class, alone(PacketScript.of(story)).verdict());
            assertEquals(Cause.MAX_STARTUPS, fault.cause());
            assertEquals(13, fault.exitCode());
        }
    }

    @Test
    void aCaptureThatBeginsInTheMiddleSaysSo() {
        PacketScript script = PacketScript.of(GREETED + """
                30.0 > ACK data=100
                40.0 < ACK data=100
                41.0 < RST,ACK
                """);
        List<Frame> late = script.recording().frames();
        late = late.subList(late.size() - 3, late.size());
        Finding finding = Diagnosis.of(FromCapture.recording(new CapturedConversation(
                conversation(script),
                Event.ClientTold.BY_PORT,
                late,
                OptionalInt.empty(),
                0,
                Optional.empty(),
                Optional.empty())));
        assertTrue(evidence(finding, "read-from-capture").text().contains("as the ports say"));
        assertTrue(finding.verdict().confidence() <= Weights.ONE_ATTEMPT);
        assertEquals(
                Stage.SESSION,
                switch (finding.verdict()) {
                    case Verdict.Fault fault -> fault.stage();
                    case Verdict.Undetermined open -> open.stage();
                    case Verdict.Healthy _ -> Stage.CONNECT;
                });
    }

    @Test
    void whereTheClientIsAGuessNobodyIsAccused() {
        PacketScript script = PacketScript.of(GREETED + "31.0 < RST,ACK");
        Finding finding = Diagnosis.of(FromCapture.recording(new CapturedConversation(
                conversation(script),
                Event.ClientTold.BY_FIRST_FRAME,
                script.recording().frames(),
                OptionalInt.empty(),
                0,
                Optional.empty(),
                Optional.empty())));
        assertInstanceOf(Verdict.Undetermined.class, finding.verdict());
    }

    @Test
    void framesThatAreMissingAreCountedAsLost() {
        PacketScript script = PacketScript.of(GREETED + """
                30.0 < ACK data=100
                30.1 > ACK
                31.0 < RST,ACK
                """);
        List<Frame> frames = new ArrayList<>(script.recording().frames());
        frames.remove(7 - 1);
        Recording recording = FromCapture.recording(new CapturedConversation(
                conversation(script),
                Event.ClientTold.BY_SYN,
                frames,
                OptionalInt.empty(),
                0,
                Optional.empty(),
                Optional.empty()));
        assertEquals(1, recording.capture().dropped());
    }

    @Test
    void aCaptureThatEndsTooSoonAccusesNobody() {
        Verdict verdict = alone(PacketScript.of(GREETED)).verdict();
        assertInstanceOf(Verdict.Undetermined.class, verdict);
        assertTrue(verdict.summary().contains("ends before the connection does"), verdict::summary);
    }

    @Test
    void aResetThatTheClientNeverGotIsStillTheOneThatEndedIt() {
        Finding finding = alone(PacketScript.of(GREETED + """
                31.0 < RST,ACK
                131.0 < ACK seq=0 text=SSH-2.0-OpenSSH_9.2p1 id=40002 tsval=15
                900.0 > ACK data=30
                910.0 < RST
                """));
        Verdict.Fault fault = assertInstanceOf(Verdict.Fault.class, finding.verdict());
        assertEquals(Origin.SERVER_PROCESS, fault.origin());
    }

    @Test
    void theReasonOfAResetStandsInTheEvidence() {
        Finding balancer =
                alone(PacketScript.of(GREETED + "31.0 < RST,ACK ttl=254 id=9 -ts win=0 text=No_available_pool_member"));
        assertEquals(
                "the reset says why: \"No available pool member\", which a load balancer writes there",
                evidence(balancer, "reset-says-why").text());
        Verdict.Fault fault = assertInstanceOf(Verdict.Fault.class, balancer.verdict());
        assertEquals(Origin.PROXY, fault.origin());
        assertEquals(Cause.NO_HEALTHY_BACKEND, fault.cause());
        Finding host = alone(PacketScript.of(GREETED + "31.0 < RST,ACK -ts win=0 text=No_TCP"));
        assertEquals(Origin.SERVER_KERNEL, evidence(host, "reset-says-why").supports());
        Finding neither = alone(PacketScript.of(GREETED + "31.0 < RST,ACK -ts win=0 text=lorem_ipsum"));
        assertEquals(0, evidence(neither, "reset-says-why").weight());
        Finding repeated = alone(PacketScript.of(GREETED + "31.0 < RST,ACK -ts win=0 text=SSH-2.0-somebody"));
        assertEquals(0, evidence(repeated, "reset-returns-our-bytes").weight());
    }

    private static Evidence evidence(Finding finding, String id) {
        return finding.evidence().stream()
                .filter(fact -> fact.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError(id + " in " + finding.evidence()));
    }

    private static Finding alone(PacketScript script) {
        return Diagnosis.of(recording(script, OptionalInt.empty(), 0));
    }

    private static Finding alone(PacketScript script, int frame) {
        return Diagnosis.of(recording(script, OptionalInt.of(frame), 0));
    }

    static Recording recording(PacketScript script, OptionalInt asked, long lost) {
        return FromCapture.recording(new CapturedConversation(
                conversation(script),
                Event.ClientTold.BY_SYN,
                script.recording().frames(),
                asked,
                lost,
                Optional.of("eth7"),
                Optional.empty()));
    }

    static Conversation conversation(PacketScript script) {
        return new Conversation(new Endpoint(script.us(), 40_001), new Endpoint(script.server(), 22));
    }
}
