package rstprobe.lab;

/// A Debian whose programs a practice network can run, and the release of OpenSSH that came with it.
public enum Release {
    /// 2021: before penalties, with TCP wrappers in sshd.
    BULLSEYE("8.4"),
    /// 2023: the last with one program for listener and sessions.
    BOOKWORM("9.2"),
    /// 2025: sshd, sshd-session and sshd-auth, and penalties.
    TRIXIE("10.0");

    private final String openSsh;

    Release(String openSsh) {
        this.openSsh = openSsh;
    }

    /// The number of its OpenSSH, such as `9.2`.
    public String openSsh() {
        return openSsh;
    }

    /// The name of its folder in the unpacked software.
    String folder() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
