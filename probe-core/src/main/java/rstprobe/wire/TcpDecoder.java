package rstprobe.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads TCP headers (RFC 9293 section 3.1) and their options.
final class TcpDecoder {
    /// The header without options.
    static final int HEADER = 20;

    private TcpDecoder() {}

    static Decoded decode(Datagram ip) {
        Slice bytes = ip.payload();
        if (bytes.length() < HEADER) {
            return Shortfall.inDatagram("TCP header", ip, HEADER);
        }
        int headerLength = (bytes.u8(12) >>> 4) * 4;
        if (headerLength < HEADER) {
            return new Decoded.Malformed("TCP data offset " + headerLength, bytes.offset() + 12, Optional.of(ip));
        }
        if (headerLength > ip.payloadLength()) {
            return Shortfall.inDatagram("TCP options", ip, headerLength);
        }
        Slice header = bytes.upTo(headerLength);
        return new Decoded.Segment(
                ip,
                bytes.u16(0),
                bytes.u16(2),
                bytes.i32(4),
                bytes.i32(8),
                new Flags(bytes.u16(12) & 0xfff),
                bytes.u16(14),
                bytes.u16(16),
                bytes.u16(18),
                options(header.from(HEADER), header.length() < headerLength),
                bytes.from(header.length()),
                ip.payloadLength() - headerLength);
    }

    /// Reads an option list.
    ///
    /// @param bytes the captured part, at most 40 bytes in a real header
    /// @param cut true where the header goes on after it
    static TcpOptions options(Slice bytes, boolean cut) {
        List<TcpOption> list = new ArrayList<>();
        TcpOptions.Ending atEnd = cut ? TcpOptions.Ending.CUT : TcpOptions.Ending.WHOLE;
        int at = 0;
        while (at < bytes.length()) {
            int kind = bytes.u8(at);
            if (kind == TcpOption.Kind.END_OF_LIST) {
                list.add(new TcpOption.EndOfList(bytes.from(at + 1)));
                return new TcpOptions(list, atEnd);
            }
            if (kind == TcpOption.Kind.NO_OPERATION) {
                list.add(new TcpOption.NoOperation());
                at++;
                continue;
            }
            int left = bytes.length() - at;
            int length = left < 2 ? 2 : bytes.u8(at + 1);
            if (length < 2 || length > left) {
                boolean continues = cut && length >= 2;
                return new TcpOptions(list, continues ? TcpOptions.Ending.CUT : TcpOptions.Ending.MALFORMED);
            }
            list.add(option(kind, bytes.range(at + 2, length - 2)));
            at += length;
        }
        return new TcpOptions(list, atEnd);
    }

    private static TcpOption option(int kind, Slice body) {
        int length = body.length();
        boolean asItsRfcSays = switch (kind) {
            case TcpOption.Kind.MAXIMUM_SEGMENT_SIZE -> length == 2;
            case TcpOption.Kind.WINDOW_SCALE -> length == 1;
            case TcpOption.Kind.SACK_PERMITTED -> length == 0;
            case TcpOption.Kind.SACK -> length > 0 && length % 8 == 0;
            case TcpOption.Kind.TIMESTAMPS -> length == 8;
            case TcpOption.Kind.MD5_SIGNATURE -> length == 16;
            case TcpOption.Kind.AUTHENTICATION -> length >= 2;
            case TcpOption.Kind.FAST_OPEN -> length <= 16;
            case TcpOption.Kind.MULTIPATH -> length >= 1;
            default -> false;
        };
        return asItsRfcSays ? known(kind, body) : new TcpOption.Unknown(kind, body);
    }

    private static TcpOption known(int kind, Slice body) {
        return switch (kind) {
            case TcpOption.Kind.MAXIMUM_SEGMENT_SIZE -> new TcpOption.MaximumSegmentSize(body.u16(0));
            case TcpOption.Kind.WINDOW_SCALE -> new TcpOption.WindowScale(body.u8(0));
            case TcpOption.Kind.SACK_PERMITTED -> new TcpOption.SackPermitted();
            case TcpOption.Kind.SACK -> new TcpOption.Sack(blocks(body));
            case TcpOption.Kind.TIMESTAMPS -> new TcpOption.Timestamps(body.u32(0), body.u32(4));
            case TcpOption.Kind.MD5_SIGNATURE -> new TcpOption.Md5Signature(body);
            case TcpOption.Kind.AUTHENTICATION -> new TcpOption.Authentication(body.u8(0), body.u8(1), body.from(2));
            case TcpOption.Kind.FAST_OPEN -> new TcpOption.FastOpen(body);
            case TcpOption.Kind.MULTIPATH -> new TcpOption.Multipath(body);
            default -> new TcpOption.Unknown(kind, body);
        };
    }

    private static List<TcpOption.SackBlock> blocks(Slice body) {
        List<TcpOption.SackBlock> blocks = new ArrayList<>();
        for (int at = 0; at < body.length(); at += 8) {
            blocks.add(new TcpOption.SackBlock(body.i32(at), body.i32(at + 4)));
        }
        return blocks;
    }
}
