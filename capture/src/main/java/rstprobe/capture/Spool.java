package rstprobe.capture;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// A temporary file of this user's alone, for what comes as a stream or packed. It has no name from the moment it
/// exists, so that nothing is left of it however the process ends.
final class Spool {
    /// How many bytes a packed capture may become: 4 GiB.
    private static final long MOST_UNPACKED = 4L << 30;

    /// How many times as long a packed capture may become, beyond [#ALWAYS_UNPACKED]. Captures shrink to a third or a
    /// tenth; what grows a hundredfold is meant to fill a disk.
    private static final long MOST_TIMES_PACKED = 100;

    private static final long ALWAYS_UNPACKED = 64L << 20;

    /// How many bytes of a stream that is not packed are taken in: 64 GiB.
    private static final long MOST_STREAMED = 64L << 30;

    private static final int ROOM = 1 << 20;

    private Spool() {}

    /// Where large temporary files belong: /var/tmp, which is no memory in disguise (FHS section 5.15).
    static Path folder() {
        Path large = Path.of("/var/tmp");
        return Files.isWritable(large) ? large : Path.of(System.getProperty("java.io.tmpdir"));
    }

    static FileChannel create(Path folder) throws IOException {
        Path file = Files.createTempFile(folder, "rstprobe-", ".part");
        return FileChannel.open(
                file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
    }

    /// Writes all there is; says why it ended too early, if it did.
    static Optional<Damage> fill(FileChannel into, InputStream from, Packing packing) throws IOException {
        byte[] room = new byte[ROOM];
        AtomicLong taken = new AtomicLong();
        Counted counted = new Counted(from, taken);
        long written = 0;
        try {
            InputStream unpacked = packing.unpacked(counted);
            for (int read = unpacked.read(room); read >= 0; read = unpacked.read(room)) {
                long most = most(packing, taken.get());
                if (written + read > most) {
                    write(into, room, (int) (most - written));
                    return Optional.of(new Damage(
                            Damage.Kind.TOO_LARGE,
                            most,
                            "it becomes more than " + most + " bytes"
                                    + (packing == Packing.NONE ? "" : ", too many for what is packed")));
                }
                write(into, room, read);
                written += read;
            }
            return Optional.empty();
        } catch (NoSpace full) {
            return Optional.of(new Damage(
                    Damage.Kind.UNREADABLE, written, "there is no room to unpack more of it: " + full.getMessage()));
        } catch (EOFException _) {
            return Optional.of(new Damage(Damage.Kind.CUT, written, "the packed file ends too early"));
        } catch (IOException | RuntimeException failed) {
            // Unpackers of others raise whatever comes to their mind on bytes that make no sense.
            return Optional.of(damage(packing, written, failed));
        }
    }

    private static Damage damage(Packing packing, long written, Exception failed) {
        return packing == Packing.NONE
                ? new Damage(Damage.Kind.UNREADABLE, written, "the system cannot read on: " + failed.getMessage())
                : new Damage(Damage.Kind.MALFORMED, written, "the file cannot be unpacked: " + failed.getMessage());
    }

    private static long most(Packing packing, long taken) {
        return packing == Packing.NONE
                ? MOST_STREAMED
                : Math.min(MOST_UNPACKED, Math.max(ALWAYS_UNPACKED, taken * MOST_TIMES_PACKED));
    }

    private static void write(FileChannel into, byte[] bytes, int length) throws NoSpace {
        ByteBuffer left = ByteBuffer.wrap(bytes, 0, length);
        try {
            while (left.hasRemaining()) {
                into.write(left);
            }
        } catch (IOException full) {
            throw new NoSpace(full);
        }
    }

    /// The disk's failure, to be told from the stream's.
    private static final class NoSpace extends IOException {
        private static final long serialVersionUID = 1L;

        NoSpace(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /// Counts what is taken from a stream.
    private static final class Counted extends InputStream {
        private final InputStream stream;
        private final AtomicLong taken;

        Counted(InputStream stream, AtomicLong taken) {
            this.stream = stream;
            this.taken = taken;
        }

        @Override
        public int read() throws IOException {
            int read = stream.read();
            taken.addAndGet(read < 0 ? 0 : 1);
            return read;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int read = stream.read(into, from, length);
            taken.addAndGet(Math.max(0, read));
            return read;
        }

        @Override
        public int available() throws IOException {
            return stream.available();
        }
    }
}
