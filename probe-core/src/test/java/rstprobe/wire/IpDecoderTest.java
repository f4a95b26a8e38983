package rstprobe.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/// What may stand between an IP header and the reset behind it.
class IpDecoderTest {
    private static final IpHeader V6 = IpHeader.between(IpAddress.parse("2001:db8::2"), IpAddress.parse("2001:db8::1"));
    private static final IpHeader V4 = IpHeader.between(IpAddress.parse("198.18.0.2"), IpAddress.parse("198.18.0.1"));
    private static final TcpHeader RESET = TcpHeader.between(22, 40000, Flags.RST);
    private static final Datagram.Extension HOP_BY_HOP = extension(Datagram.Extension.HOP_BY_HOP, "0000 0104 00000000");
    private static final Datagram.Extension DESTINATION =
            extension(Datagram.Extension.DESTINATION, "0000 0104 00000000");
    private static final Datagram.Extension ROUTING =
            extension(Datagram.Extension.ROUTING, "0002 0400 00000000 20010db8000000000000000000000009");
    private static final Datagram.Extension AUTHENTICATION =
            extension(Datagram.Extension.AUTHENTICATION, "0004 0000 00000100 00000001 000102030405060708090a0b");

    @Test
    void aResetIsFoundBehindEveryExtensionHeader() {
        List<Datagram.Extension> all = List.of(HOP_BY_HOP, ROUTING, AUTHENTICATION, DESTINATION);
        Decoded.Segment reset = segment(Encoder.tcp(V6.withExtensions(all), RESET, new byte[0]));
        assertTrue(reset.flags().rst());
        assertEquals(
                List.of(0, 43, 51, 60),
                reset.ip().extensions().stream().map(Datagram.Extension::kind).toList());
        assertEquals(40 + 8 + 24 + 24 + 8, reset.ip().headerLength());
        assertEquals(0, reset.payloadLength());
        assertEquals(Checksum.GOOD, Checksums.of(reset));
    }

    @Test
    void anAuthenticationHeaderIsWalkedInIpv4Too() {
        byte[] bytes = Encoder.tcp(V4.withExtensions(List.of(AUTHENTICATION)), RESET, new byte[0]);
        assertEquals(Datagram.TCP, segment(bytes).ip().protocol());
        assertEquals(44, segment(bytes).ip().headerLength());
    }

    @Test
    void sixteenExtensionHeadersAreWalkedAndTheSeventeenthIsMalformed() {
        List<Datagram.Extension> most = Collections.nCopies(IpDecoder.MOST_EXTENSIONS, DESTINATION);
        segment(Encoder.tcp(V6.withExtensions(most), RESET, new byte[0]));
        List<Datagram.Extension> tooMany = Collections.nCopies(IpDecoder.MOST_EXTENSIONS + 1, DESTINATION);
        assertInstanceOf(
                Decoded.Malformed.class, Decoder.decodeIp(Encoder.tcp(V6.withExtensions(tooMany), RESET, new byte[0])));
    }

    @Test
    void aChecksumForAnotherFinalDestinationIsNotCalledBad() {
        Datagram.Extension onTheWay =
                extension(Datagram.Extension.ROUTING, "0002 0401 00000000 20010db8000000000000000000000009");
        byte[] bytes = Encoder.tcp(V6.withExtensions(List.of(onTheWay)), RESET, new byte[0]);
        assertEquals(Checksum.UNVERIFIABLE, Checksums.of(segment(bytes)));
        byte[] sourceRoute = RealFrames.hex("83070409090909 00");
        bytes = Encoder.tcp(V4.withOptions(sourceRoute), RESET, new byte[0]);
        assertEquals(Checksum.UNVERIFIABLE, Checksums.of(segment(bytes)));
        sourceRoute[2] = 8;
        bytes = Encoder.tcp(V4.withOptions(sourceRoute), RESET, new byte[0]);
        assertEquals(Checksum.GOOD, Checksums.of(segment(bytes)));
    }

