package rstprobe.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Reads IPv4 (RFC 791) and IPv6 (RFC 8200) headers with everything before the transport header.
///
/// A datagram that may have a transport header comes back as [Decoded.OtherDatagram], to be looked into further.
final class IpDecoder {
    /// Extension headers that are walked.
    static final int MOST_EXTENSIONS = 16;

    /// "No next header" (RFC 8200 section 4.7).
    private static final int NOTHING = 59;

    /// Jumbo payload option (RFC 2675 section 2).
    private static final int JUMBO_OPTION = 0xc2, PAD1_OPTION = 0;

    private static final int SMALLEST_EXTENSION = 8;

    private IpDecoder() {}

    static Decoded decode(Slice bytes, int wireLength, Link link) {
        if (bytes.isEmpty()) {
            return Shortfall.inFrame("IP header", bytes, wireLength, Datagram.V4_HEADER);
        }
        int version = bytes.u8(0) >>> 4;
        return switch (version) {
            case 4 -> v4(bytes, wireLength, link);
            case 6 -> v6(bytes, wireLength, link);
            default -> malformed("IP version " + version, bytes);
        };
    }

    private static Decoded v4(Slice bytes, int wireLength, Link link) {
        if (bytes.length() < Datagram.V4_HEADER) {
            return Shortfall.inFrame("IPv4 header", bytes, wireLength, Datagram.V4_HEADER);
        }
        int headerLength = (bytes.u8(0) & 0xf) * 4;
        if (headerLength < Datagram.V4_HEADER) {
            return malformed("IPv4 header length " + headerLength, bytes);
        }
        if (bytes.length() < headerLength) {
            return Shortfall.inFrame("IPv4 options", bytes, wireLength, headerLength);
        }
        int totalLength = bytes.u16(2) == 0 ? wireLength : bytes.u16(2);
        if (totalLength < headerLength) {
            return malformed("IPv4 total length " + totalLength, bytes);
        }
        int fragment = bytes.u16(6);
        Walk walk = new Walk(bytes.upTo(totalLength), totalLength, headerLength, bytes.u8(9), false);
        walk.moreFragments = (fragment & 0x2000) != 0;
        walk.fragmentOffset = (fragment & 0x1fff) * 8;
        walk.identification = OptionalInt.of(bytes.u16(4));
        Optional<Decoded> trouble = walk.run();
        if (trouble.isPresent()) {
            return trouble.get();
        }
        return walk.decoded(new Datagram(
                link,
                IpAddress.of(bytes.range(12, IpAddress.V4_BYTES)),
                IpAddress.of(bytes.range(16, IpAddress.V4_BYTES)),
                bytes.u8(8),
                bytes.u8(1),
                walk.identification,
                (fragment & 0x8000) != 0,
                (fragment & 0x4000) != 0,
                walk.moreFragments,
                walk.fragmentOffset,
                0,
                totalLength,
                walk.at,
                walk.next,
                walk.extensions,
                walk.header(),
                walk.payload()));
    }

    private static Decoded v6(Slice bytes, int wireLength, Link link) {
        if (bytes.length() < Datagram.V6_HEADER) {
            return Shortfall.inFrame("IPv6 header", bytes, wireLength, Datagram.V6_HEADER);
        }
        long totalLength = Datagram.V6_HEADER + (bytes.u16(4) == 0 ? unstated(bytes, wireLength) : bytes.u16(4));
        if (totalLength > Integer.MAX_VALUE) {
            return malformed("IPv6 jumbo payload length " + (totalLength - Datagram.V6_HEADER), bytes);
        }
        Walk walk = new Walk(bytes.upTo((int) totalLength), (int) totalLength, Datagram.V6_HEADER, bytes.u8(6), true);
        Optional<Decoded> trouble = walk.run();
        if (trouble.isPresent()) {
            return trouble.get();
        }
        return walk.decoded(new Datagram(
                link,
                IpAddress.of(bytes.range(8, IpAddress.V6_BYTES)),
                IpAddress.of(bytes.range(24, IpAddress.V6_BYTES)),
                bytes.u8(7),
                bytes.u16(0) >>> 4 & 0xff,
                walk.identification,
                false,
                true,
                walk.moreFragments,
                walk.fragmentOffset,
                bytes.i32(0) & 0xf_ffff,
                (int) totalLength,
                walk.at,
                walk.next,
                walk.extensions,
                walk.header(),
                walk.payload()));
    }

