package rstprobe.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import rstprobe.lab.StackShape.Stack;
import rstprobe.wire.Checksum;
import rstprobe.wire.Checksums;
import rstprobe.wire.Decoded;
import rstprobe.wire.Decoder;
import rstprobe.wire.Encoder;
import rstprobe.wire.Flags;
import rstprobe.wire.IpHeader;
import rstprobe.wire.LinkType;
import rstprobe.wire.TcpHeader;
import rstprobe.wire.TcpOption;

/// Devices that spoil evidence, frame by frame and without a network.
class HostileDevicesTest {
    private static final int DATA = Flags.ACK | Flags.PSH;

    private static Decoded.Segment segment(byte[] frame) {
        return (Decoded.Segment) Decoder.decode(LinkType.ETHERNET, frame, frame.length);
    }

    private static byte[] fromClient(int flags, int offset) {
        return ForgingTapTest.fromClient(40_000, flags, offset, "");
    }

    private static byte[] wrong(byte[] frame) {
        Decoded.Segment segment = segment(frame);
        return Rewriting.frame(segment, TcpHeader.of(segment).withChecksumError(0x101), new byte[0]);
    }

    private static Decoded.Segment answer(Rule.Outcome outcome) {
        assertEquals(Optional.empty(), outcome.onward());
        assertEquals(Direction.TO_CLIENT, outcome.injected().getFirst().direction());
        return segment(outcome.injected().getFirst().frame());
    }

    @Test
    void everythingIsAnsweredAsAKernelWithoutASocketWouldEvenWithAWrongChecksum() {
        AnswersAll device = new AnswersAll();
        byte[] syn = fromClient(Flags.SYN, -1);
        for (byte[] frame : List.of(syn, wrong(syn))) {
            Decoded.Segment reset = answer(device.on(Direction.TO_SERVER, frame));
            assertEquals(new Flags(Flags.RST | Flags.ACK), reset.flags());
            assertEquals(0, reset.sequence());
            assertEquals(segment(syn).nextSequence(), reset.acknowledgement());
            assertEquals(Checksum.GOOD, Checksums.of(reset));
        }
        Decoded.Segment stray = segment(fromClient(Flags.ACK, 0));
        Decoded.Segment reset = answer(device.on(
                Direction.TO_SERVER,
                Rewriting.frame(stray, IpHeader.of(stray.ip()).withTos(0x48))));
        assertEquals(new Flags(Flags.RST), reset.flags());
        assertEquals(stray.acknowledgement(), reset.sequence());
        assertEquals(0x48, reset.ip().tos());
        byte[] ours = fromClient(Flags.RST, 0);
        assertTrue(device.on(Direction.TO_SERVER, ours).onward().isPresent(), "no reset is answered");
    }

    @Test
    void anEchoRequestIsAnsweredToo() {
        Decoded.Segment like = segment(fromClient(Flags.ACK, 0));
        byte[] request = Encoder.ethernet(
                like.ip().link().source().orElseThrow(),
                like.ip().link().destination().orElseThrow(),
                Encoder.icmpEcho(IpHeader.of(like.ip()).withTos(0x48), true, 7, 1, new byte[] {1}));
        Rule.Outcome outcome = new AnswersAll().on(Direction.TO_SERVER, request);
        byte[] made = outcome.injected().getFirst().frame();
        Decoded.IcmpEcho reply = (Decoded.IcmpEcho) Decoder.decode(LinkType.ETHERNET, made, made.length);
        assertFalse(reply.request());
        assertEquals(7, reply.identifier());
        assertEquals(0x48, reply.ip().tos());
        assertEquals(like.ip().source(), reply.ip().destination());
    }

    @Test
    void soManyASecondPassAndTheOthersDoNot() {
        RateLimit limit = new RateLimit(2, false, false);
        byte[] frame = fromClient(Flags.ACK, 0);
        for (long second = 1; second < 4; second++) {
            assertTrue(limit.on(Direction.TO_SERVER, frame, second).onward().isPresent());
            assertTrue(limit.on(Direction.TO_SERVER, frame, second).onward().isPresent());
            assertEquals(Rule.Outcome.drop(), limit.on(Direction.TO_SERVER, frame, second));
            assertTrue(limit.on(Direction.TO_CLIENT, frame, second).onward().isPresent());
        }
    }

