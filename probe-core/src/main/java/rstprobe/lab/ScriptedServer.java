package rstprobe.lab;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import rstprobe.lab.Scenario.Script;

/// A small server that plays one part on the server's port, in both address families.
///
/// Its listening sockets are opened inside the server's namespace and stay there; the connections they accept belong to
/// it too, whichever thread accepts them. They are channels because closing a channel is close(2) and no more, where
/// closing a [Socket] of its own sends a FIN first and so hides the reset for bytes unread.
final class ScriptedServer implements AutoCloseable {

    /// When a late server greets.
    static final Duration LATE = Duration.ofSeconds(3);

    /// Connections open at once; further ones are closed.
    private static final int MOST_CONNECTIONS = 64;

    private static final int BACKLOG = 16;
    private static final int PATIENCE_MILLIS = 120_000;
    private static final int LONGEST_LINE = 8_192;
    private static final int MOST_DRAINED = 1 << 20;
    private static final byte[] IDENTIFICATION = "SSH-2.0-OpenSSH_9.2\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final String PAGE = "<html><head><title>400 Bad Request</title></head>\r\n"
            + "<body><center><h1>400 Bad Request</h1></center></body></html>\r\n";
    private static final byte[] OLD = "SSH-1.5-1.2.33\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HTTP = ("HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nContent-Type: text/html\r\n"
                    + "Content-Length: " + PAGE.length() + "\r\nConnection: close\r\n\r\n" + PAGE)
            .getBytes(StandardCharsets.US_ASCII);

    private final Path namespace;
    private final Script script;
    private volatile List<ServerSocketChannel> listening;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private ScriptedServer(Path namespace, Script script, List<ServerSocketChannel> listening) {
        this.namespace = namespace;
        this.script = script;
        this.listening = listening;
    }

    /// Listens in that namespace.
    static ScriptedServer start(Path namespace, Script script) throws IOException {
        ScriptedServer server = new ScriptedServer(namespace, script, listen(namespace));
        if (script != Script.NEVER_ACCEPTS) {
            for (ServerSocketChannel socket : server.listening) {
                Thread.ofPlatform().daemon().name("lab-accept").start(() -> server.accept(socket));
            }
        }
        return server;
    }

    /// Closes the listening sockets of a server that never accepts, whatever waits in their queues, and opens new ones.
    void listenAnew() throws IOException {
        for (ServerSocketChannel socket : listening) {
            socket.close();
        }
        listening = listen(namespace);
    }

    private static List<ServerSocketChannel> listen(Path namespace) throws IOException {
        return Entering.call(namespace, () -> listen(Topology.SERVER4, Topology.SERVER6));
    }

    private static List<ServerSocketChannel> listen(String... addresses) throws IOException {
        List<ServerSocketChannel> sockets = new ArrayList<>();
        try {
            for (String address : addresses) {
                ServerSocketChannel socket = ServerSocketChannel.open();
                sockets.add(socket);
                socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                socket.bind(new InetSocketAddress(InetAddress.ofLiteral(address), Topology.PORT), BACKLOG);
            }
        } catch (IOException unbound) {
            for (ServerSocketChannel socket : sockets) {
                socket.close();
            }
            throw unbound;
        }
        return List.copyOf(sockets);
    }

    private void accept(ServerSocketChannel socket) {
        while (socket.isOpen()) {
            try {
                Socket connection = socket.accept().socket();
                if (open.size() >= MOST_CONNECTIONS) {
                    connection.close();
                    continue;
                }
                open.add(connection);
                Thread.ofPlatform().daemon().name("lab-connection").start(() -> serve(connection));
            } catch (IOException ended) {
                // Either the lab is being closed, which ends the loop, or one connection could not be taken.
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            connection.setSoTimeout(PATIENCE_MILLIS);
            switch (script) {
                case SAYS_NOTHING, NEVER_ACCEPTS -> drain(connection);
                case ABORTS -> {
                    connection.getOutputStream().write(IDENTIFICATION);
                    connection.setSoLinger(true, 0);
                }
                case CLOSES_UNREAD -> {
                    connection.getOutputStream().write(IDENTIFICATION);
                    awaitUnread(connection);
                }
                case HANGS_UP -> awaitUnread(connection);
                case GREETS_LATE -> {
                    LockSupport.parkNanos(LATE.toNanos());
                    connection.getOutputStream().write(IDENTIFICATION);
                    drain(connection);
                }
                case GREETS_IN_OLD -> {
                    connection.getOutputStream().write(OLD);
                    drain(connection);
                }
                case CLOSES -> {
                    connection.getOutputStream().write(IDENTIFICATION);
                    connection.shutdownOutput();
                    drain(connection);
                }
                case SPEAKS_HTTP -> {
                    readLine(connection.getInputStream());
                    connection.getOutputStream().write(HTTP);
                    connection.shutdownOutput();
                    drain(connection);
                }
            }
        } catch (IOException left) {
            // The client went away first, or the lab is being closed: nobody is owed an answer.
        } finally {
            open.remove(connection);
        }
    }

    /// Waits until a byte of the client's has arrived, and leaves it unread.
    private static void awaitUnread(Socket connection) throws IOException {
        InputStream in = connection.getInputStream();
        for (int waited = 0; waited < PATIENCE_MILLIS && in.available() == 0; waited++) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private static void readLine(InputStream in) throws IOException {
        for (int read = 0; read < LONGEST_LINE; read++) {
            int next = in.read();
            if (next < 0 || next == '\n') {
                return;
            }
        }
    }

    /// Reads until the client ends, so that closing sends no reset.
    private static void drain(Socket connection) throws IOException {
        InputStream in = connection.getInputStream();
        byte[] buffer = new byte[LONGEST_LINE];
        long drained = 0;
        for (int read = 0; read >= 0 && drained < MOST_DRAINED; read = in.read(buffer)) {
            drained += read;
        }
    }

    @Override
    public void close() throws IOException {
        for (ServerSocketChannel socket : listening) {
            socket.close();
        }
        for (Socket connection : open) {
            connection.close();
        }
    }
}
