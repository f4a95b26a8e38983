package rstprobe.ssh;

import java.util.List;

/// How a handshake ended.
public sealed interface Outcome {

    /// Everything was answered and we said goodbye.
    record Completed() implements Outcome {}

    /// A reset came.
    record ResetAt(Stage stage) implements Outcome {}

    /// A FIN came.
    record ClosedAt(Stage stage) implements Outcome {}

    /// Nothing came within the wait.
    record SilentAt(Stage stage) implements Outcome {}

    /// Our own side failed; `errno` by name.
    record LocallyFailed(Stage stage, String errno) implements Outcome {}

    /// The server's bytes make no sense here.
    ///
    /// @param what one phrase, such as `packet length 1231969377 above 262144`
    /// @param sample the first of the bytes in question, at most 256
    record Garbled(Stage stage, String what, byte[] sample) implements Outcome {}

    /// The two sides share no algorithm (RFC 4253 §7.1): the first list, in the order OpenSSH looks at them,
    /// without a common name.
    ///
    /// @param list `kex`, `host key`, `cipher client to server`, `cipher server to client`, `mac client to server`,
    ///     `mac server to client`, `compression client to server` or `compression server to client`
    record NoCommonAlgorithm(String list, List<String> ours, List<String> theirs) implements Outcome {
        public NoCommonAlgorithm {
            ours = List.copyOf(ours);
            theirs = List.copyOf(theirs);
        }
    }

    /// Something else is on that port.
    ///
    /// @param looksLike `http`, `tls`, `smtp`, `ftp`, `telnet`, `rdp`, `mysql`, `pop3`, `imap`, `vnc` or `unknown`
    /// @param sample what it said up to where that was clear, at most 256 bytes
    record NotSsh(String looksLike, byte[] sample) implements Outcome {}

    /// SSH, but not version 2: `line` without its line end.
    record VersionMismatch(byte[] line) implements Outcome {}

    /// The server said goodbye (RFC 4253 §11.1).
    record DisconnectedAt(Stage stage, int reason, byte[] text) implements Outcome {}
}
