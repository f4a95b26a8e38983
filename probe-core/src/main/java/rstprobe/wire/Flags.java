package rstprobe.wire;

import java.util.StringJoiner;

/// The control bits of a TCP header (RFC 9293 section 3.1; AE is RFC 9768).
///
/// @param bits the 12 bits after the data offset, the three reserved ones included
public record Flags(int bits) {
    /// A bit each, lowest first.
    public static final int FIN = 0x001, SYN = 0x002, RST = 0x004, PSH = 0x008;

    /// A bit each, lowest first.
    public static final int ACK = 0x010, URG = 0x020, ECE = 0x040, CWR = 0x080, AE = 0x100;

    private static final String[] NAMES = {"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"};
    private static final int RESERVED_SHIFT = 9;

    /// Checks that there are at most 12 bits.
    public Flags {
        if ((bits & ~0xfff) != 0) {
            throw new IllegalArgumentException("TCP flags 0x" + Integer.toHexString(bits));
        }
    }

    /// The sender has sent its last byte.
    public boolean fin() {
        return (bits & FIN) != 0;
    }

    /// The sender opens the conversation.
    public boolean syn() {
        return (bits & SYN) != 0;
    }

    /// A reset.
    public boolean rst() {
        return (bits & RST) != 0;
    }

    /// The sender asks for the bytes to be handed on.
    public boolean psh() {
        return (bits & PSH) != 0;
    }

    /// The acknowledgement number counts.
    public boolean ack() {
        return (bits & ACK) != 0;
    }

    /// The urgent pointer counts.
    public boolean urg() {
        return (bits & URG) != 0;
    }

    /// Congestion was experienced, or ECN is offered in a SYN (RFC 3168).
    public boolean ece() {
        return (bits & ECE) != 0;
    }

    /// The congestion window was reduced, or ECN is offered in a SYN (RFC 3168).
    public boolean cwr() {
        return (bits & CWR) != 0;
    }

    /// Accurate ECN, once the nonce sum (RFC 9768).
    public boolean ae() {
        return (bits & AE) != 0;
    }

    /// The three bits that no RFC uses, 0..7.
    public int reserved() {
        return bits >>> RESERVED_SHIFT;
    }

    /// `RST,ACK`: SYN, FIN and RST first, then ACK, then the rest; `none` where no bit is set.
    @Override
    public String toString() {
        StringJoiner names = new StringJoiner(",").setEmptyValue("none");
        for (int bit : new int[] {1, 0, 2, 4, 3, 5, 6, 7, 8}) {
            if ((bits >>> bit & 1) != 0) {
                names.add(NAMES[bit]);
            }
        }
        if (reserved() != 0) {
            names.add("reserved=" + reserved());
        }
        return names.toString();
    }
}
