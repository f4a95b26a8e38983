package rstprobe.analyze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static rstprobe.analyze.Crafted.ACK;
import static rstprobe.analyze.Crafted.FIN;
import static rstprobe.analyze.Crafted.RST;
import static rstprobe.analyze.Crafted.SYN;
import static rstprobe.analyze.Scans.CLIENT;
import static rstprobe.analyze.Scans.PORT;
import static rstprobe.analyze.Scans.SERVER;
import static rstprobe.analyze.Scans.decoded;
import static rstprobe.analyze.Scans.numbers;
import static rstprobe.analyze.Scans.opened;
import static rstprobe.analyze.Scans.scan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rstprobe.wire.Decoded;

/// Captures with one known thing in them, and what a scan finds.
class CaptureScanTest {
    @TempDir
    private Path folder;

    @Test
    void aConversationWithAResetIsGatheredFromItsFirstFrameOn() throws ScanFailure {
        Crafted made = opened(new Crafted(1), PORT, 100);
        made.segment(CLIENT, 50_000, SERVER, 22, SYN, 1, 0).segment(SERVER, 50_000, CLIENT, 22, ACK, 1, 2);
        made.segment(SERVER, 22, CLIENT, PORT, RST, 501, 0).segment(CLIENT, PORT, SERVER, 22, ACK, 101, 501);
        try (CaptureScan scan = scan(made.bytes())) {
            ScannedFile file = scan.files().getFirst();
            assertEquals(7, file.packets());
            assertEquals(3, file.conversations());
            assertEquals(1, file.resets());
            assertEquals(1, scan.accused());
            AccusedConversation accused = scan.accused(0);
            assertEquals("10.0.0.1:40000 > 10.0.0.2:22", accused.conversation().toString());
            assertTrue(accused.openingSeen());
            assertEquals(List.of(1, 2, 3, 6, 7), numbers(accused));
            assertEquals(List.of(3), accused.resets());
        }
    }

    @Test
    void thePortsUsedAgainAreAnotherConversation() throws ScanFailure {
        Crafted made = opened(new Crafted(1), PORT, 100).segment(CLIENT, PORT, SERVER, 22, FIN | ACK, 101, 501);
        opened(made, PORT, 900).segment(CLIENT, PORT, SERVER, 22, RST, 901, 0);
        try (CaptureScan scan = scan(made.bytes())) {
            assertEquals(2, scan.files().getFirst().conversations());
            assertEquals(List.of(5, 6, 7, 8), numbers(scan.accused(0)));
        }
    }

    @Test
    void filesAreOneTimelineWhateverOrderTheyAreNamedIn() throws ScanFailure {
        byte[] early = opened(new Crafted(1), PORT, 100).bytes();
        byte[] late = new Crafted(1)
                .at(1_760_000_900_000_000L)
                .segment(SERVER, 22, CLIENT, PORT, RST, 501, 0)
                .bytes();
        List<CaptureSource> sources = List.of(Crafted.source("late", late), Crafted.source("early", early));
        try (CaptureScan scan = CaptureScan.of(sources, ScanPlan.everything())) {
            assertEquals(
                    List.of("early", "late"),
                    scan.files().stream().map(ScannedFile::file).toList());
            AccusedConversation accused = scan.accused(0);
            assertEquals(List.of(1, 2, 3, 1), numbers(accused));
            assertEquals(1, accused.frames().getLast().file());
            assertEquals(0, accused.timeBackwards());
        }
    }

    @Test
    void ofALongConversationTheBeginningAndTheSurroundingsOfItsResetsAreKept() throws ScanFailure {
        Crafted made = opened(new Crafted(1), PORT, 100);
        for (int i = 0; i < 400; i++) {
            made.segment(CLIENT, PORT, SERVER, 22, ACK, 101 + i, 501);
        }
        made.segment(SERVER, 22, CLIENT, PORT, RST, 501, 0);
        for (int i = 0; i < 100; i++) {
            made.segment(CLIENT, PORT, SERVER, 22, ACK, 600 + i, 501);
        }
        try (CaptureScan scan = scan(made.bytes())) {
            AccusedConversation accused = scan.accused(0);
            int kept = ScanLimits.FIRST_FRAMES + ScanLimits.FRAMES_BEFORE_RESET + 1 + ScanLimits.FRAMES_AFTER_RESET;
            assertEquals(kept, accused.frames().size());
            assertEquals(504, accused.framesInAll());
            assertEquals(504 - kept, accused.leftOut());
            int reset = accused.resets().getFirst();
            assertEquals(404, accused.frames().get(reset).frame().number());
            assertEquals(404 - ScanLimits.FRAMES_BEFORE_RESET, numbers(accused).get(ScanLimits.FIRST_FRAMES));
        }
    }

    @Test
    void aResetInATunnelIsFoundAndReadable() throws ScanFailure {
        Crafted made = new Crafted(1);
        byte[] reset = made.tcp(SERVER, 22, CLIENT, PORT, RST, 501, 0, new byte[0]);
        byte[] gre = made.ip(7, 8, 47, Crafted.join(Crafted.hex("00000800"), reset), 0);
        try (CaptureScan scan = scan(made.frame(Crafted.ethernet(0x0800, gre)).bytes())) {
            AccusedFrame frame = scan.accused(0).frames().getFirst();
            assertTrue(frame.unwrapped());
            assertTrue(decoded(frame) instanceof Decoded.Segment segment
                    && segment.flags().rst());
        }
    }

