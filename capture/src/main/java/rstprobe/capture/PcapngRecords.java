package rstprobe.capture;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The blocks of a pcapng file (draft-ietf-opsawg-pcapng).
final class PcapngRecords implements Records {
    private static final int SECTION_BYTES = Pcapng.BLOCK_OVERHEAD + 16;

    /// Where the fields of a block begin, and what follows them.
    private static final int BODY = 8;

    private static final int TRAILER = 4;

    private final ByteWindow window;
    private final List<InterfaceFacts> interfaces = new ArrayList<>();
    private final List<TimeScale> scales = new ArrayList<>();
    private final Map<Integer, InterfaceStatistics> statistics = new TreeMap<>();
    private Optional<SectionFacts> section = Optional.empty();

    /// The id of the first interface of the section that is being read.
    private int firstInterface;

    private int frames;

    /// The window stands at the first section header.
    PcapngRecords(ByteWindow window) {
        this.window = window;
    }

    @Override
    public Optional<Frame> next() throws IOException, DamagedException {
        // Every turn takes a block of at least twelve bytes, so the file's length bounds it.
        while (true) {
            if (!window.require(BODY)) {
                if (window.available() == 0) {
                    return Optional.empty();
                }
                throw cut();
            }
            int type = window.i32(0);
            if (type == Pcapng.SECTION) {
                readByteOrder();
            }
            int length = blockLength();
            Optional<Frame> frame = block(type, length);
            window.skip(length);
            if (frame.isPresent()) {
                return frame;
            }
        }
    }

    @Override
    public SectionFacts section() {
        return section.orElse(SectionFacts.NONE);
    }

    @Override
    public List<InterfaceFacts> interfaces() {
        return Collections.unmodifiableList(interfaces);
    }

    @Override
    public List<InterfaceStatistics> statistics() {
        return List.copyOf(statistics.values());
    }

    private void readByteOrder() throws IOException, DamagedException {
        if (!window.require(SECTION_BYTES - TRAILER)) {
            throw cut();
        }
        window.order(ByteOrder.BIG_ENDIAN);
        if (window.i32(BODY) != Pcapng.BYTE_ORDER_MAGIC) {
            window.order(ByteOrder.LITTLE_ENDIAN);
        }
        if (window.i32(BODY) != Pcapng.BYTE_ORDER_MAGIC) {
            throw malformed("the section tells no byte order");
        }
    }

    /// The length of the block at the window, all of which is then there.
    private int blockLength() throws IOException, DamagedException {
        int length = window.i32(4);
        if (length < 0 || length > CaptureLimits.MAX_BLOCK_BYTES) {
            throw new DamagedException(
                    Damage.Kind.TOO_LARGE,
                    window.position(),
                    "the block claims " + Integer.toUnsignedString(length) + " bytes, more than "
                            + CaptureLimits.MAX_BLOCK_BYTES);
        }
        if (length < Pcapng.BLOCK_OVERHEAD || Pcapng.padding(length) != 0) {
            throw malformed("the block claims " + length + " bytes, which no block has");
        }
        if (!window.require(length)) {
            throw cut();
        }
        if (window.i32(length - TRAILER) != length) {
            throw malformed("the block's two lengths differ: " + length + " and "
                    + Integer.toUnsignedString(window.i32(length - TRAILER)));
        }
        return length;
    }

    private Optional<Frame> block(int type, int length) throws DamagedException {
        return switch (type) {
            case Pcapng.SECTION -> section(length);
            case Pcapng.INTERFACE -> describedInterface(length);
            case Pcapng.ENHANCED_PACKET -> Optional.of(enhancedPacket(length));
            case Pcapng.SIMPLE_PACKET -> Optional.of(simplePacket(length));
            case Pcapng.OBSOLETE_PACKET -> Optional.of(obsoletePacket(length));
            case Pcapng.INTERFACE_STATISTICS -> countedInterface(length);
            default -> Optional.empty();
        };
    }

    private Optional<Frame> section(int length) throws DamagedException {
        fits(SECTION_BYTES, length);
        if (window.u16(BODY + 4) != 1) {
            throw malformed("pcapng version " + window.u16(BODY + 4) + "." + window.u16(BODY + 6) + " is unknown");
        }
        firstInterface = interfaces.size();
        if (section.isEmpty()) {
            PcapngOptions options = options(SECTION_BYTES - TRAILER, length);
            section = Optional.of(new SectionFacts(
                    options.text(Pcapng.SECTION_OS),
                    options.text(Pcapng.SECTION_HARDWARE),
                    options.text(Pcapng.SECTION_APPLICATION),
                    options.comment().orElse("")));
        }
        return Optional.empty();
    }

