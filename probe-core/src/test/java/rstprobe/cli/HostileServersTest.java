package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Servers that want our time or our memory: every run ends by itself, within 128 MiB, with a verdict.
@ExtendWith(CableResolver.class)
final class HostileServersTest {
    private static final long SOON_MILLIS = 20_000;

    private final Cable cable;
    private final Path into;

    HostileServersTest(Cable cable, @TempDir Path into) {
        this.cable = cable;
        this.into = into;
    }

    @Test
    void aGigabyteOfPreambleIsCutOff() throws Exception {
        byte[] lines = "there is no identification here\r\n".repeat(4_000).getBytes();
        assertEnds(peer -> {
            for (long sent = 0; sent < 1L << 30; sent += lines.length) {
                SmallServer.say(peer, lines);
            }
        });
    }

    @Test
    void aGigabyteInOneLineIsCutOff() throws Exception {
        byte[] letters = "a".repeat(100_000).getBytes();
        assertEnds(peer -> {
            for (long sent = 0; sent < 1L << 30; sent += letters.length) {
                SmallServer.say(peer, letters);
            }
        });
    }

    @Test
    void aPacketOfFourGigabytesIsRefused() throws Exception {
        assertEnds(peer -> {
            SmallServer.say(peer, SmallServer.IDENTIFICATION);
            SmallServer.say(peer, new byte[] {-1, -1, -1, -1});
            flood(peer);
        });
    }

    @Test
    void aHundredThousandAlgorithmsAreRefused() throws Exception {
        byte[] names = ("x,".repeat(99_999) + "x").getBytes();
        ByteBuffer packet = ByteBuffer.allocate(5 + 17 + 4 + names.length + 9 * 4 + 5 + 8);
        packet.putInt(packet.capacity() - 4).put((byte) 8).put((byte) 20).position(5 + 17);
        packet.putInt(names.length).put(names);
        assertEnds(peer -> {
            SmallServer.say(peer, SmallServer.IDENTIFICATION);
            SmallServer.say(peer, packet.array());
            SmallServer.hearOut(peer);
        });
    }

    /// Bytes that trickle in do not extend the wait.
    @Test
    void aByteNowAndThenIsSilence() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        Probe.Ran ran = assertEnds(peer -> {
            for (int i = 0; i < 1_000; i++) {
                SmallServer.say(peer, "S");
                never.await(100, TimeUnit.MILLISECONDS);
            }
        });
        assertTrue(ran.millis() < 10_000, ran::toString);
    }

    /// A message that is announced and never comes: whoever waits for it has 256 KiB at most, and a deadline.
    @Test
    void aMessageThatNeverComesIsSilence() throws Exception {
        Probe.Ran ran = assertEnds(peer -> {
            SmallServer.say(peer, SmallServer.IDENTIFICATION);
            SmallServer.say(peer, new byte[] {0, 3, -1, -4, 8, 20});
            SmallServer.hearOut(peer);
        });
        assertTrue(ran.out().contains("kexinit"), ran::toString);
    }

    @Test
    void aGigabyteOfMessagesToIgnoreIsCutOff() throws Exception {
        byte[] ignore = {0, 0, 0, 12, 6, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        ByteBuffer many = ByteBuffer.allocate(ignore.length * 4_000);
        while (many.hasRemaining()) {
            many.put(ignore);
        }
        assertEnds(peer -> {
            SmallServer.say(peer, SmallServer.IDENTIFICATION);
            for (long sent = 0; sent < 1L << 30; sent += many.capacity()) {
                SmallServer.say(peer, many.array());
            }
        });
    }

    /// RFC 4253 section 4.2 allows 255 bytes; more than that is no reason to run out of anything.
    @Test
    void anIdentificationOfEightKilobytesIsReadOrRefused() throws Exception {
        assertEnds(peer -> {
            SmallServer.say(peer, "SSH-2.0-" + "x".repeat(8_182) + "\r\n");
            SmallServer.hearOut(peer);
        });
    }

    /// As long as RFC 4253 section 4.2 allows: it is taken, and what comes after it decides.
    @Test
    void anIdentificationOfTwoHundredFiftyFiveBytesIsTaken() throws Exception {
        Probe.Ran ran = assertEnds(peer -> {
            SmallServer.say(peer, "SSH-2.0-" + "x".repeat(245) + "\r\n");
            SmallServer.hearOut(peer);
        });
        assertTrue(ran.out().contains("kexinit"), ran::toString);
    }

    /// A KEXINIT whose bytes come one by one and never end does not extend the wait.
    @Test
    void aKexinitThatNeverEndsIsSilence() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        Probe.Ran ran = assertEnds(peer -> {
            SmallServer.say(peer, SmallServer.IDENTIFICATION);
            SmallServer.say(peer, new byte[] {0, 0, 127, -4, 8, 20});
            for (int i = 0; i < 1_000; i++) {
                SmallServer.say(peer, new byte[] {'x'});
                never.await(100, TimeUnit.MILLISECONDS);
            }
        });
        assertTrue(ran.out().contains("kexinit"), ran::toString);
        assertTrue(ran.millis() < 10_000, ran::toString);
    }

    /// A server that is another one each time proves nothing.
    @Test
    void aServerThatChangesItsAnswerProvesNothing() throws Exception {
        AtomicInteger times = new AtomicInteger();
        Probe.Ran ran = assertEnds(peer -> {
            switch (times.getAndIncrement() % 3) {
                case 0 -> SmallServer.abort(peer);
                case 1 -> SmallServer.say(peer, "HTTP/1.1 400 Bad Request\r\n\r\n");
                default -> SmallServer.say(peer, SmallServer.IDENTIFICATION);
            }
        });
        assertFalse(ran.out().contains("confidence 0.9"), ran::toString);
    }

    @Test
    void aServerCannotCommandTheTerminal() throws Exception {
        Probe.Ran ran = assertEnds(peer -> {
            SmallServer.say(peer, "\u001b]0;title\u0007\u001b[31m\u009b5m\r\nHTTP/1.1 400 \u001b[2J\r\n");
            SmallServer.hearOut(peer);
        });
        assertTrue(
                (ran.out() + ran.err()).chars().noneMatch(letter -> letter < ' ' && letter != '\n' || letter == 0x9b));
    }

    private static void flood(SocketChannel peer) throws java.io.IOException {
        byte[] zeros = new byte[100_000];
        for (long sent = 0; sent < 1L << 30; sent += zeros.length) {
            SmallServer.say(peer, zeros);
        }
    }

    private Probe.Ran assertEnds(SmallServer.Part part) throws Exception {
        try (SmallServer _ = new SmallServer(cable, part)) {
            Probe.Ran ran = Probe.at(cable)
                    .with("-Xmx128m")
                    .run("ssh", Cable.SERVER, "--into", into.toString(), "--timeout", "1.5");
            ran.noTrace();
            assertTrue(ran.exit() >= 10 && ran.exit() < 20, ran::toString);
            assertTrue(ran.millis() < SOON_MILLIS, ran::toString);
            Path folder = Probe.incident(into);
            Probe.Ran again = new Probe().with("-Xmx128m").run("replay", folder.toString());
            assertEquals(ran.exit(), again.exit(), again::toString);
            System.out.println("ended after ms: " + ran.millis());
            return ran;
        }
    }
}
