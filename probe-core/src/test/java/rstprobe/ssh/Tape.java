package rstprobe.ssh;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// What both sides said in one handshake, in turns: the server's bytes, then ours. Lines of a tape file are
/// `S hex` and `C hex`; `#` begins a remark.
record Tape(List<Turn> turns) {
    /// What the server said, and what we answered.
    record Turn(byte[] server, byte[] client) {}

    /// The seed of our randomness in every tape.
    static final long SEED = 20_261_103;

    private static final int CHUNK = 65_536;

    /// Records a handshake against a live server.
    static Tape record(HandshakePlan plan, Peer peer) throws IOException {
        Handshake handshake = new Handshake(plan, new SeededRandom(SEED));
        List<Turn> turns = new ArrayList<>();
        byte[] heard = {};
        Step step = handshake.on(new Input.Connected(0));
        byte[] chunk = new byte[CHUNK];
        while (true) {
            byte[] said = bytes(step);
            turns.add(new Turn(heard, said));
            peer.send(said);
            if (step.outcome().isPresent()) {
                return new Tape(turns);
            }
            int count = peer.in().read(chunk);
            if (count < 0) {
                return new Tape(turns);
            }
            heard = Arrays.copyOf(chunk, count);
            step = handshake.on(new Input.Received(heard, 0));
        }
    }

    /// Reads a tape of the test resources.
    static Tape load(String name) throws IOException {
        try (InputStream file = Tape.class.getResourceAsStream(name)) {
            List<Turn> turns = new ArrayList<>();
            byte[] server = {};
            for (String line : new String(file.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .toList()) {
                if (line.startsWith("S ")) {
                    server = HexFormat.of().parseHex(line.substring(2));
                } else if (line.startsWith("C ")) {
                    turns.add(new Turn(server, HexFormat.of().parseHex(line.substring(2))));
                }
            }
            return new Tape(turns);
        }
    }

    /// The tape as a file.
    String text() {
        StringBuilder lines = new StringBuilder();
        for (Turn turn : turns) {
            lines.append("S ").append(HexFormat.of().formatHex(turn.server())).append('\n');
            lines.append("C ").append(HexFormat.of().formatHex(turn.client())).append('\n');
        }
        return lines.toString();
    }

    /// All the server said.
    byte[] server() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        turns.forEach(turn -> all.writeBytes(turn.server()));
        return all.toByteArray();
    }

    /// All we said.
    byte[] client() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        turns.forEach(turn -> all.writeBytes(turn.client()));
        return all.toByteArray();
    }

    /// What a step sends.
    static byte[] bytes(Step step) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        step.sends().forEach(message -> said.writeBytes(message.bytes()));
        return said.toByteArray();
    }
}
