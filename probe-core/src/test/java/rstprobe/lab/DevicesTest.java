package rstprobe.lab;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import rstprobe.wire.Decoded;
import rstprobe.wire.Decoder;
import rstprobe.wire.Flags;
import rstprobe.wire.IpHeader;
import rstprobe.wire.LinkType;
import rstprobe.wire.Quoted;

/// Devices on the link, frame by frame and without a network.
class DevicesTest {

    private static final int DATA = Flags.ACK | Flags.PSH;

    private static byte[] fromClient(int flags, int offset, String text) {
        return ForgingTapTest.fromClient(40_000, flags, offset, text);
    }

    private static byte[] fromServer(int flags, int offset, String text) {
        return ForgingTapTest.fromServer(flags, offset, text);
    }

    private static Decoded decoded(byte[] frame) {
        return Decoder.decode(LinkType.ETHERNET, frame, frame.length);
    }

    @Test
    void aFigureIsFixedCopiedDrawnOrMirroredAndFitsItsField() {
        Random dice = new Random(1);
        assertEquals(128, new Figure.Fixed(128).of(1, 2, 0xff, dice));
        assertEquals(64, new Figure.Trigger(1).of(63, 2, 0xff, dice));
        assertEquals(0, new Figure.Trigger(1).of(0xffff, 2, 0xffff, dice));
        assertEquals(2, new Figure.Server(0).of(63, 2, 0xff, dice));
        assertEquals(192, new Figure.Mirror(255, 64).of(63, 2, 0xff, dice));
        assertEquals(64, new Figure.Mirror(255, 64).of(250, 2, 0xff, dice));
        for (int i = 0; i < 100; i++) {
            int drawn = new Figure.Dice(3, 5).of(0, 0, 0xff, dice);
            assertTrue(drawn >= 3 && drawn <= 5);
        }
    }

    @Test
    void whatDiesOnTheLongerWayIsAnsweredByItsRouterWithTheSegmentQuoted() {
        LongerWay everyone = new LongerWay(1);
        Decoded.Segment segment = (Decoded.Segment) decoded(fromClient(DATA, 0, "SSH-2.0-x\r\n"));
        byte[] passing = Rewriting.frame(segment, IpHeader.of(segment.ip()).withTtl(2));
        byte[] dying = Rewriting.frame(segment, IpHeader.of(segment.ip()).withTtl(1));
        Rule.Outcome passed = everyone.on(Direction.TO_SERVER, passing);
        assertEquals(
                1,
                decoded(passed.onward().orElseThrow()).datagram().orElseThrow().ttl());
        Rule.Outcome died = everyone.on(Direction.TO_SERVER, dying);
        assertEquals(Optional.empty(), died.onward());
        Rule.Injection answer = died.injected().getFirst();
        assertEquals(Direction.TO_CLIENT, answer.direction());
        Decoded.IcmpError error = (Decoded.IcmpError) decoded(answer.frame());
        assertTrue(error.isTimeExceeded());
        assertEquals(segment.ip().source(), error.ip().destination());
        assertEquals(segment.sequence(), ((Quoted.Tcp) error.quoted()).sequence());
    }

    /// A message of RFC 4253 section 6 with nothing in it but its number and spaces.
    private static String message(int number, int length) {
        return "\0\0\0" + (char) (length - 4) + "\4" + (char) number + " ".repeat(length - 6);
    }

    private static String payload(Rule.Outcome outcome) {
        return new String(
                ((Decoded.Segment) decoded(outcome.onward().orElseThrow()))
                        .payload()
                        .toBytes(),
                StandardCharsets.ISO_8859_1);
    }

    @Test
    void aFlippedBitIsFlippedInEveryCopyOfItsByteAndInNoOther() {
        BitFlipper flipper = new BitFlipper(BitFlipper.Where.CLIENT_LENGTH);
        String kexinit = message(20, 64);
        flipper.on(Direction.TO_SERVER, fromClient(Flags.SYN, -1, ""));
        assertEquals("SSH-2.0-x\r\n", payload(flipper.on(Direction.TO_SERVER, fromClient(DATA, 0, "SSH-2.0-x\r\n"))));
        String flipped = "\0@" + kexinit.substring(2);
        assertEquals(flipped, payload(flipper.on(Direction.TO_SERVER, fromClient(DATA, 11, kexinit))));
        assertEquals(flipped, payload(flipper.on(Direction.TO_SERVER, fromClient(DATA, 11, kexinit))));
        assertEquals("@", payload(flipper.on(Direction.TO_SERVER, fromClient(DATA, 12, "\0"))));
        assertEquals(kexinit, payload(flipper.on(Direction.TO_SERVER, fromClient(DATA, 75, kexinit))));
        assertEquals(kexinit, payload(flipper.on(Direction.TO_CLIENT, fromServer(DATA, 0, kexinit))));
    }

    @Test
    void theFirstEncryptedBytesFollowNewKeysInItsSegmentOrInTheNext() {
        String newKeys = message(21, 16);
        for (boolean together : List.of(true, false)) {
            BitFlipper flipper = new BitFlipper(BitFlipper.Where.CLIENT_ENCRYPTED);
            flipper.on(Direction.TO_SERVER, fromClient(Flags.SYN, -1, ""));
            flipper.on(Direction.TO_SERVER, fromClient(DATA, 0, message(20, 64)));
            String first = together ? newKeys + "secret" : newKeys;
            assertEquals(
                    together ? newKeys + "secre4" : newKeys,
                    payload(flipper.on(Direction.TO_SERVER, fromClient(DATA, 64, first))));
            assertEquals(
                    together ? "secret" : "secre4",
                    payload(flipper.on(Direction.TO_SERVER, fromClient(DATA, 64 + first.length(), "secret"))));
        }
    }

