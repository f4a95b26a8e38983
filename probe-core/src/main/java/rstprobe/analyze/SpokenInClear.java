package rstprobe.analyze;

import static rstprobe.analyze.Bytes.u8;

import java.lang.foreign.MemorySegment;

/// Tells how far one direction of a connection is what SSH says in clear: the identification and, of a server, lines
/// before it (RFC 4253 section 4.2), then messages of the transport up to and with SSH_MSG_NEWKEYS (sections 6 and
/// 7.3). Where a byte can be none of that, the direction is [#OVER] for good.
///
/// What it knows of a direction is a few numbers in an array that holds many directions.
final class SpokenInClear {
    /// Numbers of a direction: where the parser stands, bytes of a message or of lines, and of a line or head.
    static final int PHASE = 0, LEFT = 1, COUNT = 2, NUMBERS = 3;

    /// No SYN of this direction was seen, so nothing can be followed.
    static final int UNKNOWN = 0;

    /// The next byte is the first.
    static final int CLIENT_BEGINS = 1, SERVER_BEGINS = 2;

    /// Nothing more is said in clear.
    static final int OVER = 3;

    private static final int OTHER = 4, IDENTIFICATION = 5, LINE = 6, HEAD = 7, BODY = 8, NEWKEYS = 9;

    private static final byte[] PREFIX = {'S', 'S', 'H', '-'};

    /// RFC 4253 section 4.2 allows 255 characters, and some servers say more.
    private static final int LONGEST_IDENTIFICATION = 512;

    /// Bytes of all lines that a server may say first: a refusal in words is shorter.
    private static final int LONGEST_LINES = 1_024;

    /// OpenSSH's PACKET_MAX_SIZE, and the shortest that holds a number and padding.
    private static final int LONGEST_MESSAGE = 256 << 10, SHORTEST_MESSAGE = 6;

    /// Of a message: its length in four bytes, that of its padding, and its number.
    private static final int LENGTH_BYTES = 4, HEAD_BYTES = 6;
    private static final int MSG_DISCONNECT = 1, MSG_DEBUG = 4, MSG_EXT_INFO = 7, MSG_KEXINIT = 20, MSG_NEWKEYS = 21;
    private static final int FIRST_OF_KEX = 30, LAST_OF_KEX = 49;

    private SpokenInClear() {}

    /// @param direction where in `states` the numbers of the direction are
    /// @param length    of the bytes
    /// @return how many of them are said in clear
    static int bytes(int[] states, int direction, MemorySegment bytes, long at, int length) {
        int done = 0;
        while (done < length && states[direction + PHASE] != OVER) {
            int phase = states[direction + PHASE];
            if (phase == BODY || phase == NEWKEYS) {
                done += body(states, direction, phase, length - done);
            } else if (isTaken(states, direction, phase, u8(bytes, at + done))) {
                done++;
            } else {
                states[direction + PHASE] = OVER;
            }
        }
        return done;
    }

    /// A message's bytes are passed over at once.
    private static int body(int[] states, int direction, int phase, int there) {
        int passed = Math.min(there, states[direction + LEFT]);
        states[direction + LEFT] -= passed;
        if (states[direction + LEFT] == 0) {
            turn(states, direction, phase == NEWKEYS ? OVER : HEAD);
        }
        return passed;
    }

    private static void turn(int[] states, int direction, int phase) {
        states[direction + PHASE] = phase;
        states[direction + LEFT] = 0;
        states[direction + COUNT] = 0;
    }

    private static boolean isTaken(int[] states, int direction, int phase, int value) {
        int count = states[direction + COUNT]++;
        return switch (phase) {
            case CLIENT_BEGINS, SERVER_BEGINS -> begins(states, direction, phase, count, value);
            case OTHER -> count < PREFIX.length;
            case IDENTIFICATION -> identification(states, direction, count, value);
            case LINE -> line(states, direction, value);
            case HEAD -> head(states, direction, count, value);
            default -> false;
        };
    }

    /// A client says its identification first; of what else it says four bytes tell that it is something else.
    private static boolean begins(int[] states, int direction, int phase, int count, int value) {
        if (value == PREFIX[count]) {
            if (count + 1 == PREFIX.length) {
                states[direction + PHASE] = IDENTIFICATION;
            }
            return true;
        }
        if (phase == CLIENT_BEGINS) {
            states[direction + PHASE] = OTHER;
            return true;
        }
        states[direction + PHASE] = LINE;
        states[direction + LEFT] += count;
        return line(states, direction, value);
    }

    private static boolean identification(int[] states, int direction, int count, int value) {
        if (value == '\n') {
            turn(states, direction, HEAD);
            return true;
        }
        return count < LONGEST_IDENTIFICATION && isText(value);
    }

    private static boolean line(int[] states, int direction, int value) {
        states[direction + LEFT]++;
        if (value == '\n') {
            states[direction + PHASE] = SERVER_BEGINS;
            states[direction + COUNT] = 0;
            return true;
        }
        return states[direction + LEFT] < LONGEST_LINES && isText(value);
    }

    private static boolean isText(int value) {
        return value >= ' ' && value <= '~' || value == '\r' || value == '\t';
    }

    private static boolean head(int[] states, int direction, int count, int value) {
        if (count < LENGTH_BYTES) {
            states[direction + LEFT] = states[direction + LEFT] << Byte.SIZE | value;
            int length = states[direction + LEFT];
            return count + 1 < LENGTH_BYTES || length >= SHORTEST_MESSAGE && length <= LONGEST_MESSAGE;
        }
        if (count + 1 < HEAD_BYTES) {
            return true;
        }
        states[direction + LEFT] -= HEAD_BYTES - LENGTH_BYTES;
        states[direction + PHASE] = value == MSG_NEWKEYS ? NEWKEYS : BODY;
        return isOfTransport(value);
    }

    /// What may come before keys are in use: nothing of a login, and nothing unknown.
    private static boolean isOfTransport(int number) {
        return number >= MSG_DISCONNECT && number <= MSG_DEBUG
                || number == MSG_EXT_INFO
                || number == MSG_KEXINIT
                || number == MSG_NEWKEYS
                || number >= FIRST_OF_KEX && number <= LAST_OF_KEX;
    }
}
