package rstprobe.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rstprobe.linux.TcpConnect;
import rstprobe.ssh.Handshake;
import rstprobe.ssh.HandshakePlan;
import rstprobe.ssh.KeyShare;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Stage;

/// What our first words show where they travel with the end of the handshake: whether who closes has read them.
final class PromptOnTheWireTest {
    /// A machine that is busy just then sends the end of the handshake by itself, after 200 ms.
    private static final int TRIES = 20;

    /// A connection that was closed as soon as it was taken.
    ///
    /// @param waiting how much of ours lay there when it was taken
    private record Taken(int waiting, Outcome outcome) {}

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCloseTellsWhetherItReadWhatLayThere(boolean reads) throws Exception {
        Optional<Taken> prompt = Optional.empty();
        for (int tried = 0; tried < TRIES && prompt.isEmpty(); tried++) {
            prompt = Optional.of(taken(Mode.PROMPT, reads)).filter(taken -> taken.waiting() > 0);
        }
        assertEquals(
                Optional.of(
                        reads ? new Outcome.ClosedAt(Stage.IDENTIFICATION) : new Outcome.ResetAt(Stage.IDENTIFICATION)),
                prompt.map(Taken::outcome));
    }

    /// Our words come later than the connection, and nothing of ours is unread then.
    @Test
    void whereWeTalkNothingLiesThereYet() throws Exception {
        Taken taken = taken(Mode.TALK, false);
        assertEquals(0, taken.waiting());
    }

    /// In other modes the connection is taken before we say a word.
    private static Taken taken(Mode mode, boolean reads) throws Exception {
        try (ServerSocketChannel server =
                        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                ExecutorService taker = Executors.newSingleThreadExecutor();
                EventLoop loop = new EventLoop()) {
            TcpConnect.Attempt attempt = TcpConnect.open(
                    (InetSocketAddress) server.getLocalAddress(),
                    Optional.empty(),
                    Recorder.options(mode, Plan.ECHOED_TYPE_OF_SERVICE));
            int fd = assertInstanceOf(TcpConnect.Connected.class, attempt.await(Duration.ofSeconds(5)))
                    .fd();
            Callable<Integer> closing = () -> closeOne(server, reads);
            Future<Integer> waiting = taker.submit(closing);
            if (mode != Mode.PROMPT) {
                waiting.get();
            }
            Outcome outcome = connection(fd, mode).run(loop);
            return new Taken(waiting.get(), outcome);
        }
    }

    private static int closeOne(ServerSocketChannel server, boolean reads) throws Exception {
        try (SocketChannel peer = server.accept()) {
            int waiting = peer.socket().getInputStream().available();
            if (reads && waiting > 0) {
                peer.read(ByteBuffer.allocate(waiting));
            }
            return waiting;
        }
    }

    private static Connection connection(int fd, Mode mode) {
        SecureRandom random = new SecureRandom();
        return new Connection(
                1,
                fd,
                new Handshake(HandshakePlan.standard("nobody"), random, kex -> KeyShare.of(kex, random)),
                Pace.of(mode, 0, 0),
                Plan.DEFAULT_TIMEOUT_MILLIS,
                System::nanoTime,
                _ -> {});
    }
}
