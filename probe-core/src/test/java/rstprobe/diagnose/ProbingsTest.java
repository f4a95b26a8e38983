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

/// Which crafted packet an ICMP error over IPv6 is about, when it comes after the next one has left.
class ProbingsTest {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final IpAddress US = IpAddress.parse("2001:db8:1::2");
    private static final IpAddress SERVER = IpAddress.parse("2001:db8:3::2");
    private static final IpAddress ROUTER = IpAddress.parse("2001:db8:2::1");
    private static final int PORT = 61_000;
    private static final int WINDOW = 12_345;
    private static final int TCP_START = 40;
    private static final int EIGHT_BYTES_OF_TCP = TCP_START + 8;

    private final List<Event> events = new ArrayList<>();
    private final List<Frame> frames = new ArrayList<>();
    private long atNanos = 1_793_714_102_000_000_000L;

    @Test
    void aLateComplaintBelongsToTheSegmentItQuotes() {
        byte[] first = trigger(1);
        trigger(2);
        complaint(first);
        List<Probing> probings = Probings.of(recording());
        assertEquals(1, probings.get(0).complaints().size());
        assertEquals(0, probings.get(1).complaints().size());
    }

    @Test
    void oneThatQuotesTooLittleBelongsToNobody() {
        byte[] first = trigger(1);
        trigger(2);
        complaint(java.util.Arrays.copyOf(first, EIGHT_BYTES_OF_TCP));
        assertEquals(
                0,
                Probings.of(recording()).stream()
                        .mapToInt(probing -> probing.complaints().size())
                        .sum());
    }

    private byte[] trigger(int ttl) {
        atNanos += 100_000_000;
        events.add(new Event.Probed(
                atNanos,
                events.size() + 1,
                ActiveTest.SWEEP,
                Part.TRIGGER,
                US.toString(),
                PORT,
                SERVER.toString(),
                22,
                ttl,
                0x48,
                0,
                WINDOW + ttl,
                7,
                0,
                false));
        return frame(Encoder.tcp(
                IpHeader.between(US, SERVER).withTtl(ttl).withTos(0x48),
                TcpHeader.between(PORT, 22, Flags.SYN).withSequence(7).withWindow(WINDOW + ttl),
                new byte[0]));
    }

    private void complaint(byte[] quoted) {
        atNanos += 1_000_000;
        frame(Encoder.icmp(IpHeader.between(ROUTER, US), 3, 0, 0, quoted));
    }

    private byte[] frame(byte[] datagram) {
        byte[] bytes = Encoder.ethernet(MAC, MAC, datagram);
        frames.add(new Frame(frames.size() + 1, atNanos, LinkType.ETHERNET, bytes, bytes.length, 0, Optional.empty()));
        return datagram;
    }

    private Recording recording() {
        Recording plain = PacketScript.of("talk\n0.0 > SYN\n= refused ECONNREFUSED")
                .overIpv6()
                .recording();
        return new Recording(
                plain.startedNanos(), plain.plan(), plain.host(), plain.target(), events, frames, plain.capture());
    }
}
