package rstprobe.capture;

/// What a capture saw and what it lost. While `droppedByKernel` is not 0, "there was no such frame" cannot be said.
///
/// @param received           frames that passed the filter, those dropped for want of buffer included; on `lo` Linux
///                           counts each frame twice, once going out and once coming in
/// @param droppedByKernel    frames that passed the filter and found the kernel's buffer full
/// @param droppedByInterface frames the NIC or its driver dropped before any filter, whoever they were for
public record TapStatistics(long received, long droppedByKernel, long droppedByInterface) {
    /// Nothing seen, nothing lost.
    public static final TapStatistics NONE = new TapStatistics(0, 0, 0);
}
