package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import rstprobe.analyze.AccusedConversation;
import rstprobe.analyze.AccusedFrame;
import rstprobe.analyze.Accusing;
import rstprobe.analyze.AttributedReset;
import rstprobe.analyze.Attribution;
import rstprobe.analyze.Standing;
import rstprobe.capture.Frame;
import rstprobe.ssh.Stage;

/// Every reset of a captured conversation, and whose it was: what changes nothing of it, and what may not make it
/// surer.
class AttributedResetsTest {
    private static final String CONNECTS = """
            talk
            0.0  > SYN
            10.0 < SYN,ACK
            10.1 > ACK
            """;
    private static final String GREETED = CONNECTS + """
            10.2 > ACK text=SSH-2.0-somebody
            20.2 < ACK text=SSH-2.0-OpenSSH_9.2p1
            20.3 > ACK
            """;

    /// Where the IPv4 header of an Ethernet frame has its TTL and its addresses.
    private static final int ETHERNET = 14, TTL = 22, SOURCE = 26, ADDRESS = 4;

    @Test
    void noStoryIsToldOtherwiseByItsFramesAlone() {
        int named = 0;
        for (Map.Entry<String, String> story : Stories.accusing().entrySet()) {
            PacketScript script = PacketScript.of(story.getValue());
            Verdict whole = script.finding().verdict();
            for (AttributedReset reset : attributed(script)) {
                assertTrue(reset.verdict().confidence() < 0.9, story.getKey());
                assertFalse(!reset.inClientsName() && reset.origin() == Origin.THIS_HOST, story.getKey());
                if (reset.inClientsName()) {
                    assertTrue(List.of(Origin.THIS_HOST, Origin.UNKNOWN).contains(reset.origin()), story.getKey());
                } else if (whole instanceof Verdict.Fault fault
                        && reset.standing() != Standing.AFTER_END
                        && reset.origin() != Origin.UNKNOWN) {
                    named++;
                    assertEquals(fault.origin(), reset.origin(), story.getKey());
                }
            }
        }
        assertTrue(named >= 8, named + " resets were named both ways");
    }

    /// Neither the time, nor the clock's grain, nor who has which address, nor numbers of frames and files, nor what
    /// else was on the wire, nor a second tap makes a difference.
    @Test
    void whatIsNoEvidenceChangesNothing() {
        for (Map.Entry<String, String> story : Stories.accusing().entrySet()) {
            List<Frame> frames = PacketScript.of(story.getValue()).recording().frames();
            List<String> expected = told(frames);
            assertFalse(expected.isEmpty() && story.getValue().contains("RST"), story.getKey());
            assertEquals(expected, told(later(frames, 86_400_000_000_000L)), story.getKey());
            assertEquals(expected, told(coarse(frames)), story.getKey());
            assertEquals(expected, told(elsewhere(frames)), story.getKey());
            assertEquals(expected, told(numberedFrom(frames, 100_000)), story.getKey());
            assertEquals(expected, told(Accusing.inTwoFiles(frames, frames.size() / 2)), story.getKey());
        }
    }

    private static List<Frame> later(List<Frame> frames, long nanos) {
        return frames.stream()
                .map(frame -> new Frame(
                        frame.number(),
                        frame.atNanos() + nanos,
                        frame.link(),
                        frame.bytes(),
                        frame.originalLength(),
                        frame.interfaceId()))
                .toList();
    }

    private static List<Frame> coarse(List<Frame> frames) {
        return frames.stream()
                .map(frame -> new Frame(
                        frame.number(),
                        frame.atNanos() / 1_000 * 1_000,
                        frame.link(),
                        frame.bytes(),
                        frame.originalLength(),
                        frame.interfaceId()))
                .toList();
    }

    /// Both ends have other addresses, the greater of which is now the client's.
    private static List<Frame> elsewhere(List<Frame> frames) {
        byte[] us = {(byte) 198, 18, 1, 2};
        byte[] server = {(byte) 198, 18, 3, 2};
        return frames.stream()
                .map(frame -> withBytes(
                        frame,
                        replaced(replaced(frame.bytes(), us, new byte[] {(byte) 203, 0, 113, 9}), server, new byte[] {
                            (byte) 192, 0, 2, 77
                        })))
                .toList();
    }

    private static byte[] replaced(byte[] bytes, byte[] old, byte[] fresh) {
        byte[] copy = bytes.clone();
        for (int at = ETHERNET; at + ADDRESS <= Math.min(copy.length, 80); at++) {
            if (Arrays.equals(copy, at, at + ADDRESS, old, 0, ADDRESS)) {
                System.arraycopy(fresh, 0, copy, at, ADDRESS);
            }
        }
        return copy;
    }

