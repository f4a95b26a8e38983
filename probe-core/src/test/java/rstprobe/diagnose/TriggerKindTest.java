package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import rstprobe.record.ActiveTest;
import rstprobe.record.ActiveTest.Part;
import rstprobe.record.Recording;

/// What prefixes and controls show of what draws a reset: its bytes, its length, or its number.
class TriggerKindTest {
    private static final String SAID = "SSH-2.0-rstprobe_0.1..\r";
    private static final int TAP_TTL = 127;
    private static final int ONE = 50_100;
    private static final int OTHER = 50_101;

    private static CraftedReel after(String story) {
        return opened(new CraftedReel(PacketScript.of(story).recording()), ONE);
    }

    private static CraftedReel opened(CraftedReel reel, int port) {
        return reel.syn(ActiveTest.PREFIX, Part.OPENING, port, 22, 64);
    }

    private static CraftedReel passes(CraftedReel reel, int port, int... lengths) {
        for (int length : lengths) {
            reel.says(ActiveTest.PREFIX, Part.TRIGGER, port, 0, SAID.substring(0, length))
                    .acknowledged(length);
        }
        return reel;
    }

    private static CraftedReel draws(CraftedReel reel, int port, int length) {
        return reel.says(ActiveTest.PREFIX, Part.TRIGGER, port, 0, SAID.substring(0, length))
                .reset(TAP_TTL, 0, 1000, 7);
    }

    private static CraftedReel control(CraftedReel reel, int length) {
        return opened(reel, OTHER).says(ActiveTest.PREFIX, Part.CONTROL, OTHER, 0, "x".repeat(length));
    }

    /// Three, four and seven bytes pass, the eighth draws it.
    private static CraftedReel eighthDraws() {
        return draws(passes(after(Stories.FORGED + Stories.FORGED), ONE, 3, 4, 7), ONE, 8);
    }

    private static Optional<Evidence> fact(CraftedReel reel, String id) {
        return reel.finding().evidence().stream()
                .filter(fact -> fact.id().equals(id))
                .findFirst();
    }

    private static Evidence told(CraftedReel reel, String id) {
        return fact(reel, id)
                .orElseThrow(() -> new AssertionError(reel.finding().evidence()));
    }

    private static boolean accuses(CraftedReel reel) {
        return reel.finding().evidence().stream()
                .anyMatch(fact -> fact.id().startsWith("trigger-is") && fact.weight() > 0);
    }

    private static Optional<Trigger> trigger(CraftedReel reel) {
        return switch (reel.finding().verdict()) {
            case Verdict.Fault fault -> fault.trigger();
            case Verdict.Undetermined open -> open.trigger();
            case Verdict.Healthy _ -> Optional.empty();
        };
    }

    @Test
    void aPrefixThatDrawsItWhereOneByteLessAndOtherBytesPassIsContent() {
        CraftedReel reel = control(eighthDraws(), 8).acknowledged(8);
        Evidence content = told(reel, "trigger-is-content");
        assertEquals(Weights.DRAWN_BY_CONTENT, content.weight());
        assertEquals(
                "trigger: byte 8 of our identification (\"SSH-2.0-\") draws the reset, 3 of 3 times; 7 bytes do not,"
                        + " and 8 other bytes pass",
                content.text());
        assertEquals(4, content.frames().size());
        assertEquals(Optional.of(new Trigger("identification", 8)), trigger(reel));
    }

    /// A server that dislikes the text of the control acknowledges it, says so and resets on its own account.
    @Test
    void aServersOwnResetToAControlItReadIsNotThatOfTheTap() {
        CraftedReel reel = control(eighthDraws(), 8).acknowledged(8).reset(62, 0);
        assertTrue(fact(reel, "trigger-is-content").isPresent());
    }

    @Test
    void aControlThatIsOnlyNotAnsweredProvesNothing() {
        assertFalse(accuses(control(eighthDraws(), 8)));
    }

    @Test
    void theSweepsControlIsAsGood() {
        CraftedReel reel = eighthDraws()
                .says(ActiveTest.SWEEP, Part.CONTROL, 50_102, 0, "x".repeat(23))
                .acknowledged(23);
        assertTrue(told(reel, "trigger-is-content").text().endsWith("and 23 other bytes pass"));
    }

    @Test
    void otherBytesThatDrawItTooAreLength() {
        CraftedReel reel = control(eighthDraws(), 8).reset(TAP_TTL, 0, 1000, 8);
        assertEquals(Weights.DRAWN_BY_SIZE, told(reel, "trigger-is-size").weight());
        assertFalse(fact(reel, "trigger-is-content").isPresent());
    }

    @Test
    void whereNothingShorterPassesEitherItIsNotWhatWeSay() {
        CraftedReel reel = control(draws(after(Stories.FORGED + Stories.FORGED), ONE, 3), 3)
                .reset(TAP_TTL, 0, 1000, 8);
        assertEquals(0, told(reel, "trigger-is-anything").weight());
        assertFalse(accuses(reel));
    }

