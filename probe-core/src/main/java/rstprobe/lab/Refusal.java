package rstprobe.lab;

import rstprobe.wire.Decoded;
import rstprobe.wire.Encoder;
import rstprobe.wire.Flags;
import rstprobe.wire.IpHeader;
import rstprobe.wire.TcpHeader;

/// The reset with which somebody who has no connection answers a segment (RFC 9293 section 3.5.2).
final class Refusal {
    private Refusal() {}

    /// A frame back to whoever sent the segment.
    ///
    /// @param ip its header, from the segment's destination to its source
    static byte[] of(Decoded.Segment trigger, IpHeader ip) {
        boolean acknowledges = trigger.flags().ack();
        TcpHeader tcp = TcpHeader.between(
                        trigger.destinationPort(),
                        trigger.sourcePort(),
                        acknowledges ? Flags.RST : Flags.RST | Flags.ACK)
                .withSequence(acknowledges ? trigger.acknowledgement() : 0)
                .withAcknowledgement(acknowledges ? 0 : trigger.nextSequence())
                .withWindow(0);
        return Encoder.ethernet(
                trigger.ip().link().destination().orElseThrow(),
                trigger.ip().link().source().orElseThrow(),
                Encoder.tcp(ip, tcp, new byte[0]));
    }
}
