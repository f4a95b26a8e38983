package rstprobe.lab;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import rstprobe.wire.Decoded;
import rstprobe.wire.Decoder;
import rstprobe.wire.Encoder;
import rstprobe.wire.Flags;
import rstprobe.wire.IpAddress;
import rstprobe.wire.IpHeader;
import rstprobe.wire.LinkType;
import rstprobe.wire.MacAddress;
import rstprobe.wire.TcpHeader;

/// When the tap forges a reset, and with which numbers.
class ForgingTapTest {

    private static final MacAddress ROUTER1 = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress ROUTER2 = MacAddress.parse("02:00:00:00:00:02");
    private static final IpAddress CLIENT = IpAddress.parse("198.18.1.2");
    private static final IpAddress SERVER = IpAddress.parse("198.18.3.2");
    private static final int CLIENT_START = 0xffff_fffc;
    private static final int SERVER_START = 5000;

    private static byte[] fromClient(int flags, int offset, String text) {
        return fromClient(40000, flags, offset, text);
    }

    static byte[] fromClient(int port, int flags, int offset, String text) {
        TcpHeader tcp = TcpHeader.between(port, 22, flags)
                .withSequence(CLIENT_START + offset)
                .withAcknowledgement(SERVER_START);
        IpHeader ip = IpHeader.between(CLIENT, SERVER);
        return Encoder.ethernet(ROUTER1, ROUTER2, Encoder.tcp(ip, tcp, text.getBytes(StandardCharsets.US_ASCII)));
    }

    private static byte[] fromServer(int offset, String text) {
        return fromServer(Flags.ACK, offset, text);
    }

    static byte[] fromServer(int flags, int offset, String text) {
        TcpHeader tcp = TcpHeader.between(22, 40000, flags).withSequence(SERVER_START + offset);
        IpHeader ip = IpHeader.between(SERVER, CLIENT);
        return Encoder.ethernet(ROUTER2, ROUTER1, Encoder.tcp(ip, tcp, text.getBytes(StandardCharsets.US_ASCII)));
    }

    private static ForgingTap tap(boolean reassembles) {
        ForgingTap tap =
                new ForgingTap(new Match.Text(Match.SSH, reassembles), List.of(ForgingTap.PLAIN), false, true, 1);
        tap.on(Direction.TO_SERVER, fromClient(Flags.SYN, -1, ""));
        return tap;
    }

    private static List<Rule.Injection> said(ForgingTap tap, int offset, String text) {
        byte[] frame = fromClient(Flags.ACK | Flags.PSH, offset, text);
        Rule.Outcome outcome = tap.on(Direction.TO_SERVER, frame);
        assertArrayEquals(frame, outcome.onward().orElseThrow(), "a tap holds nothing back");
        return outcome.injected();
    }

    @Test
    void oneResetIsForgedWithTheServersNextNumberAndAnotherHopCount() {
        ForgingTap tap = tap(true);
        tap.on(Direction.TO_CLIENT, fromServer(0, "SSH-2.0-x\r\n"));
        Rule.Injection injection = said(tap, 0, "SSH-2.0-y\r\n").getFirst();
        assertEquals(Direction.TO_CLIENT, injection.direction());
        Decoded.Segment reset =
                (Decoded.Segment) Decoder.decode(LinkType.ETHERNET, injection.frame(), injection.frame().length);
        assertEquals(new Flags(Flags.RST), reset.flags());
        assertEquals(SERVER_START + 11, reset.sequence());
        assertEquals(SERVER, reset.ip().source());
        assertEquals(CLIENT, reset.ip().destination());
        assertEquals(128, reset.ip().ttl());
        assertEquals(ROUTER2, reset.ip().link().source().orElseThrow());
        assertEquals(ROUTER1, reset.ip().link().destination().orElseThrow());
        assertTrue(said(tap, 0, "SSH-2.0-y\r\n").isEmpty(), "a retransmission draws no second one");
    }

    @Test
    void theEighthByteDrawsItWhereTheStreamIsFollowedWhateverTheOrder() {
        ForgingTap tap = tap(true);
        String text = "SSH-2.0-";
        for (int i : new int[] {0, 2, 1, 3, 4, 6, 5}) {
            assertTrue(said(tap, i, text.substring(i, i + 1)).isEmpty());
        }
        assertEquals(1, said(tap, 7, "-").size());
    }

    @Test
    void oneByteASegmentPassesTheTapThatLooksAtSingleSegments() {
        ForgingTap tap = tap(false);
        String text = "SSH-2.0-y\r\n";
        for (int i = 0; i < text.length(); i++) {
            assertTrue(said(tap, i, text.substring(i, i + 1)).isEmpty());
        }
        assertEquals(1, said(tap(false), 0, text).size());
    }

    @Test
    void otherTextAndOtherFramesDrawNothing() {
        ForgingTap tap = tap(true);
        assertTrue(said(tap, 0, "HELLO-2.0-y\r\n").isEmpty());
        for (int length = 0; length < 80; length++) {
            byte[] noise = new byte[length];
            assertTrue(tap.on(Direction.TO_SERVER, noise).injected().isEmpty());
        }
    }

    @Test
    void theSecondSegmentDrawsItEvenIfItSaysTheSameAgain() {
        ForgingTap tap = new ForgingTap(new Match.Nth(2), List.of(ForgingTap.PLAIN), false, true, 1);
        tap.on(Direction.TO_SERVER, fromClient(Flags.SYN, -1, ""));
        assertTrue(said(tap, 0, "").isEmpty(), "what says nothing is not counted");
        assertTrue(said(tap, 0, "SSH").isEmpty());
        assertEquals(1, said(tap, 0, "SSH").size());
    }

    @Test
    void onlyWhatIsLongerDrawsIt() {
        ForgingTap tap = new ForgingTap(new Match.Longer(10), List.of(ForgingTap.PLAIN), false, true, 1);
        tap.on(Direction.TO_SERVER, fromClient(Flags.SYN, -1, ""));
        assertTrue(said(tap, 0, "0123456789").isEmpty());
        assertEquals(1, said(tap, 10, "0123456789a").size());
    }
}
