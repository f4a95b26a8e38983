package rstprobe.analyze;

import java.security.SecureRandom;
import rstprobe.wire.Conversation;
import rstprobe.wire.Endpoint;
import rstprobe.wire.IpAddress;

/// A 4-tuple and its family as numbers, the smaller endpoint first, so that both directions have the same. A new one is
/// set from what a [SegmentFinder] found, again and again.
final class TupleKey {
    /// Numbers of a key where it is kept: two addresses, then both ports and the family.
    static final int LONGS = 5;

    /// Hashes differ from run to run, so that no file can be made whose conversations all meet in one place.
    static final long SEED = new SecureRandom().nextLong() | 1;

    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;
    private static final long V6 = 1L << 32;

    long firstHigh;
    long firstLow;
    long secondHigh;
    long secondLow;
    long ports;

    /// Whether the sender is the first of the two endpoints.
    boolean forward;

    long hash;

    void set(SegmentFinder found) {
        long source = found.sourceLow;
        long destination = found.destinationLow;
        int order = Long.compareUnsigned(found.sourceHigh, found.destinationHigh);
        if (order == 0) {
            order = Long.compareUnsigned(source, destination);
        }
        if (order == 0) {
            order = Integer.compare(found.sourcePort, found.destinationPort);
        }
        forward = order <= 0;
        if (forward) {
            firstHigh = found.sourceHigh;
            firstLow = source;
            secondHigh = found.destinationHigh;
            secondLow = destination;
            ports = (long) found.sourcePort << 16 | found.destinationPort;
        } else {
            firstHigh = found.destinationHigh;
            firstLow = destination;
            secondHigh = found.sourceHigh;
            secondLow = source;
            ports = (long) found.destinationPort << 16 | found.sourcePort;
        }
        if (found.v6) {
            ports |= V6;
        }
        rehash();
    }

    void set(long[] from, int at) {
        firstHigh = from[at];
        firstLow = from[at + 1];
        secondHigh = from[at + 2];
        secondLow = from[at + 3];
        ports = from[at + 4];
        rehash();
    }

    void put(long[] into, int at) {
        into[at] = firstHigh;
        into[at + 1] = firstLow;
        into[at + 2] = secondHigh;
        into[at + 3] = secondLow;
        into[at + 4] = ports;
    }

    boolean isAt(long[] keys, int at) {
        return keys[at + 1] == firstLow
                && keys[at + 3] == secondLow
                && keys[at + 4] == ports
                && keys[at] == firstHigh
                && keys[at + 2] == secondHigh;
    }

    private void rehash() {
        hash = PlainFrame.hash(firstLow << 32 | secondLow & 0xFFFF_FFFFL, (int) ports);
        if ((ports & V6) != 0) {
            hash = (hash ^ firstLow) * MIX + firstHigh;
            hash = (hash ^ hash >>> 29) * MIX + secondHigh;
            hash = (hash ^ hash >>> 32) * MIX + secondLow;
            hash = (hash ^ hash >>> 29) * MIX;
            hash ^= hash >>> 32;
        }
    }

    /// The conversation, seen from its first or its second endpoint.
    Conversation conversation(boolean fromFirst) {
        int version = (ports & V6) == 0 ? 4 : 6;
        Endpoint first = new Endpoint(new IpAddress(version, firstHigh, firstLow), (int) (ports >>> 16) & 0xFFFF);
        Endpoint second = new Endpoint(new IpAddress(version, secondHigh, secondLow), (int) ports & 0xFFFF);
        return fromFirst ? new Conversation(first, second) : new Conversation(second, first);
    }
}
