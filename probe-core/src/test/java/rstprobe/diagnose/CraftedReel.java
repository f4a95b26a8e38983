package rstprobe.diagnose;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rstprobe.capture.Frame;
import rstprobe.capture.LinkType;
import rstprobe.record.ActiveTest;
import rstprobe.record.ActiveTest.Part;
import rstprobe.record.Event;
import rstprobe.record.HostFacts;
import rstprobe.record.Recording;
import rstprobe.wire.Encoder;
import rstprobe.wire.Flags;
import rstprobe.wire.IpAddress;
import rstprobe.wire.IpHeader;
import rstprobe.wire.MacAddress;
import rstprobe.wire.RecordRoute;
import rstprobe.wire.TcpHeader;
import rstprobe.wire.TcpOption;

/// Adds crafted packets and their answers to a recording, one after another, 100 ms apart.
final class CraftedReel {
    static final int WINDOW = 12_345;
    static final int TOS = 0x48;
    private static final int ROUND_TRIP_MILLIS = 10;
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final IpAddress US = IpAddress.parse("198.18.1.2");
    private static final IpAddress SERVER = IpAddress.parse("198.18.3.2");

    private final Recording recording;
    private final List<Event> events;
    private final List<Frame> frames;
    private long atNanos;
    private Event.Probed last;
    private byte[] lastSent = new byte[0];
    private int id;
    private int delayMillis = ROUND_TRIP_MILLIS;
    private byte[] options = new byte[0];
    private int queuedMillis;

    CraftedReel(Recording recording) {
        this.recording = recording;
        this.events = new ArrayList<>(recording.events());
        this.frames = new ArrayList<>(recording.frames());
        this.atNanos = frames.getLast().atNanos();
    }

    /// A SYN with this TTL from a port of ours to one of theirs.
    CraftedReel syn(ActiveTest test, Part part, int ours, int theirs, int ttl) {
        return probe(test, part, ours, theirs, ttl, 4_660 + ttl, Flags.SYN, 500, 0, 0, false);
    }

    /// The same with a wrong checksum.
    CraftedReel wrongSyn(int ours) {
        return probe(ActiveTest.BAD_CHECKSUM, Part.TRIGGER, ours, 22, 64, 4_660, Flags.SYN, 500, 0, 0, true);
    }

    /// An acknowledgement or data of ours.
    CraftedReel segment(ActiveTest test, Part part, int ours, int ttl, int sequence, int acknowledgement, int length) {
        return probe(test, part, ours, 22, ttl, 4_660 + ttl, Flags.ACK, sequence, acknowledgement, length, false);
    }

    /// Something we say at a place of our stream, on a connection that began with a SYN of [#syn].
    CraftedReel says(ActiveTest test, Part part, int ours, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return probe(test, part, ours, 22, 64, 4_660, Flags.ACK, 501 + offset, 100, bytes, false);
    }

    private CraftedReel probe(
            ActiveTest test,
            Part part,
            int ours,
            int theirs,
            int ttl,
            int identification,
            int flags,
            int sequence,
            int acknowledgement,
            int length,
            boolean wrong) {
        byte[] payload = new byte[length];
        return probe(test, part, ours, theirs, ttl, identification, flags, sequence, acknowledgement, payload, wrong);
    }

    private CraftedReel probe(
            ActiveTest test,
            Part part,
            int ours,
            int theirs,
            int ttl,
            int identification,
            int flags,
            int sequence,
            int acknowledgement,
            byte[] payload,
            boolean wrong) {
        atNanos += 100_000_000;
        last = new Event.Probed(
                atNanos - queuedMillis * 1_000_000L,
                ++id,
                test,
                part,
                US.toString(),
                ours,
                SERVER.toString(),
                theirs,
                ttl,
                TOS,
                identification,
                WINDOW,
                sequence,
                acknowledgement,
                wrong);
        queuedMillis = 0;
        events.add(last);
        TcpHeader tcp = TcpHeader.between(ours, theirs, flags)
                .withSequence(sequence)
                .withAcknowledgement(acknowledgement)
                .withWindow(WINDOW);
        IpHeader ip = IpHeader.between(US, SERVER).withTtl(ttl).withTos(TOS).withIdentification(identification);
        if (test == ActiveTest.RECORD_ROUTE) {
            ip = ip.withOptions(RecordRoute.toBeFilled(RecordRoute.MOST_SLOTS));
        }
        lastSent = Encoder.tcp(ip, wrong ? tcp.withChecksumError(1) : tcp, payload);
        return frame(lastSent);
    }

