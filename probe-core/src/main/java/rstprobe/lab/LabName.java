package rstprobe.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The name of one lab, which says who owns it: process id, that process's start time, and a count.
///
/// It is in the name of each namespace and of the lab's directory, so a lab whose owner is gone can be told from a
/// living one with no other record. The start time, in clock ticks since boot (proc(5), field 22 of `stat`), keeps a
/// process that later got the same id from being taken for the owner.
record LabName(long pid, long startTicks, int count) {

    /// Where `ip netns` keeps its names.
    static final Path NAMESPACES = Path.of("/run/netns");
    /// Where each lab keeps its keys and logs.
    static final Path DIRECTORIES = Path.of("/run/rstprobe");

    private static final Pattern NAMESPACE =
            Pattern.compile("rp-(\\d{1,9})-(\\d{1,18})-(\\d{1,6})-(client|r1|mb|r2|server)");
    private static final Pattern DIRECTORY = Pattern.compile("lab-(\\d{1,9})-(\\d{1,18})-(\\d{1,6})");
    private static final int START_TIME_AFTER_COMMAND = 19;
    private static final AtomicInteger BUILT = new AtomicInteger();

    /// A new name owned by this process.
    static LabName ours() throws IOException {
        long pid = ProcessHandle.current().pid();
        return new LabName(pid, startTicks(pid), BUILT.incrementAndGet());
    }

    /// The labs found on this machine whose owner is no longer alive.
    static Set<LabName> orphans() throws IOException {
        Set<LabName> found = new HashSet<>();
        collect(NAMESPACES, NAMESPACE, found);
        collect(DIRECTORIES, DIRECTORY, found);
        found.removeIf(LabName::ownerIsAlive);
        return found;
    }

    private static void collect(Path folder, Pattern shape, Set<LabName> into) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                Matcher name = shape.matcher(entry.getFileName().toString());
                if (name.matches()) {
                    into.add(new LabName(
                            Long.parseLong(name.group(1)),
                            Long.parseLong(name.group(2)),
                            Integer.parseInt(name.group(3))));
                }
            }
        }
    }

    /// Whether the process that built the lab still runs.
    boolean ownerIsAlive() {
        try {
            return startTicks(pid) == startTicks;
        } catch (IOException gone) {
            return false;
        }
    }

    private static long startTicks(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
        // The command, in parentheses, may hold spaces and parentheses of its own: count from the last one.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[START_TIME_AFTER_COMMAND]);
    }

    /// The namespace of a node.
    String namespace(Node node) {
        return "rp-" + this + "-" + node.suffix();
    }

    /// The file that stands for the namespace of a node.
    Path namespacePath(Node node) {
        return NAMESPACES.resolve(namespace(node));
    }

    /// All namespaces of this lab, from the client to the server.
    List<String> namespaces() {
        return Arrays.stream(Node.values()).map(this::namespace).toList();
    }

    /// The lab's own directory.
    Path directory() {
        return DIRECTORIES.resolve("lab-" + this);
    }

    @Override
    public String toString() {
        return pid + "-" + startTicks + "-" + count;
    }
}
