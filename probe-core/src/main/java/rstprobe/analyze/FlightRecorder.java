package rstprobe.analyze;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import rstprobe.capture.Frame;
import rstprobe.capture.LinkType;
import rstprobe.linux.PacketRing;
import rstprobe.wire.Flags;

/// Keeps the headers of the last minutes, and gathers those of a conversation when it was reset.
///
/// Of each frame of a watched port that comes by it keeps link header, IP header and TCP header, and of the payload
/// what [ClearText] allows; of ICMP errors about such a port, the quoted headers. Its memory is of a fixed size. Time
/// is that of the frames and what the caller says. All calls are for one thread.
public final class FlightRecorder {
    /// Conversations that wait for what still comes after their reset; of later ones the resets are counted.
    static final int MOST_WAITING = 256;

    private final FlightPlan plan;
    private final FlightRing ring;
    private final boolean[] watched = new boolean[1 << Character.SIZE];
    private final ClearText clearText = new ClearText();
    private final SegmentFinder finder = new SegmentFinder();
    private final TupleKey key = new TupleKey();
    private final List<LinkType> taps = new ArrayList<>();
    private final long[] waiting = new long[MOST_WAITING * TupleKey.LONGS];
    private final long[] resetAt = new long[MOST_WAITING];
    private int waitingNumber;
    private int gathered;
    private long frames;
    private long resets;
    private long unheard;
    private long lost;
    private long lostAt = Long.MIN_VALUE;

    /// With an empty ring, whose memory is taken now.
    public FlightRecorder(FlightPlan plan) {
        this.plan = plan;
        this.ring = new FlightRing(plan.memoryBytes());
        plan.ports().forEach(port -> watched[port] = true);
    }

    /// What takes in the frames of one more tap.
    ///
    /// @param link what its frames begin with
    public PacketRing.Visitor tap(LinkType link) {
        int tap = taps.size();
        int code = link.code();
        taps.add(link);
        return (bytes, at, captured, length, atNanos) -> frame(tap, code, bytes, at, captured, length, atNanos);
    }

    private void frame(int tap, int link, MemorySegment bytes, long at, int captured, int length, long atNanos) {
        SegmentFinder.Kind kind = finder.find(bytes, at, captured, length, link);
        if (kind != SegmentFinder.Kind.SEGMENT && kind != SegmentFinder.Kind.QUOTED
                || !watched[finder.sourcePort] && !watched[finder.destinationPort]) {
            return;
        }
        frames++;
        key.set(finder);
        long end = at + captured;
        long kept = finder.payloadAt;
        if (kind == SegmentFinder.Kind.SEGMENT) {
            kept += clearText.of(key, finder, bytes, end, atNanos);
        }
        ring.keep(bytes, at, (int) (Math.min(kept, end) - at), length, tap, atNanos, key.hash);
        if (kind == SegmentFinder.Kind.SEGMENT && (finder.flags & Flags.RST) != 0) {
            reset(atNanos);
        }
    }

    private void reset(long atNanos) {
        resets++;
        for (int i = 0; i < waitingNumber; i++) {
            if (key.isAt(waiting, i * TupleKey.LONGS)) {
                return;
            }
        }
        if (waitingNumber == MOST_WAITING) {
            unheard++;
            return;
        }
        key.put(waiting, waitingNumber * TupleKey.LONGS);
        resetAt[waitingNumber] = atNanos;
        waitingNumber++;
    }

    /// Tells that a tap lost frames: what is gathered from now on may lack some, as long as the ring holds that time.
    ///
    /// @param inAll since the beginning, of all taps
    public void lost(long inAll, long nowNanos) {
        if (inAll > lost) {
            lost = inAll;
            lostAt = nowNanos;
        }
    }

    /// The conversations whose resets are long enough ago for what still comes to be there, in the order of their
    /// resets.
    public List<FlightRecord> due(long nowNanos) {
        int due = 0;
        while (due < waitingNumber && nowNanos - resetAt[due] >= plan.waitNanos()) {
            due++;
        }
        return due == 0 ? List.of() : gather(due, nowNanos);
    }

    /// All conversations that wait, since nothing comes any more.
    public List<FlightRecord> rest(long nowNanos) {
        return waitingNumber == 0 ? List.of() : gather(waitingNumber, nowNanos);
    }

    private List<FlightRecord> gather(int due, long nowNanos) {
        Open open = new Open(due);
        long from = nowNanos - plan.keepNanos();
        for (int tuple = 0; tuple < due; tuple++) {
            open.gather(tuple, from);
        }
        List<FlightRecord> records = open.records();
        System.arraycopy(waiting, due * TupleKey.LONGS, waiting, 0, (waitingNumber - due) * TupleKey.LONGS);
        System.arraycopy(resetAt, due, resetAt, 0, waitingNumber - due);
        waitingNumber -= due;
        return records;
    }

