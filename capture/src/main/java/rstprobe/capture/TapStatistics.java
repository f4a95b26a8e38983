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

    /// What was counted after an earlier moment. The counters have 32 bits in the kernel and may have gone round.
    TapStatistics since(TapStatistics earlier) {
        return new TapStatistics(
                received - earlier.received & 0xFFFF_FFFFL,
                droppedByKernel - earlier.droppedByKernel & 0xFFFF_FFFFL,
                droppedByInterface - earlier.droppedByInterface & 0xFFFF_FFFFL);
    }
}
