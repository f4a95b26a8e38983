package rstprobe.capture;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// The bytes of a capture, mapped into memory and unpacked if they were packed (gzip, zstd, lz4).
///
/// A plain file is mapped as long as it is now; what is appended later is not seen. A stream, and what a packed file
/// unpacks to, go through a temporary file without a name, which is gone when this is closed or the process ends in
/// whatever way.
///
/// Bytes may be read by any thread until [#close].
public final class CaptureBytes implements AutoCloseable {
    private final Arena arena;
    private final MemorySegment segment;
    private final Optional<Damage> damage;

    private CaptureBytes(Arena arena, MemorySegment segment, Optional<Damage> damage) {
        this.arena = arena;
        this.segment = segment;
        this.damage = damage;
    }

    /// Opens a capture file, or a pipe that has a name.
    ///
    /// @throws CaptureFileFailure if there is no such file or it may not be read; whatever is in it is no reason
    public static CaptureBytes open(Path path) throws CaptureFileFailure {
        try {
            if (Files.isDirectory(path)) {
                throw new IOException("it is a folder");
            }
            if (!Files.exists(path)) {
                throw new NoSuchFileException(path.toString());
            }
            if (!Files.isRegularFile(path)) {
                try (InputStream stream = Files.newInputStream(path)) {
                    return of(stream);
                }
            }
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                return mapped(channel, Optional.empty()).unpacked();
            }
        } catch (IOException failed) {
            throw CaptureFileFailure.opening(path, failed);
        }
    }

    /// Takes in a stream up to its end. It stays open.
    ///
    /// @throws CaptureFileFailure if there is no place for a temporary file; that the stream fails is no reason
    public static CaptureBytes of(InputStream stream) throws CaptureFileFailure {
        BufferedInputStream ahead = new BufferedInputStream(stream, Packing.MAGIC_BYTES);
        byte[] magic = new byte[0];
        try {
            ahead.mark(Packing.MAGIC_BYTES);
            magic = ahead.readNBytes(Packing.MAGIC_BYTES);
            ahead.reset();
        } catch (IOException _) {
            // Reading on fails again, and is told then.
        }
        return spooled(ahead, Packing.of(magic));
    }

    /// A capture in memory.
    public static CaptureBytes of(byte[] capture) {
        MemorySegment bytes = MemorySegment.ofArray(capture).asReadOnly();
        try {
            return new CaptureBytes(Arena.ofShared(), bytes, Optional.empty()).unpacked();
        } catch (CaptureFileFailure failed) {
            Damage damage = new Damage(Damage.Kind.UNREADABLE, 0, "it cannot be unpacked: " + failed.getMessage());
            return new CaptureBytes(Arena.ofShared(), MemorySegment.ofArray(new byte[0]), Optional.of(damage));
        }
    }

    /// All bytes there are, unpacked. They are from a stranger.
    public MemorySegment segment() {
        return segment;
    }

    /// Why there are no more bytes although more were to come: what is packed makes no sense, or the stream failed.
    public Optional<Damage> damage() {
        return damage;
    }

    @Override
    public void close() {
        arena.close();
    }

    private CaptureBytes unpacked() throws CaptureFileFailure {
        Packing packing = Packing.of(segment);
        if (packing == Packing.NONE) {
            return this;
        }
        try (this) {
            return spooled(new SegmentStream(segment), packing);
        }
    }

    private static CaptureBytes spooled(InputStream packed, Packing packing) throws CaptureFileFailure {
        Path folder = Spool.folder();
        try (FileChannel channel = Spool.create(folder)) {
            Optional<Damage> damage = Spool.fill(channel, packed, packing);
            return mapped(channel, damage);
        } catch (IOException failed) {
            throw CaptureFileFailure.opening(folder, failed);
        }
    }

    private static CaptureBytes mapped(FileChannel channel, Optional<Damage> damage) throws IOException {
        Arena arena = Arena.ofShared();
        try {
            return new CaptureBytes(
                    arena, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena), damage);
        } catch (IOException failed) {
            arena.close();
            throw failed;
        }
    }
}
