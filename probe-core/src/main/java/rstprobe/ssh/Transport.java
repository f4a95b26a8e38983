package rstprobe.ssh;

/// Our sending side, and both sides' switch to new keys.
final class Transport {
    private static final int MAXIMUM_GOODBYE_CHARACTERS = 200;

    private final Course course;
    private final PacketReader reader;
    private final PacketWriter writer;

    Transport(Course course, PacketReader reader, PacketWriter writer) {
        this.course = course;
        this.reader = reader;
        this.writer = writer;
    }

    /// Sends a message, message number first.
    void say(String name, byte[] payload) {
        course.say(name, writer.packet(payload));
    }

    /// Our next messages use these keys (RFC 4253 §7.3).
    void protectOut(Observation.Negotiated agreed, SessionKeys keys, boolean strict) {
        writer.protect(Suite.protection(agreed.cipherOut(), agreed.macOut(), keys, "ACE"), strict);
    }

    /// The server's next messages use these keys.
    void protectIn(Observation.Negotiated agreed, SessionKeys keys, boolean strict) {
        reader.protect(Suite.protection(agreed.cipherIn(), agreed.macIn(), keys, "BDF"), strict);
    }

    /// Takes leave (RFC 4253 §11.1), unless this handshake never says a packet.
    void goodbye(int reason, String text, boolean speaks) {
        if (!speaks) {
            return;
        }
        String brief = text.substring(0, Math.min(text.length(), MAXIMUM_GOODBYE_CHARACTERS));
        byte[] payload = new WireWriter()
                .writeByte(Numbers.DISCONNECT)
                .writeUint32(reason)
                .writeText(brief)
                .writeText("")
                .bytes();
        say("disconnect", payload);
    }
}