    private Optional<Frame> describedInterface(int length) throws DamagedException {
        fits(Pcapng.BLOCK_OVERHEAD + 8, length);
        if (interfaces.size() == CaptureLimits.MAX_INTERFACES) {
            throw new DamagedException(
                    Damage.Kind.TOO_LARGE,
                    window.position(),
                    "there are more than " + CaptureLimits.MAX_INTERFACES + " interfaces");
        }
        LinkType link = new LinkType(window.u16(BODY));
        int snapLength = Math.max(window.i32(BODY + 4), 0);
        PcapngOptions options = options(BODY + 8, length);
        interfaces.add(
                new InterfaceFacts(options.text(Pcapng.INTERFACE_NAME), link, snapLength, options.filterExpression()));
        scales.add(options.timeScale());
        return Optional.empty();
    }

    private Frame enhancedPacket(int length) throws DamagedException {
        int fields = BODY + 20;
        fits(fields + TRAILER, length);
        int id = interfaceId(window.u32(BODY));
        int captured = captured(window.u32(BODY + 12), fields, length);
        int end = fields + captured + Pcapng.padding(captured);
        return frame(
                id,
                ticks(BODY + 4),
                fields,
                captured,
                window.i32(BODY + 16),
                options(end, length).comment());
    }

    private Frame obsoletePacket(int length) throws DamagedException {
        int fields = BODY + 20;
        fits(fields + TRAILER, length);
        int id = interfaceId(window.u16(BODY));
        int captured = captured(window.u32(BODY + 12), fields, length);
        int end = fields + captured + Pcapng.padding(captured);
        return frame(
                id,
                ticks(BODY + 4),
                fields,
                captured,
                window.i32(BODY + 16),
                options(end, length).comment());
    }

    /// A simple packet has no time: section 4.4. It gets 0.
    private Frame simplePacket(int length) throws DamagedException {
        int fields = BODY + 4;
        fits(fields + TRAILER, length);
        int id = interfaceId(0);
        long claimed = window.u32(BODY);
        int snapLength = interfaces.get(id).snapLength();
        if (snapLength > 0) {
            claimed = Math.min(claimed, snapLength);
        }
        int captured = captured(Math.min(claimed, length - fields - TRAILER), fields, length);
        return frame(id, 0, fields, captured, window.i32(BODY), Optional.empty());
    }

    private Optional<Frame> countedInterface(int length) throws DamagedException {
        fits(Pcapng.BLOCK_OVERHEAD + 12, length);
        int id = interfaceId(window.u32(BODY));
        PcapngOptions options = options(BODY + 12, length);
        long accepted = options.counter(Pcapng.STATISTICS_ACCEPTED);
        long received = options.counter(Pcapng.STATISTICS_RECEIVED);
        TapStatistics counters = new TapStatistics(
                accepted == 0 ? received : accepted,
                options.counter(Pcapng.STATISTICS_DROPPED_BY_SYSTEM),
                options.counter(Pcapng.STATISTICS_DROPPED_BY_INTERFACE));
        long atNanos = scales.get(id).nanos(ticks(BODY + 4));
        statistics.put(id, new InterfaceStatistics(id, counters, atNanos));
        return Optional.empty();
    }

    private Frame frame(int id, long ticks, int at, int captured, int original, Optional<String> comment) {
        frames++;
        return new Frame(
                frames,
                scales.get(id).nanos(ticks),
                interfaces.get(id).link(),
                window.copy(at, captured),
                original,
                id,
                comment);
    }

    /// Two halves, the upper one first in both byte orders.
    private long ticks(int at) {
        return window.u32(at) << 32 | window.u32(at + 4);
    }

    private int interfaceId(long inSection) throws DamagedException {
        int known = interfaces.size() - firstInterface;
        if (inSection >= known) {
            throw malformed("the block is of interface " + inSection + ", and the section has " + known);
        }
        return firstInterface + (int) inSection;
    }

    private int captured(long claimed, int fields, int length) throws DamagedException {
        if (claimed > CaptureLimits.MAX_FRAME_BYTES) {
            throw new DamagedException(
                    Damage.Kind.TOO_LARGE,
                    window.position(),
                    "frame " + (frames + 1) + " claims " + claimed + " bytes, more than "
                            + CaptureLimits.MAX_FRAME_BYTES);
        }
        if (fields + claimed + Pcapng.padding((int) claimed) > length - TRAILER) {
            throw malformed("a block of " + length + " bytes claims a frame of " + claimed);
        }
        return (int) claimed;
    }

    private PcapngOptions options(int from, int length) {
        return PcapngOptions.of(window, from, length - TRAILER);
    }

    private void fits(int atLeast, int length) throws DamagedException {
        if (length < atLeast) {
            throw malformed("a block of its type has at least " + atLeast + " bytes, not " + length);
        }
    }

    private DamagedException malformed(String why) {
        return new DamagedException(Damage.Kind.MALFORMED, window.position(), why);
    }

    private DamagedException cut() {
        return new DamagedException(
                Damage.Kind.CUT, window.position(), "the file ends within the block after frame " + frames);
    }
}
