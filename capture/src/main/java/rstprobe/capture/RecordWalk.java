package rstprobe.capture;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A walk over the records of a capture where they lie, without an object for a frame: after each [#step] the getters
/// tell about the frame stepped on.
///
/// It reads pcap with times in micro- or nanoseconds, in both byte orders, and in Alexey Kuznetzov's modified form; and
/// pcapng in both byte orders with any number of sections and interfaces, of its blocks those with frames (enhanced,
/// simple, and the obsolete one), interfaces and statistics. Every other block is stepped over without a look inside,
/// decryption secrets among them. (Wireshark gives custom blocks and journal entries a frame number too; here only
/// frames have one, and [#numberedByOthers] counts the rest.)
///
/// Bytes never raise an exception: where they make no sense the walk ends and [#damage] says where and why. Memory
/// that is mapped from a file that another program cuts meanwhile raises an [InternalError], as the JVM has it.
///
/// One walk is for one thread; [#at] makes another one of the same capture.
public abstract sealed class RecordWalk permits PcapWalk, PcapngWalk, RecordWalk.Nothing {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int MAGIC_BYTES = 4;

    final MemorySegment bytes;
    final long size;

    /// Whether the numbers of this section are big-endian.
    boolean swapped;

    /// Where the next record begins.
    long next;

    // The frame stepped on.
    long recordAt;
    long frameAt;
    int captured;
    int original;
    long atNanos;
    boolean timed;
    int interfaceId;
    int linkCode;

    /// Grows with every section and interface met.
    int knowledge;

    private Optional<Damage> damage = Optional.empty();

    RecordWalk(MemorySegment bytes, boolean swapped) {
        this.bytes = bytes;
        this.size = bytes.byteSize();
        this.swapped = swapped;
    }

    /// A walk from the beginning of a capture. Of one that is none it has no frame, only [#damage].
    public static RecordWalk of(MemorySegment bytes) {
        try {
            return begun(bytes);
        } catch (DamagedException damaged) {
            RecordWalk nothing = new Nothing(bytes);
            nothing.damage = Optional.of(damaged.damage());
            return nothing;
        }
    }

    private static RecordWalk begun(MemorySegment bytes) throws DamagedException {
        long size = bytes.byteSize();
        if (size < MAGIC_BYTES) {
            String why = size == 0 ? "the file is empty" : "the file ends within its first four bytes";
            throw new DamagedException(Damage.Kind.CUT, 0, why);
        }
        int magic = bytes.get(INT, 0);
        if (magic == Pcapng.SECTION) {
            return new PcapngWalk(bytes);
        }
        for (boolean swapped : new boolean[] {false, true}) {
            Optional<PcapWalk.Flavour> flavour = PcapWalk.Flavour.of(swapped ? Integer.reverseBytes(magic) : magic);
            if (flavour.isPresent()) {
                return new PcapWalk(bytes, swapped, flavour.get());
            }
        }
        String first = HexFormat.ofDelimiter(" ")
                .formatHex(bytes.asSlice(0, MAGIC_BYTES).toArray(ValueLayout.JAVA_BYTE));
        throw new DamagedException(
                Damage.Kind.NOT_A_CAPTURE, 0, "it begins with " + first + ", which is neither pcap nor pcapng");
    }

    /// Steps to the next frame that begins before `limit`, a byte of the capture.
    ///
    /// @return whether there is one: not at the limit, at the end, and at damage
    public final boolean step(long limit) {
        try {
            return next < limit && advance(limit);
        } catch (DamagedException damaged) {
            damage = Optional.of(damaged.damage());
            next = size;
            return false;
        }
    }

    /// Steps over what is no frame and onto the first that is one.
    abstract boolean advance(long limit) throws DamagedException;

    /// Another walk of this capture, as far as the interfaces are concerned where this one is, that goes on at a byte
    /// at which a record begins.
    public abstract RecordWalk at(long offset);

    /// Whether what this walk knows apart from its place (byte order, section and interfaces) is what that one does.
    public abstract boolean knowsTheSameAs(RecordWalk other);

    /// Where a record of an intact capture seems to begin at or after a byte: a guess, which holds if a walk from
    /// before ends there. Empty where nothing before `until` looks like it.
    public abstract OptionalLong boundary(long from, long until);

    /// A number that changes with what [#knowsTheSameAs] compares.
    public final int knowledge() {
        return knowledge;
    }

    /// Where the next record begins; the number of bytes of the capture at its end.
    public final long next() {
        return next;
    }

    /// Where the record of this frame begins.
    public final long recordAt() {
        return recordAt;
    }

    /// Where the first byte of this frame is.
    public final long frameAt() {
        return frameAt;
    }

    /// How many bytes of this frame were captured, at most [CaptureLimits#MAX_FRAME_BYTES].
    public final int captured() {
        return captured;
    }

    /// How long this frame was on the wire: 32 bits, unsigned. Odd files have it shorter than what was captured.
    public final int original() {
        return original;
    }

    /// When this frame was seen, nanoseconds since 1970 in UTC; 0 where the file does not tell.
    public final long atNanos() {
        return atNanos;
    }

    /// Whether the file tells when this frame was seen; a simple packet block of pcapng does not.
    public final boolean timed() {
        return timed;
    }

    /// Which of [#interfaces] saw this frame.
    public final int interfaceId() {
        return interfaceId;
    }

    /// The link type of this frame, as [LinkType#code].
    public final int linkCode() {
        return linkCode;
    }

    /// Where and why the capture could not be read on; known once a step was not possible.
    public final Optional<Damage> damage() {
        return damage;
    }

    /// This frame, copied.
    ///
    /// @param number the number it is to have
    /// @param comment whether it gets the comment that the file has for it
    public final Frame frame(int number, boolean comment) {
        byte[] copy = new byte[captured];
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, frameAt, copy, 0, captured);
        return new Frame(
                number,
                atNanos,
                interfaces().get(interfaceId).link(),
                copy,
                original,
                interfaceId,
                comment ? comment() : Optional.empty());
    }

    Optional<String> comment() {
        return Optional.empty();
    }

    /// What the first section says about itself; [SectionFacts#NONE] for a pcap file.
    public SectionFacts section() {
        return SectionFacts.NONE;
    }

    /// The interfaces met so far, those of all sections in one row.
    public abstract List<InterfaceFacts> interfaces();

    /// The statistics met so far, the last of each interface, in the order of interfaces.
    public abstract List<InterfaceStatistics> statistics();

    /// How many frames those that this walk stepped on say were lost right before them, at most
    /// [LostFrames#MOST]; 0 where the format has no word for it.
    public long lostBefore() {
        return 0;
    }

    /// How many records that are no frames, and to which Wireshark gives a frame number all the same, this walk stepped
    /// over.
    public long numberedByOthers() {
        return 0;
    }

    final int i32(long at) {
        int value = bytes.get(INT, at);
        return swapped ? Integer.reverseBytes(value) : value;
    }

    final long u32(long at) {
        return Integer.toUnsignedLong(i32(at));
    }

    final int u16(long at) {
        short value = bytes.get(SHORT, at);
        return Short.toUnsignedInt(swapped ? Short.reverseBytes(value) : value);
    }

    final ByteOrder order() {
        return swapped ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    /// Of a file that is no capture.
    static final class Nothing extends RecordWalk {
        Nothing(MemorySegment bytes) {
            super(bytes, false);
            next = size;
        }

        @Override
        boolean advance(long limit) {
            return false;
        }

        @Override
        public RecordWalk at(long offset) {
            return this;
        }

        @Override
        public boolean knowsTheSameAs(RecordWalk other) {
            return other == this;
        }

        @Override
        public OptionalLong boundary(long from, long until) {
            return OptionalLong.empty();
        }

        @Override
        public List<InterfaceFacts> interfaces() {
            return List.of();
        }

        @Override
        public List<InterfaceStatistics> statistics() {
            return List.of();
        }
    }
}
