package rstprobe.analyze;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import rstprobe.capture.CaptureBytes;
import rstprobe.capture.CaptureFileFailure;
import rstprobe.capture.Damage;
import rstprobe.capture.Frame;
import rstprobe.capture.LinkType;
import rstprobe.capture.RecordWalk;

/// One capture of a scan, mapped; or why it is not.
final class OpenCapture implements AutoCloseable {
    final String name;
    final Optional<CaptureBytes> bytes;
    final Optional<String> failure;
    private final long firstNanos;

    /// Set by the first pass.
    FileScan scan;

    private OpenCapture(String name, Optional<CaptureBytes> bytes, Optional<String> failure, long firstNanos) {
        this.name = name;
        this.bytes = bytes;
        this.failure = failure;
        this.firstNanos = firstNanos;
    }

    static OpenCapture of(CaptureSource source) {
        try {
            CaptureBytes bytes = switch (source) {
                case CaptureSource.OfFile file -> CaptureBytes.open(file.path());
                case CaptureSource.OfStream named -> CaptureBytes.of(named.stream());
            };
            RecordWalk walk = RecordWalk.of(bytes.segment());
            Optional<String> why =
                    walk.damage().map(damage -> bytes.damage().orElse(damage)).map(Damage::why);
            if (why.isPresent()) {
                bytes.close();
                return new OpenCapture(source.name(), Optional.empty(), why, Long.MAX_VALUE);
            }
            return new OpenCapture(source.name(), Optional.of(bytes), why, firstNanos(walk));
        } catch (CaptureFileFailure failed) {
            return new OpenCapture(
                    source.name(), Optional.empty(), Optional.of(String.valueOf(failed.getMessage())), Long.MAX_VALUE);
        }
    }

    private static long firstNanos(RecordWalk walk) {
        try {
            return walk.step(Long.MAX_VALUE) ? walk.atNanos() : Long.MAX_VALUE;
        } catch (InternalError _) {
            return Long.MAX_VALUE;
        }
    }

    boolean isRead() {
        return bytes.isPresent();
    }

    long firstNanos() {
        return firstNanos;
    }

    MemorySegment segment() {
        return bytes.orElseThrow().segment();
    }

    /// A frame whose record begins at a byte.
    AccusedFrame frame(int file, long recordAt, int number, SegmentFinder finder, Optional<byte[]> reassembled) {
        RecordWalk walk = scan.walkTo(recordAt);
        Frame frame = walk.frame(number, false);
        if (reassembled.isPresent()) {
            return new AccusedFrame(file, frame, raw(frame, reassembled.get(), reassembled.get().length));
        }
        finder.find(segment(), walk.frameAt(), walk.captured(), walk.original(), walk.linkCode());
        if (!finder.wrapped) {
            return new AccusedFrame(file, frame, frame);
        }
        int cut = (int) (walk.frameAt() + walk.captured() - finder.datagramEnd);
        long skipped = finder.datagramAt - walk.frameAt();
        byte[] datagram = Arrays.copyOfRange(frame.bytes(), (int) skipped, frame.bytes().length - cut);
        long original = Math.max(datagram.length, (walk.original() & 0xFFFF_FFFFL) - skipped);
        return new AccusedFrame(file, frame, raw(frame, datagram, (int) original));
    }

    private static Frame raw(Frame frame, byte[] datagram, int original) {
        return new Frame(frame.number(), frame.atNanos(), LinkType.RAW, datagram, original, frame.interfaceId());
    }

    OptionalLong size() {
        return bytes.map(all -> OptionalLong.of(all.segment().byteSize())).orElse(OptionalLong.empty());
    }

    @Override
    public void close() {
        bytes.ifPresent(CaptureBytes::close);
    }
}
