package rstprobe.wire;

/// One object of an ICMP extension structure (RFC 4884 section 7), such as an MPLS label stack (RFC 4950).
///
/// @param classNumber what kind of object: 1 MPLS labels, 2 interface, 3 interface identification
/// @param type its sub-type
/// @param body its bytes after the object header
public record IcmpExtension(int classNumber, int type, Slice body) {
    /// Class of an MPLS label stack.
    public static final int MPLS = 1;
}
