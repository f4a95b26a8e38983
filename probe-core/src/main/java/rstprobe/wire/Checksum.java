package rstprobe.wire;

/// What verifying a checksum gave.
public enum Checksum {
    /// It is right.
    GOOD,
    /// It is wrong. On a frame this host sent itself that is normal: the NIC computes it after the capture.
    BAD,
    /// It cannot be verified: bytes are missing, the datagram is a fragment, or there is no checksum.
    UNVERIFIABLE
}
