package rstprobe.analyze;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import rstprobe.analyze.SegmentFinder.Kind;
import rstprobe.capture.Damage;
import rstprobe.capture.RecordWalk;
import rstprobe.wire.Flags;

/// Looks at every frame of a stretch of a capture, and tells only of what the count of conversations and the accused
/// depend on: of each tuple the first segment that acknowledges something, once in a stretch and again behind each SYN;
/// each SYN and reset; and fragments. So it does not matter where a stretch begins.
final class FirstPass {
    /// A row of [Found#events]: a tuple; flags, direction and kind; both sequence numbers. Of a fragment: its frame.
    static final int EVENT = TupleKey.LONGS + 2;

    static final int FLAGS_AT = TupleKey.LONGS, SEQUENCES_AT = TupleKey.LONGS + 1;
    static final int FRAGMENT = 1, FORWARD = 2, FLAGS_SHIFT = 8;

    private final SegmentFinder finder = new SegmentFinder();
    private final TupleKey key = new TupleKey();
    private final FrameFilter filter;
    private final SeenTuples seen = new SeenTuples();

    FirstPass(FrameFilter filter) {
        this.filter = filter;
    }

    /// What a stretch held.
    static final class Found {
        final RecordWalk begin;

        /// Walks at frames from which on the file had said more about itself.
        final List<RecordWalk> learned = new ArrayList<>();

        final Numbers events = new Numbers(EVENT);
        final BitSet linksNotRead = new BitSet();
        final BitSet notFiltered = new BitSet();
        RecordWalk end;
        Optional<Damage> failure = Optional.empty();
        long frames;
        long matched;
        long wireBytes;
        long resets;
        long quotedResets;
        long backwards;
        boolean timed;
        long firstNanos;
        long lastNanos;

        Found(RecordWalk begin) {
            this.begin = begin;
        }
    }

    /// Scans the frames that begin before a limit.
    Found scan(RecordWalk walk, MemorySegment bytes, long limit) {
        seen.forget();
        Found found = new Found(walk.at(walk.next()));
        found.end = walk;
        try {
            frames(found, walk, bytes, limit);
        } catch (InternalError shorter) {
            found.failure = Optional.of(CutMeanwhile.at(walk.next()));
        }
        return found;
    }

    private void frames(Found found, RecordWalk walk, MemorySegment bytes, long limit) {
        long frames = 0;
        long wireBytes = 0;
        long last = Long.MIN_VALUE;
        int knowledge = walk.knowledge();
        while (walk.step(limit)) {
            if (walk.knowledge() != knowledge) {
                knowledge = walk.knowledge();
                found.learned.add(walk.at(walk.recordAt()));
            }
            frames++;
            wireBytes += walk.original() & 0xFFFF_FFFFL;
            if (walk.timed()) {
                long now = walk.atNanos();
                if (!found.timed) {
                    found.timed = true;
                    found.firstNanos = now;
                } else if (now < last) {
                    found.backwards++;
                }
                last = now;
            }
            if (filter.passes(bytes, walk)) {
                found.matched++;
                look(found, walk, bytes);
            }
        }
        found.notFiltered.or(filter.leftOut);
        filter.leftOut.clear();
        found.frames = frames;
        found.wireBytes = wireBytes;
        found.lastNanos = last;
    }

    private void look(Found found, RecordWalk walk, MemorySegment bytes) {
        long at = walk.frameAt();
        if (PlainFrame.is(bytes, at, walk.captured(), walk.linkCode())) {
            int flags = PlainFrame.flags(bytes, at);
            if (!isTelling(flags)) {
                long addresses = PlainFrame.addresses(bytes, at);
                int ports = PlainFrame.ports(bytes, at);
                boolean forward = PlainFrame.isForward(addresses, ports);
                long ordered = forward ? addresses : Long.rotateLeft(addresses, 32);
                int orderedPorts = forward ? ports : Integer.rotateLeft(ports, 16);
                if (seen.addTold(ordered, orderedPorts)) {
                    return;
                }
            }
            lookCloser(found, walk, bytes, true);
        } else {
            lookCloser(found, walk, bytes, false);
        }
    }

    /// A SYN may begin another conversation, a reset accuses one. Any segment with an acknowledgement tells the first
    /// numbers of both directions, so that one of them will do until the next SYN; others tell less.
    private static boolean isTelling(int flags) {
        return (flags & Flags.ACK) == 0 || (flags & Flags.RST) != 0;
    }

    private static boolean isOpening(int flags) {
        return (flags & (Flags.SYN | Flags.ACK)) == Flags.SYN;
    }

    private void lookCloser(Found found, RecordWalk walk, MemorySegment bytes, boolean news) {
        Kind kind = finder.find(bytes, walk.frameAt(), walk.captured(), walk.original(), walk.linkCode());
        if (kind == Kind.SEGMENT) {
            key.set(finder);
            if (isOpening(finder.flags)) {
                seen.forget(key);
            }
            if (news || isTelling(finder.flags) || !seen.addTold(key)) {
                tell(found);
            }
        } else if (kind != Kind.NOTHING) {
            unusual(found, walk, kind);
        } else if (!finder.linkRead) {
            found.linksNotRead.set(walk.linkCode());
        }
    }

    private void tell(Found found) {
        int at = found.events.add();
        long[] row = found.events.array();
        key.put(row, at);
        row[at + FLAGS_AT] = (long) finder.flags << FLAGS_SHIFT | (key.forward ? FORWARD : 0);
        row[at + SEQUENCES_AT] = (long) finder.sequence << 32 | finder.acknowledgement & 0xFFFF_FFFFL;
        if ((finder.flags & Flags.RST) != 0) {
            found.resets++;
        }
    }

    private void unusual(Found found, RecordWalk walk, Kind kind) {
        if (kind == Kind.FRAGMENT) {
            int at = found.events.add();
            long[] row = found.events.array();
            row[at] = walk.frameAt();
            row[at + 1] = walk.captured();
            row[at + 2] = walk.original();
            row[at + 3] = walk.linkCode();
            row[at + FLAGS_AT] = FRAGMENT;
        } else if (finder.flags != SegmentFinder.NO_FLAGS && (finder.flags & Flags.RST) != 0) {
            found.quotedResets++;
        }
    }
}
