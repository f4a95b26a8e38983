package rstprobe.capture;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The records of a pcap file (draft-ietf-opsawg-pcap): one header of 24 bytes, then a header and bytes for each frame.
final class PcapWalk extends RecordWalk {
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

    /// Records in a row that must make sense where one is guessed to begin.
    private static final int CONVINCING_RECORDS = 8;

    /// How far in time a guessed record may be from the file's first, in seconds: a year.
    private static final long CONVINCING_SECONDS = 31_622_400;

    private final Flavour flavour;
    private final LengthOrder lengths;
    private final InterfaceFacts facts;
    private final int header;
    private final int nanosPerTick;
    private final boolean usual;

    /// The magic number has been read in its byte order.
    PcapWalk(MemorySegment bytes, boolean swapped, Flavour flavour) throws DamagedException {
        super(bytes, swapped);
        if (size < HEADER_BYTES) {
            throw new DamagedException(Damage.Kind.CUT, 0, "the file ends within its header");
        }
        this.flavour = flavour;
        this.header = flavour.recordHeader;
        this.nanosPerTick = flavour.nanosPerTick;
        this.lengths = LengthOrder.of(u16(4), u16(6));
        this.usual = lengths == LengthOrder.CAPTURED_FIRST;
        int snapLength = i32(16);
        // The upper six bits of the link type tell the length of a frame check sequence.
        int link = i32(20) & 0x03FF_FFFF;
        if (link > LinkType.MAX_CODE) {
            throw new DamagedException(Damage.Kind.MALFORMED, 20, "there is no link type " + link);
        }
        this.facts = new InterfaceFacts("", new LinkType(link), Math.max(snapLength, 0), "");
        begin(HEADER_BYTES);
    }

    private PcapWalk(PcapWalk other, long offset) {
        super(other.bytes, other.swapped);
        this.flavour = other.flavour;
        this.lengths = other.lengths;
        this.facts = other.facts;
        this.header = other.header;
        this.nanosPerTick = other.nanosPerTick;
        this.usual = other.usual;
        begin(offset);
    }

    private void begin(long offset) {
        next = offset;
        timed = true;
        linkCode = facts.link().code();
    }

    @Override
    boolean advance(long limit) throws DamagedException {
        long record = next;
        long left = size - record;
        if (left < header) {
            if (left == 0) {
                return false;
            }
            throw cut(record);
        }
        int first = i32(record + 8);
        int second = i32(record + 12);
        boolean turned = !usual && lengths.swapped(first, second);
        int frame = turned ? second : first;
        if (frame < 0 || frame > CaptureLimits.MAX_FRAME_BYTES) {
            throw new DamagedException(
                    Damage.Kind.TOO_LARGE,
                    record,
                    "a frame claims " + Integer.toUnsignedString(frame) + " bytes, more than "
                            + CaptureLimits.MAX_FRAME_BYTES);
        }
        if (left - header < frame) {
            throw cut(record);
        }
        recordAt = record;
        frameAt = record + header;
        captured = frame;
        original = turned ? first : second;
        atNanos = u32(record) * NANOS_PER_SECOND + u32(record + 4) * nanosPerTick;
        next = record + header + frame;
        return true;
    }

    private static DamagedException cut(long at) {
        return new DamagedException(Damage.Kind.CUT, at, "the file ends within a frame");
    }

    @Override
    public RecordWalk at(long offset) {
        return new PcapWalk(this, offset);
    }

    @Override
    public boolean knowsTheSameAs(RecordWalk other) {
        return other instanceof PcapWalk;
    }

    @Override
    public OptionalLong boundary(long from, long until) {
        if (!usual || size < HEADER_BYTES + header) {
            return OptionalLong.empty();
        }
        long end = Math.min(until, size);
        for (long at = from; at < end; at++) {
            if (isConvincing(at)) {
                return OptionalLong.of(at);
            }
        }
        return OptionalLong.empty();
    }

    private boolean isConvincing(long from) {
        long firstSecond = u32(HEADER_BYTES);
        long ticksPerSecond = NANOS_PER_SECOND / nanosPerTick;
        long at = from;
        for (int i = 0; i < CONVINCING_RECORDS && at < size; i++) {
            if (size - at < header) {
                return false;
            }
            long frame = u32(at + 8);
            long wire = u32(at + 12);
            boolean possible = frame > 0
                    && frame <= CaptureLimits.MAX_FRAME_BYTES
                    && frame <= wire
                    && wire <= CaptureLimits.MAX_BLOCK_BYTES
                    && u32(at + 4) < ticksPerSecond
                    && Math.abs(u32(at) - firstSecond) <= CONVINCING_SECONDS;
            if (!possible || size - at - header < frame) {
                return false;
            }
            at += header + frame;
        }
        return true;
    }

    @Override
    public List<InterfaceFacts> interfaces() {
        return List.of(facts);
    }

    @Override
    public List<InterfaceStatistics> statistics() {
        return List.of();
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
