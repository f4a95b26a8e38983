package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `rstprobe analyze` on what it cannot read, on what ends too soon, and on what is far too much.
final class AnalyzeBoundsTest {
    private static final Path FORGED = Path.of("src/test/resources/rstprobe/incident/tap-forges-reset/capture.pcapng")
            .toAbsolutePath();
    private static final int CONVERSATIONS = 1_000_000;
    private static final int ETHERNET = 14, HEADERS = 40, RECORD = 16, SYN = 2, RST = 4;

    @TempDir
    private Path folder;

    /// Root reads what it may not, unless it has given up the right to.
    @Test
    void whatCannotBeReadIsSaidInALineEach() throws Exception {
        Path secret = Files.copy(FORGED, folder.resolve("secret.pcapng"));
        Files.setPosixFilePermissions(secret, Set.of());
        Path empty = Files.createFile(folder.resolve("empty"));
        boolean root = "root".equals(System.getProperty("user.name"));
        Probe probe = root
                ? new Probe().under("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all")
                : new Probe();
        Probe.Ran ran = probe.run("analyze", secret.toString(), folder.toString(), empty.toString());
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        assertEquals(Exit.USAGE, ran.exit(), ran::toString);
        assertEquals(
                Set.of(
                        "rstprobe: no permission for " + secret,
                        "rstprobe: " + folder + ": it is a folder",
                        "rstprobe: " + empty + ": the file is empty"),
                ran.err().lines().collect(Collectors.toSet()));
        assertEquals("", ran.out());
    }

    /// Whoever writes into the pipe may die at any byte.
    @Test
    void ofAPipeThatEndsInTheMiddleWhatCameIsUsed() throws Exception {
        byte[] whole = Files.readAllBytes(FORGED);
        Path part = Files.write(folder.resolve("part"), Arrays.copyOf(whole, whole.length - 30));
        String reading = String.join(" ", new Probe().command("analyze", "-"));
        Probe.Ran ran = new Probe().shell("cat " + part + " | " + reading);
        assertEquals(11, ran.exit(), ran::toString);
        assertTrue(ran.out().contains("-: the file ends within a block, at byte "), ran::toString);
        ran.noTrace();
    }

    /// What is known of each is a row of numbers.
    @Test
    void aMillionConversationsFitASmallHeap() throws Exception {
        Path file = folder.resolve("million.pcap");
        write(file);
        Probe.Ran ran = new Probe().with("-Xmx256m").run("analyze", "--json", file.toString());
        Files.delete(file);
        JsonNode found = new ObjectMapper().readTree(ran.out()).get("files").get(0);
        assertEquals(CONVERSATIONS + 1, found.get("packets").asInt(), ran::toString);
        assertEquals(CONVERSATIONS, found.get("flows").asInt(), ran::toString);
        assertEquals(1, found.get("resets").asInt(), ran::toString);
        ran.noTrace();
    }

    /// A SYN of each, and at the end a reset of one.
    private static void write(Path file) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(RECORD + ETHERNET + HEADERS);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
            out.write(ByteBuffer.allocate(24)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(0xA1B2C3D4)
                    .putShort((short) 2)
                    .putShort((short) 4)
                    .putLong(0)
                    .putInt(262_144)
                    .putInt(1)
                    .array());
            for (int i = 0; i <= CONVERSATIONS; i++) {
                out.write(segment(record, i).array());
            }
        }
    }

    private static ByteBuffer segment(ByteBuffer record, int number) {
        boolean reset = number == CONVERSATIONS;
        int client = 0x0A000000 + (reset ? 7 : number);
        record.clear().order(ByteOrder.LITTLE_ENDIAN);
        record.putInt(1_760_000_000 + number / 10_000).putInt(number % 10_000 * 100);
        record.putInt(ETHERNET + HEADERS).putInt(ETHERNET + HEADERS).order(ByteOrder.BIG_ENDIAN);
        record.putLong(0).putInt(0).putShort((short) 0x0800);
        record.putShort((short) 0x4500).putShort((short) HEADERS).putInt(0).putShort((short) 0x4006);
        record.putShort((short) 0).putInt(reset ? 0x0B000001 : client).putInt(reset ? client : 0x0B000001);
        record.putShort((short) (reset ? 22 : 40_000)).putShort((short) (reset ? 40_000 : 22));
        record.putInt(0).putInt(reset ? 1 : 0).put((byte) 0x50).put((byte) (reset ? RST | 16 : SYN));
        return record.putShort((short) 1_024).putInt(0);
    }
}
