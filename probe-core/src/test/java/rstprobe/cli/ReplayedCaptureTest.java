package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rstprobe.capture.CaptureReader;
import rstprobe.capture.Frame;
import rstprobe.capture.InterfaceFacts;
import rstprobe.capture.LinkType;
import rstprobe.capture.PcapngWriter;
import rstprobe.capture.SectionFacts;
import rstprobe.incident.IncidentReader;
import rstprobe.record.CaptureFile;
import rstprobe.record.FoundConversation;
import rstprobe.record.UnreadableCapture;
import rstprobe.report.JsonReport;
import rstprobe.wire.Encoder;
import rstprobe.wire.Flags;
import rstprobe.wire.IpAddress;
import rstprobe.wire.IpHeader;
import rstprobe.wire.TcpHeader;

/// Captures that somebody already has, given to `replay`: which conversation is meant, and what is said of it.
final class ReplayedCaptureTest {
    private static final Path INCIDENTS =
            Path.of("src/test/resources/rstprobe/incident").toAbsolutePath();
    private static final String FORGED = "198.18.1.2:36918-198.18.3.2:22";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    private Path into;

    @Test
    void ofSeveralConversationsTheUserIsAskedToChoose() throws Exception {
        Probe.Ran ran = replay(capture("tap-forges-reset"));
        assertEquals(Exit.USAGE, ran.exit(), ran::toString);
        assertEquals("", ran.out());
        List<String> lines = ran.err().lines().toList();
        assertEquals(4, lines.size(), ran::toString);
        assertTrue(lines.getFirst().contains("--conversation " + FORGED + "   9 frames, first reset in frame 7"));
        assertTrue(
                lines.getLast().startsWith("rstprobe: 3 conversations hold a reset: choose one with --conversation"));
    }

    @Test
    void aConversationIsNamedAsOtherToolsPrintIt() throws Exception {
        Path capture = capture("tap-forges-reset");
        String said = replay(capture, "--conversation", FORGED).out();
        assertTrue(said.startsWith("FAULT  reset at kexinit: a device on the path forged the reset"), said);
        for (String words : List.of(
                "198.18.3.2:22,198.18.1.2:36918",
                "198.18.1.2:36918 <-> 198.18.3.2:22",
                "[198.18.3.2]:22 - 198.18.1.2:36918")) {
            assertEquals(said, replay(capture, "--conversation", words).out(), words);
        }
        assertEquals(said, replay(capture, "--frame", "4").out());
        assertEquals(said, replay(capture, "--frame", "7").out());
    }

    @Test
    void theFramesCitedAreThoseOfTheUsersFile() throws Exception {
        JsonNode report =
                json(replay(capture("tap-forges-reset"), "--json", "--conversation", "198.18.3.2:22,198.18.1.2:36934"));
        assertEquals("rstprobe.ssh/1", report.get("schema").asText());
        List<Integer> cited = new ArrayList<>();
        report.get("evidence").forEach(fact -> fact.get("frames").forEach(frame -> cited.add(frame.asInt())));
        assertTrue(cited.stream().allMatch(frame -> frame >= 17), cited::toString);
        assertEquals("capture.pcapng", report.get("incident").asText());
        assertEquals(23, report.get("capture").get("frames").asInt());
    }

    @Test
    void anIncidentFolderMadeOfItReplaysToTheSame() throws Exception {
        Probe.Ran ran =
                replay(capture("tap-forges-reset"), "--json", "--into", into.toString(), "--conversation", FORGED);
        assertEquals(11, ran.exit(), ran::toString);
        Path folder = Probe.incident(into);
        assertEquals(ran.out(), Files.readString(folder.resolve("report.json")));
        Probe.Ran again = replay(folder, "--json");
        assertEquals(ran.out(), again.out());
        assertEquals(11, again.exit());
        assertEquals(Optional.empty(), IncidentReader.read(folder).caution());
        try (CaptureReader reader = CaptureReader.open(folder.resolve("capture.pcapng"))) {
            List<Frame> frames = new ArrayList<>();
            reader.forEach(frames::add);
            assertEquals(9, frames.size());
            assertTrue(reader.section().comment().startsWith("fault: reset at kexinit"), reader.section()::comment);
            json(ran)
                    .get("evidence")
                    .forEach(fact -> fact.get("frames")
                            .forEach(frame -> assertTrue(
                                    frames.get(frame.asInt() - 1).comment().isPresent())));
        }
    }

