package rstprobe.lab;

import rstprobe.wire.Decoder;

/// Loses what is longer than a size on its way to the server, and from some frame on another size: a path that changes
/// while it is looked at.
final class ChangingSize implements Rule {
    private static final int ETHERNET = 1;

    private final int before;
    private final int after;
    private final int frames;
    private int seen;

    /// @param before bytes of the longest IP packet that passes at first
    /// @param after  the same behind the change
    /// @param frames so many pass or not by the first size
    ChangingSize(int before, int after, int frames) {
        this.before = before;
        this.after = after;
        this.frames = frames;
    }

    @Override
    public Outcome on(Direction direction, byte[] frame) {
        int bytes = Decoder.decode(ETHERNET, frame, frame.length)
                .datagram()
                .map(ip -> ip.totalLength())
                .orElse(0);
        if (direction == Direction.TO_CLIENT || bytes == 0) {
            return Outcome.pass(frame);
        }
        seen++;
        return bytes > (seen <= frames ? before : after) ? Outcome.drop() : Outcome.pass(frame);
    }
}
