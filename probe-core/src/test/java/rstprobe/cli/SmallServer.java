package rstprobe.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// A server that does one thing, on port 22 of the server's end of a cable.
final class SmallServer implements AutoCloseable {
    static final String IDENTIFICATION = "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n";

    private final ServerSocketChannel listening;
    private final Thread accepting;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();

    /// What it does with a connection; it is closed afterwards.
    @FunctionalInterface
    interface Part {
        void play(SocketChannel peer) throws IOException, InterruptedException;
    }

    SmallServer(Cable cable, Part part) throws Exception {
        listening = cable.inServer(() -> ServerSocketChannel.open()
                .setOption(StandardSocketOptions.SO_REUSEADDR, true)
                .bind(new InetSocketAddress(22)));
        accepting = Thread.ofPlatform().daemon().name("accept").start(() -> accept(part));
    }

    private void accept(Part part) {
        try {
            while (true) {
                SocketChannel peer = listening.accept();
                accepted.incrementAndGet();
                open.add(peer);
                Thread.ofPlatform().daemon().name("peer").start(() -> play(part, peer));
            }
        } catch (IOException _) {
            // Closed: the test is over.
        }
    }

    private void play(Part part, SocketChannel peer) {
        try (peer) {
            part.play(peer);
        } catch (IOException | InterruptedException _) {
            // The probe left.
        } finally {
            open.remove(peer);
        }
    }

    /// How many connections came.
    int accepted() {
        return accepted.get();
    }

    static void say(SocketChannel peer, String text) throws IOException {
        say(peer, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static void say(SocketChannel peer, byte[] bytes) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
            peer.write(rest);
        }
    }

    /// Reads that many bytes, or to the end.
    static void hear(SocketChannel peer, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        int read = 0;
        while (buffer.hasRemaining() && read >= 0) {
            read = peer.read(buffer);
        }
    }

    /// Reads until the probe ends.
    static void hearOut(SocketChannel peer) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(65_536);
        while (peer.read(buffer) >= 0) {
            buffer.clear();
        }
    }

    /// The next close sends a reset.
    static void abort(SocketChannel peer) throws IOException {
        peer.setOption(StandardSocketOptions.SO_LINGER, 0);
    }

    /// The kernel frees the port when the thread that waits for connections has left.
    private void joinUninterruptibly() {
        try {
            accepting.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        joinUninterruptibly();
        for (SocketChannel peer : open) {
            peer.close();
        }
    }
}
