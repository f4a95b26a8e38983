package rstprobe.incident;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/// Files only their owner may read, complete or absent under their final name.
///
/// They are written through streams, not channels: an interrupt closes a channel, and Ctrl-C is an interrupt.
final class Files600 {
    private Files600() {}

    static void createFolder(Path folder) throws IOException {
        Files.createDirectory(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /// Makes a file that was not there; a symbolic link in its place is no exception to that.
    static FileOutputStream create(Path file) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return new FileOutputStream(file.toFile(), true);
    }

    /// Writes beside the final name, forces to disk, then renames.
    static void write(Path file, String text) throws IOException {
        Path part = partOf(file);
        Files.deleteIfExists(part);
        try (FileOutputStream stream = create(part)) {
            stream.write(text.getBytes(StandardCharsets.UTF_8));
            stream.getFD().sync();
        } catch (IOException failed) {
            Files.deleteIfExists(part);
            throw failed;
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /// Forces to disk what the files of a folder are called now.
    static void keepNames(Path folder) throws IOException {
        boolean interrupted = Thread.interrupted();
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true);
        } catch (ClosedByInterruptException _) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    static Path partOf(Path file) {
        return file.resolveSibling(file.getFileName() + ".part");
    }
}
