package rstprobe.ssh;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// What both sides said in one handshake, in turns: the server's bytes, then ours. Lines of a tape file are
/// `S hex` and `C hex`; `#` begins a remark.
record Tape(List<Turn> turns) {
    /// What the server said, and what we answered.
    record Turn(byte[] server, byte[] client) {}

    /// The seed of our randomness in every tape.
    static final long SEED = 20_261_103;

    /// What OpenSSH 9.2 and we agree on by default.
    static final String HYBRID = "openssh-9.2-sntrup761-chacha20.tape";
    /// What OpenSSH 10.0 and we agree on by default.
    static final String MLKEM = "openssh-10.0-mlkem768-chacha20.tape";
    /// Other curves, ciphers and MACs.
    static final String CLASSIC = "openssh-9.2-curve25519-aes128-ctr.tape";
    /// The plans the tapes were recorded with.
    static final Map<String, HandshakePlan> PLANS = Map.of(HYBRID, standard(), MLKEM, standard(), CLASSIC, classic());

    private static final int CHUNK = 65_536;

    /// Records a tape anew, with the plan its name stands for: `Tape FILE HOST PORT`. Only a change of what
    /// we say calls for that; the file's name tells which server has to listen there.
    public static void main(String[] words) throws Exception {
        Path file = Path.of(words[0]);
        HandshakePlan plan = PLANS.get(file.getFileName().toString());
        try (Socket socket = new Socket(words[1], Integer.parseInt(words[2]));
                Peer peer = new Peer(socket.getInputStream(), socket.getOutputStream(), () -> {})) {
            socket.setTcpNoDelay(true);
            Files.writeString(
                    file,
                    "# Recorded with seed " + SEED + "\n" + record(plan, peer).text());
        }
    }

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

    private static HandshakePlan standard() {
        return HandshakePlan.standard("nobody");
    }

    private static HandshakePlan classic() {
        Algorithms offer = Algorithms.standard()
                .withKex(List.of("curve25519-sha256"))
                .withCiphers(List.of("aes128-ctr"))
                .withMacs(List.of("hmac-sha2-256"));
        return standard().withOffer(offer).withKexInitBytes(0);
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
