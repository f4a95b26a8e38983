package rstprobe.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A limit that the kernel holds processes to (cgroups(7)), in the old hierarchies or in the one that replaces them.
final class ControlGroup {

    private static final Path ROOT = Path.of("/sys/fs/cgroup");
    private static final long PERIOD_MICROS = 1_000_000;
    private static final int MILLE = 1_000;

    private ControlGroup() {}

    /// What can be limited.
    enum Limit {
        /// How many processes there may be.
        PROCESSES("pids", "pids.max", "pids.max"),
        /// Bytes of memory.
        MEMORY("memory", "memory.limit_in_bytes", "memory.max"),
        /// Thousandths of one processor.
        PROCESSOR("cpu", "cpu.cfs_quota_us", "cpu.max");

        private final String controller;
        private final String oldFile;
        private final String newFile;

        Limit(String controller, String oldFile, String newFile) {
            this.controller = controller;
            this.oldFile = oldFile;
            this.newFile = newFile;
        }

        private String text(long value, boolean old) {
            if (this != PROCESSOR) {
                return Long.toString(value);
            }
            long quota = value * PERIOD_MICROS / MILLE;
            return old ? Long.toString(quota) : quota + " " + PERIOD_MICROS;
        }
    }

    /// The folders a lab's groups may have, for whoever removes them.
    static List<Path> folders(LabName lab) {
        String name = name(lab);
        return List.of(
                ROOT.resolve("pids").resolve(name),
                ROOT.resolve("memory").resolve(name),
                ROOT.resolve("cpu").resolve(name),
                ROOT.resolve(name));
    }

    /// Where somebody watches over runs that are killed, the name has the run's in it, so that he finds it.
    private static String name(LabName lab) {
        String run = Optional.ofNullable(System.getenv("RSTPROBE_RUN"))
                .map(folder -> Path.of(folder).getFileName() + "-")
                .orElse("");
        return run + "rp-" + lab;
    }

    /// Puts a process under a limit, with all it starts from now on.
    static void limit(LabName lab, ProcessHandle process, Limit limit, long value) throws IOException, CannotBuild {
        boolean old = Files.isDirectory(ROOT.resolve(limit.controller));
        Path group = (old ? ROOT.resolve(limit.controller) : ROOT).resolve(name(lab));
        try {
            if (!old) {
                Files.writeString(ROOT.resolve("cgroup.subtree_control"), "+" + limit.controller);
            }
            Files.createDirectories(group);
            if (old && limit == Limit.PROCESSOR) {
                Files.writeString(group.resolve("cpu.cfs_period_us"), Long.toString(PERIOD_MICROS));
            }
            Files.writeString(group.resolve(old ? limit.oldFile : limit.newFile), limit.text(value, old));
            Files.writeString(group.resolve("cgroup.procs"), Long.toString(process.pid()));
        } catch (IOException refused) {
            throw new CannotBuild(
                    "the control group " + group + " cannot be made (" + refused.getMessage() + ")",
                    "run it where /sys/fs/cgroup has the controller " + limit.controller + " and is writable");
        }
    }
}
