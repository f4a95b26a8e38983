package rstprobe.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is written is what is read, by us and by tshark, whatever ends the writing.
class PcapngWritingTest {
    private static final SectionFacts FACTS =
            new SectionFacts("Linux 6.18", "x86_64", "rstprobe 0.1.0", "the router reset it");
    private static final InterfaceFacts ETH0 =
            new InterfaceFacts("eth0", LinkType.ETHERNET, CaptureLimits.MAX_FRAME_BYTES, "tcp port 22");
    private static final InterfaceFacts COOKED = new InterfaceFacts("", LinkType.LINUX_SLL2, 0, "");

    @TempDir
    Path folder;

    @Test
    void whatever_is_written_is_read_back_the_same() throws CaptureFileFailure {
        long seed = System.nanoTime();
        System.out.println("PcapngWritingTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            Path file = folder.resolve("round-" + round);
            List<InterfaceFacts> interfaces = List.of(ETH0, COOKED);
            List<Frame> frames = frames(random, 1 + random.nextInt(40));
            TapStatistics counters = new TapStatistics(random.nextInt(1_000), random.nextInt(9), random.nextInt(9));
            try (PcapngWriter writer = PcapngWriter.create(file, FACTS)) {
                for (InterfaceFacts facts : interfaces) {
                    writer.addInterface(facts);
                }
                for (Frame frame : frames) {
                    assertEquals(frame.number(), writer.write(frame));
                }
                writer.statistics(1, counters, 77);
            }
            try (CaptureReader reader = CaptureReader.open(file)) {
                List<Frame> read = new ArrayList<>();
                reader.forEach(read::add);
                assertEquals(frames, read);
                assertEquals(Optional.empty(), reader.damage());
                assertEquals(FACTS, reader.section());
                assertEquals(interfaces, reader.interfaces());
                assertEquals(List.of(new InterfaceStatistics(1, counters, 77)), reader.statistics());
            }
        }
    }

    @Test
    void tshark_reads_it_without_a_word_and_shows_every_comment_and_nanosecond() throws CaptureFileFailure {
        Path file = folder.resolve("capture.pcapng");
        try (PcapngWriter writer = PcapngWriter.create(file, FACTS)) {
            writer.addInterface(ETH0);
            writer.write(frame(1, 1_795_252_421_404_647_114L));
            writer.write(frame(2, 1_795_252_421_404_647_115L).withComment("this reset was forged: größer"));
            writer.statistics(0, new TapStatistics(2, 1, 0), 1_795_252_422_000_000_000L);
        }

        List<String> fields = List.of(
                "tshark",
                "-r",
                file.toString(),
                "-T",
                "fields",
                "-e",
                "frame.number",
                "-e",
                "frame.time_epoch",
                "-e",
                "frame.interface_name",
                "-e",
                "frame.comment");
        List<String> shown = Commands.ending(fields)
                .said()
                .lines()
                .filter(line -> !line.startsWith("Running as user"))
                .toList();
        assertEquals(
                List.of(
                        "1\t1795252421.404647114\teth0\t",
                        "2\t1795252421.404647115\teth0\tthis reset was forged: größer"),
                shown);
        String about = Commands.run("capinfos", file.toString());
        for (String expected : List.of(
                "the router reset it",
                "Linux 6.18",
                "x86_64",
                "rstprobe 0.1.0",
                "nanosecond",
                "tcp port 22",
                "Number of stat entries = 1")) {
            assertTrue(about.contains(expected), expected + " in " + about);
        }
    }

    @Test
    void rewriting_changes_comments_and_nothing_else() throws CaptureFileFailure {
        Random random = new Random(7);
        Path from = folder.resolve("from");
        Path to = folder.resolve("to");
        List<Frame> frames = frames(random, 30);
        try (PcapngWriter writer = PcapngWriter.create(from, FACTS)) {
            writer.addInterface(ETH0);
            writer.addInterface(COOKED);
            for (Frame frame : frames) {
                writer.write(frame);
            }
            writer.statistics(0, new TapStatistics(30, 0, 0), 5);
        }

        assertEquals(
                Optional.empty(),
                PcapngWriter.rewriteWithComments(from, to, "verdict", Map.of(3, "the trigger", 30, "the reset")));

        List<Frame> expected = new ArrayList<>(frames);
        expected.set(2, frames.get(2).withComment("the trigger"));
        expected.set(29, frames.get(29).withComment("the reset"));
        try (CaptureReader reader = CaptureReader.open(to)) {
            List<Frame> read = new ArrayList<>();
            reader.forEach(read::add);
            assertEquals(expected, read);
            assertEquals(FACTS.withComment("verdict"), reader.section());
            assertEquals(List.of(ETH0, COOKED), reader.interfaces());
            assertEquals(1, reader.statistics().size());
        }
    }

    @Test
    void a_comment_of_any_length_is_cut_between_characters() throws CaptureFileFailure {
        Path file = folder.resolve("long");
        try (PcapngWriter writer = PcapngWriter.create(file, FACTS.withComment("x" + "ü".repeat(100_000)))) {
            writer.flush();
        }
        try (CaptureReader reader = CaptureReader.open(file)) {
            assertEquals(Optional.empty(), reader.next());
            assertEquals("x" + "ü".repeat(29_999), reader.section().comment());
        }
    }

