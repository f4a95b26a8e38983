package rstprobe.lab;

import java.util.Optional;
import rstprobe.wire.Decoded;
import rstprobe.wire.Flags;
import rstprobe.wire.IpHeader;
import rstprobe.wire.TcpHeader;
import rstprobe.wire.TcpOption;

/// Gives everything the server sends the shape of a Windows host: hop count from 128, one
/// identification counter for the whole host, no timestamps, and in a reset without ACK flag an
/// acknowledgement number equal to the sequence number.
///
/// Timestamps go unused because the client's offer of them never arrives. Of IPv6 only the hop count
/// and the numbers change, since it has no identification.
final class WindowsShape implements Rule {

    private static final int HIGHER = 64;

    private int identification = 0x3000;

    @Override
    public Outcome on(Direction direction, byte[] frame) {
        Optional<Decoded.Segment> segment = FlowTable.segment(frame);
        if (segment.isEmpty()) {
            return Outcome.pass(frame);
        }
        return switch (direction) {
            case TO_SERVER -> Outcome.pass(segment.get().flags().syn() ? withoutTimestamps(segment.get()) : frame);
            case TO_CLIENT -> Outcome.pass(shaped(segment.get()));
        };
    }

    private static byte[] withoutTimestamps(Decoded.Segment syn) {
        TcpOption[] options = syn.options().list().stream()
                .filter(option -> !(option instanceof TcpOption.Timestamps))
                .toArray(TcpOption[]::new);
        return Rewriting.frame(
                syn, TcpHeader.of(syn).withOptions(options), syn.payload().toBytes());
    }

    private byte[] shaped(Decoded.Segment segment) {
        IpHeader ip = IpHeader.of(segment.ip()).withTtl(segment.ip().ttl() + HIGHER);
        if (!segment.ip().isV6()) {
            ip = ip.withIdentification(identification++ & 0xffff);
        }
        TcpHeader tcp = TcpHeader.of(segment);
        boolean bare = segment.flags().rst() && (segment.flags().bits() & Flags.ACK) == 0;
        return Rewriting.frame(
                segment,
                ip,
                bare ? tcp.withAcknowledgement(segment.sequence()) : tcp,
                segment.payload().toBytes());
    }
}
