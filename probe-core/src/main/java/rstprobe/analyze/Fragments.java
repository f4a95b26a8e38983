package rstprobe.analyze;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import rstprobe.wire.Datagram;

/// Puts the fragments of datagrams together (RFC 791 section 3.2, RFC 8200 section 4.5). A datagram is whole with the
/// fragment that closes its last gap, and belongs to that frame, as Wireshark has it.
final class Fragments {
    /// Datagrams that wait for more at a time; the oldest gives way.
    static final int MOST_WAITING = 1_024;

    private static final int MOST_BYTES = 65_535, UNIT = 8, FIRST_ROOM = 2_048;

    private record Key(boolean v6, long sourceHigh, long sourceLow, long toHigh, long toLow, int id, int protocol) {}

    /// A datagram in parts.
    private static final class Waiting {
        private final BitSet units = new BitSet();
        private byte[] header = {};
        private byte[] payload = new byte[FIRST_ROOM];
        private int length = -1;
    }

    private final Map<Key, Waiting> waiting = new LinkedHashMap<>();
    private long givenUp;

    /// Datagrams that were given up for want of room.
    long givenUp() {
        return givenUp;
    }

    /// Takes in the fragment that a finder stands on; the datagram if it is whole now.
    Optional<byte[]> on(SegmentFinder found, MemorySegment bytes) {
        int length = (int) (found.datagramEnd - found.fragmentAt);
        boolean ragged = found.moreFragments && length % UNIT != 0;
        if (length <= 0 || ragged || found.fragmentOffset + length > MOST_BYTES) {
            return Optional.empty();
        }
        Key key = new Key(
                found.v6,
                found.sourceHigh,
                found.sourceLow,
                found.destinationHigh,
                found.destinationLow,
                found.identification,
                found.protocol);
        Waiting parts = waiting.computeIfAbsent(key, _ -> new Waiting());
        take(parts, found, bytes, length);
        if (parts.length < 0 || parts.units.nextClearBit(0) * UNIT < parts.length || parts.header.length == 0) {
            makeRoom();
            return Optional.empty();
        }
        waiting.remove(key);
        return Optional.of(whole(parts, found.v6));
    }

    private static void take(Waiting parts, SegmentFinder found, MemorySegment bytes, int length) {
        int offset = found.fragmentOffset;
        if (offset + length > parts.payload.length) {
            parts.payload = Arrays.copyOf(parts.payload, Math.max(offset + length, 2 * parts.payload.length));
        }
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, found.fragmentAt, parts.payload, offset, length);
        parts.units.set(offset / UNIT, (offset + length + UNIT - 1) / UNIT);
        if (!found.moreFragments) {
            parts.length = offset + length;
        }
        if (offset == 0) {
            int header = found.v6 ? Datagram.V6_HEADER : (int) (found.fragmentAt - found.datagramAt);
            parts.header = bytes.asSlice(found.datagramAt, header).toArray(ValueLayout.JAVA_BYTE);
            if (found.v6) {
                parts.header[6] = (byte) found.protocol;
            }
        }
    }

    /// The datagram as if it had never been in parts; its header checksum is left as it was.
    private static byte[] whole(Waiting parts, boolean v6) {
        byte[] all = Arrays.copyOf(parts.header, parts.header.length + parts.length);
        System.arraycopy(parts.payload, 0, all, parts.header.length, parts.length);
        int stated = Math.min(MOST_BYTES, v6 ? parts.length : all.length);
        int at = v6 ? 4 : 2;
        all[at] = (byte) (stated >>> 8);
        all[at + 1] = (byte) stated;
        if (!v6) {
            all[6] &= (byte) 0xC0; // reserved and DF stay
            all[7] = 0;
        }
        return all;
    }

    private void makeRoom() {
        if (waiting.size() > MOST_WAITING) {
            waiting.remove(waiting.keySet().iterator().next());
            givenUp++;
        }
    }
}
