package rstprobe.capture;

/// The bounds of what a capture may hold; each is the bound of libpcap and Wireshark, so that what they read we read.
public final class CaptureLimits {
    /// The most bytes one frame has: libpcap's MAXIMUM_SNAPLEN.
    public static final int MAX_FRAME_BYTES = 262_144;

    /// The most bytes one pcapng block has: libpcap's INITIAL_MAX_BLOCKSIZE.
    public static final int MAX_BLOCK_BYTES = 16 << 20;

    /// The most interfaces one file describes, all its sections together.
    public static final int MAX_INTERFACES = 65_536;

    /// The most bytes one pcapng option has: its length field is 16 bits wide.
    public static final int MAX_OPTION_BYTES = 65_535;

    /// The most options read of one pcapng block; Wireshark writes a handful. An empty one takes four bytes of the file
    /// and many times as many here.
    public static final int MAX_OPTIONS = 1_024;

    /// The most bytes a comment is given in a file, so that block and option lengths stay far from their ends.
    public static final int MAX_COMMENT_BYTES = 60_000;

    private CaptureLimits() {}
}