    @Test
    void aResetInFragmentsBelongsToTheFrameThatMakesItWhole() throws ScanFailure {
        Crafted made = new Crafted(1);
        byte[] payload = new byte[20];
        byte[] segment = Arrays.copyOfRange(made.tcp(SERVER, 22, CLIENT, PORT, RST, 501, 0, payload), 20, 60);
        made.frame(Crafted.ethernet(0x0800, made.ip(SERVER, CLIENT, 6, Arrays.copyOfRange(segment, 24, 40), 3)));
        made.frame(Crafted.ethernet(0x0800, made.ip(SERVER, CLIENT, 6, Arrays.copyOf(segment, 24), 0x2000)));
        try (CaptureScan scan = scan(made.bytes())) {
            assertEquals(1, scan.files().getFirst().resets());
            assertEquals(List.of(2), numbers(scan.accused(0)));
            AccusedFrame frame = scan.accused(0).frames().getFirst();
            assertTrue(decoded(frame) instanceof Decoded.Segment whole && whole.payloadLength() == 20);
        }
    }

    @Test
    void icmpErrorsThatQuoteItBelongToAConversation() throws ScanFailure {
        Crafted made = opened(new Crafted(1), PORT, 100);
        byte[] quoted = made.tcp(CLIENT, PORT, SERVER, 22, ACK, 101, 501, new byte[0]);
        byte[] error = Crafted.join(Crafted.hex("030d000000000000"), quoted);
        made.frame(Crafted.ethernet(0x0800, made.ip(9, CLIENT, 1, error, 0)));
        made.segment(SERVER, 22, CLIENT, PORT, RST, 501, 0);
        try (CaptureScan scan = scan(made.bytes())) {
            assertEquals(List.of(1, 2, 3, 4, 5), numbers(scan.accused(0)));
            assertEquals(1, scan.files().getFirst().conversations());
        }
    }

    @Test
    void framesSeenTwiceAndTimeThatGoesBackAreCounted() throws ScanFailure {
        Crafted made = opened(new Crafted(1), PORT, 100);
        byte[] data = Crafted.ethernet(0x0800, made.tcp(CLIENT, PORT, SERVER, 22, ACK, 101, 501, new byte[9]));
        byte[] beyondRouter = data.clone();
        beyondRouter[22]--;
        made.frame(data).frame(beyondRouter).at(1_750_000_000_000_000L);
        made.segment(SERVER, 22, CLIENT, PORT, RST, 501, 0);
        try (CaptureScan scan = scan(made.bytes())) {
            assertEquals(1, scan.accused(0).duplicates());
            assertEquals(1, scan.accused(0).timeBackwards());
            assertEquals(1, scan.files().getFirst().timeBackwards());
        }
    }

    @Test
    void severalThreadsFindWhatOneFindsEvenWhereCapturesTravelInCaptures() throws ScanFailure, IOException {
        byte[] within = opened(new Crafted(1), 1, 1)
                .segment(SERVER, 22, CLIENT, 1, RST, 2, 0)
                .bytes();
        byte[] records = Arrays.copyOfRange(within, 24, within.length);
        byte[] disguise = new byte[60 * records.length];
        for (int i = 0; i < 60; i++) {
            System.arraycopy(records, 0, disguise, i * records.length, records.length);
        }
        Crafted made = new Crafted(1);
        for (int i = 0; i < 1_500; i++) {
            made.frame(Crafted.ethernet(0x0800, made.tcp(CLIENT, 80, SERVER, 81, ACK, i, 0, disguise)));
            if (i % 100 == 0) {
                opened(made, 1_000 + i, i).segment(SERVER, 22, CLIENT, 1_000 + i, RST, 501, 0);
            }
        }
        byte[] capture = made.bytes();
        assertTrue(capture.length > 20 << 20, () -> "only " + capture.length);
        Path file = Files.write(folder.resolve("disguised.pcap"), capture);
        try (CaptureScan one = scan(file, 1);
                CaptureScan four = scan(file, 4)) {
            assertEquals(one.files(), four.files());
            assertEquals(15, one.accused());
            assertEquals(one.conversations().toList(), four.conversations().toList());
        }
    }

    @Test
    void aFilterLeavesFramesOutButKeepsTheirNumbers() throws ScanFailure {
        Crafted made = opened(new Crafted(1), PORT, 100);
        opened(made, PORT + 1, 200).segment(SERVER, 22, CLIENT, PORT + 1, RST, 501, 0);
        made.segment(SERVER, 22, CLIENT, PORT, RST, 501, 0);
        ScanPlan plan = new ScanPlan(Optional.of("tcp port " + (PORT + 1)), 2, ScanProgress.NONE);
        try (CaptureScan scan = CaptureScan.of(List.of(Crafted.source("filtered", made.bytes())), plan)) {
            assertEquals(8, scan.files().getFirst().packets());
            assertEquals(4, scan.files().getFirst().matched());
            assertEquals(1, scan.accused());
            assertEquals(List.of(4, 5, 6, 7), numbers(scan.accused(0)));
        }
        ScanPlan nonsense = new ScanPlan(Optional.of("tcp prot 22"), 1, ScanProgress.NONE);
        ScanFailure failure = assertThrows(
                ScanFailure.class, () -> CaptureScan.of(List.of(Crafted.source("any", made.bytes())), nonsense));
        assertEquals(ScanFailure.Kind.FILTER, failure.kind());
        assertFalse(failure.getMessage().isBlank());
    }

    @Test
    void moreConversationsThanAreKnownAtATimeAreCountedWithAWord() {
        StreamCount count = new StreamCount(1_000, 0);
        TupleKey key = new TupleKey();
        SegmentFinder finder = new SegmentFinder();
        finder.destinationLow = 1;
        for (int i = 0; i < 5_000; i++) {
            finder.sourceLow = i + 2;
            key.set(finder);
            count.on(key, SYN, i, 0);
        }
        assertEquals(5_000, count.streams());
        assertTrue(count.letGo() >= 4_000 && count.letGo() < 5_000);
    }
}
