package rstprobe.capture;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The blocks of a pcapng file (draft-ietf-opsawg-pcapng).
final class PcapngWalk extends RecordWalk {
    private static final int SECTION_BYTES = Pcapng.BLOCK_OVERHEAD + 16;

    /// Where the fields of a block begin, and what follows them.
    private static final int BODY = 8;

    private static final int TRAILER = 4;

    /// The fields of an enhanced and of an obsolete packet block before its frame.
    private static final int PACKET_FIELDS = BODY + 20;

    private static final int UNKNOWN_LOSS = 0xFFFF;

    /// Less than an option with a 64-bit number in it.
    private static final int OPTION_WITH_NUMBER = 11;

    /// Blocks in a row that must make sense where one is guessed to begin.
    private static final int CONVINCING_BLOCKS = 4;

    private final SectionsMet met;

    /// Where this frame's options begin and end.
    private long optionsAt;

    private long optionsEnd;

    private long lostBefore;
    private long numberedByOthers;

    /// The file begins with a section header.
    PcapngWalk(MemorySegment bytes) {
        super(bytes, false);
        this.met = new SectionsMet();
    }

    private PcapngWalk(PcapngWalk other, long offset) {
        super(other.bytes, other.swapped);
        this.met = new SectionsMet(other.met);
        this.next = offset;
    }

    @Override
    boolean advance(long limit) throws DamagedException {
        // Every turn takes a block of at least twelve bytes, so the file's length bounds it.
        while (next < limit) {
            long at = next;
            long left = size - at;
            if (left < BODY) {
                if (left == 0) {
                    return false;
                }
                throw cut();
            }
            int type = i32(at);
            if (type == Pcapng.SECTION) {
                readByteOrder();
            }
            int length = blockLength(left);
            boolean frame = block(type, at, length);
            next = at + length;
            if (frame) {
                recordAt = at;
                return true;
            }
        }
        return false;
    }

    private void readByteOrder() throws DamagedException {
        if (size - next < SECTION_BYTES - TRAILER) {
            throw cut();
        }
        swapped = true;
        if (i32(next + BODY) != Pcapng.BYTE_ORDER_MAGIC) {
            swapped = false;
        }
        if (i32(next + BODY) != Pcapng.BYTE_ORDER_MAGIC) {
            throw malformed("the section tells no byte order");
        }
    }

    /// The length of the next block, all of which is there.
    private int blockLength(long left) throws DamagedException {
        int length = i32(next + 4);
        if (length < 0 || length > CaptureLimits.MAX_BLOCK_BYTES) {
            throw new DamagedException(
                    Damage.Kind.TOO_LARGE,
                    next,
                    "the block claims " + Integer.toUnsignedString(length) + " bytes, more than "
                            + CaptureLimits.MAX_BLOCK_BYTES);
        }
        if (length < Pcapng.BLOCK_OVERHEAD || Pcapng.padding(length) != 0) {
            throw malformed("the block claims " + length + " bytes, which no block has");
        }
        if (left < length) {
            throw cut();
        }
        int again = i32(next + length - TRAILER);
        if (again != length) {
            throw malformed("the block's two lengths differ: " + length + " and " + Integer.toUnsignedString(again));
        }
        return length;
    }

    /// Takes in a block; whether it is a frame.
    private boolean block(int type, long at, int length) throws DamagedException {
        switch (type) {
            case Pcapng.ENHANCED_PACKET, Pcapng.OBSOLETE_PACKET -> packet(type, at, length);
            case Pcapng.SIMPLE_PACKET -> simplePacket(at, length);
            case Pcapng.SECTION -> section(at, length);
            case Pcapng.INTERFACE -> describedInterface(at, length);
            case Pcapng.INTERFACE_STATISTICS -> countedInterface(at, length);
            case Pcapng.JOURNAL_ENTRY, Pcapng.CUSTOM, Pcapng.CUSTOM_NOT_COPIED -> numberedByOthers++;
            default -> {}
        }
        return type == Pcapng.ENHANCED_PACKET || type == Pcapng.OBSOLETE_PACKET || type == Pcapng.SIMPLE_PACKET;
    }

