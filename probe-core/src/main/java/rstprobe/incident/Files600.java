package rstprobe.incident;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// Files only their owner may read, complete or absent under their final name.
final class Files600 {
    private static final Set<StandardOpenOption> NEW = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    private Files600() {}

    static void createFolder(Path folder) throws IOException {
        Files.createDirectory(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    static FileChannel create(Path file) throws IOException {
        return FileChannel.open(
                file, NEW, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    /// Writes beside the final name, forces to disk, then renames.
    static void write(Path file, String text) throws IOException {
        Path part = partOf(file);
        Files.deleteIfExists(part);
        try (FileChannel channel = create(part)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        } catch (IOException failed) {
            Files.deleteIfExists(part);
            throw failed;
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    static Path partOf(Path file) {
        return file.resolveSibling(file.getFileName() + ".part");
    }
}
