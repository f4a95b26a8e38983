package rstprobe.ssh;

/// What we say once the connection stands. The four differ only in that, so their outcomes can be compared.
public enum Opening {
    /// Our identification at once, as every SSH client does.
    TALK,
    /// Our identification after the server's: tells a multiplexer that waits for us from an SSH server.
    AFTER,
    /// Never a byte: the server's own close then shows as FIN, and a reset is nobody's answer to us.
    LISTEN,
    /// At once a line as long as our identification that is not SSH, then silence: the control for TALK.
    NONSSH;

    /// Whether the handshake goes on beyond the first line.
    boolean negotiates() {
        return this == TALK || this == AFTER;
    }
}
