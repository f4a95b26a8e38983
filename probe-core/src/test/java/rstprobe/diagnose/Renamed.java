package rstprobe.diagnose;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import rstprobe.capture.Frame;

/// Frames of Ethernet as somebody hands them out who does not want to show whose they are: other addresses and ports,
/// the same ones wherever they stood, in quotations too. Checksums are corrected by the difference (RFC 1624), so one
/// that was wrong is wrong still.
final class Renamed {
    private static final int ETHERNET = 14, TCP = 6, ICMP = 1, WELL_KNOWN = 1_024, EPHEMERAL = 32_768;
    private static final int V4_ADDRESSES = 12, V6_ADDRESSES = 8, V6_HEADER = 40;
    private static final int NONE = -1;

    private final Random dice;
    private final Map<String, byte[]> addresses = new HashMap<>();
    private final Map<Integer, Integer> ports = new HashMap<>();
    private byte[] bytes = new byte[0];

    Renamed(Random dice) {
        this.dice = dice;
    }

    Frame frame(Frame frame) {
        bytes = frame.bytes().clone();
        if (bytes.length > ETHERNET + V6_HEADER || bytes.length > ETHERNET && (bytes[ETHERNET] & 0xF0) == 0x40) {
            datagram(ETHERNET, NONE);
        }
        return new Frame(
                frame.number(), frame.atNanos(), frame.link(), bytes, frame.originalLength(), frame.interfaceId());
    }

    /// @param outerSum the checksum of the ICMP error that quotes it
    private void datagram(int at, int outerSum) {
        boolean six = (bytes[at] & 0xF0) == 0x60;
        int header = six ? V6_HEADER : (bytes[at] & 0xF) * 4;
        if (at + header + 8 > bytes.length) {
            return;
        }
        int protocol = bytes[at + (six ? 6 : 9)];
        int transport = at + header;
        int sum = protocol == TCP && transport + 18 <= bytes.length ? transport + 16 : NONE;
        int length = six ? 16 : 4;
        for (int i = 0; i < 2; i++) {
            address(at + (six ? V6_ADDRESSES : V4_ADDRESSES) + i * length, length, six ? NONE : at + 10, sum, outerSum);
        }
        if (protocol == TCP) {
            port(transport, sum, outerSum);
            port(transport + 2, sum, outerSum);
        } else if (protocol == ICMP && (bytes[transport] == 3 || bytes[transport] == 11)) {
            datagram(transport + 8, transport + 2);
        }
    }

    private void address(int at, int length, int headerSum, int sum, int outerSum) {
        StringBuilder old = new StringBuilder();
        for (int i = 0; i < length; i++) {
            old.append(bytes[at + i]).append('.');
        }
        byte[] fresh = addresses.computeIfAbsent(old.toString(), _ -> {
            byte[] drawn = new byte[length];
            dice.nextBytes(drawn);
            drawn[0] = (byte) (length == 4 ? 10 : 0x20);
            return drawn;
        });
        for (int i = 0; i < length; i += 2) {
            put(at + i, (fresh[i] & 0xFF) << 8 | fresh[i + 1] & 0xFF, headerSum, sum, outerSum);
        }
    }

    /// A server's port stays below those that clients draw from.
    private void port(int at, int sum, int outerSum) {
        int fresh = ports.computeIfAbsent(u16(at), old -> {
            int drawn;
            do {
                drawn = old < WELL_KNOWN ? 1 + dice.nextInt(WELL_KNOWN - 1) : EPHEMERAL + dice.nextInt(EPHEMERAL);
            } while (ports.containsValue(drawn));
            return drawn;
        });
        put(at, fresh, NONE, sum, outerSum);
    }

    /// Writes 16 bits, and corrects the checksums that they are in; the header's own is in the quoting one too, and
    /// cancels there what the address changed.
    private void put(int at, int fresh, int headerSum, int sum, int outerSum) {
        int old = u16(at);
        write(at, fresh);
        if (headerSum != NONE) {
            correct(headerSum, old, fresh, outerSum);
        }
        if (sum != NONE) {
            correct(sum, old, fresh, outerSum);
        }
        if (outerSum != NONE) {
            correct(outerSum, old, fresh, NONE);
        }
    }

    private void correct(int sum, int old, int fresh, int outerSum) {
        int before = u16(sum);
        int total = (~before & 0xFFFF) + (~old & 0xFFFF) + fresh;
        total = (total & 0xFFFF) + (total >>> 16);
        total = (total & 0xFFFF) + (total >>> 16);
        write(sum, ~total & 0xFFFF);
        if (outerSum != NONE) {
            correct(outerSum, before, u16(sum), NONE);
        }
    }

    private int u16(int at) {
        return (bytes[at] & 0xFF) << 8 | bytes[at + 1] & 0xFF;
    }

    private void write(int at, int value) {
        bytes[at] = (byte) (value >>> 8);
        bytes[at + 1] = (byte) value;
    }
}