    private static Frame withBytes(Frame frame, byte[] bytes) {
        return new Frame(
                frame.number(), frame.atNanos(), frame.link(), bytes, frame.originalLength(), frame.interfaceId());
    }

    private static List<Frame> numberedFrom(List<Frame> frames, int first) {
        List<Frame> numbered = new ArrayList<>();
        frames.forEach(frame -> numbered.add(frame.withNumber(first + 3 * numbered.size())));
        return numbered;
    }

    /// Two taps, three routers apart, see everything twice. That is no second sender.
    @Test
    void whatTwoTapsSawIsOneThing() {
        for (String story : List.of(
                GREETED + "31.0 < RST,ACK",
                GREETED + "31.0 > RST,ACK",
                CONNECTS + "10.2 > ACK data=23\n20.2 < ACK data=40\n20.3 > ACK\n31.0 < RST,ACK")) {
            List<Frame> frames = PacketScript.of(story).recording().frames();
            List<Frame> twice = new ArrayList<>();
            for (Frame frame : frames) {
                byte[] behind = frame.bytes().clone();
                behind[TTL] -= 3;
                twice.add(frame.withNumber(twice.size() + 1));
                twice.add(withBytes(frame, behind).withNumber(twice.size() + 1));
            }
            List<AttributedReset> resets = attributed(twice);
            assertEquals(2, resets.size());
            AttributedReset once = attributed(frames).getFirst();
            for (AttributedReset reset : resets) {
                assertEquals(once.origin(), reset.origin(), story);
                assertEquals(once.verdict().confidence(), reset.verdict().confidence(), 1e-9);
                assertTrue(reset.evidence().stream().noneMatch(fact -> fact.id().equals("resets-differ")));
            }
            assertTrue(resets.getLast().evidence().stream()
                    .anyMatch(fact -> fact.id().equals("reset-seen-again")
                            && fact.frames().equals(List.of(resets.getFirst().frame()))));
        }
    }

    /// Whatever frames are missing, whether the file says so or not, another sender is never named than with all of
    /// them.
    @Test
    void cutEvidenceNeverNamesSomebodyElse() {
        long seed = System.nanoTime();
        System.out.println("AttributedResetsTest seed " + seed);
        Random dice = new Random(seed);
        for (Map.Entry<String, String> story : Stories.accusing().entrySet()) {
            List<Frame> frames = PacketScript.of(story.getValue()).recording().frames();
            Map<Integer, Origin> whole = Accusing.origins(frames);
            for (int round = 0; round < 60; round++) {
                List<Frame> left = new ArrayList<>();
                for (Frame frame : frames) {
                    if (Accusing.isReset(frame) || dice.nextInt(5) > 0) {
                        left.add(frame);
                    }
                }
                for (AccusedConversation accused : Accusing.of(left, dice.nextInt(2) * 10L)) {
                    for (AttributedReset reset : Attribution.of(accused)) {
                        String why = story.getKey() + ", seed " + seed + ", round " + round + ": " + reset;
                        assertTrue(reset.verdict().confidence() < 0.9, why);
                        Origin known = whole.get(reset.frame());
                        if (known != Origin.UNKNOWN && reset.origin() != Origin.UNKNOWN) {
                            assertEquals(known, reset.origin(), why);
                        }
                    }
                }
            }
        }
    }

    /// Whoever forges resets for both sides sends one in the client's name too. A capture made behind him shows the
    /// client going on, and is no proof against the client's host.
    @Test
    void whatCameInTheClientsNameIsNotTheClientsHosts() {
        List<AttributedReset> resets = attributed(PacketScript.of(CONNECTS + """
                20.0 < ACK data=41
                20.1 > RST -ts win=0 ack=-1
                20.2 > ACK data=23
                30.0 < RST
                """));
        assertEquals(2, resets.size());
        for (AttributedReset reset : resets) {
            assertEquals(Origin.UNKNOWN, reset.origin(), reset::toString);
        }
        assertTrue(
                resets.getLast().evidence().stream()
                        .anyMatch(fact -> fact.id().equals("reset-in-clients-name-came-first")),
                resets::toString);
    }

