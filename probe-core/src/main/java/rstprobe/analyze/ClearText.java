package rstprobe.analyze;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import rstprobe.wire.Flags;

/// How much of a segment's payload may be kept: what SSH says in clear, up to and with SSH_MSG_NEWKEYS (RFC 4253
/// section 7.3), and not a byte behind it. Each direction is followed by itself from its SYN on, in order and without
/// a gap; wherever that is not so, nothing is kept.
///
/// Connections are in a table of fixed size, without an object each. One whose SYN was not seen, or that was pushed
/// out by newer ones, is never followed: nothing of its payload is kept.
final class ClearText {
    /// Connections known at a time.
    static final int MOST_CONNECTIONS = 1 << 16;

    /// Places that a connection may have in the table; the one unused the longest makes room.
    private static final int WAYS = 8;

    /// A connection that was silent for so long may begin again with another SYN although its end was not seen.
    private static final long FORGOTTEN_NANOS = 60_000_000_000L;

    // Beside the key of a connection: when it was last used.
    private static final int USED = TupleKey.LONGS, WIDTH = TupleKey.LONGS + 1;

    // Numbers of a direction: those of its parser, the next sequence number and the first.
    private static final int NEXT = SpokenInClear.NUMBERS, FIRST = NEXT + 1, NUMBERS = FIRST + 1;

    // Of a connection: both directions, and how it ends.
    private static final int ENDS = 2 * NUMBERS, STATE_WIDTH = ENDS + 1;
    private static final int FIN_OF_FIRST = 1, FIN_OF_SECOND = 2, RESET = 4;
    private static final int BOTH_FINS = FIN_OF_FIRST | FIN_OF_SECOND;

    private final int sets;
    private final int[] tags;
    private final long[] keys;
    private final int[] states;
    private long pushedOut;

    ClearText() {
        this(MOST_CONNECTIONS);
    }

    /// @param connections a power of two, at least [#WAYS]
    ClearText(int connections) {
        this.sets = connections / WAYS;
        this.tags = new int[connections];
        this.keys = new long[connections * WIDTH];
        this.states = new int[connections * STATE_WIDTH];
    }

    /// Connections that made room for others while their end had not been seen.
    long pushedOut() {
        return pushedOut;
    }

    /// Takes in a segment.
    ///
    /// @param key      set from `found`
    /// @param captured the end of what is there of the frame
    /// @return how many bytes of its payload may be kept
    int of(TupleKey key, SegmentFinder found, MemorySegment bytes, long captured, long atNanos) {
        boolean syn = (found.flags & Flags.SYN) != 0;
        boolean end = (found.flags & (Flags.RST | Flags.FIN)) != 0;
        if (!syn && !end && found.payloadLength <= 0) {
            return 0;
        }
        int entry = find(key);
        if (entry < 0) {
            if (!syn || end) {
                return 0;
            }
            entry = add(key, atNanos);
        }
        int state = entry * STATE_WIDTH;
        int direction = state + (key.forward ? 0 : NUMBERS);
        if (syn) {
            if (!end) {
                begin(entry, key, found, atNanos);
            }
            keys[entry * WIDTH + USED] = atNanos;
            return 0;
        }
        keys[entry * WIDTH + USED] = atNanos;
        int clear = 0;
        if ((found.flags & Flags.RST) != 0) {
            // What a reset carries is no part of the stream (RFC 9293 section 3.5.3).
            states[state + ENDS] |= RESET;
        } else if (states[direction + SpokenInClear.PHASE] != SpokenInClear.OVER && found.payloadLength > 0) {
            long there = Math.min(captured, found.datagramEnd) - found.payloadAt;
            clear = follow(direction, found, bytes, (int) Math.max(0, Math.min(there, found.payloadLength)));
        }
        if ((found.flags & Flags.FIN) != 0) {
            states[state + ENDS] |= key.forward ? FIN_OF_FIRST : FIN_OF_SECOND;
        }
        return clear;
    }

