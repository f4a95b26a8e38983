package rstprobe.record;

import java.util.Optional;
import rstprobe.wire.Conversation;
import rstprobe.wire.Encoder;
import rstprobe.wire.Flags;
import rstprobe.wire.IpHeader;
import rstprobe.wire.RecordRoute;
import rstprobe.wire.TcpHeader;
import rstprobe.wire.TcpOption;

/// A TCP segment that is to be crafted. Immutable: each `with` method returns a changed copy.
///
/// Its type of service, window and identification are values nobody would choose by chance, so that whoever
/// copies them into an answer shows it.
///
/// @param flags bits of [Flags]
record Probe(
        ActiveTest test,
        ActiveTest.Part part,
        Conversation flow,
        int flags,
        int sequence,
        int acknowledgement,
        int ttl,
        int identification,
        Optional<TcpOption.Timestamps> timestamps,
        byte[] payload,
        boolean wrongChecksum) {
    /// A window that no stack starts with; p0f's author advises to probe with it, because some stacks copy
    /// it.
    static final int WINDOW = 12_345;

    static final int IDENTIFICATION = 4_660;
    static final int TTL = 64;

    private static final int CHECKSUM_ERROR = 0x5a5a;

    /// Over IPv6 there is no identification, so the window tells which segment an ICMP error quotes: it quotes as
    /// much as fits (RFC 4443 section 2.4), and no router chooses a path by it, as some do by the flow label.
    int window() {
        return flow.ours().address().isV6() ? WINDOW + identification - IDENTIFICATION : WINDOW;
    }

    /// A segment without options or payload.
    static Probe of(ActiveTest test, ActiveTest.Part part, Conversation flow, int flags) {
        return new Probe(test, part, flow, flags, 0, 0, TTL, IDENTIFICATION, Optional.empty(), new byte[0], false);
    }

    Probe withNumbers(int sequence, int acknowledgement) {
        return new Probe(
                test,
                part,
                flow,
                flags,
                sequence,
                acknowledgement,
                ttl,
                identification,
                timestamps,
                payload,
                wrongChecksum);
    }

    Probe withTtl(int ttl) {
        return new Probe(
                test,
                part,
                flow,
                flags,
                sequence,
                acknowledgement,
                ttl,
                identification,
                timestamps,
                payload,
                wrongChecksum);
    }

    Probe withIdentification(int identification) {
        return new Probe(
                test,
                part,
                flow,
                flags,
                sequence,
                acknowledgement,
                ttl,
                identification,
                timestamps,
                payload,
                wrongChecksum);
    }

    Probe withTimestamps(TcpOption.Timestamps stamps) {
        return new Probe(
                test,
                part,
                flow,
                flags,
                sequence,
                acknowledgement,
                ttl,
                identification,
                Optional.of(stamps),
                payload,
                wrongChecksum);
    }

    Probe withPayload(byte[] bytes) {
        return new Probe(
                test,
                part,
                flow,
                flags,
                sequence,
                acknowledgement,
                ttl,
                identification,
                timestamps,
                bytes,
                wrongChecksum);
    }

    Probe withWrongChecksum() {
        return new Probe(
                test, part, flow, flags, sequence, acknowledgement, ttl, identification, timestamps, payload, true);
    }

    byte[] datagram(int typeOfService) {
        IpHeader ip = IpHeader.between(flow.ours().address(), flow.theirs().address())
                .withTtl(ttl)
                .withTos(typeOfService)
                .withIdentification(identification);
        if (test == ActiveTest.RECORD_ROUTE) {
            ip = ip.withOptions(RecordRoute.toBeFilled(RecordRoute.MOST_SLOTS));
        }
        TcpHeader tcp = TcpHeader.between(flow.ours().port(), flow.theirs().port(), flags)
                .withSequence(sequence)
                .withAcknowledgement(acknowledgement)
                .withWindow(window());
        if ((flags & Flags.SYN) != 0) {
            tcp = tcp.withOptions(new TcpOption.MaximumSegmentSize(ActiveTest.SEGMENT_SIZE));
        }
        if (timestamps.isPresent()) {
            tcp = tcp.withOptions(new TcpOption.NoOperation(), new TcpOption.NoOperation(), timestamps.get());
        }
        return Encoder.tcp(ip, wrongChecksum ? tcp.withChecksumError(CHECKSUM_ERROR) : tcp, payload);
    }
}