    @Test
    void aPackedCaptureAndOneThatIsCutAreRead() throws Exception {
        Path whole = capture("healthy");
        Path packed = into.resolve("h.pcapng.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            Files.copy(whole, out);
        }
        Probe.Ran ran = replay(packed);
        assertEquals(Exit.WORKS, ran.exit(), ran::toString);
        assertTrue(ran.out().startsWith("HEALTHY  nobody broke the connection"), ran::toString);
        Path cut = into.resolve("cut.pcapng");
        byte[] bytes = Files.readAllBytes(whole);
        Files.write(cut, Arrays.copyOf(bytes, bytes.length / 2));
        Probe.Ran half = replay(cut);
        assertTrue(half.err().contains("the capture ends early"), half::toString);
        assertTrue(half.out().contains("ends before the connection does"), half::toString);
        assertEquals(19, half.exit());
    }

    @Test
    void portsThatAreUsedAgainAreAnotherConversation() throws Exception {
        Path file = into.resolve("again.pcapng");
        write(
                file,
                segment(1, Flags.SYN, 100, 0),
                segment(-1, Flags.RST | Flags.ACK, 0, 101),
                segment(1, Flags.SYN, 5_000, 0),
                segment(-1, Flags.SYN | Flags.ACK, 900, 5_001),
                segment(1, Flags.ACK, 5_001, 901),
                segment(-1, Flags.RST, 901, 0));
        Probe.Ran list = replay(file);
        assertTrue(list.err().contains("first reset in frame 2"), list::toString);
        assertTrue(list.err().contains("first reset in frame 6"), list::toString);
        Probe.Ran first = replay(file, "--conversation", "[2001:db8::1]:40000-[2001:db8::2]:22");
        assertTrue(first.err().contains("these ports were used 2 times"), first::toString);
        assertTrue(first.out().contains("at stage connect"), first::toString);
        Probe.Ran second = replay(file, "--frame", "6");
        assertTrue(second.out().contains("at stage identification"), second::toString);
    }

    @Test
    void whatCannotBeChosenGetsOneLine() throws Exception {
        Path capture = capture("tap-forges-reset");
        replay(capture, "--frame", "100000").oneLine(Exit.USAGE, "there is no frame 100000: the capture has");
        replay(capture, "--conversation", "198.18.1.2:1-198.18.3.2:22")
                .oneLine(Exit.USAGE, "no conversation between 198.18.1.2:1 and 198.18.3.2:22");
        for (String words : List.of("x", "198.18.1.2-198.18.3.2", "198.18.1.2:70000-198.18.3.2:22", "a:1-b:2", "")) {
            replay(capture, "--conversation", words).oneLine(Exit.USAGE, "is no conversation");
        }
        replay(capture, "--conversation", "198.18.1.2:36922-198.18.3.2:22", "--frame", "7")
                .oneLine(Exit.USAGE, "frame 7 belongs to another conversation");
        replay(INCIDENTS.resolve("healthy"), "--frame", "7").oneLine(Exit.USAGE, "are for capture files");
        replay(capture, "--frame", "7", "--into", into.resolve("none").toString())
                .oneLine(Exit.CANNOT_PROBE, "is not a folder");
    }

    @Test
    void whatIsNoCaptureGetsOneLine() throws Exception {
        replay(written("garbage", new byte[] {1, 2, 3, 4, 5, 6, 7, 8}))
                .oneLine(Exit.USAGE, "is neither an incident folder nor a capture");
        replay(written("empty", new byte[0])).oneLine(Exit.USAGE, "the file is empty");
        Path none = into.resolve("none.pcapng");
        write(none);
        replay(none).oneLine(Exit.USAGE, "holds no frames");
        Path arp = into.resolve("arp.pcapng");
        write(arp, new byte[60]);
        replay(arp).oneLine(Exit.USAGE, "no TCP segment that can be read");
        replay(Path.of("/dev/null")).oneLine(Exit.USAGE, "the file is empty");
    }

    @Test
    void whatCannotBeReadTwiceGetsOneLine() throws Exception {
        Path pipe = into.resolve("pipe");
        assertEquals(
                0,
                new ProcessBuilder("/usr/bin/mkfifo", pipe.toString()).start().waitFor());
        replay(pipe).oneLine(Exit.USAGE, "is a pipe");
        Path file = into.resolve("changing.pcap");
        write(file, segment(40_000, 22, 1, Flags.SYN, 100, 0));
        CaptureFile seen = CaptureFile.read(file);
        Files.write(file, new byte[0]);
        FoundConversation found = seen.conversations().getFirst();
        assertThrows(
                UnreadableCapture.class, () -> seen.take(found, OptionalInt.empty(), CaptureFile.Numbering.THE_FILES));
    }

