package rstprobe.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import rstprobe.wire.Decoded;
import rstprobe.wire.Flags;
import rstprobe.wire.IpHeader;
import rstprobe.wire.TcpHeader;
import rstprobe.wire.TcpOption;

/// Gives everything the server sends the shape of another system than Linux: its order of options, its
/// identifications, and resets without timestamps that return no type of service, and no IP
/// options, which the BSDs strip before their TCP sees a segment.
///
/// Hop counts stay, since these systems start with 64 too. What is drawn by lot starts from a seed.
final class StackShape implements Rule {

    private static final int PORTS = 1 << 16;

    private final Stack stack;
    private final Random dice;
    private final int[] clientSequence = new int[PORTS];

    /// The systems, by the shapes that nmap's database has of them.
    enum Stack {
        /// Identification 0 where DF is set, which is always.
        FREEBSD,
        /// Random identifications; a reset to an acknowledgement has the ACK flag and acknowledges the
        /// trigger's own sequence number.
        OPENBSD,
        /// Random identifications; a reset to a SYN has DF clear.
        MACOS
    }

    /// @param seed where its random numbers start
    StackShape(Stack stack, long seed) {
        this.stack = stack;
        this.dice = new Random(seed);
    }

    @Override
    public Outcome on(Direction direction, byte[] frame) {
        Optional<Decoded.Segment> segment = FlowTable.segment(frame);
        if (segment.isEmpty()) {
            return Outcome.pass(frame);
        }
        return switch (direction) {
            case TO_SERVER -> {
                clientSequence[segment.get().sourcePort()] = segment.get().sequence();
                yield Outcome.pass(frame);
            }
            case TO_CLIENT -> Outcome.pass(shaped(segment.get()));
        };
    }

    private byte[] shaped(Decoded.Segment segment) {
        IpHeader ip = IpHeader.of(segment.ip());
        if (!segment.ip().isV6()) {
            ip = ip.withIdentification(identification());
        }
        TcpHeader tcp = TcpHeader.of(segment);
        if (segment.flags().rst()) {
            return Rewriting.frame(
                    segment,
                    resetIp(segment, ip),
                    resetTcp(segment, tcp),
                    segment.payload().toBytes());
        }
        boolean opens = segment.flags().syn();
        return Rewriting.frame(
                segment,
                ip,
                opens ? tcp.withOptions(ordered(segment)) : tcp,
                segment.payload().toBytes());
    }

    private int identification() {
        return switch (stack) {
            case FREEBSD -> 0;
            case OPENBSD, MACOS -> 1 + dice.nextInt(0xffff);
        };
    }

    private IpHeader resetIp(Decoded.Segment reset, IpHeader ip) {
        IpHeader plain = ip.withTos(0).withOptions(new byte[0]);
        boolean refuses = reset.flags().ack() && reset.sequence() == 0;
        return switch (stack) {
            case FREEBSD, OPENBSD -> plain;
            case MACOS -> refuses && !reset.ip().isV6() ? plain.withDontFragment(false) : plain;
        };
    }

    private TcpHeader resetTcp(Decoded.Segment reset, TcpHeader tcp) {
        TcpHeader plain = tcp.withOptions();
        return switch (stack) {
            case FREEBSD, MACOS -> plain;
            case OPENBSD ->
                reset.flags().ack()
                        ? plain
                        : plain.withFlags(Flags.RST | Flags.ACK)
                                .withAcknowledgement(clientSequence[reset.destinationPort()]);
        };
    }

    /// The options of a SYN-ACK in the order of the BSDs: scale before the rest, timestamps last.
    private static TcpOption[] ordered(Decoded.Segment segment) {
        List<TcpOption> ordered = new ArrayList<>();
        for (int kind : new int[] {
            TcpOption.Kind.MAXIMUM_SEGMENT_SIZE,
            TcpOption.Kind.WINDOW_SCALE,
            TcpOption.Kind.SACK_PERMITTED,
            TcpOption.Kind.TIMESTAMPS
        }) {
            segment.options().list().stream()
                    .filter(option -> option.kind() == kind)
                    .forEach(option -> {
                        if (kind == TcpOption.Kind.WINDOW_SCALE) {
                            ordered.add(new TcpOption.NoOperation());
                        }
                        ordered.add(option);
                    });
        }
        return ordered.toArray(TcpOption[]::new);
    }
}
