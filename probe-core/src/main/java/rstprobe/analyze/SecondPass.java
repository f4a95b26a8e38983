package rstprobe.analyze;

import java.lang.foreign.MemorySegment;
import rstprobe.analyze.SegmentFinder.Kind;
import rstprobe.capture.RecordWalk;

/// Looks at every frame of a stretch of a capture once more, and tells of those of tuples that held a reset.
final class SecondPass {
    /// A row of what it found: where the record is; the tuple and the frame's number in the stretch; flags, direction
    /// and kind; both sequence numbers; the time; what tells a double.
    static final int HIT = 6;

    static final int RECORD = 0, TUPLE_AND_NUMBER = 1, FLAGS = 2, SEQUENCES = 3, NANOS = 4, FINGERPRINT = 5;

    /// In the third number: the direction, that the tuple is quoted by an ICMP error, that it is a fragment of which
    /// nothing is known yet, that the file tells no time.
    static final int FORWARD = 1, QUOTED = 2, FRAGMENT = 4, UNTIMED = 8, FLAGS_SHIFT = 8;

    private final SegmentFinder finder = new SegmentFinder();
    private final TupleKey key = new TupleKey();
    private final Accused accused;
    private final FrameFilter filter;

    SecondPass(Accused accused, FrameFilter filter) {
        this.accused = accused;
        this.filter = filter;
    }

    /// Scans the frames of a stretch.
    Numbers scan(FileScan.Stretch stretch, MemorySegment bytes) {
        Numbers hits = new Numbers(HIT);
        RecordWalk walk = stretch.begin().at(stretch.begin().next());
        try {
            long frames = 0;
            while (walk.step(stretch.limit())) {
                if (filter.passes(bytes, walk)) {
                    look(hits, walk, bytes, frames);
                }
                frames++;
            }
        } catch (InternalError _) {
            // The file became shorter; the first pass told of it, or the reader of the frame will.
        }
        return hits;
    }

    private void look(Numbers hits, RecordWalk walk, MemorySegment bytes, long number) {
        long at = walk.frameAt();
        if (PlainFrame.is(bytes, at, walk.captured(), walk.linkCode())) {
            long addresses = PlainFrame.addresses(bytes, at);
            int ports = PlainFrame.ports(bytes, at);
            boolean forward = PlainFrame.isForward(addresses, ports);
            long ordered = forward ? addresses : Long.rotateLeft(addresses, 32);
            if (!accused.isPossible(PlainFrame.hash(ordered, forward ? ports : Integer.rotateLeft(ports, 16)))) {
                return;
            }
        }
        lookCloser(hits, walk, bytes, number);
    }

    private void lookCloser(Numbers hits, RecordWalk walk, MemorySegment bytes, long number) {
        Kind kind = finder.find(bytes, walk.frameAt(), walk.captured(), walk.original(), walk.linkCode());
        if (kind == Kind.NOTHING) {
            return;
        }
        int tuple = 0;
        if (kind != Kind.FRAGMENT) {
            key.set(finder);
            tuple = accused.find(key);
            if (tuple < 0) {
                return;
            }
        }
        tell(hits, walk, kind, (long) tuple << 32 | number);
        if (kind == Kind.SEGMENT) {
            long[] row = hits.array();
            row[(hits.rows() - 1) * HIT + FINGERPRINT] = fingerprint(bytes);
        }
    }

    private void tell(Numbers hits, RecordWalk walk, Kind kind, long tupleAndNumber) {
        int at = hits.add();
        long[] row = hits.array();
        row[at + RECORD] = walk.recordAt();
        row[at + TUPLE_AND_NUMBER] = tupleAndNumber;
        row[at + FLAGS] = (long) finder.flags << FLAGS_SHIFT
                | (key.forward ? FORWARD : 0)
                | (kind == Kind.QUOTED ? QUOTED : 0)
                | (kind == Kind.FRAGMENT ? FRAGMENT : 0)
                | (walk.timed() ? 0 : UNTIMED);
        row[at + SEQUENCES] = (long) finder.sequence << 32 | finder.acknowledgement & 0xFFFF_FFFFL;
        row[at + NANOS] = walk.atNanos();
    }

    /// A number that two sightings of one datagram share, whatever routers did to its TTL: from its length, its
    /// identification and its TCP header. 0 where it has no identification to tell a double from a second sending.
    private long fingerprint(MemorySegment bytes) {
        if (finder.v6 || finder.identification == 0) {
            return 0;
        }
        long mixed = (long) finder.identification << 16 | Bytes.u16(bytes, finder.datagramAt + 2);
        mixed = mixed * 0x9E37_79B9_7F4A_7C15L + finder.sequence;
        mixed = mixed * 0x9E37_79B9_7F4A_7C15L + finder.acknowledgement;
        mixed = mixed * 0x9E37_79B9_7F4A_7C15L + (finder.flags << 1 | (key.forward ? 1 : 0));
        return mixed == 0 ? 1 : mixed;
    }
}
