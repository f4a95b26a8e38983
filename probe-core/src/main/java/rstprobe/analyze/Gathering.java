package rstprobe.analyze;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rstprobe.capture.RecordWalk;
import rstprobe.wire.Flags;

/// The second pass put together: deals the frames of accused tuples, in the order of the timeline, to their
/// conversations.
final class Gathering {
    /// Bytes of reassembled datagrams that are kept for the conversations they belong to.
    private static final long MOST_REASSEMBLED = 32L << 20;

    final KeptFrames kept = new KeptFrames();
    final List<Gathered> finished = new ArrayList<>();

    /// Datagrams that came in fragments, by the place of the frame that made them whole.
    final Map<Long, byte[]> reassembled = new HashMap<>();

    private final Accused accused;
    private final Gathered[] open;
    private final SegmentFinder finder = new SegmentFinder();
    private final TupleKey key = new TupleKey();
    private Fragments fragments = new Fragments();
    private int fragmentsOfFile = -1;
    private long reassembledBytes;
    private long noRoom;

    Gathering(Accused accused) {
        this.accused = accused;
        this.open = new Gathered[accused.size()];
    }

    /// Frames that were left out for want of room.
    long noRoom() {
        return noRoom;
    }

    /// Takes in what a stretch of a file held.
    void take(int file, FileScan scan, FileScan.Stretch stretch, Numbers hits) {
        long[] rows = hits.array();
        int end = hits.rows() * SecondPass.HIT;
        for (int at = 0; at < end; at += SecondPass.HIT) {
            int flags = (int) rows[at + SecondPass.FLAGS];
            int number = (int)
                    Math.min(Integer.MAX_VALUE, stretch.firstFrame() + (int) rows[at + SecondPass.TUPLE_AND_NUMBER]);
            if ((flags & SecondPass.FRAGMENT) != 0) {
                fragment(file, scan, rows, at, number);
            } else {
                int tuple = (int) (rows[at + SecondPass.TUPLE_AND_NUMBER] >>> 32);
                frame(
                        file,
                        rows,
                        at,
                        tuple,
                        (int) (rows[at + SecondPass.FLAGS] >> SecondPass.FLAGS_SHIFT),
                        flags,
                        number);
            }
        }
    }

    private void frame(int file, long[] rows, int at, int tuple, int flags, int bits, int number) {
        boolean forward = (bits & SecondPass.FORWARD) != 0;
        boolean quoted = (bits & SecondPass.QUOTED) != 0;
        int sequence = (int) (rows[at + SecondPass.SEQUENCES] >>> 32);
        Gathered into = open[tuple];
        if (into != null && !quoted && into.endsBefore(flags, forward, sequence)) {
            finish(into);
            into = null;
        }
        if (into == null) {
            into = new Gathered(tuple, kept);
            open[tuple] = into;
        }
        if (!quoted) {
            into.learn(flags, forward, sequence, (int) rows[at + SecondPass.SEQUENCES]);
            into.sighted(rows[at + SecondPass.FINGERPRINT]);
        }
        if ((bits & SecondPass.UNTIMED) == 0) {
            into.time(rows[at + SecondPass.NANOS]);
        }
        boolean reset = !quoted && (flags & Flags.RST) != 0;
        noRoom += into.keep(file, rows[at + SecondPass.RECORD], number, reset) ? 0 : 1;
    }

    private void fragment(int file, FileScan scan, long[] rows, int at, int number) {
        if (file != fragmentsOfFile) {
            fragmentsOfFile = file;
            fragments = new Fragments();
        }
        RecordWalk walk = scan.walkTo(rows[at + SecondPass.RECORD]);
        finder.find(scan.bytes, walk.frameAt(), walk.captured(), walk.original(), walk.linkCode());
        Optional<byte[]> whole = fragments.on(finder, scan.bytes);
        if (whole.isEmpty()) {
            return;
        }
        byte[] datagram = whole.get();
        finder.find(MemorySegment.ofArray(datagram), 0, datagram.length, datagram.length, LinkHeaders.RAW);
        if (finder.kind != SegmentFinder.Kind.SEGMENT && finder.kind != SegmentFinder.Kind.QUOTED) {
            return;
        }
        key.set(finder);
        int tuple = accused.find(key);
        if (tuple < 0 || reassembledBytes + datagram.length > MOST_REASSEMBLED) {
            return;
        }
        reassembledBytes += datagram.length;
        reassembled.put(KeptFrames.place(file, rows[at + SecondPass.RECORD]), datagram);
        rows[at + SecondPass.SEQUENCES] = (long) finder.sequence << 32 | finder.acknowledgement & 0xFFFF_FFFFL;
        int bits = (int) rows[at + SecondPass.FLAGS] & SecondPass.UNTIMED
                | (key.forward ? SecondPass.FORWARD : 0)
                | (finder.kind == SegmentFinder.Kind.QUOTED ? SecondPass.QUOTED : 0);
        frame(file, rows, at, tuple, finder.flags, bits, number);
    }

    /// Nothing more comes.
    void close() {
        for (Gathered conversation : open) {
            if (conversation != null) {
                finish(conversation);
            }
        }
        finished.sort((one, other) -> Long.compare(kept.place(firstReset(one)), kept.place(firstReset(other))));
    }

    private void finish(Gathered conversation) {
        conversation.close();
        open[conversation.tuple] = null;
        if (conversation.resets > 0 && firstReset(conversation) != KeptFrames.NONE) {
            finished.add(conversation);
        }
    }

    private int firstReset(Gathered conversation) {
        int link = conversation.head;
        while (link != KeptFrames.NONE && !kept.isReset(link)) {
            link = kept.next(link);
        }
        return link;
    }
}
