package rstprobe.cli;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import rstprobe.incident.IncidentFolder;
import rstprobe.record.CannotProbe;
import rstprobe.report.SweptPath;

/// What a sweep has measured, kept on disk as it goes: a line that says of which sweep, then a line of JSON for each
/// target that is done. Whoever starts the same sweep again goes on where it ended, however it did.
///
/// Lines are only ever appended. A last line without its end is what a kill left of it: it is cut off, and its target
/// measured again.
final class Checkpoint implements AutoCloseable {
    private static final String FORM = "{\"checkpoint\":\"rstprobe.mtu/1\",\"of\":\"";
    private static final long SYNC_NANOS = 1_000_000_000;
    private static final int MOST_BYTES = 1 << 30;

    private final Path file;
    private final FileOutputStream stream;
    private final List<SweptPath> done;
    private Optional<String> trouble = Optional.empty();
    private long syncedNanos = System.nanoTime();

    private Checkpoint(Path file, FileOutputStream stream, List<SweptPath> done) {
        this.file = file;
        this.stream = stream;
        this.done = done;
    }

    /// Opens a checkpoint, or begins one where there is no file.
    ///
    /// @param of what tells one sweep from another
    /// @throws WrongWords  where the file is something else, of another sweep, or in use
    /// @throws CannotProbe where it cannot be read or written
    static Checkpoint open(Path file, String of) throws CannotProbe {
        try {
            if (Files.isSymbolicLink(file)) {
                throw new WrongWords(file + " is a symbolic link: name the file itself with --checkpoint");
            }
            boolean there = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
            if (there && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new WrongWords(file + " is no file that results can be kept in");
            }
            if (!there) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            FileOutputStream stream = new FileOutputStream(file.toFile(), true);
            try {
                lock(file, stream);
                return new Checkpoint(file, stream, begun(file, stream, of));
            } catch (IOException | RuntimeException failed) {
                stream.close();
                throw failed;
            }
        } catch (IOException failed) {
            throw new CannotProbe(
                    "cannot keep results in " + file + ": " + IncidentFolder.reason(failed),
                    "make room or permission there, or name another file with --checkpoint");
        }
    }

    private static void lock(Path file, FileOutputStream stream) throws IOException {
        boolean free;
        try {
            free = stream.getChannel().tryLock() != null;
        } catch (OverlappingFileLockException _) {
            free = false;
        }
        if (!free) {
            throw new WrongWords(file + " is the checkpoint of a sweep that is running");
        }
    }

    private static List<SweptPath> begun(Path file, FileOutputStream stream, String of) throws IOException {
        if (Files.size(file) > MOST_BYTES) {
            throw new WrongWords(file + " is too long for a checkpoint");
        }
        byte[] bytes = Files.readAllBytes(file);
        int whole = bytes.length;
        while (whole > 0 && bytes[whole - 1] != '\n') {
            whole--;
        }
        String header = FORM + of + "\"}";
        byte[] begin = header.getBytes(StandardCharsets.UTF_8);
        boolean torn = bytes.length <= begin.length && Arrays.equals(bytes, Arrays.copyOf(begin, bytes.length));
        if (bytes.length == 0 || whole == 0 && torn) {
            cut(stream, 0);
            stream.write((header + "\n").getBytes(StandardCharsets.UTF_8));
            stream.getFD().sync();
            return List.of();
        }
        List<String> lines =
                new String(bytes, 0, whole, StandardCharsets.UTF_8).lines().toList();
        if (lines.isEmpty() || !lines.getFirst().startsWith(FORM)) {
            throw new WrongWords(file + " is no checkpoint of a sweep, and is left as it is");
        }
        if (!lines.getFirst().equals(header)) {
            throw new WrongWords(file + " is the checkpoint of another list of targets, or of other options: name"
                    + " another file, or remove it");
        }
        cut(stream, whole);
        return read(file, lines);
    }

    private static void cut(FileOutputStream stream, long length) throws IOException {
        FileChannel channel = stream.getChannel();
        if (channel.size() > length) {
            channel.truncate(length);
        }
    }

    private static List<SweptPath> read(Path file, List<String> lines) {
        List<SweptPath> done = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            try {
                done.add(SweptPaths.line(lines.get(i)));
            } catch (IllegalArgumentException _) {
                throw new WrongWords(TargetFile.place(file.toString(), i + 1)
                        + ": this line is damaged; remove it, and its target is measured again");
            }
        }
        return done;
    }

    /// What was measured before.
    List<SweptPath> done() {
        return done;
    }

    /// Keeps a result. It is on the disk within a second, and at the latest when this is closed.
    void add(SweptPath path) {
        if (trouble.isPresent()) {
            return;
        }
        try {
            stream.write((path.json() + "\n").getBytes(StandardCharsets.UTF_8));
            if (System.nanoTime() - syncedNanos > SYNC_NANOS) {
                stream.getFD().sync();
                syncedNanos = System.nanoTime();
            }
        } catch (IOException failed) {
            trouble = Optional.of(
                    file + " is incomplete, so a sweep cannot go on from it: " + IncidentFolder.reason(failed));
        }
    }

    /// Why it does not hold every result; empty where it does.
    Optional<String> trouble() {
        return trouble;
    }

    @Override
    public void close() {
        try (stream) {
            stream.getFD().sync();
        } catch (IOException failed) {
            trouble = trouble.or(() -> Optional.of(file + " may be incomplete: " + IncidentFolder.reason(failed)));
        }
    }
}
