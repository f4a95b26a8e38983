package rstprobe.analyze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static rstprobe.analyze.Crafted.ACK;
import static rstprobe.analyze.Crafted.FIN;
import static rstprobe.analyze.Crafted.RST;
import static rstprobe.analyze.Crafted.SYN;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rstprobe.wire.Decoded;
import rstprobe.wire.Decoder;

/// Captures with one known thing in them, and what a scan finds.
class CaptureScanTest {
    private static final int CLIENT = 1, SERVER = 2, PORT = 40_000;

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
    void packedCapturesAndStreamsAreLikeTheFileItself() throws IOException, ScanFailure {
        byte[] plain = opened(new Crafted(1), PORT, 100)
                .segment(SERVER, 22, CLIENT, PORT, RST, 501, 0)
                .bytes();
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(gzip)) {
            out.write(plain);
        }
        ByteArrayOutputStream lz4 = new ByteArrayOutputStream();
        try (OutputStream out = new FramedLZ4CompressorOutputStream(lz4)) {
            out.write(plain);
        }
        ByteArrayOutputStream zstd = new ByteArrayOutputStream();
        try (OutputStream out = new io.airlift.compress.v3.zstd.ZstdOutputStream(zstd)) {
            out.write(plain);
        }
        for (byte[] packed : List.of(plain, gzip.toByteArray(), lz4.toByteArray(), zstd.toByteArray())) {
            Path file = Files.write(folder.resolve("capture"), packed);
            try (CaptureScan scan = scan(file, 2);
                    CaptureScan stream = scan(packed)) {
                assertEquals(ScannedFile.State.WHOLE, scan.files().getFirst().state());
                assertEquals(4, scan.files().getFirst().packets());
                assertEquals(scan.accused(0), stream.accused(0));
            }
        }
    }

    @Test
    void aBombGivesABoundedAnswer() throws IOException, ScanFailure {
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        ByteArrayOutputStream lz4 = new ByteArrayOutputStream();
        ByteArrayOutputStream zstd = new ByteArrayOutputStream();
        bomb(new GZIPOutputStream(gzip));
        bomb(new FramedLZ4CompressorOutputStream(lz4));
        bomb(new io.airlift.compress.v3.zstd.ZstdOutputStream(zstd));
        for (ByteArrayOutputStream packed : List.of(gzip, lz4, zstd)) {
            try (CaptureScan scan = scan(packed.toByteArray())) {
                ScannedFile file = scan.files().getFirst();
                assertEquals(ScannedFile.State.DAMAGED, file.state());
                assertTrue(
                        file.problems().getFirst().startsWith("it becomes more than 67108864 bytes"), file.toString());
            }
        }
    }

    private static void bomb(OutputStream packing) throws IOException {
        try (OutputStream out = packing) {
            out.write(opened(new Crafted(1), PORT, 100).bytes());
            byte[] nothing = new byte[1 << 20];
            for (int i = 0; i < 70; i++) {
                out.write(nothing);
            }
        }
    }

    @Test
    void whatIsNoCaptureIsSaidInOneLine() throws IOException, ScanFailure {
        assertEquals("there is no " + folder.resolve("none"), problem(folder.resolve("none")));
        assertEquals(folder + ": it is a folder", problem(folder));
        assertEquals("the file is empty", problem(Files.write(folder.resolve("empty"), new byte[0])));
        assertEquals(
                "it begins with 23 21 2f 62, which is neither pcap nor pcapng",
                problem(Files.write(folder.resolve("script"), "#!/bin/sh".getBytes())));
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the pipe is gone");
            }
        };
        try (CaptureScan scan =
                CaptureScan.of(List.of(new CaptureSource.OfStream("-", broken)), ScanPlan.everything())) {
            assertEquals(
                    List.of("the system cannot read on: the pipe is gone"),
                    scan.files().getFirst().problems());
        }
        assertThrows(ScanFailure.class, () -> CaptureScan.of(List.of(), ScanPlan.everything()));
    }

    private static String problem(Path path) throws ScanFailure {
        try (CaptureScan scan = scan(path, 1)) {
            assertEquals(ScannedFile.State.NOT_READ, scan.files().getFirst().state());
            return scan.files().getFirst().problems().getFirst();
        }
    }

    /// Both ways in which pcapng tells of a loss, and where it is told.
    @Test
    void whatACaptureLostIsSaidAndWeakensWhatItShows() throws ScanFailure {
        byte[] plain = opened(new Crafted(1), PORT, 100)
                .segment(SERVER, 22, CLIENT, PORT, RST, 501, 0)
                .bytes();
        for (Map.Entry<byte[], Long> each : Map.of(
                        Crafted.pcapng(plain, 0, 0),
                        0L,
                        Crafted.pcapng(plain, 3, 0),
                        12L,
                        Crafted.pcapng(plain, 3, 40),
                        40L)
                .entrySet()) {
            try (CaptureScan scan = scan(each.getKey())) {
                AccusedConversation accused = scan.accused(0);
                assertEquals(each.getValue(), accused.lost());
                assertEquals(each.getValue(), accused.missing());
                AttributedReset reset = Attribution.of(accused).getFirst();
                boolean told = reset.evidence().stream()
                        .anyMatch(fact -> fact.id().equals("capture-lost-frames")
                                && fact.text().startsWith(each.getValue() + " frames are missing here"));
                assertEquals(each.getValue() > 0, told, reset::toString);
                assertEquals(
                        each.getValue() == 0
                                ? List.of()
                                : List.of("the capture lost " + each.getValue()
                                        + " frames: resets may be among them, and what is called absent is not observed ("
                                        + each.getValue() + " dropped), not proven absent"),
                        scan.files().getFirst().problems());
            }
        }
    }

    /// What is written meanwhile belongs to the next look.
    @Test
    void aFileThatGrowsIsReadAsLongAsItWas() throws IOException, ScanFailure {
        byte[] whole = opened(new Crafted(1), PORT, 100)
                .segment(SERVER, 22, CLIENT, PORT, RST, 501, 0)
                .bytes();
        byte[] more = Arrays.copyOfRange(whole, 24, whole.length);
        Path file = Files.write(folder.resolve("growing"), Arrays.copyOf(whole, whole.length - 7));
        ScanProgress grows = (_, _) -> append(file, more);
        try (CaptureScan scan =
                CaptureScan.of(List.of(new CaptureSource.OfFile(file)), new ScanPlan(Optional.empty(), 1, grows))) {
            assertEquals(ScannedFile.State.TRUNCATED, scan.files().getFirst().state());
            assertEquals(3, scan.files().getFirst().packets());
        }
        assertTrue(Files.size(file) > whole.length);
        Path complete = Files.write(folder.resolve("complete"), whole);
        ScanProgress growsToo = (_, _) -> append(complete, more);
        try (CaptureScan scan = CaptureScan.of(
                List.of(new CaptureSource.OfFile(complete)), new ScanPlan(Optional.empty(), 2, growsToo))) {
            assertEquals(ScannedFile.State.WHOLE, scan.files().getFirst().state());
            assertEquals(List.of(1, 2, 3, 4), numbers(scan.accused(0)));
        }
    }

    private static void append(Path file, byte[] more) {
        try {
            Files.write(file, more, StandardOpenOption.APPEND);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// Another program cuts it between the two looks, and behind them.
    @Test
    void aFileThatIsCutMeanwhileIsSaidToBe() throws IOException, ScanFailure {
        Crafted made = opened(new Crafted(1), PORT, 100);
        byte[] room = new byte[60_000];
        for (int i = 0; i < 200; i++) {
            made.frame(Crafted.ethernet(0x0800, made.tcp(CLIENT, PORT, SERVER, 22, ACK, 101 + i, 501, room)));
        }
        byte[] whole = made.segment(SERVER, 22, CLIENT, PORT, RST, 501, 0).bytes();
        assertTrue(whole.length > 8 << 20, "more than a thread looks at in one go");
        Path file = Files.write(folder.resolve("cut"), whole);
        ScanProgress cuts = (_, _) -> cut(file, 4_096);
        try (CaptureScan scan =
                CaptureScan.of(List.of(new CaptureSource.OfFile(file)), new ScanPlan(Optional.empty(), 1, cuts))) {
            ScannedFile found = scan.files().getFirst();
            assertEquals(ScannedFile.State.DAMAGED, found.state());
            assertTrue(
                    found.problems().getFirst().startsWith("the file became shorter while it was read, at byte "),
                    found::toString);
        }
        Path later = Files.write(folder.resolve("later"), whole);
        try (CaptureScan scan = scan(later, 2)) {
            assertEquals(1, scan.files().getFirst().resets());
            cut(later, 4_096);
            assertThrows(InternalError.class, () -> scan.accused(0));
        }
    }

    private static void cut(Path file, long length) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(length);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Test
    void aBlockOfFourGigabytesEndsTheFileThere() throws ScanFailure {
        ByteBuffer file = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(0x0A0D0D0A)
                .putInt(28)
                .putInt(0x1A2B3C4D)
                .putInt(1)
                .putLong(-1)
                .putInt(28);
        file.putInt(6).putInt(-4);
        try (CaptureScan scan = scan(file.array())) {
            assertEquals(ScannedFile.State.DAMAGED, scan.files().getFirst().state());
            assertEquals(
                    "the block claims 4294967292 bytes, more than 16777216, at byte 28; the frames before it were used",
                    scan.files().getFirst().problems().getFirst());
        }
    }

    @Test
    void interfacesWithoutEndEndTheFile() throws ScanFailure {
        int interfaces = 65_537;
        ByteBuffer file = ByteBuffer.allocate(28 + 20 * interfaces).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(0x0A0D0D0A)
                .putInt(28)
                .putInt(0x1A2B3C4D)
                .putInt(1)
                .putLong(-1)
                .putInt(28);
        for (int i = 0; i < interfaces; i++) {
            file.putInt(1).putInt(20).putInt(1).putInt(0).putInt(20);
        }
        try (CaptureScan scan = scan(file.array())) {
            assertTrue(scan.files().getFirst().problems().getFirst().startsWith("there are more than 65536"));
        }
    }

    @Test
    void aFileThatEndsInAFrameSaysWhere() throws ScanFailure {
        byte[] whole = opened(new Crafted(1), PORT, 100).bytes();
        try (CaptureScan scan = scan(Arrays.copyOf(whole, whole.length - 1))) {
            ScannedFile file = scan.files().getFirst();
            assertTrue(file.truncated());
            assertEquals(2, file.packets());
            assertEquals(
                    "the file ends within a frame, at byte " + (24 + 2 * (16 + 54))
                            + "; the frames before it were used",
                    file.problems().getFirst());
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

    private static Crafted opened(Crafted made, int port, int sequence) {
        return made.segment(CLIENT, port, SERVER, 22, SYN, sequence, 0)
                .segment(SERVER, 22, CLIENT, port, SYN | ACK, 500, sequence + 1)
                .segment(CLIENT, port, SERVER, 22, ACK, sequence + 1, 501);
    }

    private static Decoded decoded(AccusedFrame frame) {
        return Decoder.decode(
                frame.readable().link().code(),
                frame.readable().bytes(),
                frame.readable().originalLength());
    }

    private static List<Integer> numbers(AccusedConversation accused) {
        return accused.frames().stream().map(frame -> frame.frame().number()).toList();
    }

    private static CaptureScan scan(byte[] capture) throws ScanFailure {
        CaptureSource source = new CaptureSource.OfStream("crafted", new ByteArrayInputStream(capture));
        return CaptureScan.of(List.of(source), new ScanPlan(Optional.empty(), 2, ScanProgress.NONE));
    }

    private static CaptureScan scan(Path file, int threads) throws ScanFailure {
        ScanPlan plan = new ScanPlan(Optional.empty(), threads, ScanProgress.NONE);
        return CaptureScan.of(List.of(new CaptureSource.OfFile(file)), plan);
    }
}
