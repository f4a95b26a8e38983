package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import rstprobe.capture.Frame;
import rstprobe.record.Event;
import rstprobe.record.Recording;
import rstprobe.wire.MacAddress;

/// What this host does to its own connections: it translates them, and it resets them.
class OwnHostStoriesTest {
    private static final String RESET_FIRST = """
            talk
            0.0  > SYN
            10.0 < SYN,ACK
            10.1 > ACK
            20.0 < ACK data=41
            20.1 > RST -ts win=0 ack=-1
            20.2 > ACK data=23 msg=identification
            30.0 < RST
            = reset identification
            """;
    private static final String KEPT_INSIDE = """
            talk
            0.0  > SYN
            10.0 < SYN,ACK
            10.1 > ACK data=0 msg=identification of=23
            = reset identification
            """;

    private static Recording recording(String script) {
        return PacketScript.of(script).recording();
    }

    /// The same, of a socket with another address and port than its frames have.
    private static Recording translated(Recording recording) {
        List<Event> events = new ArrayList<>();
        for (Event event : recording.events()) {
            events.add(
                    event instanceof Event.Opened opened
                            ? new Event.Opened(
                                    opened.atNanos(),
                                    opened.attempt(),
                                    opened.mode(),
                                    "10.9.9.9",
                                    opened.localPort() + 7_000,
                                    opened.remote(),
                                    opened.remotePort())
                            : event);
        }
        return Stories.with(recording, events);
    }

    private static boolean says(Finding finding, String id) {
        return finding.evidence().stream().anyMatch(fact -> fact.id().equals(id));
    }

    private static Verdict.Fault fault(Recording recording) {
        return assertInstanceOf(Verdict.Fault.class, Diagnosis.of(recording).verdict());
    }

    @Test
    void aResetOfOursThatCameFirstIsThisHosts() {
        Verdict.Fault fault = fault(recording(RESET_FIRST));
        assertEquals(Origin.THIS_HOST, fault.origin());
        assertEquals(Cause.LOCAL_FIREWALL, fault.cause());
        assertEquals(Weights.ONE_ATTEMPT, fault.confidence());
        assertEquals(
                Proof.CONCLUSIVE.limit(),
                fault(recording(RESET_FIRST + RESET_FIRST)).confidence());
        assertEquals(
                List.of(4, 5, 6),
                Diagnosis.of(recording(RESET_FIRST)).evidence().getFirst().frames());
    }

    /// All of it before our program looked at its socket, so that connecting failed.
    @Test
    void itMayAllHappenWhileTheSocketIsStillConnecting() {
        String inside = RESET_FIRST
                .replace("= reset identification", "= refused ECONNRESET")
                .replace("20.2 > ACK data=23 msg=identification", "20.2 > ACK");
        assertEquals(Origin.THIS_HOST, fault(recording(inside)).origin());
    }

    /// The server had more of ours than the first reset knew, so it ignored that one; the second fitted.
    @Test
    void whereTheServerIgnoredTheFirstOfTwoTheSecondTells() {
        String twice = RESET_FIRST.replace(
                "30.0 < RST", "30.0 < ACK data=9\n30.1 > RST -ts win=0 ack=-1\n30.2 > ACK data=9\n40.0 < RST");
        Finding finding = Diagnosis.of(recording(twice));
        assertEquals(List.of(7, 8, 9), finding.evidence().getFirst().frames());
        assertEquals(Origin.THIS_HOST, fault(recording(twice)).origin());
    }

    @Test
    void whereConnectionsAreTranslatedItIsTheTranslationThatFailed() {
        Recording recording = translated(recording(RESET_FIRST));
        assertEquals(Cause.LOCAL_NO_SOCKET, fault(recording).cause());
        assertTrue(says(Diagnosis.of(recording), "translated-on-this-host"));
    }

    @Test
    void aResetOfOursThatCameSecondOrThatTheServerOutlivedIsNot() {
        String second = RESET_FIRST.replace("20.1 > RST", "20.1 < RST ttl=61 tos=0\n20.2 > RST");
        String outlived = RESET_FIRST.replace("30.0 < RST\n", "30.0 < ACK\n40.0 < RST,ACK\n");
        String socketsOwn = RESET_FIRST.replace("20.2 > ACK data=23 msg=identification\n", "");
        for (String script : List.of(second, outlived, socketsOwn)) {
            Finding finding = Diagnosis.of(recording(script));
            assertFalse(says(finding, "own-reset-came-first"), script);
        }
    }

    /// Somebody on our own link resets both sides, and the switch floods what is for the server.
    @Test
    void aResetInOurNameFromAnotherStationIsNotOurs() {
        Recording recording = recording(RESET_FIRST);
        List<Frame> frames = new ArrayList<>(recording.frames());
        Frame forged = frames.get(4);
        byte[] bytes = forged.bytes().clone();
        bytes[MacAddress.BYTES + MacAddress.BYTES - 1] = 0x66;
        frames.set(4, new Frame(forged.number(), forged.atNanos(), forged.link(), bytes, forged.originalLength(), 0));
        assertFalse(says(Diagnosis.of(PacketScript.with(recording, frames, 0)), "own-reset-came-first"));
        assertTrue(says(Diagnosis.of(recording), "own-reset-came-first"));
    }

    @Test
    void whatNeverLeftWasResetHere() {
        Verdict.Fault fault = fault(recording(KEPT_INSIDE + KEPT_INSIDE));
        assertEquals(Origin.THIS_HOST, fault.origin());
        assertEquals(Proof.CONCLUSIVE.limit(), fault.confidence());
    }

    @Test
    void aResetThatCameInOrBytesThatLeftAreNobodysOwnDoing() {
        String cameIn = KEPT_INSIDE.replace("= reset", "20.0 < RST,ACK\n= reset");
        String left = KEPT_INSIDE.replace("data=0", "data=23");
        for (String script : List.of(cameIn, left)) {
            assertFalse(says(Diagnosis.of(recording(script)), "said-and-never-left"), script);
        }
    }

    @Test
    void aTranslatedConnectionIsJudgedAsAnyOther() {
        for (String script : List.of(Stories.FORGED, Stories.SOCKET_ABORT, Stories.STATE_LOST, Stories.NO_LISTENER)) {
            Recording plain = recording(script);
            assertEquals(
                    Diagnosis.of(plain).verdict(),
                    Diagnosis.of(translated(plain)).verdict(),
                    script);
        }
    }

    /// Somebody else of this host connects to the same server meanwhile.
    @Test
    void whereTwoConversationsBeginAtOnceNoneIsTaken() {
        Recording one = translated(recording(Stories.FORGED));
        List<Frame> frames = new ArrayList<>(one.frames());
        recording("talk\n" + Stories.FORGED)
                .frames()
                .forEach(other -> frames.add(new Frame(
                        frames.size() + 1,
                        one.frames().getFirst().atNanos(),
                        other.link(),
                        other.bytes(),
                        other.originalLength(),
                        0)));
        Finding finding = Diagnosis.of(PacketScript.with(one, frames, 0));
        assertFalse(says(finding, "translated-on-this-host"));
        assertInstanceOf(Verdict.Undetermined.class, finding.verdict());
    }
}
