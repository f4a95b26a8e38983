package rstprobe.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every option there is, and the ways to get one wrong.
class TcpOptionsTest {
    @Test
    void aLinuxSynReadsAsLinuxWroteIt() {
        TcpOptions options = read("020405b4 0402 080a8c95a1cd00000000 01 03030a");
        assertEquals(OptionalInt.of(1460), options.mss());
        assertEquals(OptionalInt.of(10), options.windowScale());
        assertTrue(options.sackPermitted());
        assertEquals(Optional.of(new TcpOption.Timestamps(0x8c95a1cdL, 0)), options.timestamps());
        assertEquals(List.of(2, 4, 8, 1, 3), options.order());
        assertEquals(TcpOptions.Ending.WHOLE, options.ending());
    }

    @Test
    void sackBlocksKeepTheirOrder() {
        assertEquals(
                List.of(new TcpOption.SackBlock(1, 2), new TcpOption.SackBlock(0xfffffff0, 5)),
                read("0101 0512 00000001 00000002 fffffff0 00000005").sack());
    }

    @Test
    void signaturesCookiesAndMultipathAreNamed() {
        assertInstanceOf(
                TcpOption.Md5Signature.class,
                read("1312 000102030405060708090a0b0c0d0e0f").list().getFirst());
        assertEquals(
                new TcpOption.Authentication(1, 2, Slice.of(RealFrames.hex("aabb"))),
                read("1d06 0102 aabb").list().getFirst());
        assertEquals(new TcpOption.FastOpen(Slice.EMPTY), read("2202").list().getFirst());
        assertEquals(
                8,
                assertInstanceOf(
                                TcpOption.Multipath.class,
                                read("1e04 8001").list().getFirst())
                        .subtype());
    }

    @Test
    void anUnknownKindAndAWrongLengthAreKeptAsBytes() {
        TcpOptions options = read("fd04 f989 0203ff 1e02 050400ff");
        assertEquals(List.of(253, 2, 30, 5), options.order());
        assertTrue(options.list().stream().allMatch(TcpOption.Unknown.class::isInstance));
        assertEquals(OptionalInt.empty(), options.mss());
        assertFalse(options.malformed());
    }

    @Test
    void theEndOfTheListKeepsWhatFollows() {
        TcpOptions options = read("01 00 dead");
        assertEquals(
                new TcpOption.EndOfList(Slice.of(RealFrames.hex("dead"))),
                options.list().getLast());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0101 0200", "0101 0201", "0101 0205 05b4", "0101 08", "0101 08ff 0000"})
    void aLengthThatCannotBeEndsTheListAndKeepsWhatCameBefore(String hex) {
        TcpOptions options = read(hex);
        assertTrue(options.malformed());
        assertEquals(List.of(1, 1), options.order());
    }

    private static TcpOptions read(String hex) {
        return TcpDecoder.options(Slice.of(RealFrames.hex(hex)), false);
    }
}
