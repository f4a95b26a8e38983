package rstprobe.lab;

import java.util.Optional;
import rstprobe.wire.Datagram;
import rstprobe.wire.Decoded;
import rstprobe.wire.Decoder;
import rstprobe.wire.Encoder;
import rstprobe.wire.IpHeader;
import rstprobe.wire.LinkType;

/// A device in the path that answers everything in the server's place, and lets nothing of it pass: every
/// segment with the reset that a host without a socket sends (RFC 9293 section 3.5.2), type of service
/// returned, and every echo request with a reply. It does not look at checksums.
final class AnswersAll implements Rule {

    private static final int FLOW_LABEL = 0x5a5a5;

    @Override
    public Outcome on(Direction direction, byte[] frame) {
        if (direction == Direction.TO_CLIENT) {
            return Outcome.pass(frame);
        }
        Optional<byte[]> answer = switch (Decoder.decode(LinkType.ETHERNET, frame, frame.length)) {
            case Decoded.Segment segment
            when !segment.flags().rst() -> Optional.of(Refusal.of(segment, ip(segment.ip())));
            case Decoded.IcmpEcho echo when echo.request() -> Optional.of(reply(echo));
            case Decoded.Segment _,
                    Decoded.IcmpEcho _,
                    Decoded.UdpDatagram _,
                    Decoded.IcmpError _,
                    Decoded.OtherDatagram _,
                    Decoded.Fragment _,
                    Decoded.NotIp _,
                    Decoded.UnknownLink _,
                    Decoded.Malformed _,
                    Decoded.Cut _ -> Optional.empty();
        };
        return answer.map(made -> Outcome.drop().injecting(Injection.forged(Direction.TO_CLIENT, made)))
                .orElse(Outcome.pass(frame));
    }

    private static byte[] reply(Decoded.IcmpEcho request) {
        return back(
                request.ip(),
                Encoder.icmpEcho(
                        ip(request.ip()),
                        false,
                        request.identifier(),
                        request.sequence(),
                        request.payload().toBytes()));
    }

    private static IpHeader ip(Datagram trigger) {
        IpHeader ip = IpHeader.between(trigger.destination(), trigger.source()).withTos(trigger.tos());
        return trigger.isV6() ? ip.withFlowLabel(FLOW_LABEL) : ip;
    }

    private static byte[] back(Datagram trigger, byte[] datagram) {
        return Encoder.ethernet(
                trigger.link().destination().orElseThrow(),
                trigger.link().source().orElseThrow(),
                datagram);
    }
}
