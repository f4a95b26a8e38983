package rstprobe.analyze;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;

/// Small captures made byte by byte, on Ethernet.
final class Crafted {
    static final int FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16;

    private static final HexFormat HEX = HexFormat.of();

    private final ByteArrayOutputStream records = new ByteArrayOutputStream();
    private final int link;
    private long micros = 1_760_000_000_000_000L;
    private int identification = 1;

    Crafted(int link) {
        this.link = link;
    }

    /// A capture in memory as a stream.
    static CaptureSource source(String name, byte[] capture) {
        return new CaptureSource.OfStream(name, new ByteArrayInputStream(capture));
    }

    byte[] bytes() {
        byte[] all = records.toByteArray();
        return ByteBuffer.allocate(24 + all.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0xA1B2C3D4)
                .putShort((short) 2)
                .putShort((short) 4)
                .putLong(0)
                .putInt(262_144)
                .putInt(link)
                .put(all)
                .array();
    }

    /// The frames of such a capture as pcapng.
    ///
    /// @param before what each frame says was lost before it
    /// @param counted what the interface says at the end was lost
    static byte[] pcapng(byte[] pcap, long before, long counted) {
        ByteBuffer in = ByteBuffer.wrap(pcap).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer out = ByteBuffer.allocate(200 + 4 * pcap.length).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0x0A0D0D0A)
                .putInt(28)
                .putInt(0x1A2B3C4D)
                .putInt(1)
                .putLong(-1)
                .putInt(28);
        out.putInt(1).putInt(20).putInt(in.getInt(20)).putInt(0).putInt(20);
        for (in.position(24); in.hasRemaining(); ) {
            long ticks = in.getInt() * 1_000_000L + in.getInt();
            byte[] frame = new byte[in.getInt()];
            int original = in.getInt();
            in.get(frame);
            int padded = frame.length + 3 & ~3;
            int length = 32 + padded + 16;
            out.putInt(6).putInt(length).putInt(0).putInt((int) (ticks >>> 32)).putInt((int) ticks);
            out.putInt(frame.length).putInt(original).put(frame).put(new byte[padded - frame.length]);
            out.putShort((short) 4)
                    .putShort((short) 8)
                    .putLong(before)
                    .putInt(0)
                    .putInt(length);
        }
        out.putInt(5).putInt(40).putInt(0).putLong(0).putShort((short) 7).putShort((short) 8);
        out.putLong(counted).putInt(0).putInt(40);
        return Arrays.copyOf(out.array(), out.position());
    }

    Crafted at(long newMicros) {
        micros = newMicros;
        return this;
    }

    /// A frame as it is.
    Crafted frame(byte[] frame) {
        micros += 100;
        records.writeBytes(ByteBuffer.allocate(16 + frame.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) (micros / 1_000_000))
                .putInt((int) (micros % 1_000_000))
                .putInt(frame.length)
                .putInt(frame.length)
                .put(frame)
                .array());
        return this;
    }

    /// A segment on Ethernet from 10.0.0.X to 10.0.0.Y.
    Crafted segment(int from, int fromPort, int to, int toPort, int flags, int sequence, int acknowledgement) {
        return frame(ethernet(0x0800, tcp(from, fromPort, to, toPort, flags, sequence, acknowledgement, new byte[0])));
    }

    byte[] tcp(
            int from, int fromPort, int to, int toPort, int flags, int sequence, int acknowledgement, byte[] payload) {
        ByteBuffer header = ByteBuffer.allocate(20 + payload.length);
        header.putShort((short) fromPort)
                .putShort((short) toPort)
                .putInt(sequence)
                .putInt(acknowledgement);
        header.put((byte) 0x50)
                .put((byte) flags)
                .putShort((short) 1_024)
                .putInt(0)
                .put(payload);
        return ip(from, to, 6, header.array(), 0);
    }

    /// An IPv4 datagram; `fragment` is the field of flags and offset.
    byte[] ip(int from, int to, int protocol, byte[] payload, int fragment) {
        ByteBuffer ip = ByteBuffer.allocate(20 + payload.length);
        ip.putShort((short) 0x4500).putShort((short) (20 + payload.length));
        ip.putShort((short) (fragment == 0 ? identification++ : identification)).putShort((short) fragment);
        ip.put((byte) 64).put((byte) protocol).putShort((short) 0);
        return ip.putInt(0x0A000000 | from).putInt(0x0A000000 | to).put(payload).array();
    }

    static byte[] ethernet(int type, byte[] payload) {
        return ByteBuffer.allocate(14 + payload.length)
                .putLong(0x0200000000010200L)
                .putInt(2)
                .putShort((short) type)
                .put(payload)
                .array();
    }

    static byte[] hex(String text) {
        return HEX.parseHex(text.replaceAll("\\s", ""));
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
