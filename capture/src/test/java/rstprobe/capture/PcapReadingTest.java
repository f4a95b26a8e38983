package rstprobe.capture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

/// What is read from classic pcap files.
class PcapReadingTest {
    private static final int MICROSECONDS = 0xA1B2C3D4;
    private static final int NANOSECONDS = 0xA1B23C4D;
    private static final int MODIFIED = 0xA1B2CD34;
    private static final byte[] FRAME = {1, 2, 3, 4, 5, 6, 7};

    static final List<Arguments> FORMS = Stream.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)
            .flatMap(order -> Stream.of(
                    Arguments.of(order, MICROSECONDS, 1_000),
                    Arguments.of(order, NANOSECONDS, 1),
                    Arguments.of(order, MODIFIED, 1_000)))
            .toList();

    @ParameterizedTest
    @FieldSource("FORMS")
    void every_form_in_both_byte_orders_gives_the_same_frames(ByteOrder order, int magic, int nanosPerTick) {
        Captures.Read read = Captures.read(file(order, magic, 4, 1)
                .raw(record(order, magic, 10, 20, FRAME, 99))
                .array());

        assertEquals(
                List.of(new Frame(1, 10_000_000_000L + 20L * nanosPerTick, LinkType.ETHERNET, FRAME, 99, 0)),
                read.frames());
        assertEquals(Optional.empty(), read.damage());
    }

    @ParameterizedTest
    @FieldSource("FORMS")
    void a_file_cut_anywhere_gives_every_whole_frame_before_the_cut(ByteOrder order, int magic, int nanosPerTick) {
        Bytes file = file(order, magic, 4, 1);
        int header = file.size();
        byte[] record = record(order, magic, 10, 20, FRAME, FRAME.length);
        byte[] whole = file.raw(record).raw(record).raw(record).array();

        for (int length = 0; length < whole.length; length++) {
            Captures.Read read = Captures.read(Arrays.copyOf(whole, length));
            int frames = Math.max(0, length - header) / record.length;
            long offset = length < header ? 0 : header + (long) frames * record.length;
            boolean atBoundary = length >= header && (length - header) % record.length == 0;
            assertEquals(frames, read.frames().size(), "cut at " + length);
            assertEquals(!atBoundary, read.damage().isPresent(), "cut at " + length);
            read.damage().ifPresent(damage -> {
                assertTrue(damage.cut());
                assertEquals(offset, damage.offset());
            });
        }
    }

    @Test
    void odd_times_are_kept_and_do_not_end_the_file() {
        ByteOrder order = ByteOrder.LITTLE_ENDIAN;
        Captures.Read read = Captures.read(file(order, MICROSECONDS, 4, 1)
                .raw(record(order, MICROSECONDS, 0xFFFFFFFFL, 0xFFFFFFFFL, FRAME, 7))
                .raw(record(order, MICROSECONDS, 5, 1_000_001, FRAME, 7))
                .raw(record(order, MICROSECONDS, 4, 0, FRAME, 7))
                .array());

        assertEquals(
                List.of(0xFFFFFFFFL * 1_000_000_000L + 0xFFFFFFFFL * 1_000, 6_000_001_000L, 4_000_000_000L),
                read.frames().stream().map(Frame::atNanos).toList());
    }

    @Test
    void a_frame_longer_than_any_capture_keeps_ends_the_file_and_says_where() {
        ByteOrder order = ByteOrder.BIG_ENDIAN;
        byte[] first = record(order, MICROSECONDS, 1, 1, FRAME, 7);
        Captures.Read read = Captures.read(file(order, MICROSECONDS, 4, 1)
                .raw(first)
                .u32(1)
                .u32(1)
                .u32(262_145)
                .u32(262_145)
                .raw(new byte[64])
                .array());

        assertEquals(1, read.frames().size());
        assertEquals(
                Optional.of(new Damage(
                        Damage.Kind.TOO_LARGE, 24 + first.length, "a frame claims 262145 bytes, more than 262144")),
                read.damage());
    }

    @Test
    void files_of_before_1998_have_their_lengths_the_other_way_round() {
        for (int minor : new int[] {2, 3}) {
            Captures.Read read = Captures.read(file(ByteOrder.LITTLE_ENDIAN, MICROSECONDS, minor, 1)
                    .u32(1)
                    .u32(1)
                    .u32(1_500)
                    .u32(FRAME.length)
                    .raw(FRAME)
                    .array());
            assertArrayEquals(FRAME, read.frames().getFirst().bytes());
            assertEquals(1_500, read.frames().getFirst().originalLength());
            assertTrue(read.frames().getFirst().cut());
        }
    }

    @Test
    void link_types_without_a_name_are_kept_and_raw_has_one_number() {
        for (int[] codes : new int[][] {{147, 147}, {12, 101}, {14, 101}, {101, 101}, {276, 276}, {65_535, 65_535}}) {
            byte[] file = file(ByteOrder.LITTLE_ENDIAN, MICROSECONDS, 4, codes[0])
                    .raw(record(ByteOrder.LITTLE_ENDIAN, MICROSECONDS, 1, 1, FRAME, 7))
                    .array();
            assertEquals(
                    codes[1], Captures.read(file).frames().getFirst().link().code());
        }
    }

    @Test
    void what_is_no_capture_says_so() {
        assertEquals(
                "it begins with 23 21 2f 62, which is neither pcap nor pcapng",
                Captures.read("#!/bin/sh".getBytes()).damage().orElseThrow().why());
        assertEquals(
                "the file is empty",
                Captures.read(new byte[0]).damage().orElseThrow().why());
    }

    @Test
    void a_packed_file_reads_as_the_plain_one_and_may_be_cut_too() throws IOException {
        byte[] record = record(ByteOrder.LITTLE_ENDIAN, MICROSECONDS, 1, 1, FRAME, 7);
        Bytes file = file(ByteOrder.LITTLE_ENDIAN, MICROSECONDS, 4, 1);
        for (int i = 0; i < 1_000; i++) {
            file.raw(record);
        }
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(file.array());
        }

        assertEquals(Captures.read(file.array()), Captures.read(packed.toByteArray()));
        Captures.Read cut = Captures.read(Arrays.copyOf(packed.toByteArray(), packed.size() - 12));
        assertTrue(cut.damage().orElseThrow().cut());
    }

    private static Bytes file(ByteOrder order, int magic, int minor, int link) {
        return new Bytes(order)
                .u32(magic)
                .u16(2)
                .u16(minor)
                .u32(0)
                .u32(0)
                .u32(65_535)
                .u32(link);
    }

    private static byte[] record(ByteOrder order, int magic, long seconds, long ticks, byte[] frame, int original) {
        Bytes record =
                new Bytes(order).u32(seconds).u32(ticks).u32(frame.length).u32(original);
        if (magic == MODIFIED) {
            record.u32(2).u16(0x0800).u16(0);
        }
        return record.raw(frame).array();
    }
}
