package rstprobe.lab;

import java.util.List;
import java.util.Optional;

/// A device on the link between the routers, beside the client's router: it sees frames on their way to the server
/// before the link's delay, and frames on their way to the client after it.
@FunctionalInterface
interface Rule {

    /// Lets everything pass.
    Rule NONE = (direction, frame) -> Outcome.pass(frame);

    /// What becomes of one frame. Called by one thread at a time.
    Outcome on(Direction direction, byte[] frame);

    /// What becomes of a frame.
    ///
    /// @param onward the frame that travels on, rewritten or not; empty where it is dropped
    /// @param injected frames the device sends on its own account, before that one
    record Outcome(Optional<byte[]> onward, List<Injection> injected) {

        /// The frame travels on as it is.
        static Outcome pass(byte[] frame) {
            return new Outcome(Optional.of(frame), List.of());
        }

        /// The frame ends here.
        static Outcome drop() {
            return new Outcome(Optional.empty(), List.of());
        }

        /// The same, and one more frame is sent.
        Outcome injecting(Direction direction, byte[] frame) {
            return new Outcome(onward, List.of(new Injection(direction, frame)));
        }
    }

    /// A frame made by the device.
    record Injection(Direction direction, byte[] frame) {}
}
