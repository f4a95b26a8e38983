package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.wire.Sequence;

/// A long packet of a handshake whose bytes came through only in shorter ones: its sender learnt meanwhile how
/// long they may be, from an ICMP error or by trying (RFC 4821).
///
/// A path that merely loses packets shows the same length again.
///
/// @param toServer whether it was ours
/// @param bytes    of the whole IP packet, as it would have travelled
/// @param nanos    from the loss to the shorter one
/// @param frames   what shows it
record RepairedLength(boolean toServer, int bytes, long nanos, List<Integer> frames) {
    private static final double NANOS_PER_SECOND = 1e9;
    /// Nothing shorter is lost for its length (RFC 8200 section 5), but on the oldest of lines.
    private static final int LEAST = 1_280;

    RepairedLength {
        frames = List.copyOf(frames);
    }

    /// The first of each direction.
    static List<RepairedLength> of(Attempt attempt) {
        if (attempt.synAck().isEmpty()
                || attempt.syn().isEmpty()
                || attempt.overheard().isPresent()) {
            return List.of();
        }
        Delivery delivery = Delivery.of(attempt);
        int headers = delivery.headers(attempt);
        int most = delivery.fullBytes() - headers;
        List<RepairedLength> found = new ArrayList<>();
        ours(attempt, most, headers).ifPresent(found::add);
        theirs(attempt, most, headers).ifPresent(found::add);
        return found;
    }

    /// In seconds, as a report says it.
    double seconds() {
        return nanos / NANOS_PER_SECOND;
    }

    Fact fact() {
        return Fact.told(
                toServer ? "long-segment-repaired-to-server" : "long-segment-repaired-to-us",
                Family.DELIVERY,
                frames,
                String.format(
                        Locale.ROOT,
                        "an IP packet of %s of %d bytes was lost, and its bytes came in shorter ones %.1f s after",
                        toServer ? "ours" : "the server's",
                        bytes,
                        seconds()));
    }

    /// What we sent again from the same byte on, in less.
    private static Optional<RepairedLength> ours(Attempt attempt, int most, int headers) {
        Map<Integer, Seen> first = new HashMap<>();
        for (Seen seen : attempt.segments()) {
            int length = seen.segment().payloadLength();
            if (!seen.ours() || seen.reset() || length == 0) {
                continue;
            }
            Seen before = first.putIfAbsent(seen.segment().sequence(), seen);
            if (before == null) {
                continue;
            }
            int whole = Math.min(before.segment().payloadLength(), most);
            boolean open = !acknowledged(attempt, before.segment().sequence(), seen);
            if (length < whole && whole + headers > LEAST && open) {
                return Optional.of(new RepairedLength(
                        true,
                        whole + headers,
                        seen.atNanos() - before.atNanos(),
                        List.of(before.frame(), seen.frame())));
            }
        }
        return Optional.empty();
    }

    /// Whether the server had that byte before a frame.
    private static boolean acknowledged(Attempt attempt, int sequence, Seen until) {
        return attempt.segments().stream()
                .takeWhile(seen -> seen.frame() < until.frame())
                .anyMatch(seen -> seen.genuine()
                        && seen.segment().flags().ack()
                        && Sequence.before(sequence, seen.segment().acknowledgement()));
    }

    /// What came from the first missing byte on, in less than what is missing, after something behind it had come.
    private static Optional<RepairedLength> theirs(Attempt attempt, int most, int headers) {
        int first = attempt.synAck().orElseThrow().segment().nextSequence();
        TreeMap<Integer, Seen> behind = new TreeMap<>();
        int inOrder = 0;
        int longest = 0;
        for (Seen seen : attempt.segments()) {
            int length = seen.segment().payloadLength();
            int from = Sequence.distance(first, seen.segment().sequence());
            if (!seen.genuine() || length == 0 || from < 0) {
                continue;
            }
            if (from > inOrder) {
                behind.putIfAbsent(from, seen);
            } else {
                int missing = behind.isEmpty() ? 0 : Math.min(most, behind.firstKey() - inOrder);
                boolean head = from == inOrder && length < missing;
                if (head && missing + headers > Math.max(LEAST, longest)) {
                    Seen later = behind.firstEntry().getValue();
                    return Optional.of(new RepairedLength(
                            false,
                            missing + headers,
                            seen.atNanos() - later.atNanos(),
                            List.of(later.frame(), seen.frame())));
                }
                inOrder = Math.max(inOrder, from + length);
                while (!behind.isEmpty() && behind.firstKey() <= inOrder) {
                    Map.Entry<Integer, Seen> joined = behind.pollFirstEntry();
                    inOrder = Math.max(
                            inOrder,
                            joined.getKey() + joined.getValue().segment().payloadLength());
                }
            }
            longest = Math.max(longest, Math.min(seen.segment().ip().totalLength(), most + headers));
        }
        return Optional.empty();
    }
}