    @Test
    void a_new_file_is_for_its_owner_only_even_without_a_umask() throws IOException {
        Path file = folder.resolve("capture.pcapng");
        List<String> withoutUmask = new ArrayList<>(List.of("sh", "-c", "umask 000; exec \"$@\"", "sh"));
        withoutUmask.addAll(Commands.java(List.of(), BurstWriter.class, file.toString(), "1"));
        assertEquals(0, Commands.ending(withoutUmask).code());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void nothing_that_exists_is_written_over_be_it_a_link_into_nowhere() throws IOException {
        Path file = Files.writeString(folder.resolve("evidence"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nowhere"));
        for (Path taken : List.of(file, link)) {
            CaptureFileFailure failure =
                    assertThrows(CaptureFileFailure.class, () -> PcapngWriter.create(taken, SectionFacts.NONE));
            assertEquals(CaptureFileFailure.Kind.EXISTS, failure.kind());
            assertEquals(taken + " exists already", failure.getMessage());
        }
        assertEquals("old", Files.readString(file));
        assertFalse(Files.exists(folder.resolve("nowhere")));
        assertEquals(
                CaptureFileFailure.Kind.MISSING,
                assertThrows(CaptureFileFailure.class, () -> CaptureReader.open(folder.resolve("none")))
                        .kind());
    }

    @Test
    void a_full_disk_is_told_once_and_what_fitted_can_be_read() throws IOException {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Commands.run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk.toString());
        try {
            Path file = disk.resolve("capture.pcapng");
            PcapngWriter writer = PcapngWriter.create(file, FACTS);
            writer.addInterface(ETH0);
            CaptureFileFailure failure = assertThrows(CaptureFileFailure.class, () -> {
                for (int number = 1; number < 100_000; number++) {
                    writer.write(frame(number, number));
                }
            });
            writer.close();

            assertEquals(CaptureFileFailure.Kind.NO_SPACE, failure.kind());
            assertEquals("no space left for " + file, failure.getMessage());
            Captures.Read read = Captures.read(file);
            assertEquals(Optional.empty(), read.damage());
            assertTrue(read.frames().size() > 2_000, "kept " + read.frames().size());
        } finally {
            Commands.run("umount", disk.toString());
        }
    }

    @Test
    void a_killed_writer_loses_at_most_64_kib() throws IOException {
        int frames = 20_000;
        Path file = folder.resolve("killed");
        Process writer = startWriter(file, frames);
        try {
            awaitLine(writer);
        } finally {
            writer.destroyForcibly().onExit().join();
        }
        Captures.Read read = Captures.read(file);
        int most = LiveFile.MAX_UNWRITTEN_BYTES / 96 + 1;
        assertTrue(read.frames().size() > frames - most, "kept " + read.frames().size());
        assertTrue(read.damage().map(Damage::cut).orElse(true));
    }

    @Test
    void the_end_of_a_burst_is_on_disk_within_a_second_without_another_frame() throws IOException {
        int frames = 20_000;
        Path file = folder.resolve("burst");
        Process writer = startWriter(file, frames);
        try {
            awaitLine(writer);
            long start = System.nanoTime();
            while (Captures.read(file).frames().size() < frames) {
                assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(1), "still not on disk");
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
        } finally {
            writer.destroyForcibly().onExit().join();
        }
    }

    private static Process startWriter(Path file, int frames) throws IOException {
        return new ProcessBuilder(Commands.java(List.of(), BurstWriter.class, file.toString(), "" + frames, "stay"))
                .redirectErrorStream(true)
                .start();
    }

    private static void awaitLine(Process writer) throws IOException {
        BufferedReader said = writer.inputReader(StandardCharsets.UTF_8);
        assertEquals("written", said.readLine());
    }

    private static List<Frame> frames(Random random, int count) {
        List<Frame> frames = new ArrayList<>();
        for (int number = 1; number <= count; number++) {
            byte[] bytes =
                    new byte[random.nextInt(20) == 0 ? random.nextInt(CaptureLimits.MAX_FRAME_BYTES + 1) : number];
            random.nextBytes(bytes);
            int id = random.nextInt(2);
            Optional<String> comment = random.nextInt(4) == 0 ? Optional.of("comment " + number) : Optional.empty();
            frames.add(new Frame(
                    number,
                    random.nextLong() >>> 1,
                    id == 0 ? LinkType.ETHERNET : LinkType.LINUX_SLL2,
                    bytes,
                    bytes.length + random.nextInt(3),
                    id,
                    comment));
        }
        return frames;
    }

    /// A broadcast frame of 64 bytes.
    static Frame frame(int number, long atNanos) {
        byte[] bytes = new byte[64];
        Arrays.fill(bytes, 0, 6, (byte) 0xFF);
        bytes[12] = (byte) 0x88;
        bytes[13] = (byte) 0xB5;
        return new Frame(number, atNanos, LinkType.ETHERNET, bytes, bytes.length, 0);
    }
}
