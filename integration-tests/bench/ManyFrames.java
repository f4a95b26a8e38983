import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import rstprobe.linux.NetworkInterfaceFacts;
import rstprobe.linux.PacketSocket;

/// Sends SSH connections that nobody has into an interface, so many frames a second, and prints how many those were:
/// `java -cp native.jar ManyFrames.java INTERFACE RATE SECONDS`. A thousand connections talk: half of the frames are
/// bare acknowledgements, the others carry 36 to 1400 encrypted bytes; a connection is reset every two seconds.
final class ManyFrames {
    private static final int CONNECTIONS = 1_000, BATCH = 64, PREPARED = 1 << 14, HEADERS = 14 + 20 + 32;
    private static final int SYN = 2, RST = 4, ACK = 16;
    private static final int[] PAYLOADS = {36, 36, 52, 100, 244, 1_400};
    private static final long SECOND = 1_000_000_000L;

    private ManyFrames() {}

    public static void main(String[] words) throws Exception {
        long rate = Long.parseLong(words[1]);
        long seconds = Long.parseLong(words[2]);
        Random random = new Random(22);
        int index = NetworkInterfaceFacts.named(words[0]).orElseThrow().index();
        long sent = 0;
        try (PacketSocket socket = PacketSocket.openForSending(index)) {
            List<byte[]> opening = new ArrayList<>();
            for (int connection = 0; connection < CONNECTIONS; connection++) {
                opening.add(frame(connection, true, SYN, 0, new byte[0]));
                opening.add(frame(connection, false, SYN | ACK, 0, new byte[0]));
                byte[] greeting = "SSH-2.0-bench\r\n".getBytes(StandardCharsets.US_ASCII);
                opening.add(frame(connection, true, ACK, 1, greeting));
                opening.add(frame(connection, false, ACK, 1, greeting));
            }
            List<byte[]> talk = new ArrayList<>();
            for (int i = 0; i < PREPARED; i++) {
                byte[] payload = new byte[i % 2 == 0 ? 0 : PAYLOADS[random.nextInt(PAYLOADS.length)]];
                random.nextBytes(payload);
                talk.add(frame(
                        random.nextInt(CONNECTIONS), random.nextBoolean(), ACK, 16 + random.nextInt(1 << 20), payload));
            }
            long start = System.nanoTime();
            sent += all(socket, opening);
            int next = 0;
            long resets = 0;
            while (System.nanoTime() - start < seconds * SECOND) {
                long due = Math.min(rate * (System.nanoTime() - start) / SECOND - sent, 8 * BATCH);
                if (due < BATCH) {
                    LockSupport.parkNanos(500_000);
                    continue;
                }
                sent += all(socket, talk.subList(next, next + BATCH));
                next = (next + BATCH) % PREPARED;
                if ((System.nanoTime() - start) / (2 * SECOND) > resets) {
                    sent += all(socket, List.of(frame((int) resets, false, RST, 1 << 20, new byte[0])));
                    resets++;
                }
            }
        }
        System.out.println(sent);
    }

    private static long all(PacketSocket socket, List<byte[]> frames) throws Exception {
        int sent = 0;
        while (sent < frames.size()) {
            int taken = socket.send(frames.subList(sent, frames.size()));
            sent += Math.max(0, taken);
            if (sent < frames.size()) {
                LockSupport.parkNanos(50_000);
            }
        }
        return sent;
    }

    private static byte[] frame(int connection, boolean clients, int flags, int offset, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(HEADERS + payload.length);
        frame.putLong(0x0200_0000_0001_0200L).putInt(2).putShort((short) 0x0800);
        int client = 0xC612_0102;
        int server = 0xC612_0302;
        frame.putInt(0x4500_0000 | HEADERS - 14 + payload.length)
                .putInt(0x0000_4000)
                .putInt(0x4006_0000);
        frame.putInt(clients ? client : server).putInt(clients ? server : client);
        short port = (short) (20_000 + connection);
        frame.putShort(clients ? port : 22).putShort(clients ? 22 : port);
        frame.putInt(connection * 7 + offset).putInt(connection * 7 + 1);
        frame.putShort((short) (0x8000 | flags)).putShort((short) 501).putInt(0);
        frame.putInt(0x0101_080A).putLong(0x0000_1111_0000_2222L);
        return frame.put(payload).array();
    }
}