    private void packet(int type, long at, int length) throws DamagedException {
        fits(PACKET_FIELDS + TRAILER, length);
        long inSection = type == Pcapng.ENHANCED_PACKET ? u32(at + BODY) : u16(at + BODY);
        onInterface(interfaceId(inSection));
        long claimed = u32(at + BODY + 12);
        capture(at, PACKET_FIELDS, claimed, length);
        original = i32(at + BODY + 16);
        timed = true;
        atNanos = met.nanos(interfaceId, ticks(at + BODY + 4));
        optionsAt = frameAt + captured + Pcapng.padding(captured);
        optionsEnd = at + length - TRAILER;
        lost(type, at);
    }

    /// Adds what this frame says is missing before it: in an option (epb_dropcount), or in the obsolete block in a
    /// field, where all bits say that it is not known.
    private void lost(int type, long at) {
        if (type == Pcapng.OBSOLETE_PACKET) {
            int lost = u16(at + BODY + 2);
            lostBefore = LostFrames.sum(lostBefore, lost == UNKNOWN_LOSS ? 0 : lost);
        } else if (optionsEnd - optionsAt > OPTION_WITH_NUMBER) {
            lostBefore = LostFrames.sum(
                    lostBefore,
                    PcapngOptions.counter(bytes, optionsAt, optionsEnd, order(), Pcapng.PACKET_LOST_BEFORE));
        }
    }

    @Override
    public long lostBefore() {
        return lostBefore;
    }

    @Override
    public long numberedByOthers() {
        return numberedByOthers;
    }

    /// A simple packet has no time: section 4.4. It gets 0.
    private void simplePacket(long at, int length) throws DamagedException {
        int fields = BODY + 4;
        fits(fields + TRAILER, length);
        int id = interfaceId(0);
        onInterface(id);
        long claimed = u32(at + BODY);
        int snapLength = met.snapLength(id);
        if (snapLength > 0) {
            claimed = Math.min(claimed, snapLength);
        }
        capture(at, fields, Math.min(claimed, length - fields - TRAILER), length);
        original = i32(at + BODY);
        timed = false;
        atNanos = 0;
        optionsAt = 0;
        optionsEnd = 0;
    }

    private void onInterface(int id) {
        interfaceId = id;
        linkCode = met.link(id);
    }

    private void capture(long at, int fields, long claimed, int length) throws DamagedException {
        if (claimed > CaptureLimits.MAX_FRAME_BYTES) {
            throw new DamagedException(
                    Damage.Kind.TOO_LARGE,
                    at,
                    "a frame claims " + claimed + " bytes, more than " + CaptureLimits.MAX_FRAME_BYTES);
        }
        if (fields + claimed + Pcapng.padding((int) claimed) > length - TRAILER) {
            throw malformed("a block of " + length + " bytes claims a frame of " + claimed);
        }
        frameAt = at + fields;
        captured = (int) claimed;
    }

    private void section(long at, int length) throws DamagedException {
        fits(SECTION_BYTES, length);
        if (u16(at + BODY + 4) != 1) {
            throw malformed("pcapng version " + u16(at + BODY + 4) + "." + u16(at + BODY + 6) + " is unknown");
        }
        met.begin();
        knowledge++;
        if (met.isFirst()) {
            PcapngOptions options = options(at + SECTION_BYTES - TRAILER, at + length - TRAILER);
            met.describeFirst(new SectionFacts(
                    options.text(Pcapng.SECTION_OS),
                    options.text(Pcapng.SECTION_HARDWARE),
                    options.text(Pcapng.SECTION_APPLICATION),
                    options.comment().orElse("")));
        }
    }

