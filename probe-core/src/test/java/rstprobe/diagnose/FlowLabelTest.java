package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import rstprobe.capture.Frame;
import rstprobe.capture.LinkType;
import rstprobe.record.ActiveTest;
import rstprobe.record.ActiveTest.Part;
import rstprobe.record.Event;
import rstprobe.record.Recording;
import rstprobe.wire.Encoder;
import rstprobe.wire.Flags;
import rstprobe.wire.IpAddress;
import rstprobe.wire.IpHeader;
import rstprobe.wire.MacAddress;
import rstprobe.wire.TcpHeader;

/// IPv6 resets with and without a flow label, beside those that the host itself is known to send.
class FlowLabelTest {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final IpAddress US = IpAddress.parse("2001:db8:1::2");
    private static final IpAddress SERVER = IpAddress.parse("2001:db8:3::2");

    /// Our SYN, the reset to it, a reference SYN to a closed port and the reset to that.
    private static List<String> said(int label, int referenceLabel) {
        List<Event> events = new ArrayList<>();
        List<Frame> frames = new ArrayList<>();
        Recording plain = PacketScript.of("talk\n0.0 > SYN\n= refused ECONNREFUSED")
                .overIpv6()
                .recording();
        events.addAll(plain.events());
        frames.addAll(plain.frames());
        long atNanos = frames.getFirst().atNanos();
        int port = ((Event.Opened) events.getFirst()).localPort();
        frames.add(reset(frames.size() + 1, atNanos + 1_000_000, 22, port, label));
        if (referenceLabel >= 0) {
            events.add(new Event.Probed(
                    atNanos + 2_000_000,
                    1,
                    ActiveTest.REFERENCE,
                    Part.CLOSED_PORT,
                    US.toString(),
                    61_000,
                    SERVER.toString(),
                    44_444,
                    64,
                    0x48,
                    0,
                    12_345,
                    7,
                    0,
                    false));
            frames.add(frame(
                    frames.size() + 1,
                    atNanos + 2_000_000,
                    IpHeader.between(US, SERVER).withTos(0x48),
                    TcpHeader.between(61_000, 44_444, Flags.SYN).withSequence(7).withWindow(12_345)));
            frames.add(reset(frames.size() + 1, atNanos + 3_000_000, 44_444, 61_000, referenceLabel));
        }
        Recording recording = new Recording(
                plain.startedNanos(), plain.plan(), plain.host(), plain.target(), events, frames, plain.capture());
        return Diagnosis.of(recording).evidence().stream()
                .map(Evidence::id)
                .filter(id -> id.contains("flow-label"))
                .toList();
    }

    private static Frame reset(int number, long atNanos, int from, int to, int label) {
        return frame(
                number,
                atNanos,
                IpHeader.between(SERVER, US).withTtl(62).withTos(0x48).withFlowLabel(label),
                TcpHeader.between(from, to, Flags.RST | Flags.ACK).withWindow(0));
    }

    private static Frame frame(int number, long atNanos, IpHeader ip, TcpHeader tcp) {
        byte[] bytes = Encoder.ethernet(MAC, MAC, Encoder.tcp(ip, tcp, new byte[0]));
        return new Frame(number, atNanos, LinkType.ETHERNET, bytes, bytes.length, 0, Optional.empty());
    }

    @Test
    void aResetWithoutALabelIsNotOfAHostWhoseResetsHaveOne() {
        assertEquals(List.of("reset-without-flow-label"), said(0, 0x12345));
        assertEquals(List.of("reset-has-flow-label"), said(0x54321, 0x12345));
    }

    @Test
    void whereTheHostsOwnResetsHaveNoneOrNoneIsKnownNothingIsSaid() {
        assertEquals(List.of(), said(0, 0));
        assertEquals(List.of(), said(0x54321, 0));
        assertEquals(List.of(), said(0, -1));
        assertEquals(List.of(), said(0x54321, -1));
    }
}
