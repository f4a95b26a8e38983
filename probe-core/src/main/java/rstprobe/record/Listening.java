package rstprobe.record;

import java.util.Optional;
import java.util.function.Predicate;
import rstprobe.capture.Frame;
import rstprobe.wire.Conversation;
import rstprobe.wire.Decoded;
import rstprobe.wire.Decoder;
import rstprobe.wire.Quoted;

/// What the tap hears from a moment on: the only ear of the active tests.
final class Listening {
    private final Ear ear;
    private int known;

    /// Begins now.
    Listening(Ear ear) {
        this.ear = ear;
        this.known = ear.heard();
    }

    /// Waits for the next frame that is wanted; those before it are passed over.
    ///
    /// @param untilNanoTime on the clock of `System.nanoTime`
    Optional<Decoded> await(Predicate<Decoded> wanted, long untilNanoTime) throws InterruptedException {
        while (true) {
            var frames = ear.after(known, untilNanoTime);
            if (frames.isEmpty()) {
                return Optional.empty();
            }
            for (Frame frame : frames) {
                known++;
                Decoded decoded = Decoder.decode(frame.link().code(), frame.bytes(), frame.originalLength());
                if (wanted.test(decoded)) {
                    return Optional.of(decoded);
                }
            }
        }
    }

    /// A segment that claims to come from the other end of a flow.
    static boolean theirs(Conversation flow, Decoded decoded) {
        return decoded instanceof Decoded.Segment segment && flow.isTheirs(segment.source(), segment.destination());
    }

    /// A reset that claims to come from the other end of a flow.
    static boolean reset(Conversation flow, Decoded decoded) {
        return theirs(flow, decoded) && ((Decoded.Segment) decoded).flags().rst();
    }

    /// An ICMP error about a segment of ours.
    static boolean complaint(Conversation flow, Decoded decoded) {
        return decoded instanceof Decoded.IcmpError error
                && error.quoted() instanceof Quoted.Tcp quoted
                && flow.isOurs(quoted.source(), quoted.destination());
    }
}