    /// A SYN makes its sender's stream begin. Of a connection that stands, only the same SYN is believed; another one
    /// ends the following of both directions, since nobody knows any more what belongs to what.
    private void begin(int entry, TupleKey key, SegmentFinder found, long atNanos) {
        int state = entry * STATE_WIDTH;
        int own = state + (key.forward ? 0 : NUMBERS);
        int other = state + (key.forward ? NUMBERS : 0);
        int first = found.sequence + 1;
        boolean answer = (found.flags & Flags.ACK) != 0;
        int ends = states[state + ENDS];
        boolean over = (ends & RESET) != 0
                || (ends & BOTH_FINS) == BOTH_FINS
                || atNanos - keys[entry * WIDTH + USED] > FORGOTTEN_NANOS;
        if (states[own + FIRST] == first && states[own + SpokenInClear.PHASE] != SpokenInClear.UNKNOWN) {
            return;
        }
        if (states[own + SpokenInClear.PHASE] == SpokenInClear.UNKNOWN
                && (!answer || states[other + SpokenInClear.PHASE] != SpokenInClear.OVER)) {
            open(own, first, answer);
        } else if (over && !answer) {
            states[state + ENDS] = 0;
            states[other + SpokenInClear.PHASE] = SpokenInClear.UNKNOWN;
            open(own, first, false);
        } else {
            states[own + SpokenInClear.PHASE] = SpokenInClear.OVER;
            states[other + SpokenInClear.PHASE] = SpokenInClear.OVER;
        }
    }

    private void open(int direction, int first, boolean server) {
        Arrays.fill(states, direction, direction + NUMBERS, 0);
        states[direction + SpokenInClear.PHASE] = server ? SpokenInClear.SERVER_BEGINS : SpokenInClear.CLIENT_BEGINS;
        states[direction + NEXT] = first;
        states[direction + FIRST] = first;
    }

    /// The bytes behind what was followed already. Bytes that come again are not believed to be the same.
    private int follow(int direction, SegmentFinder found, MemorySegment bytes, int there) {
        int behind = states[direction + NEXT] - found.sequence;
        if (behind < 0 || behind >= found.payloadLength) {
            return 0;
        }
        int clear = behind >= there
                ? 0
                : SpokenInClear.bytes(states, direction, bytes, found.payloadAt + behind, there - behind);
        states[direction + NEXT] += clear;
        if (behind + clear < found.payloadLength) {
            states[direction + SpokenInClear.PHASE] = SpokenInClear.OVER;
        }
        return behind == 0 ? clear : 0;
    }

    private int find(TupleKey key) {
        int from = set(key);
        int tag = tag(key);
        for (int entry = from; entry < from + WAYS; entry++) {
            if (tags[entry] == tag && key.isAt(keys, entry * WIDTH)) {
                return entry;
            }
        }
        return -1;
    }

    /// Other bits of the hash than those that choose the set: what is sought lies in one cache line.
    private static int tag(TupleKey key) {
        return (int) (key.hash >>> Integer.SIZE);
    }

    private int set(TupleKey key) {
        return (int) (key.hash & sets - 1) * WAYS;
    }

    private int add(TupleKey key, long atNanos) {
        int from = set(key);
        int chosen = from;
        for (int entry = from + 1; entry < from + WAYS; entry++) {
            if (keys[entry * WIDTH + USED] < keys[chosen * WIDTH + USED]) {
                chosen = entry;
            }
        }
        int state = chosen * STATE_WIDTH;
        pushedOut += keys[chosen * WIDTH + 4] != 0 && states[state + ENDS] == 0 ? 1 : 0;
        key.put(keys, chosen * WIDTH);
        tags[chosen] = tag(key);
        keys[chosen * WIDTH + USED] = atNanos;
        Arrays.fill(states, state, state + STATE_WIDTH, 0);
        return chosen;
    }
}
