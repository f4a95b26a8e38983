package rstprobe.ssh;

import java.nio.charset.StandardCharsets;

/// Messages of ours before any key exchange, for a client that holds a connection and negotiates nothing.
/// Every server must read them then (RFC 4253 §11).
public final class PlainMessages {
    private static final int BLOCK = 8;
    private static final int LEAST_PADDING = 4;
    private static final int LENGTH_AND_PADDING_BYTES = 5;

    private PlainMessages() {}

    /// The line that [HandshakePlan#standard] says, line end included.
    public static Message identification() {
        return new Message(
                "identification",
                Stage.IDENTIFICATION,
                HandshakePlan.standard("").identificationLine());
    }

    /// A question that only TCP answers: `SSH_MSG_IGNORE` without content, 16 bytes (RFC 4253 §11.2). A
    /// server that expects our KEXINIT takes it as long as we have not offered strict key exchange.
    public static Message ignore() {
        return packet("ignore", new WireWriter().writeByte(Numbers.IGNORE).writeText(""));
    }

    /// A goodbye, so that the server logs a client that left and no failure (RFC 4253 §11.1).
    public static Message goodbye() {
        return packet(
                "disconnect",
                new WireWriter()
                        .writeByte(Numbers.DISCONNECT)
                        .writeUint32(Numbers.BY_APPLICATION)
                        .writeString("done".getBytes(StandardCharsets.US_ASCII))
                        .writeText(""));
    }

    /// Padding without meaning may be anything (RFC 4253 §6).
    private static Message packet(String name, WireWriter payload) {
        byte[] bytes = payload.bytes();
        int padding = BLOCK - (LENGTH_AND_PADDING_BYTES + bytes.length) % BLOCK;
        padding += padding < LEAST_PADDING ? BLOCK : 0;
        byte[] packet = new WireWriter()
                .writeUint32(1 + bytes.length + padding)
                .writeByte(padding)
                .writeBytes(bytes)
                .writeBytes(new byte[padding])
                .bytes();
        return new Message(name, Stage.IDLE, packet);
    }
}
