package rstprobe.wire;

import java.util.Optional;

/// Names bytes that are not there: [Decoded.Cut] where the wire had them, else [Decoded.Malformed].
final class Shortfall {
    private Shortfall() {}

    /// The frame has `wireLength` bytes from the start of `at` on, and `what` needs `needed` of them.
    static Decoded inFrame(String what, Slice at, int wireLength, int needed) {
        return needed <= wireLength
                ? new Decoded.Cut(what, at.offset(), Optional.empty())
                : new Decoded.Malformed(what + " runs past the frame", at.offset(), Optional.empty());
    }

    /// The transport header `what` needs `needed` bytes of the datagram's payload.
    static Decoded inDatagram(String what, Datagram ip, int needed) {
        int offset = ip.payload().offset();
        return needed <= ip.payloadLength()
                ? new Decoded.Cut(what, offset, Optional.of(ip))
                : new Decoded.Malformed(what + " runs past the datagram", offset, Optional.of(ip));
    }
}
