package rstprobe.ssh;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Writes a server's side by hand: lines and packets in clear.
final class Script {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PacketWriter packets = new PacketWriter(new SeededRandom(1));

    /// A server that identified itself properly.
    static Script identified() {
        return new Script().text("SSH-2.0-Scripted_1.0\r\n");
    }

    /// Plain text, ISO-8859-1.
    Script text(String text) {
        return raw(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// Bytes as they are.
    Script raw(byte[] raw) {
        bytes.writeBytes(raw);
        return this;
    }

    /// A packet in clear.
    Script packet(byte[] payload) {
        return raw(packets.packet(payload));
    }

    /// A KEXINIT with these lists.
    Script kexInit(Algorithms offer, boolean follows) {
        WireWriter writer = new WireWriter().writeByte(Numbers.KEXINIT).writeBytes(new byte[16]);
        for (List<String> names : List.of(
                offer.kex(),
                offer.hostKeys(),
                offer.ciphersOut(),
                offer.ciphersIn(),
                offer.macsOut(),
                offer.macsIn(),
                offer.compressionOut(),
                offer.compressionIn(),
                List.<String>of(),
                List.<String>of())) {
            writer.writeNames(names);
        }
        return packet(writer.writeByte(follows ? 1 : 0).writeUint32(0).bytes());
    }

    /// A goodbye.
    Script disconnect(int reason, String text) {
        return packet(new WireWriter()
                .writeByte(Numbers.DISCONNECT)
                .writeUint32(reason)
                .writeText(text)
                .writeText("")
                .bytes());
    }

    /// A debug message.
    Script debug(String text) {
        return packet(new WireWriter()
                .writeByte(Numbers.DEBUG)
                .writeByte(1)
                .writeText(text)
                .writeText("")
                .bytes());
    }

    /// All of it.
    byte[] bytes() {
        return bytes.toByteArray();
    }

    /// What a handshake makes of these bytes and then these inputs.
    static Story play(HandshakePlan plan, byte[] server, Input... then) {
        Handshake handshake = new Handshake(plan, new SeededRandom(Tape.SEED));
        Story story = new Story().add(handshake.on(new Input.Connected(0)));
        story.add(handshake.on(new Input.Received(server, 1)));
        for (Input input : then) {
            story.add(handshake.on(input));
        }
        return story;
    }

    /// The same with the bytes one by one.
    static Story playBytewise(HandshakePlan plan, byte[] server, Input... then) {
        Handshake handshake = new Handshake(plan, new SeededRandom(Tape.SEED));
        Story story = new Story().add(handshake.on(new Input.Connected(0)));
        for (int i = 0; i < server.length; i++) {
            story.add(handshake.on(new Input.Received(Arrays.copyOfRange(server, i, i + 1), 1)));
        }
        for (Input input : then) {
            story.add(handshake.on(input));
        }
        return story;
    }
}
