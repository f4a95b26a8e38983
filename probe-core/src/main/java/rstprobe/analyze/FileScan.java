package rstprobe.analyze;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import rstprobe.capture.Damage;
import rstprobe.capture.LostFrames;
import rstprobe.capture.RecordWalk;
import rstprobe.wire.Flags;

/// The first pass over one capture put together: takes in what its stretches held, in their order.
final class FileScan {
    /// Where frames were found: a walk that stands at the first, the byte before which the last begins, the number of
    /// the first.
    record Stretch(RecordWalk begin, long limit, long firstFrame) {}

    /// About how many bytes of a capture a conversation takes; what room is made at once depends on it, nothing else.
    private static final int BYTES_EACH = 8_192;

    final MemorySegment bytes;
    final List<Stretch> stretches = new ArrayList<>();

    /// Walks by where they stand, each knowing all about the interfaces of the frames up to the next one.
    private final TreeMap<Long, RecordWalk> known = new TreeMap<>();

    final StreamCount streams;
    final Fragments fragments = new Fragments();
    final LostFrames lost = new LostFrames();
    final BitSet linksNotRead = new BitSet();
    final BitSet notFiltered = new BitSet();
    private final Accused accused;
    private final SegmentFinder finder = new SegmentFinder();
    private final TupleKey key = new TupleKey();
    RecordWalk next;
    Optional<Damage> damage = Optional.empty();
    OptionalLong firstNanos = OptionalLong.empty();
    OptionalLong lastNanos = OptionalLong.empty();
    long frames;
    long matched;
    long wireBytes;
    long resets;
    long quotedResets;
    long backwards;
    long numberedByOthers;

    FileScan(MemorySegment bytes, RecordWalk start, Accused accused) {
        this.bytes = bytes;
        this.streams = new StreamCount(ScanLimits.MOST_CONVERSATIONS, bytes.byteSize() / BYTES_EACH);
        this.next = start;
        this.accused = accused;
    }

    /// Whether a stretch that was scanned on a guess began where the one before ended, knowing what that one knew.
    boolean fits(FirstPass.Found found) {
        return found.begin.next() == next.next() && found.begin.knowsTheSameAs(next);
    }

    /// Whether there is nothing more to come.
    boolean ended() {
        return damage.isPresent();
    }

    /// Takes in the next stretch.
    void take(FirstPass.Found found, long limit) {
        stretches.add(new Stretch(found.begin, limit, frames + 1));
        known.putIfAbsent(found.begin.next(), found.begin);
        found.learned.forEach(walk -> known.put(walk.next(), walk));
        frames += found.frames;
        matched += found.matched;
        wireBytes += found.wireBytes;
        resets += found.resets;
        quotedResets += found.quotedResets;
        linksNotRead.or(found.linksNotRead);
        notFiltered.or(found.notFiltered);
        times(found);
        lost.add(found.end);
        numberedByOthers += found.end.numberedByOthers();
        events(found.events);
        damage = found.failure.or(found.end::damage);
        next = found.end;
    }

    private void times(FirstPass.Found found) {
        backwards += found.backwards;
        if (found.timed) {
            if (lastNanos.isPresent() && found.firstNanos < lastNanos.getAsLong()) {
                backwards++;
            }
            if (firstNanos.isEmpty()) {
                firstNanos = OptionalLong.of(found.firstNanos);
            }
            lastNanos = OptionalLong.of(found.lastNanos);
        }
    }

    private void events(Numbers events) {
        long[] rows = events.array();
        int end = events.rows() * FirstPass.EVENT;
        for (int at = 0; at < end; at += FirstPass.EVENT) {
            long told = rows[at + FirstPass.FLAGS_AT];
            if ((told & FirstPass.FRAGMENT) != 0) {
                fragment(rows, at);
            } else {
                key.set(rows, at);
                key.forward = (told & FirstPass.FORWARD) != 0;
                long sequences = rows[at + FirstPass.SEQUENCES_AT];
                segment((int) (told >>> FirstPass.FLAGS_SHIFT), (int) (sequences >>> 32), (int) sequences);
            }
        }
    }

    private void segment(int flags, int sequence, int acknowledgement) {
        streams.on(key, flags, sequence, acknowledgement);
        if ((flags & Flags.RST) != 0) {
            accused.add(key);
        }
    }

    private void fragment(long[] rows, int at) {
        finder.find(bytes, rows[at], (int) rows[at + 1], (int) rows[at + 2], (int) rows[at + 3]);
        Optional<byte[]> whole = fragments.on(finder, bytes);
        if (whole.isEmpty()) {
            return;
        }
        byte[] datagram = whole.get();
        finder.find(MemorySegment.ofArray(datagram), 0, datagram.length, datagram.length, LinkHeaders.RAW);
        switch (finder.kind) {
            case SEGMENT -> {
                resets += finder.isReset() ? 1 : 0;
                key.set(finder);
                segment(finder.flags, finder.sequence, finder.acknowledgement);
            }
            case QUOTED -> quotedResets += finder.flags > 0 && (finder.flags & Flags.RST) != 0 ? 1 : 0;
            case NOTHING, FRAGMENT -> {}
        }
    }

    /// A walk that stands on the frame whose record begins at a byte.
    RecordWalk walkTo(long recordAt) {
        RecordWalk walk = known.floorEntry(recordAt).getValue().at(recordAt);
        if (!walk.step(recordAt + 1)) {
            throw new InternalError("the frame is no longer there");
        }
        return walk;
    }
}
