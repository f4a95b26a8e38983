import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;

/// Writes a capture of many TCP conversations, for timing what reads captures: the same words, the same bytes.
///
/// `java ManyConversations.java FILE [PACKETS [CONVERSATIONS [SEED]]]`; by default 12 million packets of 200 000
/// conversations, of which one packet in a thousand is a reset. Segments are 60 to 200 bytes of Ethernet frame, times
/// are in microseconds, checksums are right, and a few thousand conversations are under way at any time.
final class ManyConversations {
    private static final int PACKETS = 12_000_000, CONVERSATIONS = 200_000, SEED = 2_026;

    /// Conversations under way at a time.
    private static final int AT_A_TIME = 4_096;

    /// One packet in so many is a reset.
    private static final int PACKETS_PER_RESET = 1_000;

    private static final int ETHERNET = 14, IP = 20, TCP = 20, TIMESTAMPS = 12, RECORD = 16;
    private static final int SMALLEST = 60, LARGEST = 200;
    private static final int FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16;
    private static final long MICROS_APART = 20;

    private final SplittableRandom random;
    private final ByteBuffer out = ByteBuffer.allocateDirect(8 << 20).order(ByteOrder.LITTLE_ENDIAN);
    private final byte[] frame = new byte[LARGEST];
    private final byte[] noise = new byte[1 << 16];
    private final int conversations, resetEvery;
    private final double packetsEach;
    private int opened;
    private long micros = 1_760_000_000_000_000L;

    private ManyConversations(int packets, int conversations, long seed) {
        this.random = new SplittableRandom(seed);
        this.conversations = conversations;
        this.packetsEach = (double) packets / conversations;
        this.resetEvery = Math.max(1, (int) ((long) conversations * PACKETS_PER_RESET / packets));
        random.nextBytes(noise);
    }

    public static void main(String[] words) throws IOException {
        int packets = words.length > 1 ? Integer.parseInt(words[1]) : PACKETS;
        int conversations = words.length > 2 ? Integer.parseInt(words[2]) : CONVERSATIONS;
        long seed = words.length > 3 ? Long.parseLong(words[3]) : SEED;
        new ManyConversations(packets, conversations, seed).write(Path.of(words[0]), packets);
    }

    /// What is known of a conversation under way.
    private static final class Conversation {
        int number, step, length, sequence, answered, clientTtl, serverTtl, identification;
        boolean endsInReset;
    }

