package rstprobe.ssh;

/// The server's bytes break the protocol. Never leaves the package: the handshake turns it into a finding.
final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    private final int reason;

    /// @param what one phrase for people
    Malformed(String what) {
        this(what, Numbers.PROTOCOL_ERROR);
    }

    /// @param reason what we tell the server in our goodbye (RFC 4253 §11.1)
    Malformed(String what, int reason) {
        super(what, null, false, false);
        this.reason = reason;
    }

    /// One phrase for people.
    String what() {
        return getMessage();
    }

    /// What we tell the server in our goodbye.
    int reason() {
        return reason;
    }
}
