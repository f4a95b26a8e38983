package rstprobe.lab;

import rstprobe.wire.Datagram;
import rstprobe.wire.Decoded;
import rstprobe.wire.Decoder;
import rstprobe.wire.Encoder;
import rstprobe.wire.IpAddress;
import rstprobe.wire.IpHeader;
import rstprobe.wire.MacAddress;

/// Loses what is longer than a size on its way to the server, and says of each that another size would pass.
///
/// Over IPv4, where old and broken routers are known for it; IPv6 packets are lost without a word.
final class ClaimsTooBig implements Rule {

    private static final int ETHERNET = 14;
    /// Linux quotes so much that the whole error has 576 bytes.
    private static final int QUOTED = 548;

    private static final int UNREACHABLE = 3;
    private static final int TOO_BIG = 4;

    private final int longest;
    private final int claimed;

    ClaimsTooBig(int longest, int claimed) {
        this.longest = longest;
        this.claimed = claimed;
    }

    @Override
    public Outcome on(Direction direction, byte[] frame) {
        Decoded decoded = Decoder.decode(1, frame, frame.length);
        if (direction == Direction.TO_CLIENT || decoded.datagram().isEmpty()) {
            return Outcome.pass(frame);
        }
        Datagram ip = decoded.datagram().get();
        if (ip.totalLength() <= longest) {
            return Outcome.pass(frame);
        }
        if (ip.isV6()) {
            return Outcome.drop();
        }
        MacAddress near = ip.link().source().orElseThrow();
        MacAddress far = ip.link().destination().orElseThrow();
        byte[] quoted = new byte[QUOTED];
        System.arraycopy(frame, ETHERNET, quoted, 0, QUOTED);
        IpHeader header = IpHeader.between(IpAddress.parse(Topology.PUBLISHED4), ip.source());
        byte[] error = Encoder.icmp(header, UNREACHABLE, TOO_BIG, claimed, quoted);
        return Outcome.drop().injecting(Injection.forged(Direction.TO_CLIENT, Encoder.ethernet(far, near, error)));
    }
}
