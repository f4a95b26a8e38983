package rstprobe.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A proxy on the server's router: its kernel shakes hands with the client, and it opens a connection
/// of its own to the server. When the server is done or cannot be reached, it aborts the client's
/// connection with `SO_LINGER` 0, as HAProxy does.
final class Proxy implements AutoCloseable {

    /// Where the router's packet filter redirects the clients to.
    static final int PORT = 2222;

    private static final int MOST_CONNECTIONS = 64;
    private static final int ROOM = 16_384;

    private final Path namespace;
    private final ServerSocketChannel listening;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

    private Proxy(Path namespace, ServerSocketChannel listening) {
        this.namespace = namespace;
        this.listening = listening;
    }

    /// Listens in the router's namespace, for both address families.
    static Proxy start(Path namespace) throws IOException {
        Proxy proxy = new Proxy(namespace, Entering.call(namespace, () -> {
            ServerSocketChannel socket = ServerSocketChannel.open();
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral("::"), PORT));
            return socket;
        }));
        Thread.ofPlatform().daemon().name("lab-proxy").start(proxy::accept);
        return proxy;
    }

    /// What the router's packet filter must do with the clients' connections.
    static String redirection() {
        return """
                table inet proxy {
                  chain prerouting {
                    type nat hook prerouting priority dstnat; policy accept;
                    iifname "eth0" tcp dport %d redirect to :%d
                  }
                }
                """.formatted(Topology.PORT, PORT);
    }

    private void accept() {
        while (listening.isOpen()) {
            try {
                SocketChannel client = listening.accept();
                if (open.size() >= MOST_CONNECTIONS) {
                    client.close();
                    continue;
                }
                open.add(client);
                Thread.ofPlatform().daemon().name("lab-proxied").start(() -> serve(client));
            } catch (IOException ended) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        }
    }

    private void serve(SocketChannel client) {
        try (client) {
            client.setOption(StandardSocketOptions.SO_LINGER, 0);
            client.setOption(StandardSocketOptions.TCP_NODELAY, true);
            boolean six = client.getRemoteAddress() instanceof InetSocketAddress from
                    && !from.getAddress().getHostAddress().startsWith("198.18.");
            try (SocketChannel server = connect(six ? Topology.SERVER6 : Topology.SERVER4)) {
                open.add(server);
                Thread.ofPlatform().daemon().name("lab-proxied").start(() -> copy(client, server));
                copy(server, client);
                open.remove(server);
            }
        } catch (IOException ended) {
            // The server cannot be reached or is done: closing aborts the client's connection.
        } finally {
            open.remove(client);
        }
    }

    private SocketChannel connect(String address) throws IOException {
        return Entering.call(
                namespace,
                () -> SocketChannel.open(new InetSocketAddress(InetAddress.ofLiteral(address), Topology.PORT)));
    }

    private static void copy(SocketChannel from, SocketChannel to) {
        ByteBuffer room = ByteBuffer.allocate(ROOM);
        try {
            while (from.read(room) >= 0) {
                room.flip();
                while (room.hasRemaining()) {
                    to.write(room);
                }
                room.clear();
            }
        } catch (IOException ended) {
            // Either side is gone; whoever serves the connection closes both.
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        List<SocketChannel> left = new ArrayList<>(open);
        for (SocketChannel connection : left) {
            connection.close();
        }
    }
}
