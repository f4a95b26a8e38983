package rstprobe.capture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The mounted file systems, as `/proc/self/mounts` lists them (fstab(5) columns).
record Mounts(List<Mount> mounts) {
    /// One mount: where, and with which options.
    record Mount(Path at, List<String> options) {}

    static Mounts ofThisProcess() {
        try {
            return of(Files.readAllLines(Path.of("/proc/self/mounts")));
        } catch (IOException _) {
            return new Mounts(List.of());
        }
    }

    static Mounts of(List<String> lines) {
        return new Mounts(lines.stream()
                .map(line -> line.split(" "))
                .filter(words -> words.length >= 4 && words[1].startsWith("/"))
                .map(words -> new Mount(Path.of(words[1].replace("\\040", " ")), List.of(words[3].split(","))))
                .toList());
    }

    /// Whether the file system this path is on was mounted noexec.
    boolean forbidPrograms(Path path) {
        boolean forbidden = false;
        int longest = -1;
        for (Mount mount : mounts) {
            if (path.startsWith(mount.at()) && mount.at().getNameCount() >= longest) {
                longest = mount.at().getNameCount();
                forbidden = mount.options().contains("noexec");
            }
        }
        return forbidden;
    }
}
