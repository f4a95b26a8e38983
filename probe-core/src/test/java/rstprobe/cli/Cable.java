package rstprobe.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import rstprobe.linux.NetworkNamespace;

/// Two network namespaces of our own with a cable between them: the client that probes and the server it probes.
final class Cable implements AutoCloseable {
    static final String CLIENT = "198.18.50.1";
    static final String SERVER = "198.18.50.2";
    static final String CLIENT6 = "2001:db8:50::1";
    static final String SERVER6 = "2001:db8:50::2";
    /// The client's end of the cable.
    static final String INTERFACE = "client0";

    private final String client = "rp-bad-c" + ProcessHandle.current().pid();
    private final String server = "rp-bad-s" + ProcessHandle.current().pid();
    private final Thread atExit = new Thread(this::remove);

    Cable() {
        Runtime.getRuntime().addShutdownHook(atExit);
        remove();
        run("ip", "netns", "add", client);
        run("ip", "netns", "add", server);
        run("ip", "-n", client, "link", "add", INTERFACE, "type", "veth", "peer", "name", "server0", "netns", server);
        up(client, INTERFACE, CLIENT, CLIENT6);
        up(server, "server0", SERVER, SERVER6);
    }

    private static void up(String namespace, String device, String address, String address6) {
        run("ip", "-n", namespace, "link", "set", "lo", "up");
        run("ip", "-n", namespace, "link", "set", device, "up");
        run("ip", "-n", namespace, "addr", "add", address + "/24", "dev", device);
        run("ip", "-n", namespace, "addr", "add", address6 + "/64", "dev", device, "nodad");
    }

    Path clientNamespace() {
        return Path.of("/run/netns", client);
    }

    /// Runs `ip` in the client's namespace.
    void ipAtClient(String... words) {
        run(words(List.of("ip", "-n", client), words));
    }

    /// Runs a program in the server's namespace.
    void atServer(String... words) {
        run(words(List.of("ip", "netns", "exec", server), words));
    }

    /// Runs a program in the client's namespace.
    void atClient(String... words) {
        run(words(List.of("ip", "netns", "exec", client), words));
    }

    private static String[] words(List<String> first, String... rest) {
        return java.util.stream.Stream.concat(first.stream(), List.of(rest).stream())
                .toArray(String[]::new);
    }

    /// Does something whose sockets belong to the server.
    <T> T inServer(Callable<T> work) throws Exception {
        return in(server, work);
    }

    /// Does something whose sockets belong to the client.
    <T> T inClient(Callable<T> work) throws Exception {
        return in(client, work);
    }

    private static <T> T in(String namespace, Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(() -> {
            NetworkNamespace.enter(Path.of("/run/netns", namespace));
            return work.call();
        });
        Thread.ofPlatform().start(task);
        try {
            return task.get();
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof Exception cause ? cause : failed;
        }
    }

    @Override
    public void close() {
        remove();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }

    private void remove() {
        for (String name : List.of(client, server)) {
            ended("ip", "netns", "del", name);
        }
    }

    static void run(String... words) {
        if (ended(words) != 0) {
            throw new IllegalStateException(String.join(" ", words) + " failed (these tests need root and iproute2)");
        }
    }

    private static int ended(String... words) {
        try {
            Process process = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(20, TimeUnit.SECONDS) ? process.exitValue() : -1;
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(String.join(" ", words), failed);
        }
    }
}
