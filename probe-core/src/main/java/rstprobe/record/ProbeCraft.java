package rstprobe.record;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import rstprobe.path.PathProbe;
import rstprobe.path.SurveyFlow;
import rstprobe.wire.Conversation;
import rstprobe.wire.Datagram;
import rstprobe.wire.Encoder;
import rstprobe.wire.Flags;
import rstprobe.wire.IpHeader;
import rstprobe.wire.Slice;
import rstprobe.wire.TcpHeader;
import rstprobe.wire.TcpOption;

/// Makes the packets of a survey's probes, to the byte as long as they are wanted.
final class ProbeCraft {
    private static final int TCP_HEADER = 20;
    private static final int STAMPS = 12;
    private static final long STAMP_MASK = 0xffff_ffffL;
    private static final int ICMP_HEADER = 8;
    private static final int UDP_HEADER = 8;
    private static final int UDP_CHECKSUM_AT = 6;
    private static final int FRAGMENT_HEADER = 8;
    private static final int FRAGMENT_STEP = 8;

    private final SurveyFlow flow;
    private final ConnectionEdge edge;
    private final int typeOfService;
    private final int strayBase;
    private long lastStamp;

    /// @param strayBase where the numbers of stray segments begin, drawn by lot
    ProbeCraft(SurveyFlow flow, ConnectionEdge edge, int typeOfService, int strayBase) {
        this.flow = flow;
        this.edge = edge;
        this.typeOfService = typeOfService;
        this.strayBase = strayBase;
    }

    /// A probe on the wire.
    ///
    /// @param name      what its answer repeats
    /// @param datagrams one, or the fragments of an echo
    record Crafted(int name, List<byte[]> datagrams) {}

    Crafted of(PathProbe probe) {
        return switch (probe.kind()) {
            case OLD_DATA -> oldData(probe);
            case STAMPED -> stamped(probe);
            case AHEAD -> ahead(probe);
            case DATAGRAM -> datagram(probe);
            case STRAY -> stray(probe);
            case OPENING -> opening(probe);
            case ECHO -> new Crafted(probe.number(), List.of(echo(probe)));
            case ECHO_IN_PIECES -> new Crafted(probe.number(), pieces(probe));
        };
    }

    private IpHeader ip(PathProbe probe) {
        Conversation tuple = probe.kind().rides() ? flow.connection() : flow.strays(probe.flow());
        return IpHeader.between(tuple.ours().address(), tuple.theirs().address())
                .withTtl(probe.ttl())
                .withTos(typeOfService)
                .withDontFragment(probe.dontFragment())
                .withIdentification(isV6() ? 0 : probe.number() & 0xffff);
    }

    private boolean isV6() {
        return flow.strays().ours().address().isV6();
    }

    private int ipHeader() {
        return isV6() ? Datagram.V6_HEADER : Datagram.V4_HEADER;
    }

    /// The newest timestamp of the kernel's serves again: an older one would be discarded (RFC 7323 section 5).
    private Crafted oldData(PathProbe probe) {
        return data(probe, edge::place);
    }

    private Crafted ahead(PathProbe probe) {
        return data(probe, _ -> edge.placeAhead());
    }

    /// @param place the first byte's number, for so many bytes
    private Crafted data(PathProbe probe, IntUnaryOperator place) {
        Conversation tuple = flow.connection();
        TcpHeader tcp = TcpHeader.between(tuple.ours().port(), tuple.theirs().port(), Flags.ACK)
                .withAcknowledgement(edge.expected())
                .withWindow(edge.window());
        int header = ipHeader() + TCP_HEADER;
        if (edge.stamps().isPresent()) {
            tcp = tcp.withOptions(
                    new TcpOption.NoOperation(),
                    new TcpOption.NoOperation(),
                    edge.stamps().get());
            header += STAMPS;
        }
        int length = probe.bytes() - header;
        int first = place.applyAsInt(length);
        return new Crafted(first, List.of(Encoder.tcp(ip(probe), tcp.withSequence(first), new byte[length])));
    }