    @Test
    void manyConversationsAreListedOnlyInPart() throws Exception {
        Path file = into.resolve("many.pcap");
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            frames.add(segment(40_000 + i, 22, 1, Flags.SYN, 100, 0));
            frames.add(segment(40_000 + i, 22, -1, Flags.RST | Flags.ACK, 0, 101));
        }
        write(file, frames.toArray(byte[][]::new));
        Probe.Ran ran = replay(file);
        assertEquals(22, ran.err().lines().count(), ran::toString);
        assertTrue(ran.err().contains("  and 30 more"), ran::toString);
        assertTrue(ran.err().contains("50 conversations hold a reset"), ran::toString);
    }

    @Test
    void aLargeFileNeedsNoMemoryOfItsSize() throws Exception {
        Path file = into.resolve("large.pcap");
        largePcap(file, 200);
        for (String frame : List.of("2", "3")) {
            Probe.Ran ran = new Probe().with("-Xmx96m").run("replay", file.toString(), "--frame", frame);
            assertEquals(19, ran.exit(), ran::toString);
            assertEquals("", ran.err());
        }
    }

    /// A refused SYN, then one long conversation of full frames.
    private static void largePcap(Path file, int megabytes) throws IOException {
        byte[] full = datagram(1, Flags.ACK, 2_000, 1, new byte[60_000]);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
            ByteBuffer head = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
            head.putInt(0xa1b2c3d4)
                    .putShort((short) 2)
                    .putShort((short) 4)
                    .putInt(0)
                    .putInt(0)
                    .putInt(262_144)
                    .putInt(101);
            out.write(head.array());
            record(out, datagram(40_001, 22, 1, Flags.SYN, 100, 0, new byte[0]));
            record(out, datagram(40_001, 22, -1, Flags.RST | Flags.ACK, 0, 101, new byte[0]));
            for (long written = 0; written < (long) megabytes << 20; written += full.length) {
                record(out, full);
            }
        }
    }

    private static void record(OutputStream out, byte[] bytes) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        out.write(head.putInt(1_700_000_000)
                .putInt(0)
                .putInt(bytes.length)
                .putInt(bytes.length)
                .array());
        out.write(bytes);
    }

    private static byte[] segment(int direction, int flags, int sequence, int acknowledgement) {
        return datagram(direction, flags, sequence, acknowledgement, new byte[0]);
    }

    private static byte[] segment(int client, int server, int direction, int flags, int sequence, int acknowledgement) {
        return datagram(client, server, direction, flags, sequence, acknowledgement, new byte[0]);
    }

    private static byte[] datagram(int direction, int flags, int sequence, int acknowledgement, byte[] payload) {
        return datagram(40_000, 22, direction, flags, sequence, acknowledgement, payload);
    }

    private static byte[] datagram(
            int client, int server, int direction, int flags, int sequence, int acknowledgement, byte[] payload) {
        IpAddress one = IpAddress.parse("2001:db8::1");
        IpAddress other = IpAddress.parse("2001:db8::2");
        return direction > 0
                ? Encoder.tcp(
                        IpHeader.between(one, other),
                        TcpHeader.between(client, server, flags)
                                .withSequence(sequence)
                                .withAcknowledgement(acknowledgement),
                        payload)
                : Encoder.tcp(
                        IpHeader.between(other, one),
                        TcpHeader.between(server, client, flags)
                                .withSequence(sequence)
                                .withAcknowledgement(acknowledgement),
                        payload);
    }

    private static void write(Path file, byte[]... datagrams) throws IOException {
        try (PcapngWriter writer = PcapngWriter.create(file, SectionFacts.NONE)) {
            writer.addInterface(new InterfaceFacts("eth0", LinkType.RAW, 0, ""));
            int number = 0;
            for (byte[] each : datagrams) {
                number++;
                writer.write(new Frame(
                        number, 1_700_000_000_000_000_000L + number * 1_000_000L, LinkType.RAW, each, each.length, 0));
            }
        }
    }

    private Path written(String name, byte[] bytes) throws IOException {
        return Files.write(into.resolve(name), bytes);
    }

    private static Path capture(String incident) {
        return INCIDENTS.resolve(incident).resolve("capture.pcapng");
    }

    private static Probe.Ran replay(Path path, String... more) throws Exception {
        return new Probe()
                .run(Stream.concat(Stream.of("replay", path.toString()), Stream.of(more))
                        .toArray(String[]::new))
                .noTrace();
    }

    private static JsonNode json(Probe.Ran ran) throws IOException {
        JsonNode document = MAPPER.readTree(ran.out());
        try (InputStream text = JsonReport.class.getResourceAsStream("schema/ssh.schema.json")) {
            assertEquals(
                    Set.of(),
                    JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                            .getSchema(text)
                            .validate(document));
        }
        return document;
    }
}
