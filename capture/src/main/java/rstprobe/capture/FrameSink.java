package rstprobe.capture;

import java.io.IOException;

/// Where a tap puts its frames.
@FunctionalInterface
public interface FrameSink {
    /// Takes one frame, on the tap's own thread, in the order of capture.
    ///
    /// It should return within milliseconds: while it runs, frames wait in the kernel's buffer, and a full buffer
    /// drops them (and counts them).
    ///
    /// @throws IOException ends the capture; [Tap#failure()] then holds it
    void take(Frame frame) throws IOException;
}
