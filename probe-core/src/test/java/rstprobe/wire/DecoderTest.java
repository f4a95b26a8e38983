package rstprobe.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/// What frames of the practice network turn out to be.
class DecoderTest {
    @Test
    void anAbortShowsEveryFieldThatTellsItFromARefusal() {
        Decoded.Segment reset = assertInstanceOf(Decoded.Segment.class, RealFrames.decode(RealFrames.ABORT));
        assertEquals("198.18.2.2:22", reset.source().toString());
        assertEquals("198.18.1.2:38200", reset.destination().toString());
        assertEquals("RST,ACK", reset.flags().toString());
        assertEquals(0x6da00bc9, reset.sequence());
        assertEquals(0xabe6e531, reset.acknowledgement());
        assertEquals(64, reset.window());
        assertEquals(0xf112, reset.checksum());
        assertEquals(List.of(1, 1, 8), reset.options().order());
        assertEquals(
                Optional.of(new TcpOption.Timestamps(0xaa23349bL, 0x13c263ecL)),
                reset.options().timestamps());
        assertEquals(0, reset.payloadLength());
        Datagram ip = reset.ip();
        assertEquals(63, ip.ttl());
        assertEquals(0, ip.tos());
        assertEquals(OptionalInt.of(0xb1db), ip.identification());
        assertTrue(ip.dontFragment());
        assertFalse(ip.isFragment());
        assertEquals(52, ip.totalLength());
        assertEquals(
                Optional.of(MacAddress.parse("12:54:b3:b6:a6:55")), ip.link().source());
        assertEquals(Checksum.GOOD, Checksums.of(ip));
        assertEquals(Checksum.GOOD, Checksums.of(reset));
    }

    @Test
    void aRefusalHasNoIdentificationNoWindowAndNoOptions() {
        Decoded.Segment reset = assertInstanceOf(Decoded.Segment.class, RealFrames.decode(RealFrames.REFUSED));
        assertEquals(OptionalInt.of(0), reset.ip().identification());
        assertEquals(0, reset.window());
        assertEquals(0, reset.sequence());
        assertTrue(reset.options().isEmpty());
        assertEquals(Checksum.GOOD, Checksums.of(reset));
    }

    @Test
    void anIpv6RefusalKeepsItsFlowLabel() {
        Decoded.Segment reset = assertInstanceOf(Decoded.Segment.class, RealFrames.decode(RealFrames.REFUSED_V6));
        assertEquals("[2001:db8:2::2]:23", reset.source().toString());
        assertEquals(0xc4750, reset.ip().flowLabel());
        assertEquals(63, reset.ip().ttl());
        assertEquals(OptionalInt.empty(), reset.ip().identification());
        assertEquals(Checksum.UNVERIFIABLE, Checksums.of(reset.ip()));
        assertEquals(Checksum.GOOD, Checksums.of(reset));
    }

    @Test
    void ethernetPaddingIsNotPayload() {
        byte[] padded = Arrays.copyOf(RealFrames.REFUSED, 60);
        padded[59] = 0x55;
        Decoded.Segment reset = assertInstanceOf(Decoded.Segment.class, RealFrames.decode(padded));
        assertEquals(0, reset.payloadLength());
        assertTrue(reset.payload().isEmpty());
        assertEquals(Checksum.GOOD, Checksums.of(reset));
    }

    @Test
    void oneFlippedBitIsABadChecksum() {
        byte[] damaged = RealFrames.ABORT.clone();
        damaged[damaged.length - 1] ^= 1;
        Decoded.Segment reset = assertInstanceOf(Decoded.Segment.class, RealFrames.decode(damaged));
        assertEquals(Checksum.BAD, Checksums.of(reset));
        damaged = RealFrames.ABORT.clone();
        damaged[14 + 8] = 62;
        reset = assertInstanceOf(Decoded.Segment.class, RealFrames.decode(damaged));
        assertEquals(Checksum.BAD, Checksums.of(reset.ip()));
        assertEquals(Checksum.GOOD, Checksums.of(reset));
    }

    @Test
    void recordRouteIsKeptAsTheOptionsItCameAs() {
        Decoded.IcmpEcho echo = assertInstanceOf(Decoded.IcmpEcho.class, RealFrames.decode(RealFrames.RECORD_ROUTE));
        assertTrue(echo.request());
        assertEquals(0x4c41, echo.identifier());
        assertEquals(3, echo.sequence());
        assertEquals(44, echo.ip().headerLength());
        assertEquals(24, echo.ip().options().length());
        assertEquals(7, echo.ip().options().u8(1));
        assertEquals(8, echo.payload().length());
        assertEquals(Checksum.GOOD, Checksums.of(echo));
        assertEquals(Checksum.GOOD, Checksums.of(echo.ip()));
    }

    @Test
    void aSnapCutSegmentIsStillASegmentAndItsOptionsSayThatTheyAreCut() {
        byte[] cut = Arrays.copyOf(RealFrames.ABORT, 14 + 20 + 20 + 5);
        Decoded.Segment reset = assertInstanceOf(
                Decoded.Segment.class, Decoder.decode(LinkType.ETHERNET, cut, RealFrames.ABORT.length));
        assertTrue(reset.flags().rst());
        assertEquals(TcpOptions.Ending.CUT, reset.options().ending());
        assertEquals(List.of(1, 1), reset.options().order());
        assertFalse(reset.options().malformed());
        assertEquals(Checksum.UNVERIFIABLE, Checksums.of(reset));
    }

