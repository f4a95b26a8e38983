package rstprobe.ssh;

import java.util.Locale;

/// How far an SSH connection has come (RFC 4253, RFC 4252).
public enum Stage {
    CONNECT,
    IDENTIFICATION,
    KEXINIT,
    KEX,
    NEWKEYS,
    SERVICE,
    USERAUTH,
    SESSION,
    IDLE;

    /// The word in JSON and reports, such as `identification`.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
