package rstprobe.analyze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is kept of payloads: all that SSH says in clear where it comes in order, and nothing else ever.
class ClearTextTest {
    private static final int CLIENT = 2, SERVER = 3, CLIENT_PORT = 40_000, SSH = 22;
    private static final int SECRET_BYTES = 3_000;
    private static final long SECOND = 1_000_000_000L;

    private final long seed = ThreadLocalRandom.current().nextLong();
    private final Random random = new Random(seed);
    private final ClearText clearText = new ClearText(64);
    private final SegmentFinder finder = new SegmentFinder();
    private final TupleKey key = new TupleKey();
    private final Crafted craft = new Crafted(LinkHeaders.ETHERNET);
    private long now = SECOND;

    /// One direction of a connection.
    ///
    /// @param clear how many bytes come before the first that is encrypted
    private record Stream(boolean clients, int first, byte[] bytes, int clear) {}

    /// A piece of a stream on its way.
    private record Piece(Stream stream, int from, int to) {}

    private static byte[] message(int number, int length) {
        ByteBuffer message = ByteBuffer.allocate(Integer.BYTES + length);
        message.putInt(length).put((byte) 4).put((byte) number);
        return message.array();
    }

    private Stream stream(boolean clients, String greeting) {
        ByteArrayOutputStream clear = new ByteArrayOutputStream();
        clear.writeBytes(greeting.getBytes(StandardCharsets.US_ASCII));
        clear.writeBytes(message(20, 500 + random.nextInt(1_200)));
        clear.writeBytes(message(clients ? 30 : 31, 40 + random.nextInt(1_200)));
        clear.writeBytes(message(21, 12));
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        // As the length of a message in clear looks, so that only the end of the clear text tells it apart.
        secret[0] = 0;
        secret[1] = 0;
        return new Stream(clients, random.nextInt(), Crafted.join(clear.toByteArray(), secret), clear.size());
    }

    private int syn(Stream stream) {
        return kept(stream, Crafted.SYN | (stream.clients ? 0 : Crafted.ACK), stream.first, new byte[0]);
    }

    private int kept(Piece piece) {
        byte[] payload = java.util.Arrays.copyOfRange(piece.stream.bytes, piece.from, piece.to);
        return kept(piece.stream, Crafted.ACK | Crafted.PSH, piece.stream.first + 1 + piece.from, payload);
    }

    private int kept(Stream stream, int flags, int sequence, byte[] payload) {
        now += SECOND / 1_000;
        byte[] frame = Crafted.ethernet(
                0x0800,
                stream.clients
                        ? craft.tcp(CLIENT, CLIENT_PORT, SERVER, SSH, flags, sequence, 0, payload)
                        : craft.tcp(SERVER, SSH, CLIENT, CLIENT_PORT, flags, sequence, 0, payload));
        MemorySegment bytes = MemorySegment.ofArray(frame);
        assertEquals(
                SegmentFinder.Kind.SEGMENT, finder.find(bytes, 0, frame.length, frame.length, LinkHeaders.ETHERNET));
        assertEquals(frame.length - payload.length, finder.payloadAt);
        assertEquals(payload.length, finder.payloadLength);
        key.set(finder);
        return clearText.of(key, finder, bytes, frame.length, now);
    }

    private List<Piece> pieces(Stream stream) {
        List<Piece> pieces = new ArrayList<>();
        int longest = 1 + random.nextInt(1_448);
        for (int from = 0; from < stream.bytes.length; ) {
            int to = Math.min(stream.bytes.length, from + 1 + random.nextInt(longest));
            pieces.add(new Piece(stream, from, to));
            from = to;
        }
        return pieces;
    }

    private void mustHide(Piece piece, int kept) {
        assertTrue(
                piece.from + kept <= Math.max(piece.from, piece.stream.clear) && kept <= piece.to - piece.from,
                () -> kept + " bytes of " + piece.from + " to " + piece.to + ", clear up to " + piece.stream.clear
                        + ", seed " + seed);
    }

    @RepeatedTest(20)
    void whatIsInClearAndInOrderIsKeptToTheByte() {
        Stream client = stream(true, "SSH-2.0-OpenSSH_9.2p1\r\n");
        Stream server = stream(false, "welcome\r\nno loitering\r\nSSH-2.0-OpenSSH_9.2p1 Debian\r\n");
        syn(client);
        syn(server);
        int[] kept = new int[2];
        List<Piece> both = new ArrayList<>(pieces(client));
        both.addAll(random.nextInt(both.size()), pieces(server));
        for (Piece piece : both) {
            int its = kept(piece);
            mustHide(piece, its);
            kept[piece.stream.clients ? 0 : 1] += its;
        }
        assertEquals(client.clear, kept[0], "of the client, seed " + seed);
        assertEquals(server.clear, kept[1], "of the server, seed " + seed);
    }