    /// The payload length of an IPv6 header that says 0: a jumbogram's option tells, else segmentation offload was at
    /// work and the frame's length does.
    private static long unstated(Slice bytes, int wireLength) {
        int next = bytes.u8(6);
        int end = Datagram.V6_HEADER + 2 < bytes.length()
                ? Math.min(bytes.length(), Datagram.V6_HEADER + (bytes.u8(Datagram.V6_HEADER + 1) + 1) * 8)
                : 0;
        if (next == Datagram.Extension.HOP_BY_HOP) {
            for (int at = Datagram.V6_HEADER + 2; at + 6 <= end; ) {
                if (bytes.u8(at) == JUMBO_OPTION && bytes.u8(at + 1) == 4) {
                    return bytes.u32(at + 2);
                }
                at += bytes.u8(at) == PAD1_OPTION ? 1 : 2 + bytes.u8(at + 1);
            }
        }
        return next == NOTHING ? 0 : Math.max(0, wireLength - Datagram.V6_HEADER);
    }

    private static Decoded malformed(String what, Slice at) {
        return new Decoded.Malformed(what, at.offset(), Optional.empty());
    }

    /// The walk from header to header up to the transport.
    private static final class Walk {
        private final Slice bytes;
        private final int totalLength;
        private final boolean isV6;
        private final List<Datagram.Extension> extensions = new ArrayList<>();
        private int at;
        private int next;
        private boolean moreFragments;
        private int fragmentOffset;
        private OptionalInt identification = OptionalInt.empty();

        Walk(Slice bytes, int totalLength, int at, int next, boolean isV6) {
            this.bytes = bytes;
            this.totalLength = totalLength;
            this.at = at;
            this.next = next;
            this.isV6 = isV6;
        }

        /// Walks until a transport header, or a later fragment, begins; says what stands in the way, if anything.
        Optional<Decoded> run() {
            while (isExtension() && fragmentOffset == 0) {
                Slice rest = bytes.from(at);
                if (extensions.size() == MOST_EXTENSIONS) {
                    return Optional.of(malformed("more than " + MOST_EXTENSIONS + " extension headers", rest));
                }
                if (rest.length() < SMALLEST_EXTENSION) {
                    return Optional.of(shortfall(rest, SMALLEST_EXTENSION));
                }
                int length = extensionLength(rest);
                if (rest.length() < length) {
                    return Optional.of(shortfall(rest, length));
                }
                extensions.add(new Datagram.Extension(next, rest.upTo(length)));
                if (next == Datagram.Extension.FRAGMENT) {
                    fragmentOffset = rest.u16(2) & 0xfff8;
                    // Whatever comes behind a fragment header is of a part, also where it is another one.
                    moreFragments |= (rest.u8(3) & 1) != 0;
                    identification = OptionalInt.of(rest.i32(4));
                }
                next = rest.u8(0);
                at += length;
            }
            return Optional.empty();
        }

        private boolean isExtension() {
            return switch (next) {
                case Datagram.Extension.AUTHENTICATION -> true;
                case Datagram.Extension.HOP_BY_HOP,
                        Datagram.Extension.ROUTING,
                        Datagram.Extension.FRAGMENT,
                        Datagram.Extension.DESTINATION -> isV6;
                default -> false;
            };
        }

        private int extensionLength(Slice extension) {
            return switch (next) {
                case Datagram.Extension.FRAGMENT -> SMALLEST_EXTENSION;
                case Datagram.Extension.AUTHENTICATION -> Math.max(SMALLEST_EXTENSION, (extension.u8(1) + 2) * 4);
                default -> (extension.u8(1) + 1) * 8;
            };
        }

        private Decoded shortfall(Slice rest, int needed) {
            return Shortfall.inFrame("extension header " + next, rest, totalLength - at, needed);
        }

        Slice header() {
            return bytes.upTo(at);
        }

        Slice payload() {
            return bytes.from(at);
        }

        Decoded decoded(Datagram datagram) {
            return fragmentOffset == 0 ? new Decoded.OtherDatagram(datagram) : new Decoded.Fragment(datagram);
        }
    }
}
