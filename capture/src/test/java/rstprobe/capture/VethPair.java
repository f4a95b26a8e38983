package rstprobe.capture;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Two network namespaces with a wire between them: `client0` at one end, `server0` at the other.
///
/// A thread enters a namespace by setns(2) and takes the sockets it makes from there, whoever uses them later.
final class VethPair implements AutoCloseable {
    static final String CLIENT4 = "198.18.40.1";
    static final String SERVER4 = "198.18.40.2";
    static final String CLIENT6 = "2001:db8:40::1";
    static final String SERVER6 = "2001:db8:40::2";

    private static final int CLONE_NEWNET = 0x4000_0000;
    private static final int O_RDONLY_CLOEXEC = 0x8_0000;

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
            enter("/run/netns/" + namespace);
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

    /// int open(const char *path, int flags); int setns(int fd, int nstype); int close(int fd);
    @SuppressWarnings("restricted")
    private static void enter(String path) throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            Linker linker = Linker.nativeLinker();
            MethodHandle open = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("open"),
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
                    Linker.Option.firstVariadicArg(2));
            FunctionDescriptor ofInts = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);
            MethodHandle setns = linker.downcallHandle(linker.defaultLookup().findOrThrow("setns"), ofInts);
            MethodHandle close = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("close"), FunctionDescriptor.of(JAVA_INT, JAVA_INT));
            int fd = (int) open.invokeExact(arena.allocateFrom(path), O_RDONLY_CLOEXEC);
            int entered = (int) setns.invokeExact(fd, CLONE_NEWNET);
            int closed = (int) close.invokeExact(fd);
            if (fd < 0 || entered != 0 || closed != 0) {
                throw new AssertionError("cannot enter " + path + ": these tests need root");
            }
        } catch (Exception | Error known) {
            throw known;
        } catch (Throwable other) {
            throw new AssertionError(other);
        }
    }
}
