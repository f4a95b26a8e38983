package rstprobe.ssh;

import java.util.Arrays;
import java.util.Optional;

/// Cuts the server's bytes into packets (RFC 4253 §6). Holds at most one unfinished packet beyond what one input
/// brought.
final class PacketReader {
    /// The largest packet length taken, in bytes; OpenSSH's own limit.
    static final int MAXIMUM_PACKET_LENGTH = 256 * 1024;

    private static final int LENGTH_BYTES = 4;
    private static final int LEAST_PADDING_BYTES = 4;
    private static final int UNKNOWN = -1;

    private PacketProtection protection = new ClearText();
    private long sequence;
    private byte[] held = new byte[0];
    private int from;
    private int to;
    private int packetLength = UNKNOWN;
    private byte[] sample = new byte[0];

    /// One packet of the server.
    ///
    /// @param payload message number first
    /// @param sequence its number since the connection, or since NEWKEYS in strict key exchange
    /// @param wireBytes its size on the wire
    record Packet(byte[] payload, long sequence, int wireBytes) {}

    /// Takes bytes in stream order.
    void add(byte[] bytes, int start) {
        int count = bytes.length - start;
        if (held.length - to < count) {
            byte[] larger = new byte[Math.max(to - from + count, 2 * (to - from))];
            System.arraycopy(held, from, larger, 0, to - from);
            to -= from;
            from = 0;
            held = larger;
        }
        System.arraycopy(bytes, start, held, to, count);
        to += count;
    }

    /// The next whole packet, if it is here.
    Optional<Packet> next() throws Malformed {
        if (packetLength == UNKNOWN) {
            if (to - from < protection.headBytes()) {
                return Optional.empty();
            }
            packetLength = readLength();
        }
        int wireBytes = LENGTH_BYTES + packetLength + protection.tagBytes();
        if (to - from < wireBytes) {
            return Optional.empty();
        }
        byte[] wire = take(wireBytes);
        sample = Samples.of(wire);
        byte[] plain = protection
                .open(wire, sequence)
                .orElseThrow(() -> new Malformed("packet fails its authentication", Numbers.MAC_ERROR));
        packetLength = UNKNOWN;
        Packet packet = new Packet(payload(plain), sequence, wireBytes);
        sample = Samples.of(packet.payload());
        sequence = sequence + 1 & 0xffffffffL;
        return Optional.of(packet);
    }

    /// The next bytes the server protects thus.
    void protect(PacketProtection next, boolean restartSequence) {
        protection = next;
        sequence = restartSequence ? 0 : sequence;
    }

    /// Whether plain text stands where a packet should begin: no packet can be as long as four letters say.
    boolean isAtText() {
        if (!(protection instanceof ClearText) || packetLength != UNKNOWN || to - from < LENGTH_BYTES) {
            return false;
        }
        for (int i = from; i < from + LENGTH_BYTES; i++) {
            boolean printable = held[i] >= ' ' && held[i] <= '~';
            if (!printable && held[i] != '\r' && held[i] != '\n' && held[i] != '\t') {
                return false;
            }
        }
        return true;
    }

    /// All that is held.
    byte[] takeAll() {
        return take(to - from);
    }

    /// The first bytes of what was last looked at.
    byte[] sample() {
        return sample;
    }

    private int readLength() throws Malformed {
        byte[] head = Arrays.copyOfRange(held, from, from + protection.headBytes());
        sample = head;
        long length = protection.length(head, sequence);
        if (length > MAXIMUM_PACKET_LENGTH) {
            throw new Malformed("packet length " + length + " above " + MAXIMUM_PACKET_LENGTH);
        }
        long aligned = length + (protection.alignsLength() ? LENGTH_BYTES : 0);
        if (length < 2 + LEAST_PADDING_BYTES || aligned % protection.blockBytes() != 0) {
            throw new Malformed("packet length " + length + " that no packet has");
        }
        return (int) length;
    }

    private static byte[] payload(byte[] plain) throws Malformed {
        int padding = plain[LENGTH_BYTES] & 0xff;
        int end = plain.length - padding;
        if (padding < LEAST_PADDING_BYTES || end <= LENGTH_BYTES + 1) {
            throw new Malformed("padding of " + padding + " bytes in a packet of " + plain.length);
        }
        return Arrays.copyOfRange(plain, LENGTH_BYTES + 1, end);
    }

    private byte[] take(int count) {
        from += count;
        byte[] taken = Arrays.copyOfRange(held, from - count, from);
        if (from == to) {
            from = 0;
            to = 0;
        }
        return taken;
    }
}
