package rstprobe.linux;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/// Just enough of Ethernet, IP and TCP to read what a test sent.
final class Frames {
    static final int LINK_HEADER = 14;
    private static final int TCP = 6;

    private Frames() {}

    /// Receives until a frame is wanted; fails after five seconds.
    static byte[] await(PacketSocket socket, Predicate<byte[]> wanted) throws Exception {
        byte[] buffer = new byte[PacketSocket.LARGEST_FRAME];
        long deadline = System.nanoTime() + 5_000_000_000L;
        while (System.nanoTime() < deadline) {
            int length = socket.receive(buffer, Duration.ofMillis(200));
            if (length > 0 && wanted.test(Arrays.copyOf(buffer, length))) {
                return Arrays.copyOf(buffer, length);
            }
        }
        throw new AssertionError("the awaited frame did not come");
    }

    /// Takes every frame that is there already.
    static List<byte[]> drain(PacketSocket socket) throws Exception {
        byte[] buffer = new byte[PacketSocket.LARGEST_FRAME];
        List<byte[]> frames = new ArrayList<>();
        for (int n = socket.receive(buffer, Duration.ZERO); n >= 0; n = socket.receive(buffer, Duration.ZERO)) {
            frames.add(Arrays.copyOf(buffer, n));
        }
        return frames;
    }

    static int etherType(byte[] frame) {
        return short16(frame, 12);
    }

    static boolean isIpv6(byte[] frame) {
        return etherType(frame) == 0x86dd;
    }

    static boolean isTcp(byte[] frame) {
        return frame.length >= LINK_HEADER + 40
                && (isIpv6(frame)
                        ? frame[LINK_HEADER + 6] == TCP
                        : etherType(frame) == 0x0800 && frame[LINK_HEADER + 9] == TCP);
    }

    static int ttl(byte[] frame) {
        return Byte.toUnsignedInt(frame[LINK_HEADER + (isIpv6(frame) ? 7 : 8)]);
    }

    static int trafficClass(byte[] frame) {
        return isIpv6(frame) ? (short16(frame, LINK_HEADER) >> 4) & 0xff : Byte.toUnsignedInt(frame[LINK_HEADER + 1]);
    }

    static boolean dontFragment(byte[] frame) {
        return (frame[LINK_HEADER + 6] & 0x40) != 0;
    }

    static int tcp(byte[] frame) {
        return LINK_HEADER + (isIpv6(frame) ? 40 : (frame[LINK_HEADER] & 0xf) * 4);
    }

    static boolean isSyn(byte[] frame) {
        return isTcp(frame) && (frame[tcp(frame) + 13] & 0x12) == 0x02;
    }

    static int sourcePort(byte[] frame) {
        return short16(frame, tcp(frame));
    }

    /// The MSS option of a SYN (RFC 9293 3.2), -1 where there is none.
    static int mss(byte[] frame) {
        int at = tcp(frame) + 20;
        int end = tcp(frame) + ((frame[tcp(frame) + 12] >> 4) & 0xf) * 4;
        while (at + 1 < end && frame[at] != 0) {
            if (frame[at] == 2) {
                return short16(frame, at + 2);
            }
            at += frame[at] == 1 ? 1 : Math.max(2, frame[at + 1]);
        }
        return -1;
    }

    /// Payload bytes of a TCP segment, by the IP length, which padding does not change.
    static int sequence(byte[] frame) {
        return short16(frame, tcp(frame) + 4) << 16 | short16(frame, tcp(frame) + 6);
    }

    static int payload(byte[] frame) {
        int ipEnd = isIpv6(frame)
                ? LINK_HEADER + 40 + short16(frame, LINK_HEADER + 4)
                : LINK_HEADER + short16(frame, LINK_HEADER + 2);
        return ipEnd - tcp(frame) - ((frame[tcp(frame) + 12] >> 4) & 0xf) * 4;
    }

    static int short16(byte[] bytes, int at) {
        return Short.toUnsignedInt(ByteBuffer.wrap(bytes).getShort(at));
    }

    /// An ICMP or ICMPv6 echo request of a whole length, header included; for IPv4 the checksum is in place.
    static byte[] echo(boolean ipv6, int length) {
        byte[] message = new byte[length];
        message[0] = (byte) (ipv6 ? 128 : 8);
        message[5] = 77;
        message[7] = 1;
        int sum = 0;
        for (int i = 0; i < length; i++) {
            sum += Byte.toUnsignedInt(message[i]) << ((i & 1) == 0 ? 8 : 0);
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        sum = ~((sum & 0xffff) + (sum >>> 16));
        message[2] = (byte) (sum >> 8);
        message[3] = (byte) sum;
        return message;
    }
}
