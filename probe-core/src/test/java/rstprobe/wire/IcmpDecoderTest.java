package rstprobe.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/// What hops say, and which of our segments they quote.
class IcmpDecoderTest {
    private static final IpHeader FROM_ROUTER =
            IpHeader.between(IpAddress.parse("198.18.1.1"), IpAddress.parse("198.18.1.2"));
    private static final IpHeader FROM_ROUTER_V6 =
            IpHeader.between(IpAddress.parse("2001:db8:1::1"), IpAddress.parse("2001:db8:1::2"));
    private static final byte[] QUOTATION = Arrays.copyOfRange(RealFrames.EXPIRED, 42, RealFrames.EXPIRED.length);

    @Test
    void aTimeExceededQuotesOurWholeSyn() {
        Decoded.IcmpError error = error(RealFrames.decode(RealFrames.EXPIRED));
        assertTrue(error.isTimeExceeded());
        assertEquals("198.18.1.1", error.ip().source().toString());
        assertEquals(0xc0, error.ip().tos());
        assertEquals(OptionalInt.empty(), error.mtu());
        assertEquals(Checksum.GOOD, Checksums.of(error));
        Quoted.Tcp tcp = assertInstanceOf(Quoted.Tcp.class, error.quoted());
        assertEquals("198.18.1.2:38220 > 198.18.2.2:22", tcp.source() + " > " + tcp.destination());
        assertEquals(0x9bb24707, tcp.sequence());
        assertEquals(1, tcp.ip().ttl());
        Decoded.Segment syn = tcp.segment().orElseThrow();
        assertEquals("SYN", syn.flags().toString());
        assertEquals(OptionalInt.of(1260), syn.options().mss());
        assertEquals(OptionalInt.of(10), syn.options().windowScale());
        assertTrue(syn.options().sackPermitted());
        assertEquals(Checksum.GOOD, Checksums.of(syn));
    }

    @Test
    void eightQuotedBytesGivePortsAndSequence() {
        Decoded.IcmpError error =
                error(Decoder.decodeIp(Encoder.icmp(FROM_ROUTER, 11, 0, 0, Arrays.copyOf(QUOTATION, 28))));
        Quoted.Tcp tcp = assertInstanceOf(Quoted.Tcp.class, error.quoted());
        assertEquals(22, tcp.destinationPort());
        assertEquals(0x9bb24707, tcp.sequence());
        assertEquals(Optional.empty(), tcp.segment());
        assertEquals(60, tcp.ip().totalLength());
    }

    @Test
    void quotedOptionsEndWhereTheQuotationDoes() {
        Decoded.IcmpError error =
                error(Decoder.decodeIp(Encoder.icmp(FROM_ROUTER, 11, 0, 0, Arrays.copyOf(QUOTATION, 20 + 20 + 7))));
        TcpOptions options = assertInstanceOf(Quoted.Tcp.class, error.quoted())
                .segment()
                .orElseThrow()
                .options();
        assertEquals(OptionalInt.of(1260), options.mss());
        assertEquals(List.of(2, 4), options.order());
        assertEquals(TcpOptions.Ending.CUT, options.ending());
    }

    @Test
    void sevenQuotedBytesGiveTheDatagramAlone() {
        Decoded.IcmpError error =
                error(Decoder.decodeIp(Encoder.icmp(FROM_ROUTER, 11, 0, 0, Arrays.copyOf(QUOTATION, 27))));
        assertEquals(
                1, assertInstanceOf(Quoted.Other.class, error.quoted()).ip().ttl());
    }

    @Test
    void aQuotationWithoutAnIpHeaderIsUnreadableAndTheErrorStillCounts() {
        Decoded.IcmpError error =
                error(Decoder.decodeIp(Encoder.icmp(FROM_ROUTER, 3, 1, 0, Arrays.copyOf(QUOTATION, 19))));
        assertInstanceOf(Quoted.Unreadable.class, error.quoted());
        assertEquals(Optional.empty(), error.quoted().datagram());
        error = error(Decoder.decodeIp(Encoder.icmp(FROM_ROUTER, 3, 1, 0, new byte[0])));
        assertInstanceOf(Quoted.Unreadable.class, error.quoted());
    }

    @Test
    void packetTooBigSaysTheNextMtu() {
        Decoded.IcmpError error =
                error(Decoder.decode(LinkType.ETHERNET, RealFrames.TOO_BIG_CUT, RealFrames.TOO_BIG_WIRE_LENGTH));
        assertTrue(error.isPacketTooBig());
        assertEquals(OptionalInt.of(1300), error.mtu());
        assertEquals(Checksum.UNVERIFIABLE, Checksums.of(error));
        Quoted.Tcp tcp = assertInstanceOf(Quoted.Tcp.class, error.quoted());
        assertEquals(1452, tcp.ip().totalLength());
        assertEquals(1400, tcp.segment().orElseThrow().payloadLength());
    }

