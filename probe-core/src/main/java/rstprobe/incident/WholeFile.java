package rstprobe.incident;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/// A file that another program may read at any time: it is the old one or the new one, and never a part of either.
public final class WholeFile {
    private WholeFile() {}

    /// Writes beside the final name, forces to disk, then renames over whatever had that name.
    ///
    /// @param readers whether others than its owner may read it, as a collector of metrics must
    public static void write(Path file, String text, boolean readers) throws IOException {
        Path absolute = file.toAbsolutePath();
        Path written = absolute.resolveSibling(
                "." + absolute.getFileName() + "." + ProcessHandle.current().pid());
        Files600.write(written, text);
        try {
            Files.setPosixFilePermissions(
                    written, PosixFilePermissions.fromString(readers ? "rw-r--r--" : "rw-------"));
            Files.move(written, absolute, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            Files.deleteIfExists(written);
            throw failed;
        }
    }
}