    /// A reset without a socket in answer to the last packet.
    CraftedReel reset(int ttl, int tos) {
        return reset(ttl, tos, 0, 0);
    }

    CraftedReel reset(int ttl, int tos, int window, int identification) {
        boolean syn = last.acknowledgement() == 0;
        return answer(
                ttl,
                tos,
                identification,
                TcpHeader.between(last.remotePort(), last.localPort(), syn ? Flags.RST | Flags.ACK : Flags.RST)
                        .withSequence(syn ? 0 : last.acknowledgement())
                        .withAcknowledgement(syn ? last.sequence() + 1 : 0)
                        .withWindow(window));
    }

    /// An acknowledgement by a socket that lives, of this many bytes of the last packet.
    CraftedReel acknowledged(int bytes, TcpOption... options) {
        return answer(
                62,
                0,
                9_999,
                TcpHeader.between(last.remotePort(), last.localPort(), Flags.ACK)
                        .withSequence(last.acknowledgement())
                        .withAcknowledgement(last.sequence() + bytes)
                        .withWindow(509)
                        .withOptions(options));
    }

    /// The last packet's TTL ran out at a hop, which saw it with this type of service.
    CraftedReel expiredAt(String hop, int tosThere) {
        byte[] quoted = lastSent.clone();
        quoted[1] = (byte) tosThere;
        IpHeader ip = IpHeader.between(IpAddress.parse(hop), US);
        return frame(Encoder.icmp(ip, 11, 0, 0, quoted));
    }

    CraftedReel expiredAt(String hop) {
        return expiredAt(hop, TOS);
    }

    CraftedReel echo(int replyTos) {
        atNanos += 100_000_000;
        events.add(new Event.Probed(
                atNanos,
                ++id,
                ActiveTest.ECHO,
                Part.ECHO,
                US.toString(),
                77,
                SERVER.toString(),
                1,
                64,
                TOS,
                4_660,
                0,
                0,
                0,
                false));
        frame(Encoder.icmpEcho(IpHeader.between(US, SERVER).withTos(TOS), true, 77, 1, new byte[0]));
        return frame(Encoder.icmpEcho(IpHeader.between(SERVER, US).withTos(replyTos), false, 77, 1, new byte[0]));
    }

    /// The next answer is on its way for so long before it arrives.
    CraftedReel after(int millis) {
        delayMillis = millis;
        return this;
    }

    /// The next packet waits so long in our own kernel before it leaves.
    CraftedReel queued(int millis) {
        queuedMillis = millis;
        return this;
    }

    /// The next answer has a record route with these addresses written.
    CraftedReel by(String... addresses) {
        options = RecordRoute.toBeFilled(RecordRoute.MOST_SLOTS);
        for (String address : addresses) {
            System.arraycopy(IpAddress.parse(address).toBytes(), 0, options, options[2] - 1, IpAddress.V4_BYTES);
            options[2] += IpAddress.V4_BYTES;
        }
        return this;
    }

    private CraftedReel answer(int ttl, int tos, int identification, TcpHeader tcp) {
        atNanos += delayMillis * 1_000_000L;
        delayMillis = ROUND_TRIP_MILLIS;
        IpHeader ip = IpHeader.between(SERVER, US)
                .withTtl(ttl)
                .withTos(tos)
                .withIdentification(identification)
                .withOptions(options);
        options = new byte[0];
        return frame(Encoder.tcp(ip, tcp, new byte[0]));
    }

    private CraftedReel frame(byte[] datagram) {
        atNanos += 1_000_000;
        byte[] bytes = Encoder.ethernet(MAC, MAC, datagram);
        frames.add(new Frame(frames.size() + 1, atNanos, LinkType.ETHERNET, bytes, bytes.length, 0, Optional.empty()));
        return this;
    }

    CraftedReel omitted(ActiveTest test, String why) {
        events.add(new Event.Omitted(atNanos, test, why));
        return this;
    }

    Recording recording() {
        HostFacts host = recording.host();
        return new Recording(
                recording.startedNanos(),
                recording.plan(),
                new HostFacts(
                        host.interfaceName(),
                        host.address(),
                        host.mtu(),
                        host.kernel(),
                        Optional.of("198.18.1.1"),
                        host.offloads()),
                recording.target(),
                events,
                frames,
                recording.capture());
    }

    Finding finding() {
        return Diagnosis.of(recording());
    }
}
