package rstprobe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/// What a practice network could leave behind on this machine, taken down at one moment: two moments can be compared.
///
/// @param things one line each, and what it is
record Machine(TreeSet<String> things) {
    private static final long PATIENCE_SECONDS = 20;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    static Machine now() throws IOException, InterruptedException {
        TreeSet<String> things = new TreeSet<>();
        things.addAll(lines(
                "namespace", Command.run("ip", "netns", "list").mustEndWith(0).out()));
        things.addAll(lines(
                "interface",
                Command.run("ip", "-o", "-brief", "link").mustEndWith(0).out()));
        things.addAll(lines(
                "rule", Command.run("nft", "list", "ruleset").mustEndWith(0).out()));
        things.addAll(lines("mount", Files.readString(Path.of("/proc/self/mountinfo"))));
        for (String folder : List.of("/run/rstprobe", "/run/netns", "/var/tmp", "/tmp")) {
            things.addAll(files(Path.of(folder)));
        }
        things.addAll(elsewhere());
        return new Machine(things);
    }

    private static List<String> lines(String kind, String text) {
        return text.lines().map(line -> kind + " " + line).toList();
    }

    /// Our programs' own names only: other programs use these folders, too.
    private static List<String> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> entry.getFileName().toString().matches("(rp|lab|incident)-.*"))
                    .map(entry -> "file " + entry)
                    .toList();
        }
    }

    /// Processes in another network or process namespace than ours. Everything of a practice network is in one.
    private static List<String> elsewhere() {
        return ProcessHandle.allProcesses()
                .filter(process -> !(in("pid", process.pid())
                                .equals(in("pid", ProcessHandle.current().pid()))
                        && in("net", process.pid())
                                .equals(in("net", ProcessHandle.current().pid()))))
                .filter(process -> !in("net", process.pid()).isEmpty())
                .map(process -> "process " + process.pid() + " " + commandLine(process.pid()))
                .toList();
    }

    private static String in(String namespace, long pid) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/" + namespace))
                    .toString();
        } catch (IOException ended) {
            return "";
        }
    }

    static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1)
                    .replace('\0', ' ')
                    .strip();
        } catch (IOException ended) {
            return "";
        }
    }

    /// A process, or one it started, whose command line has such words.
    static Optional<ProcessHandle> below(ProcessHandle ancestor, String words) {
        return Stream.concat(Stream.of(ancestor), ancestor.descendants())
                .filter(process -> commandLine(process.pid()).contains(words))
                .findFirst();
    }

    /// Waits, for a bounded time, until nothing is there that was not there before.
    void mustBeAllThatIsLeft() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        TreeSet<String> left = more();
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(LOOK_NANOS);
            left = more();
        }
        assertEquals(new TreeSet<>(), left, "left behind");
    }

    private TreeSet<String> more() throws IOException, InterruptedException {
        TreeSet<String> more = new TreeSet<>(now().things());
        more.removeAll(things);
        return more;
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, () -> "waited in vain: " + what);
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
