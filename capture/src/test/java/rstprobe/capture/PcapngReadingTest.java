package rstprobe.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/// What is read from pcapng files.
class PcapngReadingTest {
    private static final byte[] FRAME = {1, 2, 3, 4, 5, 6, 7};

    static final List<ByteOrder> ORDERS = List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN);

    @ParameterizedTest
    @FieldSource("ORDERS")
    void all_three_kinds_of_packet_block_are_frames(ByteOrder order) {
        byte[] file = new Bytes(order)
                .section()
                .interfaceBlock(1, 0)
                .enhanced(0, 5_000_000, FRAME, 60)
                .block(3, new Bytes(order).u32(FRAME.length).padded(FRAME))
                .block(
                        2,
                        new Bytes(order)
                                .u16(0)
                                .u16(3)
                                .u32(0)
                                .u32(6_000_000)
                                .u32(FRAME.length)
                                .u32(80)
                                .padded(FRAME))
                .array();

        assertEquals(
                List.of(
                        new Frame(1, 5_000_000_000L, LinkType.ETHERNET, FRAME, 60, 0),
                        new Frame(2, 0, LinkType.ETHERNET, FRAME, 7, 0),
                        new Frame(3, 6_000_000_000L, LinkType.ETHERNET, FRAME, 80, 0)),
                Captures.read(file).frames());
    }

    @Test
    void sections_of_either_byte_order_follow_each_other_and_their_interfaces_get_ids_in_one_row() {
        byte[] file = new Bytes(ByteOrder.BIG_ENDIAN)
                .section()
                .interfaceBlock(113, 0)
                .interfaceBlock(101, 0)
                .enhanced(1, 1, FRAME, 7)
                .raw(new Bytes(ByteOrder.LITTLE_ENDIAN)
                        .section()
                        .interfaceBlock(276, 0)
                        .enhanced(0, 2, FRAME, 7)
                        .array())
                .array();

        assertEquals(
                List.of(
                        new Frame(1, 1_000, LinkType.RAW, FRAME, 7, 1),
                        new Frame(2, 2_000, LinkType.LINUX_SLL2, FRAME, 7, 2)),
                Captures.read(file).frames());
    }

    @ParameterizedTest
    @CsvSource({
        // resolution, offset in seconds, ticks, nanoseconds
        "6, 0, 1, 1000",
        "9, 0, 1795252421404647114, 1795252421404647114",
        "3, 0, 7, 7000000",
        "0, 0, 7, 7000000000",
        "12, 0, 1999, 1",
        "138, 0, 1024, 1000000000",
        "160, 0, 2147483648, 500000000",
        "9, -2, 1, -1999999999",
        "6, 100, 1, 100000001000",
        "6, 0, -1, 9223372036854775807",
        "127, 0, 5, 0",
        "255, 0, 5, 0"
    })
    void times_have_the_resolution_and_offset_of_their_interface(
            int resolution, long offset, long ticks, long expected) {
        for (ByteOrder order : ORDERS) {
            byte[] options = new Bytes(order)
                    .option(9, (byte) resolution)
                    .option(14, new Bytes(order).u64(offset).array())
                    .option(0)
                    .array();
            byte[] file = new Bytes(order)
                    .section()
                    .interfaceBlock(1, 0, options)
                    .enhanced(0, ticks, FRAME, 7)
                    .array();
            assertEquals(expected, Captures.read(file).frames().getFirst().atNanos());
        }
    }

    @Test
    void unknown_blocks_and_secrets_are_stepped_over() {
        ByteOrder order = ByteOrder.LITTLE_ENDIAN;
        Bytes secrets = new Bytes(order).u32(0x544C534B).u32(8).padded("CLIENT_R".getBytes(StandardCharsets.US_ASCII));
        byte[] file = new Bytes(order)
                .section()
                .block(0x0000000A, secrets)
                .interfaceBlock(1, 0)
                .block(0x40000BAD, new Bytes(order).u32(1).raw(new byte[400]))
                .enhanced(0, 1, FRAME, 7)
                .block(0x7FFFFFFF, new Bytes(order))
                .enhanced(0, 2, FRAME, 7)
                .array();

        Captures.Read read = Captures.read(file);
        assertEquals(2, read.frames().size());
        assertEquals(Optional.empty(), read.damage());
    }

    /// A block has room for millions of options of no bytes, each of which takes many times its four bytes here.
    @Test
    void of_very_many_options_only_the_first_are_read() {
        ByteOrder order = ByteOrder.LITTLE_ENDIAN;
        Bytes options = new Bytes(order).option(1, utf8("first"));
        Bytes none = new Bytes(order).option(0x7000);
        for (int i = 0; i < CaptureLimits.MAX_OPTIONS; i++) {
            options.raw(none.array());
        }
        byte[] few = options.option(1, utf8("last")).array();
        byte[] file = new Bytes(order)
                .section()
                .interfaceBlock(1, 0)
                .enhanced(0, 1, FRAME, 7, few)
                .enhanced(0, 2, FRAME, 7)
                .array();

        Captures.Read read = Captures.read(file);
        assertEquals(Optional.of("first"), read.frames().getFirst().comment());
        assertEquals(2, read.frames().size());
        assertEquals(Optional.empty(), read.damage());
    }

    @Test
    void facts_comments_and_statistics_are_read() {
        ByteOrder order = ByteOrder.BIG_ENDIAN;
        Bytes section = new Bytes(order)
                .u32(0x1A2B3C4D)
                .u16(1)
                .u16(0)
                .u64(-1)
                .option(1, utf8("it was the firewall\0"))
                .option(2, utf8("x86_64"))
                .option(3, utf8("Linux 6.18"))
                .option(4, utf8("rstprobe"))
                .option(0);
        byte[] facts = new Bytes(order)
                .option(2, utf8("eth0"))
                .option(11, utf8("\0tcp port 22"))
                .option(0)
                .array();
        byte[] comments = new Bytes(order)
                .option(1, utf8("first ü"))
                .option(1, utf8("second"))
                .option(0)
                .array();
        Bytes counted = new Bytes(order)
                .u32(0)
                .u32(0)
                .u32(3_000_000)
                .option(4, new Bytes(order).u64(10).array())
                .option(5, new Bytes(order).u64(1).array())
                .option(7, new Bytes(order).u64(2).array())
                .option(0);
        byte[] file = new Bytes(order)
                .block(0x0A0D0D0A, section)
                .interfaceBlock(1, 128, facts)
                .enhanced(0, 1, FRAME, 7, comments)
                .block(5, counted)
                .array();

        try (CaptureReader reader = CaptureReader.of(file)) {
            assertEquals(
                    Optional.of("first ü\nsecond"), reader.next().orElseThrow().comment());
            assertEquals(Optional.empty(), reader.next());
            assertEquals(Optional.empty(), reader.damage());
            assertEquals(new SectionFacts("Linux 6.18", "x86_64", "rstprobe", "it was the firewall"), reader.section());
            assertEquals(
                    List.of(new InterfaceFacts("eth0", LinkType.ETHERNET, 128, "tcp port 22")), reader.interfaces());
            assertEquals(
                    List.of(new InterfaceStatistics(0, new TapStatistics(10, 2, 1), 3_000_000_000L)),
                    reader.statistics());
        }
    }

    @ParameterizedTest
    @FieldSource("ORDERS")
    void what_was_lost_is_the_larger_of_two_counts(ByteOrder order) {
        byte[] fiveBefore = new Bytes(order)
                .option(2, (byte) 0, (byte) 0, (byte) 0, (byte) 1)
                .option(4, new Bytes(order).u64(5).array())
                .option(0)
                .array();
        Bytes unknown = new Bytes(order).u16(0).u16(0xFFFF).u32(0).u32(1).u32(0).u32(0);
        Bytes obsolete = new Bytes(order).u16(0).u16(3).u32(0).u32(1).u32(0).u32(0);
        Bytes frames = new Bytes(order)
                .section()
                .interfaceBlock(1, 0)
                .enhanced(0, 1, FRAME, 7, fiveBefore)
                .enhanced(0, 2, FRAME, 7, fiveBefore)
                .block(2, unknown)
                .block(2, obsolete);
        assertEquals(13, lost(frames.array()));
        assertEquals(13, lost(frames.block(5, counted(order, 4, 2)).array()), "the frames say more than it does");
        assertEquals(15, lost(frames.block(5, counted(order, 14, 1)).array()));
        assertEquals(14, lost(frames.block(5, counted(order, -1, 14)).array()), "one counter is not known");
        assertEquals(
                LostFrames.MOST,
                lost(frames.block(5, counted(order, Long.MAX_VALUE, Long.MAX_VALUE))
                        .array()));
    }

    private static Bytes counted(ByteOrder order, long byInterface, long bySystem) {
        return new Bytes(order)
                .u32(0)
                .u32(0)
                .u32(1)
                .option(5, new Bytes(order).u64(byInterface).array())
                .option(7, new Bytes(order).u64(bySystem).array())
                .option(0);
    }

    private static long lost(byte[] capture) {
        try (CaptureReader reader = CaptureReader.of(capture)) {
            reader.forEach(frame -> assertTrue(frame.number() > 0));
            assertTrue(reader.damage().isEmpty(), () -> reader.damage().toString());
            return reader.lost();
        }
    }

    @ParameterizedTest
    @FieldSource("ORDERS")
    void a_file_cut_anywhere_gives_every_whole_frame_before_the_cut(ByteOrder order) {
        Bytes start = new Bytes(order).section().interfaceBlock(1, 0);
        byte[] packet = new Bytes(order).enhanced(0, 1, FRAME, 7).array();
        byte[] whole = start.raw(packet).raw(packet).raw(packet).array();
        int header = whole.length - 3 * packet.length;

        for (int length = 0; length < whole.length; length++) {
            Captures.Read read = Captures.read(Arrays.copyOf(whole, length));
            assertEquals(
                    Math.max(0, length - header) / packet.length, read.frames().size(), "cut at " + length);
            boolean atBoundary = length == 28 || length >= header && (length - header) % packet.length == 0;
            assertEquals(!atBoundary, read.damage().map(Damage::cut).orElse(false), "cut at " + length);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, MALFORMED, 'the block claims 0 bytes, which no block has'",
        "8, MALFORMED, 'the block claims 8 bytes, which no block has'",
        "41, MALFORMED, 'the block claims 41 bytes, which no block has'",
        "16777220, TOO_LARGE, 'the block claims 16777220 bytes, more than 16777216'",
        "4294967295, TOO_LARGE, 'the block claims 4294967295 bytes, more than 16777216'",
        "44, MALFORMED, 'the block''s two lengths differ: 44 and 40'"
    })
    void a_block_length_that_cannot_be_ends_the_file_and_says_where(long length, Damage.Kind kind, String why) {
        ByteOrder order = ByteOrder.LITTLE_ENDIAN;
        Bytes good = new Bytes(order).section().interfaceBlock(1, 0).enhanced(0, 1, FRAME, 7);
        int offset = good.size();
        byte[] file = good.u32(6)
                .u32(length)
                .raw(new byte[32])
                .u32(40)
                .raw(new byte[64])
                .array();

        Captures.Read read = Captures.read(file);
        assertEquals(1, read.frames().size());
        assertEquals(Optional.of(new Damage(kind, offset, why)), read.damage());
    }

    @Test
    void claimed_lengths_take_no_memory_before_the_bytes_are_there() {
        ByteOrder order = ByteOrder.LITTLE_ENDIAN;
        byte[] file = new Bytes(order)
                .section()
                .u32(6)
                .u32(CaptureLimits.MAX_BLOCK_BYTES)
                .raw(new byte[32])
                .array();
        Captures.read(file);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        Captures.Read read = Captures.read(file);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertTrue(read.damage().orElseThrow().cut());
        assertTrue(allocated < 256 << 10, "allocated " + allocated);
    }

    @Test
    void more_interfaces_than_any_capture_has_end_the_file() {
        Bytes file = new Bytes(ByteOrder.LITTLE_ENDIAN).section();
        for (int i = 0; i <= CaptureLimits.MAX_INTERFACES; i++) {
            file.interfaceBlock(1, 0);
        }
        assertEquals(
                "there are more than 65536 interfaces",
                Captures.read(file.array()).damage().orElseThrow().why());
    }

    @Test
    void a_frame_of_an_interface_nobody_described_ends_the_file() {
        byte[] file = new Bytes(ByteOrder.LITTLE_ENDIAN)
                .section()
                .enhanced(0, 1, FRAME, 7)
                .array();
        assertEquals(
                "the block is of interface 0, and the section has 0",
                Captures.read(file).damage().orElseThrow().why());
    }

    @Test
    void options_that_make_no_sense_cost_no_frame() {
        ByteOrder order = ByteOrder.LITTLE_ENDIAN;
        byte[] nonsense = new Bytes(order).u16(1).u16(60_000).u32(0).array();
        byte[] file = new Bytes(order)
                .section()
                .interfaceBlock(1, 0)
                .enhanced(0, 1, FRAME, 7, nonsense)
                .array();
        Captures.Read read = Captures.read(file);
        assertEquals(1, read.frames().size());
        assertFalse(read.frames().getFirst().comment().isPresent());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