    @Test
    void ipv6FragmentsCarryTheirIdentification() {
        Datagram.Extension first = extension(Datagram.Extension.FRAGMENT, "0000 0001 c2564809");
        Decoded.Segment segment = segment(Encoder.tcp(V6.withExtensions(List.of(first)), RESET, new byte[12]));
        assertEquals(OptionalInt.of(0xc2564809), segment.ip().identification());
        assertTrue(segment.ip().moreFragments());
        assertEquals(Checksum.UNVERIFIABLE, Checksums.of(segment));
        Datagram.Extension later = extension(Datagram.Extension.FRAGMENT, "0000 05a8 c2564809");
        byte[] bytes = Encoder.ip(V6.withExtensions(List.of(later)), Datagram.TCP, new byte[12]);
        Decoded.Fragment fragment = assertInstanceOf(Decoded.Fragment.class, Decoder.decodeIp(bytes));
        assertEquals(1448, fragment.ip().fragmentOffset());
        assertEquals(Datagram.TCP, fragment.ip().protocol());
        Datagram.Extension atomic = extension(Datagram.Extension.FRAGMENT, "0000 0000 c2564809");
        segment = segment(Encoder.tcp(V6.withExtensions(List.of(atomic)), RESET, new byte[12]));
        assertFalse(segment.ip().isFragment());
        assertEquals(Checksum.GOOD, Checksums.of(segment));
    }

    @Test
    void aJumbogramTellsItsLengthInAnOption() {
        Datagram.Extension jumbo = extension(Datagram.Extension.HOP_BY_HOP, "0000 c204 00011170");
        byte[] bytes = Encoder.tcp(V6.withExtensions(List.of(jumbo)), RESET, new byte[0]);
        bytes[4] = 0;
        bytes[5] = 0;
        Decoded.Segment segment = assertInstanceOf(Decoded.Segment.class, Decoder.decode(LinkType.RAW, bytes, 70_040));
        assertEquals(70_040, segment.ip().totalLength());
        assertEquals(70_000 - 8 - 20, segment.payloadLength());
        Arrays.fill(bytes, 44, 48, (byte) 0xff);
        assertInstanceOf(Decoded.Malformed.class, Decoder.decode(LinkType.RAW, bytes, 70_040));
    }

    @Test
    void anExtensionHeaderThatRunsPastTheDatagramIsMalformedAndOneBehindTheSnapLengthIsCut() {
        byte[] bytes = Encoder.tcp(V6.withExtensions(List.of(ROUTING)), RESET, new byte[0]);
        assertInstanceOf(Decoded.Cut.class, Decoder.decode(LinkType.RAW, Arrays.copyOf(bytes, 50), bytes.length));
        bytes[41] = (byte) 200;
        assertInstanceOf(Decoded.Malformed.class, Decoder.decodeIp(bytes));
    }

    @Test
    void aChecksumErrorOnPurposeIsBadAndNothingElseIs() {
        byte[] bytes = Encoder.tcp(V4, RESET.withChecksumError(0x5555), new byte[3]);
        assertEquals(Checksum.BAD, Checksums.of(segment(bytes)));
        assertEquals(Checksum.GOOD, Checksums.of(segment(bytes).ip()));
        bytes = Encoder.tcp(V4.withChecksumError(1), RESET, new byte[3]);
        assertEquals(Checksum.GOOD, Checksums.of(segment(bytes)));
        assertEquals(Checksum.BAD, Checksums.of(segment(bytes).ip()));
    }

    private static Decoded.Segment segment(byte[] datagram) {
        return assertInstanceOf(Decoded.Segment.class, Decoder.decodeIp(datagram));
    }

    private static Datagram.Extension extension(int kind, String hex) {
        return new Datagram.Extension(kind, Slice.of(RealFrames.hex(hex)));
    }
}
