package rstprobe.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The list of hops in an IPv4 header, as it is sent, filled and broken.
class RecordRouteTest {
    private static final long SEED = Long.getLong("rstprobe.seed", System.nanoTime());
    private static final int ROUNDS = 200_000;
    private static final IpHeader V4 = IpHeader.between(IpAddress.parse("198.18.0.2"), IpAddress.parse("198.18.0.1"));

    private static Optional<RecordRoute> read(String hex) {
        return RecordRoute.in(Slice.of(HexFormat.of().parseHex(hex.replace(" ", ""))));
    }

    @Test
    void anEmptyOneIsReadBackFromASynWithRightChecksums() {
        byte[] bytes = Encoder.tcp(
                V4.withOptions(RecordRoute.toBeFilled(9)), TcpHeader.between(40_000, 22, Flags.SYN), new byte[0]);
        Decoded.Segment syn = assertInstanceOf(Decoded.Segment.class, Decoder.decodeIp(bytes));
        assertEquals(Optional.of(new RecordRoute(List.of(), 9)), syn.ip().recordRoute());
        assertEquals(60, syn.ip().headerLength());
        assertEquals(Checksum.GOOD, Checksums.of(syn));
        assertEquals(Checksum.GOOD, Checksums.of(syn.ip()));
    }

    @Test
    void whatHopsWroteIsReadInOrder() {
        RecordRoute two = read("01 07 0f 0c c6120201 c6120301 00000000").orElseThrow();
        assertEquals(List.of(IpAddress.parse("198.18.2.1"), IpAddress.parse("198.18.3.1")), two.addresses());
        assertEquals(3, two.slots());
        assertEquals(
                List.of(IpAddress.parse("198.18.2.1")),
                read("4404 0500 07 07 08 c6120201").orElseThrow().addresses(),
                "behind a time stamp option");
        assertTrue(read("07 07 08 c6120201").orElseThrow().isFull());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "01 01 01 01",
                "07",
                "07 00 04 00",
                "07 01 04 00",
                "07 02 00 00",
                "07 27 04 00000000",
                "07 08 04 00000000 00",
                "07 07 00 c6120201 00",
                "07 07 03 c6120201 00",
                "07 07 05 c6120201 00",
                "07 07 0c c6120201 00",
                "07 07 ff c6120201 00",
                "44 00 07 07 08 c6120201",
                "44 ff 07 07 08 c6120201",
                "00 07 07 08 c6120201"
            })
    void whatIsNotWellFormedIsNone(String hex) {
        assertEquals(Optional.empty(), read(hex));
    }

    @Test
    void anyOptionsAreAListOfAtMostNineOrNone() {
        System.out.println("RecordRouteTest: -Drstprobe.seed=" + SEED);
        Random random = new Random(SEED);
        int found = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = random.nextBoolean() ? new byte[random.nextInt(41)] : Values.recordRoute(random);
            if (bytes.length > 0 && random.nextBoolean()) {
                bytes[random.nextInt(Math.min(3, bytes.length))] = (byte) random.nextInt(256);
            }
            Optional<RecordRoute> route = RecordRoute.in(Slice.of(bytes));
            found += route.isPresent() ? 1 : 0;
            assertTrue(route.stream().allMatch(read -> read.addresses().size() <= RecordRoute.MOST_SLOTS));
        }
        assertTrue(found > ROUNDS / 10, "only " + found + " were well formed");
    }

    @Test
    void noneIsSentWithoutRoomOrBeyondTheHeader() {
        assertThrows(IllegalArgumentException.class, () -> RecordRoute.toBeFilled(0));
        assertThrows(IllegalArgumentException.class, () -> RecordRoute.toBeFilled(10));
    }
}