    @Test
    void whatPassedOnceIsNoTrigger() {
        CraftedReel reel = control(eighthDraws(), 8).acknowledged(8);
        passes(opened(reel, 50_103), 50_103, 8);
        assertEquals(0, told(reel, "trigger-varies").weight());
        assertFalse(accuses(reel));
    }

    @Test
    void aHealthyAttemptBesideItIsNoTriggerEither() {
        CraftedReel reel = draws(passes(after(Stories.FORGED + Stories.HEALTHY), ONE, 3, 4, 7), ONE, 8);
        assertFalse(accuses(control(reel, 8).acknowledged(8)));
    }

    /// Whoever a line is for may hang up when it has read it.
    @Test
    void aWholeLineAccusesNobody() {
        CraftedReel reel = draws(passes(after(Stories.FORGED + Stories.FORGED), ONE, 20, 22), ONE, 23);
        control(reel, 23).acknowledged(23);
        assertEquals(0, told(reel, "trigger-is-content").weight());
        assertEquals(Optional.of(new Trigger("identification", 23)), trigger(reel));
    }

    @Test
    void stepsThatAreTooWideNameNoByte() {
        CraftedReel reel = draws(passes(after(Stories.FORGED + Stories.FORGED), ONE, 8), ONE, 16);
        control(reel, 16).acknowledged(16);
        assertTrue(told(reel, "trigger-is-content").text().contains("behind byte 8"));
        assertEquals(Optional.of(new Trigger("identification", 23)), trigger(reel), "all that was sent at once");
    }

    /// Our identification passes, the second segment does not: a byte, or three, or others.
    @Test
    void theSecondSegmentWhateverItSaysIsCounted() {
        String second = """
                talk
                0.0  > SYN
                10.0 < SYN,ACK
                10.1 > ACK
                10.2 > ACK data=23 msg=identification
                20.2 < ACK data=40
                20.3 > ACK data=100 msg=kexinit
                20.5 < RST ttl=63 tos=0 win=1000 id=777
                = reset kexinit
                """;
        String bytes = """
                bytes
                0.0  > SYN
                10.0 < SYN,ACK
                10.1 > ACK
                10.2 > ACK data=1 msg=identification of=23
                20.2 < ACK
                60.2 > ACK data=1
                60.5 < RST ttl=63 tos=0 win=1000 id=777
                = reset identification
                """;
        CraftedReel reel = passes(after(second + second + bytes), ONE, 23)
                .says(ActiveTest.PREFIX, Part.TRIGGER, ONE, 23, "abc")
                .reset(TAP_TTL, 0, 1000, 7);
        assertEquals(Weights.DRAWN_BY_COUNT, told(reel, "trigger-is-count").weight());
        assertEquals(Optional.of(new Trigger("kexinit", 100)), trigger(reel));
        CraftedReel other = control(passes(after(second + second + bytes), ONE, 23), 3);
        assertEquals(Optional.of(new Trigger("kexinit", 100)), trigger(other), "two bytes pass when said at once");
        CraftedReel third = passes(after(second + second + bytes), ONE, 3, 4);
        assertFalse(fact(draws(third, ONE, 8), "trigger-is-count").isPresent(), "here it was the third");
    }

    @Test
    void whatPassesOnAConnectionOfItsOwnIsTold() {
        CraftedReel reel = passes(after(Stories.FORGED + Stories.FORGED), ONE, 3, 23);
        assertEquals(0, told(reel, "prefixes-pass").weight());
        assertFalse(accuses(reel));
    }

    /// Single bytes that pass show that something looks at whole segments, unless a whole one passes too.
    @Test
    void aWholeSegmentThatPassesIsMatchedByNobody() {
        String story = Stories.FORGED + Stories.FORGED + Stories.HEALTHY.replaceFirst("talk", "bytes");
        assertTrue(fact(after(story), "bytes-pass").isPresent());
        assertTrue(fact(passes(after(story), ONE, 3, 22), "bytes-pass").isPresent());
        assertFalse(fact(passes(after(story), ONE, 3, 22, 23), "bytes-pass").isPresent());
    }

    @Test
    void aCaptureWithHolesShowsNoPrefixes() {
        Recording recording = control(eighthDraws(), 8).acknowledged(8).recording();
        assertEquals(
                List.of(),
                Diagnosis.of(PacketScript.with(recording, recording.frames(), 1)).evidence().stream()
                        .map(Evidence::id)
                        .filter(id -> id.startsWith("trigger-is"))
                        .toList());
    }

    @Test
    void withoutTheTestNothingIsSaidOfIt() {
        Finding finding = PacketScript.of(Stories.FORGED + Stories.FORGED).finding();
        assertEquals(
                List.of(),
                finding.evidence().stream()
                        .map(Evidence::id)
                        .filter(id -> id.startsWith("trigger-is"))
                        .toList());
    }
}
