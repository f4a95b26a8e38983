package rstprobe.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import rstprobe.capture.Frame;

/// Whatever the bytes are, decoding ends in a value that can be looked at from all sides.
class TotalDecoderTest {
    /// The seed of every random test, printed so that a failure can be repeated with -Drstprobe.seed.
    private static final long SEED = Long.getLong("rstprobe.seed", System.nanoTime());

    private static final int ROUNDS = 200_000;
    private static final List<Integer> LINK_TYPES = IntStream.concat(
                    IntStream.of(0, 1, 12, 14, 101, 108, 113, 228, 229, 276), IntStream.of(127, -1))
            .boxed()
            .toList();

    @Test
    void randomBytesAreAValueOnEveryLink() {
        Random random = seeded();
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = new byte[random.nextInt(120)];
            random.nextBytes(bytes);
            if (bytes.length > 14 && random.nextBoolean()) {
                steerIntoIp(bytes, random);
            }
            for (int linkType : LINK_TYPES) {
                lookAtAllOf(Decoder.decode(linkType, bytes, random.nextInt()));
            }
        }
    }

    @Test
    void everyTruncationOfEveryOwnFrameIsAValue() {
        CaptureFolder own = CaptureFolder.own();
        for (String path : own.expected().keySet()) {
            for (Frame frame : own.frames(path)) {
                for (int length = 0; length < Math.min(frame.bytes().length, 200); length++) {
                    byte[] cut = Arrays.copyOf(frame.bytes(), length);
                    lookAtAllOf(Decoder.decode(frame.link().code(), cut, frame.bytes().length));
                    lookAtAllOf(Decoder.decode(frame.link().code(), cut, length));
                }
            }
        }
    }

    @Test
    void aCutFrameIsNeverMalformedOnlyBecauseItIsCut() {
        for (Frame frame : CaptureFolder.own().frames("ether.pcap")) {
            for (int length = 0; length <= frame.bytes().length; length++) {
                Decoded decoded =
                        Decoder.decode(frame.link().code(), Arrays.copyOf(frame.bytes(), length), frame.bytes().length);
                assertTrue(
                        !(decoded instanceof Decoded.Malformed),
                        "frame " + frame.number() + " cut to " + length + ": " + decoded);
            }
        }
    }

    @Test
    void flippedBitsInRealFramesAreAValue() {
        Random random = seeded();
        CaptureFolder own = CaptureFolder.own();
        for (String path : own.expected().keySet()) {
            for (Frame frame : own.frames(path)) {
                for (int round = 0; round < 100; round++) {
                    byte[] bytes = frame.bytes().clone();
                    for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                        bytes[random.nextInt(Math.min(bytes.length, 120))] ^= (byte) (1 << random.nextInt(8));
                    }
                    lookAtAllOf(Decoder.decode(frame.link().code(), bytes, frame.originalLength()));
                }
            }
        }
    }

    @Test
    void valuesSurviveTheWayThroughBytesAndBack() {
        Random random = seeded();
        for (int round = 0; round < ROUNDS / 10; round++) {
            boolean isV6 = random.nextBoolean();
            IpHeader ip = Values.ipHeader(random, isV6);
            TcpHeader tcp = Values.tcpHeader(random);
            byte[] payload = new byte[random.nextInt(60)];
            random.nextBytes(payload);
            byte[] bytes = Encoder.tcp(ip, tcp, payload);
            if (!(Decoder.decodeIp(bytes) instanceof Decoded.Segment segment)) {
                throw new AssertionError("seed " + SEED + ": " + Decoder.decodeIp(bytes));
            }
            assertEquals(Checksum.GOOD, Checksums.of(segment));
            assertEquals(isV6 ? Checksum.UNVERIFIABLE : Checksum.GOOD, Checksums.of(segment.ip()));
            assertEquals(Slice.of(payload), segment.payload());
            assertEquals(ip.ttl, segment.ip().ttl());
            assertEquals(ip.tos, segment.ip().tos());
            assertEquals(ip.source, segment.ip().source());
            assertEquals(ip.destination, segment.ip().destination());
            assertEquals(isV6 ? ip.flowLabel : 0, segment.ip().flowLabel());
            assertEquals(
                    isV6 ? Optional.empty() : RecordRoute.in(ip.options),
                    segment.ip().recordRoute());
            assertEquals(ip.extensions.size(), segment.ip().extensions().size());
            assertEquals(tcp.sequence, segment.sequence());
            assertEquals(tcp.acknowledgement, segment.acknowledgement());
            assertEquals(tcp.flags, segment.flags());
            assertEquals(tcp.window, segment.window());
            assertEquals(
                    tcp.options.list(),
                    withoutPadding(segment.options(), tcp.options.list().size()));
            assertEquals(
                    Slice.of(bytes), Slice.of(Encoder.tcp(IpHeader.of(segment.ip()), TcpHeader.of(segment), payload)));
        }
    }

    private static List<TcpOption> withoutPadding(TcpOptions options, int count) {
        return options.list().subList(0, count);
    }

    private static void steerIntoIp(byte[] bytes, Random random) {
        boolean isV6 = random.nextBoolean();
        bytes[12] = (byte) (isV6 ? 0x86 : 0x08);
        bytes[13] = (byte) (isV6 ? 0xdd : 0x00);
        bytes[14] = (byte) (isV6 ? 0x60 : 0x45);
        int protocolAt = isV6 ? 20 : 23;
        if (bytes.length > protocolAt) {
            int[] protocols = {0, 1, 6, 17, 43, 44, 51, 58, 60};
            bytes[protocolAt] = (byte) protocols[random.nextInt(protocols.length)];
            bytes[isV6 ? 18 : 16] = 0;
        }
    }

    /// Calls whatever a caller may call; a value that only looks whole would throw here.
    static void lookAtAllOf(Decoded decoded) {
        assertTrue(!decoded.toString().isEmpty());
        decoded.datagram().ifPresent(TotalDecoderTest::lookAt);
        switch (decoded) {
            case Decoded.Segment segment -> lookAt(segment);
            case Decoded.UdpDatagram udp -> Checksums.of(udp);
            case Decoded.IcmpEcho echo -> Checksums.of(echo);
            case Decoded.IcmpError error -> {
                Checksums.of(error);
                assertTrue(error.mtu().orElse(1) > 0);
                error.quoted().datagram().ifPresent(TotalDecoderTest::lookAt);
                if (error.quoted() instanceof Quoted.Tcp tcp) {
                    tcp.segment().ifPresent(TotalDecoderTest::lookAt);
                    tcp.source();
                    tcp.destination();
                }
            }
            case Decoded.Malformed malformed -> assertTrue(malformed.offset() >= 0);
            case Decoded.Cut cut -> assertTrue(cut.offset() >= 0);
            case Decoded.OtherDatagram other -> lookAt(other.ip());
            case Decoded.Fragment fragment -> assertTrue(fragment.ip().isFragment());
            case Decoded.NotIp notIp -> assertTrue(notIp.link().headerLength() > 0);
            case Decoded.UnknownLink unknown -> assertTrue(!LinkType.isRead(unknown.linkType()));
        }
    }

    private static void lookAt(Decoded.Segment segment) {
        Checksums.of(segment);
        segment.source();
        segment.destination();
        segment.nextSequence();
        segment.options().order();
        segment.options().mss();
        segment.options().sack();
        assertTrue(segment.payload().length() <= segment.payloadLength());
        lookAt(segment.ip());
    }

    private static void lookAt(Datagram ip) {
        Checksums.of(ip);
        assertTrue(ip.payload().length() <= ip.payloadLength());
        assertEquals(ip.headerLength(), ip.header().length());
        assertTrue(ip.options().length() <= Encoder.MOST_OPTIONS);
        ip.recordRoute().ifPresent(route -> assertTrue(route.slots() <= RecordRoute.MOST_SLOTS));
        assertTrue(ip.extensions().size() <= IpDecoder.MOST_EXTENSIONS);
        assertTrue(ip.link().vlans().size() <= LinkDecoder.MOST_VLANS);
    }

    private static Random seeded() {
        System.out.println("TotalDecoderTest: -Drstprobe.seed=" + SEED);
        return new Random(SEED);
    }
}
