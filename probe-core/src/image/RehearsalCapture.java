import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/// Writes the capture that `rstprobe analyze` reads while the image is built, so that its classes come linked and its
/// hot methods profiled: `java RehearsalCapture.java FILE`. The same bytes every time.
///
/// One conversation in two ends in a reset: of the server's socket, of a kernel without one, of somebody nearer, of the
/// client, behind a FIN, in answer to the SYN. One in three is SSH, the rest is noise on other ports.
final class RehearsalCapture {
    private static final int CONVERSATIONS = 2_400, LONGEST = 60;
    private static final int FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16;
    private static final int CLIENT_TTL = 64, SERVER_TTL = 57, NEARER_TTL = 62;
    private static final int ETHERNET = 14, IP = 20, TCP = 20, RECORD = 16;
    private static final byte[] TIMESTAMPS = {1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0};
    private static final byte[] IDENTIFICATION = "SSH-2.0-OpenSSH_9.2\r\n".getBytes(StandardCharsets.US_ASCII);

    private final SplittableRandom random = new SplittableRandom(1);
    private final ByteArrayOutputStream capture = new ByteArrayOutputStream();
    private long micros = 1_760_000_000_000_000L;
    private int number;
    private int clientNext;
    private int serverNext;
    private int identification;

    private RehearsalCapture() {}

    public static void main(String[] words) throws IOException {
        Files.write(Path.of(words[0]), new RehearsalCapture().written());
    }

    private byte[] written() {
        capture.writeBytes(little(24)
                .putInt(0xA1B2C3D4)
                .putShort((short) 2)
                .putShort((short) 4)
                .putLong(0)
                .putInt(262_144)
                .putInt(1)
                .array());
        for (number = 0; number < CONVERSATIONS; number++) {
            conversation();
        }
        return capture.toByteArray();
    }

    private void conversation() {
        clientNext = random.nextInt();
        serverNext = random.nextInt();
        identification = random.nextInt();
        say(true, SYN, CLIENT_TTL, new byte[0]);
        if (number % 12 == 1) {
            say(false, RST | ACK, SERVER_TTL, new byte[0]);
            return;
        }
        say(false, SYN | ACK, SERVER_TTL, new byte[0]);
        say(true, ACK, CLIENT_TTL, new byte[0]);
        if (number % 3 == 0) {
            say(true, PSH | ACK, CLIENT_TTL, IDENTIFICATION);
            say(false, PSH | ACK, SERVER_TTL, IDENTIFICATION);
        }
        for (int left = random.nextInt(LONGEST); left > 0; left--) {
            byte[] noise = new byte[random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(140)];
            random.nextBytes(noise);
            boolean ours = random.nextBoolean();
            say(ours, noise.length == 0 ? ACK : PSH | ACK, ours ? CLIENT_TTL : SERVER_TTL, noise);
        }
        end();
    }

    private void end() {
        switch (number % 12) {
            case 3 -> say(false, RST | ACK, SERVER_TTL, new byte[0]);
            case 5 -> say(false, RST, SERVER_TTL, new byte[0]);
            case 7 -> {
                say(false, RST | ACK, NEARER_TTL, new byte[0]);
                say(false, PSH | ACK, SERVER_TTL, new byte[30]);
            }
            case 9 -> say(true, RST | ACK, CLIENT_TTL, new byte[0]);
            case 11 -> {
                say(true, FIN | ACK, CLIENT_TTL, new byte[0]);
                say(false, RST, SERVER_TTL, new byte[0]);
            }
            default -> {
                say(true, FIN | ACK, CLIENT_TTL, new byte[0]);
                say(false, FIN | ACK, SERVER_TTL, new byte[0]);
                say(true, ACK, CLIENT_TTL, new byte[0]);
            }
        }
    }

    private void say(boolean fromClient, int flags, int ttl, byte[] payload) {
        boolean reset = (flags & RST) != 0;
        int header = TCP + (reset ? 0 : TIMESTAMPS.length);
        int length = ETHERNET + IP + header + payload.length;
        int client = 0xC612_0000 + number % 250 + 1;
        int server = 0xC613_0000 + number % 7 + 1;
        int clientPort = 10_000 + number;
        int serverPort = number % 3 == 0 ? 22 : 443;
        micros += 50 + random.nextInt(400);
        capture.writeBytes(little(RECORD)
                .putInt((int) (micros / 1_000_000))
                .putInt((int) (micros % 1_000_000))
                .putInt(length)
                .putInt(length)
                .array());
        ByteBuffer frame = ByteBuffer.allocate(length);
        frame.putLong(fromClient ? 0x0200_0000_0001_0200L : 0x0200_0000_0002_0200L);
        frame.putInt(fromClient ? 2 : 1).putShort((short) 0x0800);
        frame.putShort((short) 0x4500).putShort((short) (length - ETHERNET)).putShort((short) identification++);
        frame.putShort((short) 0x4000).put((byte) ttl).put((byte) 6).putShort((short) 0);
        frame.putInt(fromClient ? client : server).putInt(fromClient ? server : client);
        frame.putShort((short) (fromClient ? clientPort : serverPort));
        frame.putShort((short) (fromClient ? serverPort : clientPort));
        frame.putInt(fromClient ? clientNext : serverNext);
        frame.putInt((flags & ACK) == 0 ? 0 : fromClient ? serverNext : clientNext);
        frame.put((byte) (header / 4 << 4)).put((byte) flags).putShort((short) (flags == RST ? 0 : 502));
        frame.putInt(0);
        if (!reset) {
            frame.put(TIMESTAMPS, 0, 4).putInt((int) (micros / 1_000)).putInt((int) (micros / 1_000) - 3);
        }
        capture.writeBytes(frame.put(payload).array());
        int taken = payload.length + ((flags & (SYN | FIN)) == 0 ? 0 : 1);
        if (fromClient) {
            clientNext += taken;
        } else {
            serverNext += taken;
        }
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
