package rstprobe.analyze;

import java.util.Arrays;
import rstprobe.wire.Flags;

/// Counts the TCP conversations of one file as Wireshark numbers streams: a 4-tuple is one, and a SYN on the same ports
/// begins another if its sequence number is another one.
///
/// The number known at a time is bounded; beyond it those that ended make room, then those that were silent longest.
final class StreamCount {
    /// State of a conversation: both first sequence numbers, and whether they are known and it has ended.
    private static final int FIRST_KNOWN = 1, SECOND_KNOWN = 2, ENDED = 4;

    private static final int FIRST_ROOM = 1 << 10;

    private final int most;
    private TupleTable tuples;
    private int[] firstSequence = new int[FIRST_ROOM];
    private int[] secondSequence = new int[FIRST_ROOM];
    private byte[] state = new byte[FIRST_ROOM];
    private int[] lastSeen = new int[FIRST_ROOM];
    private int now;
    private long streams;
    private long letGo;

    StreamCount(int most) {
        this.most = most;
        this.tuples = new TupleTable(most);
    }

    long streams() {
        return streams;
    }

    /// Conversations that were forgotten to make room; one that goes on afterwards is counted again.
    long letGo() {
        return letGo;
    }

    /// Takes in a segment.
    void on(TupleKey key, int flags, int sequence, int acknowledgement) {
        int number = tuples.find(key);
        if (number < 0) {
            number = opened(key);
            streams++;
        }
        boolean opening = (flags & (Flags.SYN | Flags.ACK)) == Flags.SYN;
        if (opening && StreamRule.isAnother(known(number, key.forward), base(number, key.forward), sequence)) {
            streams++;
            state[number] = 0;
        }
        lastSeen[number] = now++;
        learn(number, key.forward, StreamRule.base(flags, sequence));
        if ((flags & Flags.ACK) != 0) {
            learn(number, !key.forward, acknowledgement - 1);
        }
        if ((flags & (Flags.FIN | Flags.RST)) != 0) {
            state[number] |= ENDED;
        }
    }

    private boolean known(int number, boolean forward) {
        return (state[number] & (forward ? FIRST_KNOWN : SECOND_KNOWN)) != 0;
    }

    private int base(int number, boolean forward) {
        return forward ? firstSequence[number] : secondSequence[number];
    }

    private boolean ended(int number) {
        return (state[number] & ENDED) != 0;
    }

    private void learn(int number, boolean forward, int sequence) {
        if (!known(number, forward)) {
            (forward ? firstSequence : secondSequence)[number] = sequence;
            state[number] |= (byte) (forward ? FIRST_KNOWN : SECOND_KNOWN);
        }
    }

    private int opened(TupleKey key) {
        int number = tuples.add(key);
        if (number < 0) {
            makeRoom();
            number = tuples.add(key);
        }
        if (number == state.length) {
            int room = number + number / 2;
            firstSequence = Arrays.copyOf(firstSequence, room);
            secondSequence = Arrays.copyOf(secondSequence, room);
            state = Arrays.copyOf(state, room);
            lastSeen = Arrays.copyOf(lastSeen, room);
        }
        state[number] = 0;
        return number;
    }

    /// Forgets half of all: those that ended first, then those silent the longest.
    private void makeRoom() {
        int size = tuples.size();
        long[] order = new long[size];
        for (int number = 0; number < size; number++) {
            long age = Integer.toUnsignedLong(now - lastSeen[number]);
            order[number] = (ended(number) ? 0 : 1L << 62) | (0xFFFF_FFFFL - age) << 24 | number;
        }
        Arrays.sort(order);
        TupleTable kept = new TupleTable(most);
        int[] numbers = new int[size - size / 2];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (int) (order[size / 2 + i] & 0xFF_FFFF);
        }
        Arrays.sort(numbers);
        TupleKey key = new TupleKey();
        for (int number : numbers) {
            tuples.get(number, key);
            int place = kept.add(key);
            firstSequence[place] = firstSequence[number];
            secondSequence[place] = secondSequence[number];
            state[place] = state[number];
            lastSeen[place] = lastSeen[number];
        }
        letGo += size - numbers.length;
        tuples = kept;
    }
}
