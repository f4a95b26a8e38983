package rstprobe.capture;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import rstprobe.linux.NetworkNamespace;

/// Two network namespaces with a wire between them: `client0` at one end, `server0` at the other.
///
/// A thread enters a namespace by setns(2) and takes the sockets it makes from there, whoever uses them later.
final class VethPair implements AutoCloseable {
    /// A port nobody listens on.
    static final int CLOSED_PORT = 22;

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    static final String CLIENT4 = "198.18.40.1";
    static final String SERVER4 = "198.18.40.2";
    static final String CLIENT6 = "2001:db8:40::1";
    static final String SERVER6 = "2001:db8:40::2";

    private final String client = "rp-cap-c" + ProcessHandle.current().pid();
    private final String server = "rp-cap-s" + ProcessHandle.current().pid();
    private final Thread atExit = new Thread(this::remove);

    VethPair() {
        Runtime.getRuntime().addShutdownHook(atExit);
        remove();
        ip("netns", "add", client);
        ip("netns", "add", server);
        ip("-n", client, "link", "add", "client0", "type", "veth", "peer", "name", "server0", "netns", server);
        up(client, "client0", CLIENT4, CLIENT6);
        up(server, "server0", SERVER4, SERVER6);
    }

    /// Runs something whose sockets and taps belong to the client's end.
    <T> T atClient(Callable<T> work) throws Exception {
        return in(client, work);
    }

    /// Runs something whose sockets and taps belong to the server's end.
    <T> T atServer(Callable<T> work) throws Exception {
        return in(server, work);
    }

    /// Runs `ip` in the client's namespace.
    String ipAtClient(String... words) {
        String[] all = new String[words.length + 2];
        all[0] = "-n";
        all[1] = client;
        System.arraycopy(words, 0, all, 2, words.length);
        return ip(all);
    }

    @Override
    public void close() {
        remove();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }

    private void remove() {
        for (String name : List.of(client, server)) {
            Commands.ending(List.of("ip", "netns", "del", name));
        }
    }

    private static void up(String namespace, String device, String address4, String address6) {
        ip("-n", namespace, "link", "set", "lo", "up");
        ip("-n", namespace, "link", "set", device, "up");
        ip("-n", namespace, "addr", "add", address4 + "/24", "dev", device);
        ip("-n", namespace, "addr", "add", address6 + "/64", "dev", device, "nodad");
    }

    private static String ip(String... words) {
        String[] all = new String[words.length + 1];
        all[0] = "ip";
        System.arraycopy(words, 0, all, 1, words.length);
        return Commands.run(all);
    }

    private static <T> T in(String namespace, Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(() -> {
            NetworkNamespace.enter(Path.of("/run/netns", namespace));
            return work.call();
        });
        Thread.ofPlatform().name(namespace).start(task);
        try {
            return task.get();
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case Exception cause -> throw cause;
                case Error cause -> throw cause;
                default -> throw failed;
            }
        }
    }

    /// Connects to a port nobody listens on, and says from which port.
    static int refusedFrom(InetAddress server) throws IOException {
        try (Socket socket = new Socket()) {
            socket.bind(null);
            int port = socket.getLocalPort();
            assertThrows(ConnectException.class, () -> socket.connect(new InetSocketAddress(server, CLOSED_PORT)));
            return port;
        }
    }

    /// Waits until something holds, at most five seconds.
    static void await(BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - start < PATIENCE_NANOS, "waited for 5 s in vain");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }
}
