package rstprobe.diagnose;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import rstprobe.record.Event;
import rstprobe.wire.Sequence;

/// How long the messages of a handshake are, up to NEWKEYS: until then their lengths can be read (RFC 4253 section 6).
///
/// @param ours   bytes of our longest, 0 where we said nothing
/// @param theirs bytes of the server's longest whose length arrived, 0 where none did
record MessageSizes(int ours, int theirs) {
    /// `SSH_MSG_NEWKEYS` (RFC 4253 section 12); what follows is encrypted.
    private static final byte NEWKEYS = 21;

    private static final int LENGTH_BYTES = 4;
    private static final int LONGEST = 1 << 18;

    /// No handshake says more before it is encrypted.
    private static final int MOST_BYTES = 1 << 17;

    static MessageSizes of(Attempt attempt) {
        int ours = attempt.events(Event.Sent.class).stream()
                .mapToInt(Event.Sent::length)
                .max()
                .orElse(0);
        return new MessageSizes(ours, longest(stream(attempt)));
    }

    /// What came from the server without a hole, from its first byte on.
    private static byte[] stream(Attempt attempt) {
        byte[] stream = new byte[MOST_BYTES];
        int filled = 0;
        if (attempt.synAck().isEmpty()) {
            return new byte[0];
        }
        int first = attempt.synAck().get().segment().nextSequence();
        List<Seen> said = attempt.segments().stream()
                .filter(seen -> seen.genuine() && seen.segment().payloadLength() > 0)
                .sorted(Comparator.comparingInt(
                        seen -> Sequence.distance(first, seen.segment().sequence())))
                .toList();
        for (Seen seen : said) {
            byte[] bytes = seen.segment().payload().toBytes();
            int from = Sequence.distance(first, seen.segment().sequence());
            if (from < 0 || from > filled || from + bytes.length > MOST_BYTES) {
                break;
            }
            System.arraycopy(bytes, 0, stream, from, bytes.length);
            filled = Math.max(filled, from + bytes.length);
        }
        return Arrays.copyOf(stream, filled);
    }

    private static int longest(byte[] stream) {
        int at = afterIdentification(stream);
        int longest = 0;
        while (at + LENGTH_BYTES + 1 < stream.length) {
            long length = (stream[at] & 0xffL) << 24
                    | (stream[at + 1] & 0xff) << 16
                    | (stream[at + 2] & 0xff) << 8
                    | stream[at + 3] & 0xff;
            if (length == 0 || length > LONGEST) {
                break;
            }
            longest = Math.max(longest, (int) length + LENGTH_BYTES);
            if (stream[at + LENGTH_BYTES + 1] == NEWKEYS) {
                break;
            }
            at += (int) length + LENGTH_BYTES;
        }
        return longest;
    }

    /// Other lines may come before the identification (RFC 4253 section 4.2).
    private static int afterIdentification(byte[] stream) {
        int begin = 0;
        for (int i = 0; i < stream.length; i++) {
            if (stream[i] == '\n') {
                boolean identification = i - begin > LENGTH_BYTES
                        && stream[begin] == 'S'
                        && stream[begin + 1] == 'S'
                        && stream[begin + 2] == 'H'
                        && stream[begin + 3] == '-';
                if (identification) {
                    return i + 1;
                }
                begin = i + 1;
            }
        }
        return stream.length;
    }
}
