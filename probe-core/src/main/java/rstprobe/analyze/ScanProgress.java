package rstprobe.analyze;

/// Hears how far a scan has come; on any of its threads, at most a few times a second, one call at a time.
@FunctionalInterface
public interface ScanProgress {
    /// Hears nothing.
    ScanProgress NONE = (_, _) -> {};

    /// So many bytes are done of so many, both passes and all files together. The total grows where a stream or a
    /// packed file turns out larger.
    void at(long bytesDone, long bytesInAll);
}
