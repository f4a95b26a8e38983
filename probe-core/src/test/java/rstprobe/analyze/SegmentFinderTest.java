package rstprobe.analyze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import rstprobe.analyze.SegmentFinder.Kind;
import rstprobe.capture.Frame;
import rstprobe.wire.CaptureFolder;
import rstprobe.wire.Datagram;
import rstprobe.wire.Decoded;
import rstprobe.wire.Decoder;
import rstprobe.wire.IpAddress;
import rstprobe.wire.Quoted;

/// What is found in place is what the decoder says of the same bytes.
class SegmentFinderTest {
    @Test
    void onRealFramesItAgreesWithTheDecoder() {
        CaptureFolder folder = CaptureFolder.corpus().orElseGet(CaptureFolder::own);
        int segments = 0;
        for (String path : folder.expected().keySet()) {
            for (Frame frame : folder.frames(path)) {
                String where = path + " frame " + frame.number();
                segments += agrees(where, frame.link().code(), frame.bytes(), frame.originalLength());
            }
        }
        System.out.println("SegmentFinderTest: " + segments + " segments compared in " + folder.root());
        assertTrue(segments > 100);
    }

    /// 1 where the decoder found a segment or a quoted one.
    static int agrees(String where, int link, byte[] bytes, int original) {
        // Alone in its memory, so that a look beyond its end is an exception.
        MemorySegment alone = MemorySegment.ofArray(bytes);
        SegmentFinder finder = new SegmentFinder();
        finder.find(alone, 0, bytes.length, original, link);
        if (PlainFrame.is(alone, 0, bytes.length, link)) {
            assertEquals(Kind.SEGMENT, finder.kind, where);
            assertEquals(finder.flags, PlainFrame.flags(alone, 0), where);
        }
        return switch (Decoder.decode(link, bytes, original)) {
            case Decoded.Segment segment
            when !segment.ip().isFragment() -> {
                assertEquals(Kind.SEGMENT, finder.kind, where);
                tuple(where, finder, segment.ip(), segment.sourcePort(), segment.destinationPort());
                assertEquals(segment.flags().bits(), finder.flags, where);
                assertEquals(segment.sequence(), finder.sequence, where);
                assertEquals(segment.acknowledgement(), finder.acknowledgement, where);
                yield 1;
            }
            case Decoded.IcmpError error
            when error.quoted() instanceof Quoted.Tcp tcp && !error.ip().isFragment() -> {
                assertEquals(Kind.QUOTED, finder.kind, where);
                tuple(where, finder, tcp.ip(), tcp.sourcePort(), tcp.destinationPort());
                yield 1;
            }
            default -> 0;
        };
    }

    private static void tuple(String where, SegmentFinder finder, Datagram ip, int sourcePort, int destinationPort) {
        int version = finder.v6 ? 6 : 4;
        assertEquals(ip.source(), new IpAddress(version, finder.sourceHigh, finder.sourceLow), where);
        assertEquals(ip.destination(), new IpAddress(version, finder.destinationHigh, finder.destinationLow), where);
        assertEquals(sourcePort, finder.sourcePort, where);
        assertEquals(destinationPort, finder.destinationPort, where);
    }