    @Test
    void aSnapCutHeaderIsCutAndAShortFrameIsMalformed() {
        byte[] head = Arrays.copyOf(RealFrames.ABORT, 14 + 20 + 19);
        Decoded.Cut cut =
                assertInstanceOf(Decoded.Cut.class, Decoder.decode(LinkType.ETHERNET, head, RealFrames.ABORT.length));
        assertEquals("TCP header", cut.what());
        assertEquals(34, cut.offset());
        assertEquals("198.18.2.2", cut.datagram().orElseThrow().source().toString());
        byte[] ipHead = Arrays.copyOf(RealFrames.ABORT, 14 + 19);
        assertInstanceOf(Decoded.Cut.class, Decoder.decode(LinkType.ETHERNET, ipHead, RealFrames.ABORT.length));
        assertInstanceOf(Decoded.Malformed.class, RealFrames.decode(ipHead));
    }

    @Test
    void aDataOffsetBelowFiveOrBeyondTheDatagramIsMalformed() {
        byte[] tooSmall = RealFrames.REFUSED.clone();
        tooSmall[14 + 20 + 12] = 0x40;
        Decoded.Malformed malformed = assertInstanceOf(Decoded.Malformed.class, RealFrames.decode(tooSmall));
        assertEquals("TCP data offset 16", malformed.what());
        assertEquals(46, malformed.offset());
        byte[] tooLarge = RealFrames.REFUSED.clone();
        tooLarge[14 + 20 + 12] = 0x60;
        assertInstanceOf(Decoded.Malformed.class, RealFrames.decode(tooLarge));
    }

    @Test
    void anIpHeaderThatContradictsItselfIsMalformed() {
        for (String[] edit : new String[][] {{"14", "44"}, {"14", "55"}, {"17", "13"}, {"14", "00"}}) {
            byte[] frame = RealFrames.REFUSED.clone();
            frame[Integer.parseInt(edit[0])] = (byte) Integer.parseInt(edit[1], 16);
            assertInstanceOf(Decoded.Malformed.class, RealFrames.decode(frame), String.join("=", edit));
        }
    }

    @Test
    void aTotalLengthOfZeroIsSegmentationOffloadAndTheFrameTells() {
        byte[] frame = Arrays.copyOf(RealFrames.ABORT, RealFrames.ABORT.length + 100);
        frame[16] = 0;
        frame[17] = 0;
        Decoded.Segment segment = assertInstanceOf(Decoded.Segment.class, RealFrames.decode(frame));
        assertEquals(100, segment.payloadLength());
    }

    @Test
    void aLaterFragmentHasNoPorts() {
        IpHeader ip = IpHeader.between(IpAddress.parse("198.18.1.2"), IpAddress.parse("198.18.2.2"));
        byte[] later = Encoder.ip(ip.withFragment(1480, true), Datagram.TCP, new byte[40]);
        Decoded.Fragment fragment = assertInstanceOf(Decoded.Fragment.class, Decoder.decodeIp(later));
        assertEquals(1480, fragment.ip().fragmentOffset());
        assertTrue(fragment.ip().moreFragments());
    }

    @Test
    void aFirstFragmentHasPortsButNoVerifiableChecksum() {
        IpHeader ip = IpHeader.between(IpAddress.parse("198.18.1.2"), IpAddress.parse("198.18.2.2"));
        byte[] first = Encoder.tcp(ip.withFragment(0, true), TcpHeader.between(40000, 22, Flags.ACK), new byte[28]);
        Decoded.Segment segment = assertInstanceOf(Decoded.Segment.class, Decoder.decodeIp(first));
        assertEquals(28, segment.payloadLength());
        assertEquals(Checksum.UNVERIFIABLE, Checksums.of(segment));
    }

    @Test
    void aTunnelIsADatagramOfItsOwnProtocol() {
        IpHeader ip = IpHeader.between(IpAddress.parse("198.18.1.2"), IpAddress.parse("198.18.2.2"));
        byte[] tunnel = Encoder.ip(ip, 4, RealFrames.ip(RealFrames.ABORT));
        assertEquals(
                4,
                assertInstanceOf(Decoded.OtherDatagram.class, Decoder.decodeIp(tunnel))
                        .ip()
                        .protocol());
    }

    @Test
    void udpKeepsPortsAndPayload() {
        IpHeader ip = IpHeader.between(IpAddress.parse("2001:db8::1"), IpAddress.parse("2001:db8::2"));
        byte[] bytes = Encoder.udp(ip, 40000, 33434, new byte[] {1, 2, 3});
        Decoded.UdpDatagram udp = assertInstanceOf(Decoded.UdpDatagram.class, Decoder.decodeIp(bytes));
        assertEquals(33434, udp.destinationPort());
        assertEquals(Slice.of(new byte[] {1, 2, 3}), udp.payload());
        assertEquals(Checksum.GOOD, Checksums.of(udp));
    }
}