    private void describedInterface(long at, int length) throws DamagedException {
        fits(Pcapng.BLOCK_OVERHEAD + 8, length);
        if (met.isFull()) {
            throw new DamagedException(
                    Damage.Kind.TOO_LARGE, at, "there are more than " + CaptureLimits.MAX_INTERFACES + " interfaces");
        }
        LinkType link = new LinkType(u16(at + BODY));
        int snapLength = Math.max(i32(at + BODY + 4), 0);
        PcapngOptions options = options(at + BODY + 8, at + length - TRAILER);
        met.add(
                new InterfaceFacts(options.text(Pcapng.INTERFACE_NAME), link, snapLength, options.filterExpression()),
                options.timeScale());
        knowledge++;
    }

    private void countedInterface(long at, int length) throws DamagedException {
        fits(Pcapng.BLOCK_OVERHEAD + 12, length);
        int id = interfaceId(u32(at + BODY));
        PcapngOptions options = options(at + BODY + 12, at + length - TRAILER);
        long accepted = options.counter(Pcapng.STATISTICS_ACCEPTED);
        long received = options.counter(Pcapng.STATISTICS_RECEIVED);
        TapStatistics counters = new TapStatistics(
                accepted == 0 ? received : accepted,
                options.counter(Pcapng.STATISTICS_DROPPED_BY_SYSTEM),
                options.counter(Pcapng.STATISTICS_DROPPED_BY_INTERFACE));
        met.count(id, counters, ticks(at + BODY + 4));
    }

    /// Two halves, the upper one first in both byte orders.
    private long ticks(long at) {
        return u32(at) << 32 | u32(at + 4);
    }

    private int interfaceId(long inSection) throws DamagedException {
        if (inSection >= met.ofSection()) {
            throw malformed("the block is of interface " + inSection + ", and the section has " + met.ofSection());
        }
        return met.number((int) inSection);
    }

    private PcapngOptions options(long from, long end) {
        return PcapngOptions.of(bytes, from, end, order());
    }

    private void fits(int atLeast, int length) throws DamagedException {
        if (length < atLeast) {
            throw malformed("a block of its type has at least " + atLeast + " bytes, not " + length);
        }
    }

    private DamagedException malformed(String why) {
        return new DamagedException(Damage.Kind.MALFORMED, next, why);
    }

    private DamagedException cut() {
        return new DamagedException(Damage.Kind.CUT, next, "the file ends within a block");
    }

    @Override
    public RecordWalk at(long offset) {
        return new PcapngWalk(this, offset);
    }

    @Override
    public boolean knowsTheSameAs(RecordWalk other) {
        return other instanceof PcapngWalk that && swapped == that.swapped && met.readsAs(that.met);
    }

    @Override
    public OptionalLong boundary(long from, long until) {
        long end = Math.min(until, size);
        // Every block is a multiple of four bytes long.
        for (long at = from + 3 & ~3L; at < end; at += 4) {
            if (isConvincing(at)) {
                return OptionalLong.of(at);
            }
        }
        return OptionalLong.empty();
    }

    private boolean isConvincing(long from) {
        long at = from;
        for (int i = 0; i < CONVINCING_BLOCKS && at < size; i++) {
            if (size - at < Pcapng.BLOCK_OVERHEAD) {
                return false;
            }
            int type = i32(at);
            long length = u32(at + 4);
            boolean possible = type >= Pcapng.INTERFACE
                    && type <= Pcapng.ENHANCED_PACKET
                    && length > Pcapng.BLOCK_OVERHEAD
                    && length <= CaptureLimits.MAX_BLOCK_BYTES
                    && (length & 3) == 0;
            if (!possible || size - at < length || u32(at + length - TRAILER) != length) {
                return false;
            }
            at += length;
        }
        return true;
    }

    @Override
    Optional<String> comment() {
        return optionsAt == 0
                ? Optional.empty()
                : options(optionsAt, optionsEnd).comment();
    }

    @Override
    public SectionFacts section() {
        return met.first();
    }

    @Override
    public List<InterfaceFacts> interfaces() {
        return met.interfaces();
    }

    @Override
    public List<InterfaceStatistics> statistics() {
        return met.statistics();
    }
}
