package rstprobe.analyze;

import java.util.List;
import java.util.stream.Stream;

/// What a scan of capture files found. It holds the files mapped, and gathers the frames of a conversation when that
/// is asked for: twelve thousand of them together would not fit the heap.
///
/// Asking is for any number of threads at a time. Close it after the last answer.
public final class CaptureScan implements AutoCloseable {
    private final List<ScannedFile> files;

    private CaptureScan(List<ScannedFile> files) {
        this.files = List.copyOf(files);
    }

    /// Scans captures as one timeline: those that begin earlier come first, whatever order they are named in.
    ///
    /// What is wrong with a file, or in it, is said in its [ScannedFile] and stops nothing else.
    ///
    /// @throws ScanFailure if the plan's filter cannot be used, or there are no files or more than
    ///     [ScanLimits#MOST_FILES]
    public static CaptureScan of(List<CaptureSource> sources, ScanPlan plan) throws ScanFailure {
        throw new ScanFailure(ScanFailure.Kind.FILES, "no files to scan");
    }

    /// The captures in the order of the timeline; those that could not be read come last.
    public List<ScannedFile> files() {
        return files;
    }

    /// How many conversations held a reset.
    public int accused() {
        return 0;
    }

    /// One of the conversations that held a reset, in the order of their first resets; its frames are copied out of
    /// the file now.
    ///
    /// @param index 0 for the first
    public AccusedConversation accused(int index) {
        throw new IndexOutOfBoundsException(index);
    }

    /// All of them, one after the other; may be made parallel.
    public Stream<AccusedConversation> conversations() {
        return java.util.stream.IntStream.range(0, accused()).mapToObj(this::accused);
    }

    /// Lets go of the files.
    @Override
    public void close() {}
}
