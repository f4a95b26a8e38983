package rstprobe.lab;

import rstprobe.wire.Checksum;
import rstprobe.wire.Checksums;
import rstprobe.wire.Decoded;
import rstprobe.wire.Encoder;
import rstprobe.wire.IpHeader;
import rstprobe.wire.TcpHeader;

/// A segment with some fields changed and all the others kept, as a device in the path can send it on. Such a
/// device updates the checksum by what it changes (RFC 1624), so that a wrong one stays wrong.
final class Rewriting {

    private static final int ERROR = 0x0101;

    private Rewriting() {}

    /// The frame of a segment with another IP header.
    static byte[] frame(Decoded.Segment like, IpHeader ip) {
        return frame(like, ip, TcpHeader.of(like), like.payload().toBytes());
    }

    /// The frame of a segment with another TCP header and payload; the checksum is as right as before.
    static byte[] frame(Decoded.Segment like, TcpHeader tcp, byte[] payload) {
        return frame(like, IpHeader.of(like.ip()), tcp, payload);
    }

    /// The frame of a segment with other headers and payload.
    static byte[] frame(Decoded.Segment like, IpHeader ip, TcpHeader tcp, byte[] payload) {
        return Encoder.ethernet(
                like.ip().link().source().orElseThrow(),
                like.ip().link().destination().orElseThrow(),
                Encoder.tcp(ip, wrong(like) ? tcp.withChecksumError(ERROR) : tcp, payload));
    }

    private static boolean wrong(Decoded.Segment segment) {
        return Checksums.of(segment) == Checksum.BAD;
    }
}