    /// It ends where the server's acknowledgement does, since only then its timestamp counts (RFC 7323 section 4.3).
    private Crafted stamped(PathProbe probe) {
        Conversation tuple = flow.connection();
        TcpOption.Timestamps kernels = edge.stamps().orElseThrow();
        lastStamp = Math.max(lastStamp, kernels.value()) + 1;
        int length = probe.bytes() - ipHeader() - TCP_HEADER - STAMPS;
        TcpHeader tcp = TcpHeader.between(tuple.ours().port(), tuple.theirs().port(), Flags.ACK)
                .withAcknowledgement(edge.expected())
                .withWindow(edge.window())
                .withSequence(edge.placeAtEnd(length))
                .withOptions(
                        new TcpOption.NoOperation(),
                        new TcpOption.NoOperation(),
                        new TcpOption.Timestamps(lastStamp & STAMP_MASK, kernels.echo()));
        return new Crafted((int) lastStamp, List.of(Encoder.tcp(ip(probe), tcp, new byte[length])));
    }

    /// Its checksum is the probe's number, since errors quote no more of a datagram than its header (RFC 792): two
    /// bytes of the payload make it so.
    private Crafted datagram(PathProbe probe) {
        Conversation tuple = flow.datagrams();
        int name = probe.number() & 0xffff;
        byte[] payload = new byte[probe.bytes() - ipHeader() - UDP_HEADER];
        byte[] without =
                Encoder.udp(ip(probe), tuple.ours().port(), tuple.theirs().port(), payload);
        int sum = onesComplement(checksumOf(without) - name);
        payload[0] = (byte) (sum >>> 8);
        payload[1] = (byte) sum;
        return new Crafted(
                name,
                List.of(Encoder.udp(
                        ip(probe), tuple.ours().port(), tuple.theirs().port(), payload)));
    }

    private int checksumOf(byte[] udp) {
        int at = ipHeader() + UDP_CHECKSUM_AT;
        return (udp[at] & 0xff) << 8 | udp[at + 1] & 0xff;
    }

    private static int onesComplement(int difference) {
        return Math.floorMod(difference, 0xffff);
    }

    private Crafted stray(PathProbe probe) {
        Conversation tuple = flow.strays(probe.flow());
        int name = strayBase + probe.number();
        TcpHeader tcp = TcpHeader.between(tuple.ours().port(), tuple.theirs().port(), Flags.ACK)
                .withSequence(name)
                .withAcknowledgement(name);
        byte[] payload = new byte[probe.bytes() - ipHeader() - TCP_HEADER];
        return new Crafted(name, List.of(Encoder.tcp(ip(probe), tcp, payload)));
    }

    private Crafted opening(PathProbe probe) {
        Conversation tuple = flow.strays();
        int name = strayBase + probe.number();
        TcpHeader tcp = TcpHeader.between(tuple.ours().port(), tuple.theirs().port(), Flags.SYN)
                .withSequence(name)
                .withOptions(new TcpOption.MaximumSegmentSize(probe.bytes() - ipHeader() - TCP_HEADER));
        return new Crafted(name, List.of(Encoder.tcp(ip(probe), tcp, new byte[0])));
    }

    private byte[] echo(PathProbe probe) {
        byte[] payload = new byte[probe.bytes() - ipHeader() - ICMP_HEADER];
        return Encoder.icmpEcho(ip(probe), true, flow.identifier(), probe.number() & 0xffff, payload);
    }

    /// Fragments of about the same length.
    private List<byte[]> pieces(PathProbe probe) {
        byte[] whole = echo(probe);
        byte[] message = Arrays.copyOfRange(whole, ipHeader(), whole.length);
        int step = Math.ceilDiv(Math.ceilDiv(message.length, probe.packets()), FRAGMENT_STEP) * FRAGMENT_STEP;
        List<byte[]> pieces = new ArrayList<>();
        for (int from = 0; from < message.length; from += step) {
            int to = Math.min(message.length, from + step);
            pieces.add(piece(probe, from, to < message.length, Arrays.copyOfRange(message, from, to)));
        }
        return pieces;
    }

    private byte[] piece(PathProbe probe, int offset, boolean more, byte[] bytes) {
        if (!isV6()) {
            IpHeader ip = ip(probe).withDontFragment(false).withFragment(offset, more);
            return Encoder.ip(ip, Datagram.ICMP, bytes);
        }
        byte[] extension = new byte[FRAGMENT_HEADER];
        extension[2] = (byte) (offset >>> 8);
        extension[3] = (byte) (offset | (more ? 1 : 0));
        extension[4] = (byte) (strayBase >>> 24);
        extension[5] = (byte) (strayBase >>> 16);
        extension[6] = (byte) (probe.number() >>> 8);
        extension[7] = (byte) probe.number();
        IpHeader ip = ip(probe)
                .withExtensions(List.of(new Datagram.Extension(Datagram.Extension.FRAGMENT, Slice.of(extension))));
        return Encoder.ip(ip, Datagram.ICMPV6, bytes);
    }
}
