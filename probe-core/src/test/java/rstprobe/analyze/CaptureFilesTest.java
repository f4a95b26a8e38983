package rstprobe.analyze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static rstprobe.analyze.Crafted.ACK;
import static rstprobe.analyze.Crafted.RST;
import static rstprobe.analyze.Scans.CLIENT;
import static rstprobe.analyze.Scans.PORT;
import static rstprobe.analyze.Scans.SERVER;
import static rstprobe.analyze.Scans.numbers;
import static rstprobe.analyze.Scans.opened;
import static rstprobe.analyze.Scans.scan;

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

/// Captures that are packed, are none, or change or end while they are read: what a scan says of each.
class CaptureFilesTest {
    @TempDir
    private Path folder;

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

    /// A frame's number is looked up in Wireshark, which counts more than frames.
    @Test
    void blocksThatWiresharkNumbersAsFramesAreTold() throws ScanFailure {
        byte[] plain =
                new Crafted(1).segment(SERVER, 22, CLIENT, PORT, RST, 501, 0).bytes();
        byte[] custom = Crafted.hex("ad0b0000 10000000 01000000 10000000");
        byte[] notCopied = Crafted.hex("ad0b0040 10000000 01000000 10000000");
        byte[] journal = Crafted.hex("09000000 10000000 613d620a 10000000");
        byte[] one = Crafted.join(Crafted.pcapng(plain, 0, 0), custom);
        assertEquals(
                List.of(
                        "it has 1 custom block or journal entry, which Wireshark numbers as frames: its numbers are higher"
                                + " by those that come before"),
                problems(one));
        assertEquals(
                List.of("it has 3 custom blocks and journal entries, which Wireshark numbers as frames: its numbers are"
                        + " higher by those that come before"),
                problems(Crafted.join(one, notCopied, journal)));
    }

    private static List<String> problems(byte[] capture) throws ScanFailure {
        try (CaptureScan scan = scan(capture)) {
            assertEquals(1, scan.files().getFirst().packets());
            return scan.files().getFirst().problems();
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

    /// A pcapng file of that many bytes, whose first block begins a section of unknown length.
    private static ByteBuffer section(int bytes) {
        return ByteBuffer.allocate(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x0A0D0D0A)
                .putInt(28)
                .putInt(0x1A2B3C4D)
                .putInt(1)
                .putLong(-1)
                .putInt(28);
    }

    @Test
    void aBlockOfFourGigabytesEndsTheFileThere() throws ScanFailure {
        ByteBuffer file = section(64);
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
        ByteBuffer file = section(28 + 20 * interfaces);
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
}