    @RepeatedTest(200)
    void whateverTheOrderNoByteBehindNewkeysIsKept() {
        Stream client = stream(true, "SSH-2.0-client\r\n");
        Stream server = stream(false, random.nextBoolean() ? "SSH-2.0-server\r\n" : "hello\nSSH-2.0-server\n");
        if (random.nextInt(10) > 0) {
            syn(client);
        }
        if (random.nextInt(10) > 0) {
            syn(server);
        }
        List<Piece> all = new ArrayList<>(pieces(client));
        all.addAll(pieces(server));
        disturb(all);
        for (Piece piece : all) {
            mustHide(piece, kept(piece));
            if (random.nextInt(40) == 0) {
                meddle(random.nextBoolean() ? client : server);
            }
        }
    }

    /// Swaps neighbours, repeats pieces, cut otherwise, and loses some.
    private void disturb(List<Piece> all) {
        for (int swaps = random.nextInt(all.size()); swaps > 0; swaps--) {
            int at = random.nextInt(all.size());
            Collections.swap(all, at, Math.min(all.size() - 1, at + random.nextInt(4)));
        }
        for (int again = random.nextInt(all.size()); again > 0; again--) {
            Piece piece = all.get(random.nextInt(all.size()));
            int from = random.nextInt(piece.to);
            int to = Math.min(piece.stream.bytes.length, Math.max(from + 1, piece.from + random.nextInt(3_000)));
            all.add(random.nextInt(all.size()), new Piece(piece.stream, from, to));
        }
        for (int lost = random.nextInt(3); lost > 0; lost--) {
            all.remove(random.nextInt(all.size()));
        }
    }

    /// What others may throw in: the SYN again, another one, a reset, an end, a long silence.
    private void meddle(Stream stream) {
        switch (random.nextInt(5)) {
            case 0 -> syn(stream);
            case 1 -> assertEquals(0, kept(stream, Crafted.SYN, random.nextInt(), new byte[0]));
            case 2 -> assertEquals(0, kept(stream, Crafted.RST, stream.first + 1 + stream.clear, new byte[] {1, 2}));
            case 3 -> assertEquals(0, kept(stream, Crafted.FIN | Crafted.ACK, stream.first + 1, new byte[0]));
            default -> now += 100 * SECOND;
        }
    }

    @Test
    void nothingIsKeptOfAConnectionThatBeganBefore() {
        Stream client = stream(true, "SSH-2.0-client\r\n");
        for (Piece piece : pieces(client)) {
            assertEquals(0, kept(piece));
        }
    }

    @Test
    void nothingIsKeptBehindAHole() {
        Stream client = stream(true, "SSH-2.0-client\r\n");
        syn(client);
        assertEquals(8, kept(new Piece(client, 0, 8)));
        assertEquals(0, kept(new Piece(client, 9, 16)));
        assertEquals(0, kept(new Piece(client, 0, 8)), "what comes again need not be the same");
        assertEquals(8, kept(new Piece(client, 8, 16)), "the hole is filled");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"GET / HTTP/1.1\r\nAuthorization: Basic c2VjcmV0\r\n", "\u0016\u0003\u0001\u0002\u0000", "S"})
    void ofWhatIsNotSshFourBytesTellSo(String said) {
        byte[] bytes = said.getBytes(StandardCharsets.ISO_8859_1);
        Stream client = new Stream(true, random.nextInt(), bytes, Math.min(4, bytes.length));
        syn(client);
        assertEquals(client.clear, kept(new Piece(client, 0, bytes.length)));
    }

    @Test
    void aLoginBeforeKeysAreInUseIsNoSshAndIsNotKept() {
        byte[] said = Crafted.join("SSH-2.0-x\r\n".getBytes(StandardCharsets.US_ASCII), message(50, 60));
        Stream client = new Stream(true, random.nextInt(), said, said.length);
        syn(client);
        assertEquals(11 + 5, kept(new Piece(client, 0, said.length)), "the line, and where the message's number is");
    }

    @Test
    void thePortsOfAConnectionThatEndedMayBeUsedAgain() {
        Stream first = stream(true, "SSH-2.0-first\r\n");
        syn(first);
        kept(first, Crafted.RST, first.first + 1, new byte[0]);
        Stream second = stream(true, "SSH-2.0-second\r\n");
        syn(second);
        assertEquals(10, kept(new Piece(second, 0, 10)), "seed " + seed);
    }

    @Test
    void aForeignSynEndsTheFollowing() {
        Stream client = stream(true, "SSH-2.0-client\r\n");
        syn(client);
        assertEquals(4, kept(new Piece(client, 0, 4)));
        kept(client, Crafted.SYN, client.first + 77, new byte[0]);
        assertEquals(0, kept(new Piece(client, 4, 8)));
    }

    @Test
    void newerConnectionsPushOutTheOldest() {
        for (int i = 0; i < 200; i++) {
            byte[] frame =
                    Crafted.ethernet(0x0800, craft.tcp(CLIENT, 1_024 + i, SERVER, SSH, Crafted.SYN, i, 0, new byte[0]));
            now += SECOND;
            finder.find(MemorySegment.ofArray(frame), 0, frame.length, frame.length, LinkHeaders.ETHERNET);
            key.set(finder);
            clearText.of(key, finder, MemorySegment.ofArray(frame), frame.length, now);
        }
        assertTrue(clearText.pushedOut() >= 200 - 64, clearText.pushedOut() + " pushed out");
    }
}
