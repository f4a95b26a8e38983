package rstprobe.analyze;

import java.util.Objects;
import rstprobe.capture.Frame;

/// One frame of a conversation that held a reset.
///
/// @param file     which of the scan's files it is in, counted from 0 in the order of [CaptureScan#files]
/// @param frame    as it is in that file, with the number that Wireshark shows for it there
/// @param readable the same with number and time kept, from the datagram of the conversation on where it travelled in
///     a tunnel, in fragments or over a link that [rstprobe.wire.Decoder] does not read; else the very same
public record AccusedFrame(int file, Frame frame, Frame readable) {
    public AccusedFrame {
        Objects.requireNonNull(frame);
        Objects.requireNonNull(readable);
        if (file < 0) {
            throw new IllegalArgumentException("file " + file);
        }
    }

    /// Whether the decoder is given something else than what the file has.
    public boolean unwrapped() {
        return readable != frame;
    }
}