    @Test
    void aChainIsCrossedTheOtherWayRoundOnTheWayBackAndEndsWhereAFrameIsDropped() throws Exception {
        List<String> asked = new ArrayList<>();
        Rule near = (direction, frame) -> {
            asked.add("near");
            return Rule.Outcome.pass(frame);
        };
        Rule far = (direction, frame) -> {
            asked.add("far");
            return Rule.Outcome.drop();
        };
        Chain chain = new Chain(List.of(near, far));
        assertEquals(
                Optional.empty(), chain.on(Direction.TO_SERVER, new byte[0]).onward());
        assertEquals(List.of("near", "far"), asked);
        asked.clear();
        chain.on(Direction.TO_CLIENT, new byte[0]);
        assertEquals(List.of("far"), asked);
    }

    @Test
    void aClientThatSpeaksFirstIsHeldUntilTheServerHasSpokenAndItHasHappened() throws Exception {
        List<Integer> happened = new ArrayList<>();
        TurningPoint point = new TurningPoint(TurningPoint.Moment.BEFORE_THE_SERVER_HEARS, happened::add);
        point.on(Direction.TO_SERVER, fromClient(Flags.SYN, -1, ""));
        byte[] said = fromClient(DATA, 0, "SSH-2.0-x\r\n");
        assertEquals(Optional.empty(), point.on(Direction.TO_SERVER, said).onward());
        assertTrue(happened.isEmpty());
        Rule.Outcome spoken = point.on(Direction.TO_CLIENT, fromServer(DATA, 0, "SSH-2.0-y\r\n"));
        assertEquals(List.of(40_000), happened);
        assertTrue(spoken.onward().isPresent());
        assertArrayEquals(said, spoken.injected().getFirst().frame());
        assertFalse(spoken.injected().getFirst().forged(), "it is the client's own");
        assertTrue(point.on(Direction.TO_SERVER, said).onward().isPresent(), "it happens once");
        assertEquals(1, happened.size());
    }

    @Test
    void aServerThatSpeaksFirstIsNotHeldAndItHappensWhenTheClientAnswers() throws Exception {
        List<Integer> happened = new ArrayList<>();
        TurningPoint point = new TurningPoint(TurningPoint.Moment.BEFORE_THE_SERVER_HEARS, happened::add);
        point.on(Direction.TO_SERVER, fromClient(Flags.SYN, -1, ""));
        point.on(Direction.TO_CLIENT, fromServer(DATA, 0, "SSH-2.0-y\r\n"));
        point.on(Direction.TO_SERVER, fromClient(Flags.ACK, 0, ""));
        assertTrue(happened.isEmpty());
        byte[] said = fromClient(DATA, 0, "SSH-2.0-x\r\n");
        assertArrayEquals(said, point.on(Direction.TO_SERVER, said).onward().orElseThrow());
        assertEquals(1, happened.size());
    }

    @Test
    void aSmallSeedLosesTheFirstFrameNoMoreOftenThanAnother() {
        for (Direction direction : Direction.values()) {
            long lost = IntStream.range(0, 1000)
                    .filter(seed -> Bridge.dice(direction, seed).nextDouble() < 0.05)
                    .count();
            assertTrue(lost < 120, direction + ": " + lost + " of 1000");
        }
    }

    @Test
    void onlyTheFirstResetOfAConversationIsLost() {
        LosesFirstReset link = new LosesFirstReset();
        byte[] syn = fromClient(Flags.SYN, -1, "");
        byte[] reset = fromServer(Flags.RST | Flags.ACK, 0, "");
        link.on(Direction.TO_SERVER, syn);
        assertEquals(Optional.empty(), link.on(Direction.TO_CLIENT, reset).onward());
        link.on(Direction.TO_SERVER, syn);
        assertTrue(link.on(Direction.TO_CLIENT, reset).onward().isPresent(), "the SYN was sent again");
    }

    @Test
    void everyDeviceLetsPassWhatIsNotTcpAndWhatBelongsToNoConversationItKnows() throws Exception {
        for (Scenario scenario : Labs.all()) {
            for (Scenario.Obstacle obstacle : scenario.obstacles()) {
                if (obstacle instanceof Scenario.Obstacle.OnLink(Device device)) {
                    Rule rule = RehearsedDevice.of(device, 1);
                    for (int length = 0; length < 80; length++) {
                        byte[] noise = new byte[length];
                        for (Direction direction : Direction.values()) {
                            assertArrayEquals(
                                    noise, rule.on(direction, noise).onward().orElseThrow(), scenario.name());
                        }
                    }
                    byte[] unknown = fromServer(Flags.RST, 0, "");
                    assertTrue(rule.on(Direction.TO_CLIENT, unknown).onward().isPresent(), scenario.name());
                    assertTrue(rule.at(System.nanoTime()).isEmpty());
                }
            }
        }
    }
}