    @Test
    void whereOnlyOpeningsCountTheOthersPassAndASynTooManyIsReset() {
        RateLimit limit = new RateLimit(1, true, true);
        byte[] syn = fromClient(Flags.SYN, -1);
        assertTrue(limit.on(Direction.TO_SERVER, syn, 1).onward().isPresent());
        assertTrue(
                limit.on(Direction.TO_SERVER, fromClient(DATA, 0), 1).onward().isPresent());
        Decoded.Segment reset = answer(limit.on(Direction.TO_SERVER, syn, 1));
        assertTrue(reset.flags().rst());
        assertEquals(segment(syn).nextSequence(), reset.acknowledgement());
    }

    @Test
    void everyOtherSegmentOfTheServersComesAHopFurther() {
        AlternatingWays ways = new AlternatingWays();
        int[] ttls = new int[4];
        for (int i = 0; i < ttls.length; i++) {
            byte[] frame = ForgingTapTest.fromServer(Flags.ACK, i, "");
            ttls[i] = segment(ways.on(Direction.TO_CLIENT, frame).onward().orElseThrow())
                    .ip()
                    .ttl();
        }
        assertEquals(
                List.of(63, 64, 63, 64), java.util.Arrays.stream(ttls).boxed().toList());
    }

    @Test
    void aWrongChecksumStaysWrongWhateverElseIsRewritten() {
        byte[] syn = fromClient(Flags.SYN, -1);
        for (byte[] frame : List.of(syn, wrong(syn))) {
            byte[] onward =
                    new LongerWay(1).on(Direction.TO_SERVER, frame).onward().orElseThrow();
            assertEquals(segment(frame).ip().ttl() - 1, segment(onward).ip().ttl());
            assertEquals(Checksums.of(segment(frame)), Checksums.of(segment(onward)));
        }
    }

    private static Decoded.Segment shaped(Stack stack, byte[] frame) {
        StackShape shape = new StackShape(stack, 1);
        shape.on(Direction.TO_SERVER, fromClient(DATA, 3));
        return segment(shape.on(Direction.TO_CLIENT, frame).onward().orElseThrow());
    }

    private static byte[] fromServer(int flags, int sequence, TcpOption... options) {
        Decoded.Segment like = segment(ForgingTapTest.fromServer(flags, 0, ""));
        return Rewriting.frame(
                like,
                IpHeader.of(like.ip()).withTos(0x48).withIdentification(77),
                TcpHeader.of(like).withSequence(sequence).withOptions(options),
                new byte[0]);
    }

    @Test
    void aResetToAnAcknowledgementHasTheFlagsOfItsSystem() {
        byte[] reset = fromServer(Flags.RST, 5_000);
        assertEquals(new Flags(Flags.RST), shaped(Stack.FREEBSD, reset).flags());
        assertEquals(0, shaped(Stack.FREEBSD, reset).ip().identification().orElseThrow());
        assertEquals(
                new Flags(Flags.RST | Flags.ACK), shaped(Stack.OPENBSD, reset).flags());
        assertEquals(
                segment(fromClient(DATA, 3)).sequence(),
                shaped(Stack.OPENBSD, reset).acknowledgement());
        assertTrue(shaped(Stack.MACOS, reset).ip().dontFragment());
        for (Stack stack : Stack.values()) {
            assertEquals(0, shaped(stack, reset).ip().tos(), stack.toString());
        }
    }

    @Test
    void aResetToASynHasDfClearOnOneSystemOnly() {
        byte[] reset = fromServer(Flags.RST | Flags.ACK, 0);
        assertFalse(shaped(Stack.MACOS, reset).ip().dontFragment());
        assertTrue(shaped(Stack.FREEBSD, reset).ip().dontFragment());
        assertTrue(shaped(Stack.OPENBSD, reset).ip().dontFragment());
    }

    @Test
    void anAbortHasNoTimestampsAndASynAckTheOrderOfTheBsds() {
        TcpOption.Timestamps stamps = new TcpOption.Timestamps(1, 2);
        assertTrue(shaped(Stack.FREEBSD, fromServer(Flags.RST | Flags.ACK, 9, stamps))
                .options()
                .isEmpty());
        byte[] synAck = fromServer(
                Flags.SYN | Flags.ACK,
                4_999,
                new TcpOption.MaximumSegmentSize(1_460),
                new TcpOption.SackPermitted(),
                stamps,
                new TcpOption.NoOperation(),
                new TcpOption.WindowScale(7));
        assertEquals(
                List.of(2, 1, 3, 4, 8),
                shaped(Stack.MACOS, synAck).options().order().stream()
                        .filter(kind -> kind != TcpOption.Kind.END_OF_LIST)
                        .toList());
    }
}
