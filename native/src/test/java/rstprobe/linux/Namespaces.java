package rstprobe.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/// A practice network: `client` - `router` - `server`, each a namespace, joined by veth pairs.
///
/// The client is 198.18.1.2 and 2001:db8:1::2 on `c0`, the server 198.18.2.2 and 2001:db8:2::2 on `s0`, the router .1
/// on `r1` and `r2`. It needs root, and a test without root fails rather than skips.
final class Namespaces implements AutoCloseable {
    static final String CLIENT = "198.18.1.2";
    static final String SERVER = "198.18.2.2";
    static final String ROUTER = "198.18.1.1";
    static final String CLIENT6 = "2001:db8:1::2";
    static final String SERVER6 = "2001:db8:2::2";
    static final String ROUTER6 = "2001:db8:1::1";

    private static final AtomicInteger BUILT = new AtomicInteger();
    private static final long PATIENCE_SECONDS = 60;

    private final String prefix = "rp-n-" + ProcessHandle.current().pid() + "-" + BUILT.incrementAndGet() + "-";
    private final List<String> made = new ArrayList<>();

    Namespaces() throws Exception {
        assertEquals("0", run("id", "-u").strip(), "these tests need root: they build network namespaces");
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
        try {
            for (String name : List.of("client", "router", "server")) {
                made.add(name);
                run("ip", "netns", "add", prefix + name);
                ip(name, "link set lo up");
            }
            run(
                    "ip",
                    "link",
                    "add",
                    "c0",
                    "netns",
                    prefix + "client",
                    "type",
                    "veth",
                    "peer",
                    "name",
                    "r1",
                    "netns",
                    prefix + "router");
            run(
                    "ip",
                    "link",
                    "add",
                    "s0",
                    "netns",
                    prefix + "server",
                    "type",
                    "veth",
                    "peer",
                    "name",
                    "r2",
                    "netns",
                    prefix + "router");
            connect("client", "c0", 1, 2);
            connect("router", "r1", 1, 1);
            connect("router", "r2", 2, 1);
            connect("server", "s0", 2, 2);
            in(
                    "router",
                    "sysctl",
                    "-qw",
                    "net.ipv4.ip_forward=1",
                    "net.ipv6.conf.all.forwarding=1",
                    // A test must see every ICMP error, not those a rate limit lets through.
                    "net.ipv4.icmp_ratelimit=0",
                    "net.ipv6.icmp.ratelimit=0");
            ip("client", "route add default via 198.18.1.1");
            ip("client", "route add default via 2001:db8:1::1");
            ip("server", "route add default via 198.18.2.1");
            ip("server", "route add default via 2001:db8:2::1");
        } catch (Exception | Error failed) {
            close();
            throw failed;
        }
    }

    private void connect(String name, String link, int network, int host) throws IOException, InterruptedException {
        ip(name, "addr add 198.18." + network + "." + host + "/24 brd + dev " + link);
        ip(name, "addr add 2001:db8:" + network + "::" + host + "/64 dev " + link + " nodad");
        ip(name, "link set " + link + " up");
    }

    /// The file of a namespace.
    Path path(String name) {
        return Path.of("/run/netns", prefix + name);
    }

    /// Runs `ip` with words parted by spaces in a namespace.
    String ip(String name, String words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip", "-n", prefix + name));
        command.addAll(List.of(words.split(" ")));
        return run(command.toArray(String[]::new));
    }

    /// Runs a command in a namespace.
    String in(String name, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", prefix + name));
        command.addAll(List.of(words));
        return run(command.toArray(String[]::new));
    }

    /// Does something on a fresh thread in a namespace.
    <T> T on(String name, Callable<T> work) throws Exception {
        return freshThread(() -> {
            NetworkNamespace.enter(path(name));
            return work.call();
        });
    }

    /// Does something on a platform thread of its own, which ends with it.
    static <T> T freshThread(Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = Thread.ofPlatform().daemon().start(task);
        try {
            return task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case Exception exception -> throw exception;
                case Error error -> throw error;
                case Throwable other -> throw new AssertionError(other);
            }
        } catch (TimeoutException late) {
            thread.interrupt();
            throw late;
        }
    }

    /// Runs a command to its end; any other end than success is a failure.
    static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), String.join(" ", command) + ": " + said);
        return said;
    }

    /// Removes the namespaces, and with them every link, rule and route.
    @Override
    public void close() {
        while (!made.isEmpty()) {
            try {
                run("ip", "netns", "delete", prefix + made.removeLast());
            } catch (IOException | InterruptedException | AssertionError gone) {
                System.err.println("removing a namespace: " + gone.getMessage());
            }
        }
    }
}
