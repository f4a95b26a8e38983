package rstprobe.capture;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// The records of a pcap file (draft-ietf-opsawg-pcap): one header of 24 bytes, then a header and bytes for each frame.
final class PcapRecords implements Records {
    /// The forms of pcap, by magic number.
    enum Flavour {
        MICROSECONDS(0xA1B2C3D4, 1_000, 16),
        NANOSECONDS(0xA1B23C4D, 1, 16),
        /// Alexey Kuznetzov's: each record has 8 bytes more, with the interface's index and the protocol.
        MODIFIED(0xA1B2CD34, 1_000, 24);

        private final int magic;
        private final int nanosPerTick;
        private final int recordHeader;

        Flavour(int magic, int nanosPerTick, int recordHeader) {
            this.magic = magic;
            this.nanosPerTick = nanosPerTick;
            this.recordHeader = recordHeader;
        }

        static Optional<Flavour> of(int magic) {
            for (Flavour flavour : values()) {
                if (flavour.magic == magic) {
                    return Optional.of(flavour);
                }
            }
            return Optional.empty();
        }
    }

    private static final int HEADER_BYTES = 24;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final ByteWindow window;
    private final Flavour flavour;
    private final LengthOrder lengths;
    private final InterfaceFacts facts;
    private int frames;

    /// The window stands at the magic number, which has been read in its byte order.
    PcapRecords(ByteWindow window, Flavour flavour) throws IOException, DamagedException {
        if (!window.require(HEADER_BYTES)) {
            throw new DamagedException(Damage.Kind.CUT, 0, "the file ends within its header");
        }
        this.window = window;
        this.flavour = flavour;
        this.lengths = LengthOrder.of(window.u16(4), window.u16(6));
        int snapLength = window.i32(16);
        // The upper six bits of the link type tell the length of a frame check sequence.
        int link = window.i32(20) & 0x03FF_FFFF;
        if (link > LinkType.MAX_CODE) {
            throw new DamagedException(Damage.Kind.MALFORMED, 20, "there is no link type " + link);
        }
        this.facts = new InterfaceFacts("", new LinkType(link), Math.max(snapLength, 0), "");
        window.skip(HEADER_BYTES);
    }

    @Override
    public Optional<Frame> next() throws IOException, DamagedException {
        int header = flavour.recordHeader;
        long at = window.position();
        if (!window.require(header)) {
            if (window.available() == 0) {
                return Optional.empty();
            }
            throw cut(at);
        }
        int captured = window.i32(8);
        int original = window.i32(12);
        if (lengths.swapped(captured, original)) {
            int first = captured;
            captured = original;
            original = first;
        }
        if (captured < 0 || captured > CaptureLimits.MAX_FRAME_BYTES) {
            throw new DamagedException(
                    Damage.Kind.TOO_LARGE,
                    at,
                    "frame " + (frames + 1) + " claims " + Integer.toUnsignedString(captured) + " bytes, more than "
                            + CaptureLimits.MAX_FRAME_BYTES);
        }
        if (!window.require(header + captured)) {
            throw cut(at);
        }
        long nanos = window.u32(0) * NANOS_PER_SECOND + window.u32(4) * flavour.nanosPerTick;
        byte[] bytes = window.copy(header, captured);
        window.skip((long) header + captured);
        frames++;
        return Optional.of(new Frame(frames, nanos, facts.link(), bytes, original, 0));
    }

    @Override
    public SectionFacts section() {
        return SectionFacts.NONE;
    }

    @Override
    public List<InterfaceFacts> interfaces() {
        return List.of(facts);
    }

    @Override
    public List<InterfaceStatistics> statistics() {
        return List.of();
    }

    private DamagedException cut(long at) {
        return new DamagedException(Damage.Kind.CUT, at, "the file ends within frame " + (frames + 1));
    }

    /// Which of the two lengths comes first; old libpcap had them the other way round (libpcap's sf-pcap.c).
    private enum LengthOrder {
        CAPTURED_FIRST,
        ORIGINAL_FIRST,
        SMALLER_IS_CAPTURED;

        /// DG/UX tcpdump's version number.
        private static final int DG_UX = 543;

        static LengthOrder of(int major, int minor) {
            if (major == DG_UX || major == 2 && minor < 3) {
                return ORIGINAL_FIRST;
            }
            return major == 2 && minor == 3 ? SMALLER_IS_CAPTURED : CAPTURED_FIRST;
        }

        boolean swapped(int first, int second) {
            return switch (this) {
                case CAPTURED_FIRST -> false;
                case ORIGINAL_FIRST -> true;
                case SMALLER_IS_CAPTURED -> Integer.compareUnsigned(first, second) > 0;
            };
        }
    }
}
