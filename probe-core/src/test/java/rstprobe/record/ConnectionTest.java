package rstprobe.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import rstprobe.linux.Sockets;
import rstprobe.linux.TcpConnect;
import rstprobe.linux.TcpInfo;
import rstprobe.ssh.Handshake;
import rstprobe.ssh.HandshakePlan;
import rstprobe.ssh.KeyShare;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Stage;

/// A connection that is over before its handshake begins, or that we end ourselves.
final class ConnectionTest {
    @Test
    void aResetBeforeTheEventLoopHasTheSocketIsStillAReset() throws Exception {
        List<Event> events = new CopyOnWriteArrayList<>();
        SecureRandom random = new SecureRandom();
        long start = System.nanoTime();
        try (ServerSocketChannel server =
                        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                EventLoop loop = new EventLoop()) {
            InetSocketAddress target = (InetSocketAddress) server.getLocalAddress();
            TcpConnect.Attempt attempt = TcpConnect.open(target, Optional.empty(), Map.of());
            int fd = assertInstanceOf(TcpConnect.Connected.class, attempt.await(Duration.ofSeconds(5)))
                    .fd();
            SocketChannel peer = server.accept();
            peer.setOption(StandardSocketOptions.SO_LINGER, 0);
            peer.close();
            while (Sockets.tcpInfo(fd).state() != TcpInfo.State.CLOSED) {
                Thread.onSpinWait();
            }
            Connection connection = new Connection(
                    1,
                    fd,
                    new Handshake(HandshakePlan.standard("nobody"), random, kex -> KeyShare.of(kex, random)),
                    Pace.of(Mode.TALK, 0, 0),
                    Plan.DEFAULT_TIMEOUT_MILLIS,
                    System::nanoTime,
                    events::add);
            assertEquals(new Outcome.ResetAt(Stage.IDENTIFICATION), connection.run(loop));
        }
        assertTrue(System.nanoTime() - start < Duration.ofSeconds(5).toNanos());
        assertTrue(events.stream().noneMatch(Event.Sent.class::isInstance), events::toString);
    }

    /// The far side says nothing and never closes: whatever ends the connection is ourselves.
    @Test
    void anInterruptionIsNoClosingOfTheFarSides() throws Exception {
        List<Event> events = new CopyOnWriteArrayList<>();
        SecureRandom random = new SecureRandom();
        try (ServerSocketChannel server =
                        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                EventLoop loop = new EventLoop()) {
            TcpConnect.Attempt attempt =
                    TcpConnect.open((InetSocketAddress) server.getLocalAddress(), Optional.empty(), Map.of());
            int fd = assertInstanceOf(TcpConnect.Connected.class, attempt.await(Duration.ofSeconds(5)))
                    .fd();
            SocketChannel peer = server.accept();
            Connection connection = new Connection(
                    1,
                    fd,
                    new Handshake(HandshakePlan.standard("nobody"), random, kex -> KeyShare.of(kex, random)),
                    Pace.of(Mode.TALK, 0, 0),
                    Plan.DEFAULT_TIMEOUT_MILLIS,
                    System::nanoTime,
                    events::add);
            AtomicBoolean interrupted = new AtomicBoolean();
            Thread running = Thread.ofPlatform().start(() -> {
                try {
                    connection.run(loop);
                } catch (InterruptedException stopped) {
                    interrupted.set(true);
                }
            });
            peer.read(ByteBuffer.allocate(1));
            running.interrupt();
            assertTrue(running.join(Duration.ofSeconds(20)));
            assertTrue(interrupted.get());
            ByteBuffer rest = ByteBuffer.allocate(4_096);
            while (peer.read(rest.clear()) >= 0) {
                Thread.onSpinWait();
            }
        }
        assertTrue(events.stream().anyMatch(Event.Sent.class::isInstance));
        assertTrue(events.stream().noneMatch(Event.Ended.class::isInstance), events::toString);
    }
}
