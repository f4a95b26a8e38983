package rstprobe.analyze;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// What a scan of capture files found. It holds the files mapped, and gathers the frames of a conversation when that
/// is asked for: twelve thousand of them together would not fit the heap.
///
/// Asking is for any number of threads at a time. Close it after the last answer.
public final class CaptureScan implements AutoCloseable {
    /// Conversations that a thread judges before the next one asks for more.
    private static final int AT_A_TIME = 16;

    private final List<OpenCapture> captures;
    private final List<ScannedFile> files;
    private final Gathering gathering;
    private final Accused accused;
    private final int threads;

    private CaptureScan(
            List<OpenCapture> captures, List<ScannedFile> files, Accused accused, Gathering gathering, int threads) {
        this.captures = captures;
        this.threads = threads;
        this.files = List.copyOf(files);
        this.accused = accused;
        this.gathering = gathering;
    }

    /// Scans captures as one timeline: those that begin earlier come first, whatever order they are named in.
    ///
    /// What is wrong with a file, or in it, is said in its [ScannedFile] and stops nothing else.
    ///
    /// @throws ScanFailure if the plan's filter cannot be used, or there are no files or more than
    ///     [ScanLimits#MOST_FILES]
    public static CaptureScan of(List<CaptureSource> sources, ScanPlan plan) throws ScanFailure {
        return of(sources, plan, Passes.STRETCH);
    }

    /// The same in stretches of so many bytes, which changes nothing but who looks at what.
    static CaptureScan of(List<CaptureSource> sources, ScanPlan plan, long stretchBytes) throws ScanFailure {
        if (sources.isEmpty() || sources.size() > ScanLimits.MOST_FILES) {
            throw new ScanFailure(
                    ScanFailure.Kind.FILES,
                    "1 to " + ScanLimits.MOST_FILES + " captures are read at a time, not " + sources.size());
        }
        FrameFilters filters = FrameFilters.of(plan.filter());
        List<OpenCapture> captures = new ArrayList<>();
        try {
            for (CaptureSource source : sources) {
                captures.add(OpenCapture.of(source));
            }
            captures.sort(Comparator.comparing(OpenCapture::isRead).reversed().thenComparing(OpenCapture::firstNanos));
            Passes passes = new Passes(captures, plan, stretchBytes, filters);
            Accused accused = passes.first();
            Gathering gathering = passes.second();
            return new CaptureScan(captures, passes.files(gathering), accused, gathering, plan.threads());
        } catch (RuntimeException | Error failed) {
            captures.forEach(OpenCapture::close);
            throw failed;
        }
    }

    /// The captures in the order of the timeline; those that could not be read come last.
    public List<ScannedFile> files() {
        return files;
    }

    /// How many conversations held a reset.
    public int accused() {
        return gathering.finished.size();
    }

    /// One of the conversations that held a reset, in the order of their first resets; its frames are copied out of
    /// the file now.
    ///
    /// @param index 0 for the first
    /// @throws InternalError where the file became shorter since it was scanned, as the JVM has it
    public AccusedConversation accused(int index) {
        Gathered gathered = gathering.finished.get(index);
        List<AccusedFrame> frames = new ArrayList<>();
        List<Integer> resets = new ArrayList<>();
        SegmentFinder finder = new SegmentFinder();
        KeptFrames kept = gathering.kept;
        for (int link = gathered.head; link != KeptFrames.NONE; link = kept.next(link)) {
            if (kept.isReset(link)) {
                resets.add(frames.size());
            }
            int file = kept.file(link);
            frames.add(captures.get(file)
                    .frame(file, kept.recordAt(link), kept.number(link), finder, reassembled(kept.place(link))));
        }
        TupleKey key = new TupleKey();
        accused.get(gathered.tuple, key);
        return new AccusedConversation(
                index + 1,
                key.conversation(gathered.isFirstOurs(key)),
                gathered.openingSeen,
                frames,
                resets,
                gathered.frames,
                gathered.resets,
                gathered.duplicates,
                lost(frames),
                gathered.backwards);
    }

    /// What the captures lost between the first and the last of these frames: how much within them no file tells.
    private long lost(List<AccusedFrame> frames) {
        return IntStream.rangeClosed(frames.getFirst().file(), frames.getLast().file())
                .mapToLong(file -> captures.get(file).scan.lost.count())
                .sum();
    }

    private Optional<byte[]> reassembled(long place) {
        Map<Long, byte[]> all = gathering.reassembled;
        return all.isEmpty() ? Optional.empty() : Optional.ofNullable(all.get(place));
    }

    /// Puts the number of each conversation that held a reset to a judge, on the threads of the plan, and hands over
    /// what comes of it in the order of the conversations.
    ///
    /// @param judge is asked by several threads at a time
    /// @param taker takes some results at a time, in order, and is never called by two threads at once
    public <R> void judge(IntFunction<R> judge, Consumer<List<R>> taker) {
        int pieces = Math.ceilDiv(accused(), AT_A_TIME);
        InOrder.<List<R>>run(
                pieces,
                threads,
                () -> piece -> {
                    List<R> results = new ArrayList<>(AT_A_TIME);
                    int end = Math.min(accused(), (piece + 1) * AT_A_TIME);
                    for (int index = piece * AT_A_TIME; index < end; index++) {
                        results.add(judge.apply(index));
                    }
                    return results;
                },
                (_, results) -> {
                    taker.accept(results);
                    return true;
                });
    }

    /// All of them, one after the other; may be made parallel.
    public Stream<AccusedConversation> conversations() {
        return IntStream.range(0, accused()).mapToObj(this::accused);
    }

    /// Lets go of the files.
    @Override
    public void close() {
        captures.forEach(OpenCapture::close);
    }
}