    @Test
    void everyTunnelLeadsToTheSegmentInside() {
        Crafted made = new Crafted(1);
        byte[] inner = made.tcp(1, 22, 2, 40_000, Crafted.RST, 7, 0, new byte[0]);
        byte[] frame = Crafted.ethernet(0x0800, inner);
        byte[] udp = new byte[] {0x12, 0x34, 0, 0, 0, 0, 0, 0};
        found(made.ip(3, 4, 4, inner, 0), 101);
        found(made.ip(3, 4, 47, Crafted.join(Crafted.hex("00000800"), inner), 0), 101);
        found(made.ip(3, 4, 47, Crafted.join(Crafted.hex("200065580000002a"), frame), 0), 101);
        found(made.ip(3, 4, 47, Crafted.join(Crafted.hex("100088be000000011000000a00000000"), frame), 0), 101);
        found(made.ip(3, 4, 47, Crafted.join(Crafted.hex("000088be"), frame), 0), 101);
        found(
                made.ip(3, 4, 47, Crafted.join(Crafted.hex("100022eb00000001 2000000a 00000000 00000000"), frame), 0),
                101);
        found(made.ip(3, 4, 17, Crafted.join(port(udp, 4_789), Crafted.hex("0800000000002a00"), frame), 0), 101);
        found(made.ip(3, 4, 17, Crafted.join(port(udp, 6_081), Crafted.hex("0000655800002a00"), frame), 0), 101);
        found(
                made.ip(3, 4, 17, Crafted.join(port(udp, 6_081), Crafted.hex("0100655800002a0001020304"), frame), 0),
                101);
        found(made.ip(3, 4, 17, Crafted.join(port(udp, 2_152), Crafted.hex("30ff003c00000001"), inner), 0), 101);
        found(Crafted.ethernet(0x8847, Crafted.join(Crafted.hex("000100400001033f"), inner)), 1);
        found(Crafted.ethernet(0x8100, Crafted.join(Crafted.hex("00058100000a0800"), inner)), 1);
        found(Crafted.ethernet(0x88E7, Crafted.join(Crafted.hex("00000001"), frame)), 1);
        found(Crafted.ethernet(0x8926, Crafted.join(Crafted.hex("000100020800"), inner)), 1);
        found(Crafted.ethernet(0x8909, Crafted.join(Crafted.hex("0101000100020800"), inner)), 1);
        found(Crafted.ethernet(0x893F, Crafted.join(Crafted.hex("0000300100000800"), inner)), 1);
        found(Crafted.join(new byte[40], Crafted.hex("08000000"), inner), 242);
        found(Crafted.join(Crafted.hex("0f000800"), inner), 9);
        found(Crafted.join(Crafted.hex("8f000800"), inner), 50);
        found(Crafted.join(Crafted.hex("00000c0001000000aabbccdd"), frame), 192);
        found(Crafted.join(Crafted.hex("100000000100000001000000aabbccdd"), frame), 258);
        found(Crafted.join(Crafted.hex("3d020100"), new byte[60], inner), 117);
        found(Crafted.ethernet(0x8864, Crafted.join(Crafted.hex("1100000100300021"), inner)), 1);
        found(Crafted.join(Crafted.hex("ff030021"), inner), 9);
        found(Crafted.join(Crafted.hex("00ff030021"), inner), 204);
        found(Crafted.join(Crafted.hex("02000000 0800 0100 aabbccdd 2c000900"), inner), 239);
        found(
                Crafted.join(
                        Crafted.hex("8800000000000000000000000000000000000000000000000000aaaa030000000800"), inner),
                105);
        found(
                Crafted.join(
                        Crafted.hex(
                                "000008000000000008000000000000000000000000000000000000000000 0000aaaa030000000800"),
                        inner),
                127);
    }

    private static byte[] port(byte[] udp, int port) {
        byte[] header = Arrays.copyOf(udp, udp.length);
        header[2] = (byte) (port >>> 8);
        header[3] = (byte) port;
        return header;
    }

    private static void found(byte[] bytes, int link) {
        SegmentFinder finder = new SegmentFinder();
        finder.find(MemorySegment.ofArray(bytes), 0, bytes.length, bytes.length, link);
        assertTrue(
                finder.isReset(), () -> "link " + link + ": " + HexFormat.of().formatHex(bytes));
        assertEquals(22, finder.sourcePort);
        assertEquals(0x0A000002L, finder.destinationLow);
    }

    @Test
    void anAnnotationWithinAnAnnotationOrLongerThanTheFrameHidesIt() {
        byte[] frame = Crafted.ethernet(0x0800, new Crafted(1).tcp(1, 22, 2, 40_000, Crafted.RST, 7, 0, new byte[0]));
        for (Map.Entry<String, Integer> each : Map.of(
                        "00000800c0000000", 192,
                        "0000080002010000", 192,
                        "0000ffff01000000", 192,
                        "0000000001000000", 192,
                        "0c00000001000000c0000000", 258,
                        "0c0000800100000001000000", 258,
                        "00000000", 258,
                        "ff020000", 117)
                .entrySet()) {
            byte[] bytes = Crafted.join(Crafted.hex(each.getKey()), frame);
            SegmentFinder finder = new SegmentFinder();
            finder.find(MemorySegment.ofArray(bytes), 0, bytes.length, bytes.length, each.getValue());
            assertEquals(Kind.NOTHING, finder.kind, each.getKey());
        }
    }

    @Test
    void nestingHasAnEnd() {
        Crafted made = new Crafted(1);
        byte[] datagram = made.tcp(1, 22, 2, 40_000, Crafted.RST, 7, 0, new byte[0]);
        for (int depth = 1; depth <= 2 * SegmentFinder.MOST_NESTED; depth++) {
            datagram = made.ip(1, 2, 4, datagram, 0);
            SegmentFinder finder = new SegmentFinder();
            finder.find(MemorySegment.ofArray(datagram), 0, datagram.length, datagram.length, 101);
            assertEquals(depth <= SegmentFinder.MOST_NESTED, finder.isReset(), "depth " + depth);
        }
    }
}
