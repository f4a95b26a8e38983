package rstprobe.capture;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.zip.ZipException;

/// Reads the frames of a pcap or pcapng file in the order they are in it.
///
/// It reads pcap with times in micro- or nanoseconds, in both byte orders, and in Alexey Kuznetzov's modified form; and
/// pcapng in both byte orders with any number of sections and interfaces, of its blocks those with frames (enhanced,
/// simple, and the obsolete one), interfaces and statistics. Every other block is stepped over without a look inside,
/// decryption secrets among them. (Wireshark gives custom blocks and journal entries a frame number too; here only
/// frames have one.)
///
/// A file packed with gzip is unpacked on the way; offsets then count unpacked bytes.
///
/// Bytes of the file never raise an exception. Where it cannot be read on, the frames end and [#damage] says where and
/// why. Memory grows with bytes that are there, never with lengths that are claimed. Not for use by several threads.
public final class CaptureReader implements Iterable<Frame>, AutoCloseable {
    private final ByteWindow window;
    private final Records records;
    private Optional<Damage> damage = Optional.empty();
    private boolean ended;

    private CaptureReader(InputStream stream) {
        this.window = new ByteWindow(new PackedStream(stream));
        Records known = new Records.None();
        try {
            known = Records.of(window);
        } catch (DamagedException damaged) {
            end(damaged.damage());
        } catch (IOException failed) {
            end(failedRead(failed));
        }
        this.records = known;
    }

    /// Opens a capture file.
    ///
    /// @throws CaptureFileFailure if there is no such file or it may not be read; whatever is in it is no reason
    public static CaptureReader open(Path path) throws CaptureFileFailure {
        try {
            if (Files.isDirectory(path)) {
                throw new IOException("it is a folder");
            }
            return new CaptureReader(Files.newInputStream(path));
        } catch (IOException failed) {
            throw CaptureFileFailure.opening(path, failed);
        }
    }

    /// Reads a capture from memory.
    public static CaptureReader of(byte[] capture) {
        return new CaptureReader(new ByteArrayInputStream(capture));
    }

    /// The next frame, or none at the end and at damage.
    public Optional<Frame> next() {
        if (ended) {
            return Optional.empty();
        }
        try {
            Optional<Frame> frame = records.next();
            ended = frame.isEmpty();
            return frame;
        } catch (DamagedException damaged) {
            end(damaged.damage());
        } catch (IOException failed) {
            end(failedRead(failed));
        }
        return Optional.empty();
    }

    /// Where and why the file could not be read on; known once the frames ended.
    public Optional<Damage> damage() {
        return damage;
    }

    /// What the first section says about itself; [SectionFacts#NONE] for a pcap file. A pcapng file's is known once
    /// its first frame was asked for.
    public SectionFacts section() {
        return records.section();
    }

    /// The interfaces met so far, those of all sections in one row.
    public List<InterfaceFacts> interfaces() {
        return records.interfaces();
    }

    /// The statistics met so far, the last of each interface, in the order of interfaces.
    public List<InterfaceStatistics> statistics() {
        return records.statistics();
    }

    /// The frames that are left; they can be walked once.
    @Override
    public Iterator<Frame> iterator() {
        return new Iterator<>() {
            private Optional<Frame> ahead = Optional.empty();

            @Override
            public boolean hasNext() {
                if (ahead.isEmpty()) {
                    ahead = CaptureReader.this.next();
                }
                return ahead.isPresent();
            }

            @Override
            public Frame next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                Frame frame = ahead.orElseThrow();
                ahead = Optional.empty();
                return frame;
            }
        };
    }

    @Override
    public void close() {
        ended = true;
        try {
            window.close();
        } catch (IOException _) {
            // It was only read.
        }
    }

    private void end(Damage why) {
        ended = true;
        damage = Optional.of(why);
    }

    private Damage failedRead(IOException failed) {
        return switch (failed) {
            case EOFException _ -> new Damage(Damage.Kind.CUT, window.position(), "the packed file ends too early");
            case ZipException _ ->
                new Damage(
                        Damage.Kind.MALFORMED,
                        window.position(),
                        "the file cannot be unpacked: " + failed.getMessage());
            default ->
                new Damage(
                        Damage.Kind.UNREADABLE, window.position(), "the system cannot read on: " + failed.getMessage());
        };
    }
}