    /// As scanners do, whose kernel resets what they opened behind its back.
    @Test
    void aClientThatCraftsItsSegmentsIsNoProofOfAForger() {
        String scans = CONNECTS.replace("10.1 > ACK\n", "10.1 > RST -ts win=0\n") + "16000.0 > ACK data=109\n";
        AttributedReset own =
                attributed(PacketScript.of(scans + "16010.0 < RST")).getFirst();
        assertEquals(Origin.UNKNOWN, own.origin(), own::toString);
        assertEquals(Standing.BY_CLIENT, own.standing());
        assertFalse(own.summary().contains("neither"), own::summary);
        AttributedReset other = attributed(
                        PacketScript.of(scans.replace("RST -ts win=0", "RST -ts win=0 ttl=50") + "16010.0 < RST"))
                .getFirst();
        assertEquals(Standing.CUT_BY_UNKNOWN, other.standing(), other::toString);
    }

    @Test
    void aClientThatHadClosedResetsWhatStillComes() {
        AttributedReset reset = attributed(PacketScript.of(CONNECTS + """
                        10.2 > ACK data=23
                        20.2 < ACK data=40
                        20.3 > FIN,ACK
                        30.2 < ACK data=40
                        30.3 > RST -ts
                        """)).getFirst();
        assertEquals(Origin.THIS_HOST, reset.origin(), reset::toString);
        assertEquals(Standing.AFTER_END, reset.standing());
        assertEquals(Optional.empty(), reset.stage());
        assertTrue(reset.inClientsName());
    }

    @Test
    void theStageIsToldOfSshAloneAndOnAnyPort() {
        assertEquals(Optional.of(Stage.KEXINIT), stage(GREETED + "31.0 < RST,ACK"));
        assertEquals(
                Optional.of(Stage.IDENTIFICATION),
                stage(CONNECTS + "10.2 > ACK text=SSH-2.0-somebody\n20.4 < RST tos=0"));
        assertEquals(Optional.empty(), stage(CONNECTS + "20.4 < RST,ACK"));
        String http = CONNECTS + """
                10.2 > ACK text=GET
                20.2 < ACK text=HTTP/1.1
                20.3 > ACK
                31.0 < RST,ACK
                """;
        assertEquals(Optional.empty(), stage(http));
        AttributedReset reset = attributed(PacketScript.of(http)).getFirst();
        assertEquals(Origin.SERVER_PROCESS, reset.origin());
        for (Stage stage : Stage.values()) {
            assertFalse(reset.summary().contains(" at " + stage.word()), reset::summary);
            assertTrue(reset.evidence().stream().noneMatch(fact -> fact.text().contains(" at " + stage.word() + ",")));
        }
    }

    private static Optional<Stage> stage(String story) {
        return attributed(PacketScript.of(story)).getFirst().stage();
    }

    @Test
    void framesAreThoseOfTheFileTheResetIsIn() {
        List<Frame> frames =
                PacketScript.of(GREETED + "31.0 < RST,ACK").recording().frames();
        AccusedConversation accused =
                Accusing.inTwoFiles(numberedFrom(frames, 500), 4).getFirst();
        AttributedReset reset = Attribution.of(accused).getFirst();
        AccusedFrame last = accused.frames().getLast();
        assertEquals(1, reset.file());
        assertEquals(last.frame().number(), reset.frame());
        assertTrue(reset.evidence().stream()
                .filter(fact -> fact.id().equals("reset-continues-socket"))
                .anyMatch(fact -> fact.frames().equals(List.of(reset.frame()))));
        assertTrue(reset.evidence().stream()
                .filter(fact -> fact.id().equals("read-from-capture"))
                .anyMatch(fact -> fact.frames().isEmpty() && fact.text().contains("frame 500 of file 1")));
    }

    private static List<AttributedReset> attributed(PacketScript script) {
        return attributed(script.recording().frames());
    }

    private static List<AttributedReset> attributed(List<Frame> frames) {
        List<AttributedReset> resets = new ArrayList<>();
        Accusing.of(frames, 0).forEach(accused -> resets.addAll(Attribution.of(accused)));
        return resets;
    }

    private static List<String> told(List<?> framesOrAccused) {
        List<AccusedConversation> accused = framesOrAccused.stream().allMatch(Frame.class::isInstance)
                ? Accusing.of(framesOrAccused.stream().map(Frame.class::cast).toList(), 0)
                : framesOrAccused.stream().map(AccusedConversation.class::cast).toList();
        return accused.stream()
                .flatMap(each -> Attribution.of(each).stream())
                .map(reset -> reset.origin() + " " + reset.verdict().confidence() + " " + reset.stage() + " "
                        + reset.standing() + " "
                        + reset.evidence().stream().map(Evidence::id).toList())
                .toList();
    }
}