    /// Frames of the ports that are watched, since the beginning.
    public long frames() {
        return frames;
    }

    /// Resets among them.
    public long resets() {
        return resets;
    }

    /// Resets that were only counted, because too many conversations were reset at once.
    public long unheard() {
        return unheard;
    }

    /// How many frames the memory holds.
    public long kept() {
        return ring.frames();
    }

    /// How far back the memory reaches.
    public long reachNanos(long nowNanos) {
        long oldest = ring.oldest();
        return oldest == ring.end() ? 0 : Math.max(0, Math.min(plan.keepNanos(), nowNanos - ring.atNanos(oldest)));
    }

    /// The conversations that are gathered, while the ring is walked through.
    private final class Open {
        private final KeptFrames kept = new KeptFrames();
        private final TupleKey own = new TupleKey();
        private final SegmentFinder found = new SegmentFinder();
        private final List<List<Gathered>> conversations = new ArrayList<>();
        private final int due;

        private Open(int due) {
            this.due = due;
        }

        /// Goes back through the memory, and then forward through what was found.
        private void gather(int tuple, long from) {
            conversations.add(new ArrayList<>(1));
            own.set(waiting, tuple * TupleKey.LONGS);
            Numbers places = new Numbers(1);
            for (long place = ring.newest(own.hash); place != FlightRing.NONE; place = ring.before(place)) {
                if (ring.atNanos(place) >= from) {
                    int row = places.add();
                    places.array()[row] = place;
                }
            }
            for (int i = places.rows() - 1; i >= 0; i--) {
                frame(tuple, places.array()[i]);
            }
        }

        private void frame(int tuple, long place) {
            SegmentFinder.Kind kind = found.find(
                    ring.memory(),
                    ring.bytesAt(place),
                    ring.kept(place),
                    ring.length(place),
                    taps.get(ring.tap(place)).code());
            own.set(found);
            if (!own.isAt(waiting, tuple * TupleKey.LONGS)) {
                return;
            }
            boolean quoted = kind == SegmentFinder.Kind.QUOTED;
            Gathered into = conversation(tuple, quoted);
            if (!quoted) {
                into.learn(found.flags, own.forward, found.sequence, found.acknowledgement);
            }
            into.time(ring.atNanos(place));
            into.keep(0, place, 1, !quoted && (found.flags & Flags.RST) != 0);
        }

        private Gathered conversation(int tuple, boolean quoted) {
            List<Gathered> its = conversations.get(tuple);
            if (its.isEmpty() || !quoted && its.getLast().endsBefore(found.flags, own.forward, found.sequence)) {
                its.add(new Gathered(tuple, kept));
            }
            return its.getLast();
        }

        private List<FlightRecord> records() {
            List<FlightRecord> records = new ArrayList<>(due);
            for (int tuple = 0; tuple < due; tuple++) {
                for (Gathered each : conversations.get(tuple)) {
                    each.close();
                    record(tuple, each, records);
                }
            }
            return records;
        }

        /// Adds it unless it was reset before the reset that is meant, and told then.
        private void record(int tuple, Gathered conversation, List<FlightRecord> records) {
            List<AccusedFrame> its = new ArrayList<>();
            List<Integer> places = new ArrayList<>();
            boolean isMeant = false;
            for (int link = conversation.head; link != KeptFrames.NONE; link = kept.next(link)) {
                long place = kept.recordAt(link);
                if (kept.isReset(link)) {
                    places.add(its.size());
                    isMeant |= ring.atNanos(place) >= resetAt[tuple];
                }
                its.add(accused(place, its.size() + 1));
            }
            if (!isMeant) {
                return;
            }
            own.set(waiting, tuple * TupleKey.LONGS);
            gathered++;
            boolean reached = lostAt >= its.getFirst().frame().atNanos();
            records.add(new FlightRecord(
                    new AccusedConversation(
                            gathered,
                            own.conversation(conversation.isFirstOurs(own)),
                            conversation.openingSeen,
                            its,
                            places,
                            conversation.frames,
                            conversation.resets,
                            conversation.duplicates,
                            reached ? lost : 0,
                            conversation.backwards),
                    resetAt[tuple]));
        }

        private AccusedFrame accused(long place, int frameNumber) {
            byte[] bytes = new byte[ring.kept(place)];
            MemorySegment.copy(ring.memory(), ring.bytesAt(place), MemorySegment.ofArray(bytes), 0, bytes.length);
            int tap = ring.tap(place);
            Frame frame = new Frame(frameNumber, ring.atNanos(place), taps.get(tap), bytes, ring.length(place), tap);
            return new AccusedFrame(0, frame, frame);
        }
    }
}
