package rstprobe.capture;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/// Reads the frames of a pcap or pcapng file in the order they are in it; [RecordWalk] says which forms.
///
/// A file packed with gzip, zstd or lz4 is unpacked first; offsets then count unpacked bytes.
///
/// Bytes of the file never raise an exception. Where it cannot be read on, the frames end and [#damage] says where and
/// why. Memory grows with bytes that are there, never with lengths that are claimed. Not for use by several threads.
public final class CaptureReader implements Iterable<Frame>, AutoCloseable {
    private final CaptureBytes bytes;
    private final RecordWalk records;
    private Optional<Damage> damage = Optional.empty();
    private boolean ended;
    private boolean closed;
    private int frames;

    private CaptureReader(CaptureBytes bytes) {
        this.bytes = bytes;
        this.records = RecordWalk.of(bytes.segment());
        ended = records.damage().isPresent();
        damage = ended ? why() : Optional.empty();
    }

    /// Opens a capture file.
    ///
    /// @throws CaptureFileFailure if there is no such file or it may not be read; whatever is in it is no reason
    public static CaptureReader open(Path path) throws CaptureFileFailure {
        return new CaptureReader(CaptureBytes.open(path));
    }

    /// Reads a capture from memory.
    public static CaptureReader of(byte[] capture) {
        return new CaptureReader(CaptureBytes.of(capture));
    }

    /// The next frame, or none at the end and at damage.
    public Optional<Frame> next() {
        if (ended) {
            return Optional.empty();
        }
        try {
            if (records.step(Long.MAX_VALUE)) {
                frames++;
                return Optional.of(records.frame(frames, true));
            }
            damage = why();
        } catch (InternalError shorter) {
            // The JVM's word for a mapped page that is no longer there (JDK-8191278 and before).
            damage = Optional.of(
                    new Damage(Damage.Kind.UNREADABLE, records.next(), "the file became shorter while it was read"));
        }
        ended = true;
        return Optional.empty();
    }

    /// What the packing broke comes first: frames cut by it are its doing.
    private Optional<Damage> why() {
        return bytes.damage().or(records::damage);
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

    /// How many frames the capture says it lost, as far as it was read: see [LostFrames].
    public long lost() {
        LostFrames lost = new LostFrames();
        lost.add(records);
        return lost.count();
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
        if (!closed) {
            closed = true;
            ended = true;
            bytes.close();
        }
    }
}