    @Test
    void packetTooBigOfIpv6SaysTheNextMtu() {
        Decoded.IcmpError error =
                error(Decoder.decode(LinkType.ETHERNET, RealFrames.TOO_BIG_V6_CUT, RealFrames.TOO_BIG_V6_WIRE_LENGTH));
        assertTrue(error.isPacketTooBig());
        assertEquals(OptionalInt.of(1300), error.mtu());
        assertEquals(1472, error.quoted().datagram().orElseThrow().totalLength());
        assertEquals(
                1400,
                assertInstanceOf(Quoted.Tcp.class, error.quoted())
                        .segment()
                        .orElseThrow()
                        .payloadLength());
    }

    @Test
    void anOldRouterThatNamesNoMtuIsStillPacketTooBig() {
        Decoded.IcmpError error = error(Decoder.decodeIp(Encoder.icmp(FROM_ROUTER, 3, 4, 0, QUOTATION)));
        assertTrue(error.isPacketTooBig());
        assertEquals(OptionalInt.empty(), error.mtu());
    }

    @Test
    void anAbsurdMtuIsCappedAndNotNegative() {
        Decoded.IcmpError error = error(Decoder.decodeIp(Encoder.icmp(FROM_ROUTER_V6, 2, 0, -1, QUOTATION)));
        assertEquals(OptionalInt.of(Integer.MAX_VALUE), error.mtu());
    }

    @Test
    void anAnnouncedMplsStackIsReadAndNotTakenForTheQuotation() {
        byte[] body = RealFrames.join(Arrays.copyOf(QUOTATION, 128), mpls());
        int announced = 128 / 4 << 16;
        Decoded.IcmpError error = error(Decoder.decodeIp(Encoder.icmp(FROM_ROUTER, 11, 0, announced, body)));
        assertEquals(1, error.extensions().size());
        assertEquals(IcmpExtension.MPLS, error.extensions().getFirst().classNumber());
        assertEquals(
                Slice.of(RealFrames.hex("000641ff")),
                error.extensions().getFirst().body());
        assertInstanceOf(Quoted.Tcp.class, error.quoted());
    }

    @Test
    void anAnnouncedLengthOfIpv6CountsEightByteWords() {
        byte[] quotation = Arrays.copyOf(RealFrames.ip(RealFrames.REFUSED_V6), 128);
        byte[] body = RealFrames.join(quotation, mpls());
        Decoded.IcmpError error = error(Decoder.decodeIp(Encoder.icmp(FROM_ROUTER_V6, 3, 0, 128 / 8 << 24, body)));
        assertEquals(1, error.extensions().size());
        assertEquals(
                "RST,ACK",
                assertInstanceOf(Quoted.Tcp.class, error.quoted())
                        .segment()
                        .orElseThrow()
                        .flags()
                        .toString());
    }

    @Test
    void extensionsOfARouterOlderThanTheirLengthFieldAreFoundByTheirChecksum() {
        byte[] large = Encoder.tcp(
                IpHeader.between(IpAddress.parse("198.18.1.2"), IpAddress.parse("198.18.2.2")),
                TcpHeader.between(40000, 22, Flags.ACK),
                new byte[1000]);
        byte[] body = RealFrames.join(Arrays.copyOf(large, 128), mpls());
        assertEquals(
                1,
                error(Decoder.decodeIp(Encoder.icmp(FROM_ROUTER, 11, 0, 0, body)))
                        .extensions()
                        .size());
        body[130] ^= 1;
        assertEquals(
                List.of(),
                error(Decoder.decodeIp(Encoder.icmp(FROM_ROUTER, 11, 0, 0, body)))
                        .extensions());
    }

    @Test
    void anAnnouncedLengthBeyondTheMessageIsIgnored() {
        Decoded.IcmpError error = error(Decoder.decodeIp(Encoder.icmp(FROM_ROUTER, 3, 3, 255 << 16, QUOTATION)));
        assertInstanceOf(Quoted.Tcp.class, error.quoted());
        assertEquals(List.of(), error.extensions());
    }

    @Test
    void quotedUdpAndEchoAreRecognised() {
        IpHeader ours = IpHeader.between(IpAddress.parse("198.18.1.2"), IpAddress.parse("198.18.2.2"));
        byte[] udp = Encoder.udp(ours, 40000, 33434, new byte[4]);
        byte[] echo = Encoder.icmpEcho(ours, true, 7, 9, new byte[4]);
        Quoted quotedUdp =
                error(Decoder.decodeIp(Encoder.icmp(FROM_ROUTER, 3, 3, 0, udp))).quoted();
        Quoted quotedEcho = error(Decoder.decodeIp(Encoder.icmp(FROM_ROUTER, 11, 0, 0, echo)))
                .quoted();
        assertEquals(33434, assertInstanceOf(Quoted.Udp.class, quotedUdp).destinationPort());
        assertEquals(9, assertInstanceOf(Quoted.Echo.class, quotedEcho).sequence());
    }

    private static byte[] mpls() {
        byte[] structure = RealFrames.hex("20000000 00080101 000641ff");
        int checksum = InternetChecksum.of(Slice.of(structure));
        structure[2] = (byte) (checksum >>> 8);
        structure[3] = (byte) checksum;
        return structure;
    }

    private static Decoded.IcmpError error(Decoded decoded) {
        return assertInstanceOf(Decoded.IcmpError.class, decoded);
    }
}
