package rstprobe.lab;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A device on the link between the routers, beside the client's router: it sees frames on their way to
/// the server before the link's delay, and frames on their way to the client after it.
@FunctionalInterface
interface Rule {

    /// Lets everything pass.
    Rule NONE = (direction, frame) -> Outcome.pass(frame);

    /// What becomes of one frame. Called by one thread at a time. Throws where the device itself cannot
    /// go on.
    Outcome on(Direction direction, byte[] frame) throws IOException;

    /// What the device sends on its own account as time goes by. Asked several times in 100 ms.
    ///
    /// @param nowNanos the time, on the clock of [System#nanoTime]
    default List<Injection> at(long nowNanos) {
        return List.of();
    }

    /// What becomes of a frame.
    ///
    /// @param onward the frame that travels on, rewritten or not; empty where it is dropped
    /// @param injected frames the device sends beside it, before that one
    record Outcome(Optional<byte[]> onward, List<Injection> injected) {

        /// Keeps its own copy of the frames to send.
        public Outcome {
            injected = List.copyOf(injected);
        }

        /// The frame travels on as it is, or as it was rewritten.
        static Outcome pass(byte[] frame) {
            return new Outcome(Optional.of(frame), List.of());
        }

        /// The frame ends here.
        static Outcome drop() {
            return new Outcome(Optional.empty(), List.of());
        }

        /// The same, and one more frame is sent.
        Outcome injecting(Injection more) {
            List<Injection> all = new ArrayList<>(injected);
            all.add(more);
            return new Outcome(onward, all);
        }
    }

    /// A frame a device sends.
    ///
    /// @param forged whether the device made it; else it is a real one that was kept back or is sent
    ///   twice
    record Injection(Direction direction, byte[] frame, boolean forged) {

        static Injection forged(Direction direction, byte[] frame) {
            return new Injection(direction, frame, true);
        }

        static Injection released(Direction direction, byte[] frame) {
            return new Injection(direction, frame, false);
        }
    }
}