    private void write(Path file, int packets) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            out.putInt(0xA1B2C3D4)
                    .putShort((short) 2)
                    .putShort((short) 4)
                    .putLong(0)
                    .putInt(262_144)
                    .putInt(1);
            Conversation[] live = new Conversation[Math.min(AT_A_TIME, conversations)];
            for (int i = 0; i < live.length; i++) {
                live[i] = opened();
            }
            for (int packet = 0; packet < packets; packet++) {
                int at = random.nextInt(live.length);
                if (live[at].step == live[at].length && opened < conversations) {
                    live[at] = opened();
                }
                segment(live[at]);
                if (out.remaining() < RECORD + LARGEST) {
                    channel.write(out.flip());
                    out.clear();
                }
            }
            channel.write(out.flip());
        }
    }

    private Conversation opened() {
        Conversation it = new Conversation();
        it.number = opened++;
        it.length = (int) Math.max(8, packetsEach * (0.5 + random.nextDouble()));
        it.sequence = random.nextInt();
        it.answered = random.nextInt();
        it.clientTtl = 64 - random.nextInt(20);
        it.serverTtl = 64 - random.nextInt(20);
        it.identification = random.nextInt();
        it.endsInReset = it.number % resetEvery == 0;
        return it;
    }

    /// The next segment of a conversation: handshake, talk, and a FIN each or a reset. Where packets are left over when
    /// all conversations are done, the last ones say more after their end.
    private void segment(Conversation it) {
        int step = it.step++;
        int left = it.length - step;
        boolean fromClient = step == 0 || step != 1 && (step == 2 || random.nextBoolean());
        int flags = switch (step) {
            case 0 -> SYN;
            case 1 -> SYN | ACK;
            default -> ACK;
        };
        if (it.endsInReset && left == 1) {
            put(it, false, RST | ACK, 0);
        } else if (!it.endsInReset && (left == 2 || left == 1)) {
            put(it, left == 2, FIN | ACK, 0);
        } else if (step < 3) {
            put(it, fromClient, flags, 0);
        } else {
            int payload = random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(LARGEST - ETHERNET - IP - TCP - TIMESTAMPS);
            put(it, fromClient, payload == 0 ? ACK : ACK | PSH, payload);
        }
    }

    private void put(Conversation it, boolean fromClient, int flags, int payload) {
        boolean options = (flags & RST) == 0;
        int header = TCP + (options ? TIMESTAMPS : 0);
        int ipLength = IP + header + payload;
        int length = Math.max(SMALLEST, ETHERNET + ipLength);
        int client = 0x0A00_0000 | it.number % 60_000 + 1;
        int server = 0xC612_0000 | it.number % 251 + 1;
        int clientPort = 20_000 + it.number / 60_000 * 7 + it.number % 40_000;
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        bytes.putLong(fromClient ? 0x0200_0000_0001_0200L : 0x0200_0000_0002_0200L);
        bytes.putInt(fromClient ? 0x0000_0002 : 0x0000_0001).putShort((short) 0x0800);
        bytes.putShort((short) 0x4500).putShort((short) ipLength).putShort((short) it.identification++);
        bytes.putShort((short) 0x4000)
                .put((byte) (fromClient ? it.clientTtl : it.serverTtl))
                .put((byte) 6);
        bytes.putShort((short) 0).putInt(fromClient ? client : server).putInt(fromClient ? server : client);
        bytes.putShort((short) (fromClient ? clientPort : 22)).putShort((short) (fromClient ? 22 : clientPort));
        bytes.putInt(fromClient ? it.sequence : it.answered)
                .putInt((flags & ACK) == 0 ? 0 : fromClient ? it.answered : it.sequence);
        bytes.put((byte) (header / 4 << 4))
                .put((byte) flags)
                .putShort((short) 502)
                .putShort((short) 0)
                .putShort((short) 0);
        if (options) {
            bytes.putInt(0x0101_080A).putInt((int) (micros / 1_000)).putInt((int) (micros / 1_000) - 3);
        }
        bytes.put(noise, random.nextInt(noise.length - LARGEST), payload);
        while (bytes.position() < length) {
            bytes.put((byte) 0);
        }
        putChecksum(ETHERNET + 10, sum(ETHERNET, ETHERNET + IP, 0));
        putChecksum(ETHERNET + IP + 16, sum(ETHERNET + 12, ETHERNET + ipLength, 6 + header + payload));
        int taken = payload + ((flags & (SYN | FIN)) == 0 ? 0 : 1);
        if (fromClient) {
            it.sequence += taken;
        } else {
            it.answered += taken;
        }
        micros += random.nextLong(2 * MICROS_APART);
        out.putInt((int) (micros / 1_000_000))
                .putInt((int) (micros % 1_000_000))
                .putInt(length)
                .putInt(length);
        out.put(frame, 0, length);
    }

    /// RFC 1071.
    private long sum(int from, int to, long start) {
        long sum = start;
        for (int at = from; at < to; at += 2) {
            sum += (frame[at] & 0xFF) << 8 | (at + 1 < to ? frame[at + 1] & 0xFF : 0);
        }
        return sum;
    }

    private void putChecksum(int at, long sum) {
        long folded = sum;
        while (folded > 0xFFFF) {
            folded = (folded & 0xFFFF) + (folded >>> 16);
        }
        frame[at] = (byte) (~folded >>> 8);
        frame[at + 1] = (byte) ~folded;
    }
}
