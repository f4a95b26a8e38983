package rstprobe.ssh;

import java.util.Locale;

/// How far a connection came, in the order of RFC 4253, 4252 and 4254. A stage is named by what it waits for.
public enum Stage {
    /// The TCP connection is being made.
    CONNECT,
    /// The server's `SSH-2.0-…` line is awaited (RFC 4253 §4.2).
    IDENTIFICATION,
    /// The server's algorithm lists are awaited (RFC 4253 §7.1).
    KEXINIT,
    /// The server's answer in the key exchange is awaited (RFC 4253 §8).
    KEX,
    /// The server's switch to the new keys is awaited (RFC 4253 §7.3).
    NEWKEYS,
    /// The server's consent to user authentication is awaited (RFC 4253 §10).
    SERVICE,
    /// The server's answer to the method `none` is awaited (RFC 4252 §5.2).
    USERAUTH,
    /// All questions are answered; only the goodbye is left.
    SESSION,
    /// A connection that stays open without traffic.
    IDLE;

    /// The stage as reports and JSON spell it.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
