package rstprobe.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// One reset, wrapped in every link layer.
class LinkDecoderTest {
    private static final byte[] RESET = RealFrames.ip(RealFrames.ABORT);
    private static final byte[] RESET_V6 = RealFrames.ip(RealFrames.REFUSED_V6);
    private static final MacAddress HERE = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress THERE = MacAddress.parse("02:00:00:00:00:02");

    @ParameterizedTest
    @CsvSource({
        "101, ''",
        "12, ''",
        "14, ''",
        "228, ''",
        "0, 02000000",
        "0, 00000002",
        "108, 00000002",
        "113, 00000001000602000000000200000800",
        "113, 000403040000000000000000000008 00",
        "276, 0800000000000003000100060200000000020000",
        "1, 020000000001020000000002 0800",
        "1, 020000000001020000000002 8100 2064 0800",
        "1, 020000000001020000000002 88a8 000a 8100 2064 0800",
        "1, 020000000001020000000002 9100 000a 8100 2064 0800",
        "1, 020000000001020000000002 003c aaaa03000000 0800",
        "1, 020000000001020000000002 8100 0064 8864 1100 0001 0036 0021",
        "113, 00000001000602000000000200008100 2064 0800"
    })
    void anIpv4ResetIsFoundBehind(int linkType, String header) {
        byte[] frame = RealFrames.join(RealFrames.hex(header), RESET);
        Decoded.Segment reset = assertInstanceOf(Decoded.Segment.class, Decoder.decode(linkType, frame, frame.length));
        assertEquals("RST,ACK", reset.flags().toString());
        assertEquals(frame.length - RESET.length, reset.ip().link().headerLength());
        assertEquals(Checksum.GOOD, Checksums.of(reset));
    }

    @ParameterizedTest
    @CsvSource({
        "101, ''",
        "229, ''",
        "0, 18000000",
        "0, 1c000000",
        "0, 1e000000",
        "0, 0000001e",
        "0, 0a000000",
        "108, 00000018",
        "113, 000000010006020000000002000086dd",
        "276, 86dd000000000003000100060200000000020000",
        "1, 020000000001020000000002 8864 1100 0001 0040 0057",
        "1, 020000000001020000000002 86dd"
    })
    void anIpv6ResetIsFoundBehind(int linkType, String header) {
        byte[] frame = RealFrames.join(RealFrames.hex(header), RESET_V6);
        Decoded.Segment reset = assertInstanceOf(Decoded.Segment.class, Decoder.decode(linkType, frame, frame.length));
        assertEquals("RST,ACK", reset.flags().toString());
        assertEquals(Checksum.GOOD, Checksums.of(reset));
    }

    @Test
    void aCookedCaptureKeepsTheSenderAndTheDirection() {
        byte[] frame = RealFrames.join(RealFrames.hex("00040001000602000000000200000800"), RESET);
        Link link = Decoder.decode(LinkType.LINUX_SLL, frame, frame.length)
                .datagram()
                .orElseThrow()
                .link();
        assertEquals(Optional.of(THERE), link.source());
        assertEquals(Optional.empty(), link.destination());
        assertEquals(OptionalInt.of(4), link.packetType());
    }

    @Test
    void tagsAreKeptOutermostFirst() {
        List<Link.Vlan> vlans =
                List.of(new Link.Vlan(EtherType.SERVICE_VLAN, 10), new Link.Vlan(EtherType.VLAN, 0x2064));
        byte[] frame = Encoder.ethernet(THERE, HERE, vlans, RESET);
        Link link = RealFrames.decode(frame).datagram().orElseThrow().link();
        assertEquals(vlans, link.vlans());
        assertEquals(100, link.vlans().getLast().identifier());
        assertEquals(1, link.vlans().getLast().priority());
        assertEquals(22, link.headerLength());
    }

    @Test
    void eightTagsAreReadAndTheNinthIsMalformed() {
        List<Link.Vlan> vlans = new ArrayList<>();
        for (int i = 0; i < LinkDecoder.MOST_VLANS; i++) {
            vlans.add(new Link.Vlan(EtherType.VLAN, i));
        }
        assertInstanceOf(Decoded.Segment.class, RealFrames.decode(Encoder.ethernet(THERE, HERE, vlans, RESET)));
        vlans.add(new Link.Vlan(EtherType.VLAN, 9));
        assertInstanceOf(Decoded.Malformed.class, RealFrames.decode(Encoder.ethernet(THERE, HERE, vlans, RESET)));
    }

    @Test
    void whatIsNotIpSaysWhatItIs() {
        byte[] arp = RealFrames.hex("ffffffffffff0200000000020806 0001080006040001");
        assertEquals(
                0x0806,
                assertInstanceOf(Decoded.NotIp.class, RealFrames.decode(arp)).etherType());
        byte[] appletalk = RealFrames.join(RealFrames.hex("00000010"), RESET);
        assertEquals(
                16,
                assertInstanceOf(Decoded.NotIp.class, Decoder.decode(LinkType.NULL, appletalk, appletalk.length))
                        .etherType());
        assertEquals(new Decoded.UnknownLink(127), Decoder.decode(127, RESET, RESET.length));
    }
}
