package rstprobe.analyze;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import rstprobe.capture.CaptureBytes;
import rstprobe.capture.Damage;
import rstprobe.capture.RecordWalk;

/// Both passes over all captures, each by several threads in stretches of a few megabytes.
///
/// Where a stretch begins is a guess that is checked when the one before is done; one that was wrong is scanned again.
final class Passes {
    /// Bytes of a capture that a thread looks at in one go.
    static final long STRETCH = 8L << 20;

    /// Wrong guesses after which a file is no longer read by several threads.
    private static final int MOST_WRONG_GUESSES = 8;

    private final List<OpenCapture> captures;
    private final ScanPlan plan;
    private final long stretchBytes;
    private final FrameFilters filters;
    private final Accused accused = new Accused();
    private final Progress progress;

    Passes(List<OpenCapture> captures, ScanPlan plan, long stretchBytes, FrameFilters filters) {
        this.stretchBytes = stretchBytes;
        this.captures = captures;
        this.plan = plan;
        this.filters = filters;
        long bytes =
                captures.stream().mapToLong(capture -> capture.size().orElse(0)).sum();
        this.progress = new Progress(plan.progress(), 2 * bytes);
    }

    /// The first pass: counts, and who is accused.
    Accused first() {
        for (OpenCapture capture : captures) {
            if (capture.isRead()) {
                first(capture);
            }
        }
        accused.close();
        return accused;
    }

    private void first(OpenCapture capture) {
        MemorySegment bytes = capture.segment();
        FileScan scan = new FileScan(bytes, RecordWalk.of(bytes), accused);
        capture.scan = scan;
        RecordWalk guide = RecordWalk.of(bytes);
        try {
            guide.step(Long.MAX_VALUE);
        } catch (InternalError _) {
            // The scan itself meets it too.
        }
        int pieces = (int) Math.min(Integer.MAX_VALUE, bytes.byteSize() / stretchBytes + 1);
        FirstPass again = new FirstPass(filters.filter());
        int[] wrong = {0};
        InOrder.Taker<Optional<FirstPass.Found>> taker = (piece, found) -> {
            long limit = (piece + 1) * stretchBytes;
            if (found.isPresent() && scan.fits(found.get())) {
                scan.take(found.get(), limit);
            } else {
                wrong[0] += found.isPresent() ? 1 : 0;
                scan.take(again.scan(scan.next.at(scan.next.next()), bytes, limit), limit);
            }
            progress.add(stretchBytes);
            return !scan.ended();
        };
        InOrder.run(pieces, plan.threads(), () -> guesses(guide, bytes, wrong), taker);
    }

    /// Scans stretches where they seem to begin.
    private IntFunction<Optional<FirstPass.Found>> guesses(RecordWalk guide, MemorySegment bytes, int[] wrong) {
        FirstPass pass = new FirstPass(filters.filter());
        return piece -> {
            long from = piece * stretchBytes;
            long limit = from + stretchBytes;
            if (wrong[0] > MOST_WRONG_GUESSES) {
                return Optional.empty();
            }
            try {
                OptionalLong begin = piece == 0 ? OptionalLong.empty() : guide.boundary(from, limit);
                return begin.isEmpty()
                        ? Optional.empty()
                        : Optional.of(pass.scan(guide.at(begin.getAsLong()), bytes, limit));
            } catch (InternalError _) {
                return Optional.empty();
            }
        };
    }

    /// The second pass: the frames of the accused.
    Gathering second() {
        record Piece(int file, FileScan.Stretch stretch) {}
        Gathering gathering = new Gathering(accused);
        List<Piece> pieces = new ArrayList<>();
        for (int file = 0; file < captures.size(); file++) {
            if (captures.get(file).isRead() && accused.size() > 0) {
                for (FileScan.Stretch stretch : captures.get(file).scan.stretches) {
                    pieces.add(new Piece(file, stretch));
                }
            }
        }
        InOrder.<Numbers>run(
                pieces.size(),
                plan.threads(),
                () -> {
                    SecondPass pass = new SecondPass(accused, filters.filter());
                    return piece -> pass.scan(
                            pieces.get(piece).stretch(),
                            captures.get(pieces.get(piece).file()).segment());
                },
                (piece, hits) -> {
                    int file = pieces.get(piece).file();
                    gathering.take(
                            file, captures.get(file).scan, pieces.get(piece).stretch(), hits);
                    progress.add(stretchBytes);
                    return true;
                });
        gathering.close();
        return gathering;
    }

    /// What is told of each file.
    List<ScannedFile> files(Gathering gathering) {
        return captures.stream().map(capture -> file(capture, gathering)).toList();
    }

    private ScannedFile file(OpenCapture capture, Gathering gathering) {
        if (capture.failure.isPresent()) {
            return new ScannedFile(
                    capture.name,
                    ScannedFile.State.NOT_READ,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    List.of(capture.failure.get()));
        }
        FileScan scan = capture.scan;
        Optional<Damage> damage = capture.bytes.flatMap(CaptureBytes::damage).or(() -> scan.damage);
        ScannedFile.State state = damage.isEmpty()
                ? ScannedFile.State.WHOLE
                : damage.get().cut() ? ScannedFile.State.TRUNCATED : ScannedFile.State.DAMAGED;
        return new ScannedFile(
                capture.name,
                state,
                scan.frames,
                scan.matched,
                scan.wireBytes,
                scan.streams.streams(),
                scan.resets,
                scan.quotedResets,
                scan.backwards,
                scan.firstNanos,
                scan.lastNanos,
                Problems.of(scan, damage, accused, filters.refused(), gathering.noRoom()));
    }
}
