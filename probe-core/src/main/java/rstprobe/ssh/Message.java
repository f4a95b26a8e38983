package rstprobe.ssh;

import java.util.Objects;

/// One message of ours, ready for the wire.
///
/// @param name `identification`, `kexinit`, `group-request`, `kex-init`, `newkeys`, `service-request`,
///     `userauth-request`, `disconnect`, `unimplemented` or `request-failure`
/// @param stage the stage it was sent in
/// @param bytes as on the wire, encrypted from the first message after `newkeys` on
public record Message(String name, Stage stage, byte[] bytes) {
    public Message {
        Objects.requireNonNull(name);
        Objects.requireNonNull(stage);
        Objects.requireNonNull(bytes);
    }
}
