package rstprobe.diagnose;

/// Who ended the connection. The words are stable: they appear in JSON, in the text report and in exit codes.
public enum Origin {
    /// sshd, or whatever owns the port, closed or aborted the connection.
    SERVER_PROCESS("server-process", 10),
    /// The server's TCP stack: closed port, lost state, process already gone.
    SERVER_KERNEL("server-kernel", 10),
    /// A packet filter on the server host itself.
    SERVER_FIREWALL("server-firewall", 13),
    /// A device the packets must cross rejected, dropped or rewrote them.
    IN_PATH("in-path", 11),
    /// A tap injected packets while the real ones travelled on.
    ON_PATH("on-path", 11),
    /// A load balancer, NAT or proxy that terminates or lost the connection.
    PROXY("proxy", 11),
    /// Nobody sent a reset: packets above a size, or at random, vanished.
    PATH("path", 19),
    /// Our own kernel, firewall or NAT.
    THIS_HOST("this-host", 14),
    /// The evidence does not decide.
    UNKNOWN("unknown", 19);

    private final String word;
    private final int exitCode;

    Origin(String word, int exitCode) {
        this.word = word;
        this.exitCode = exitCode;
    }

    /// The word used everywhere outside the code, such as `server-process`.
    public String word() {
        return word;
    }

    /// The exit code of a verdict with this origin, unless its cause has one of its own.
    public int exitCode() {
        return exitCode;
    }
}
