package rstprobe.wire;

/// The TCP header of a segment that is to be built. Immutable: each `with` method returns a changed copy.
///
/// The data offset and the checksum are computed by [Encoder]; everything else is sent as it stands here.
public final class TcpHeader {
    private static final int DEFAULT_WINDOW = 64240;

    final int sourcePort;
    final int destinationPort;
    final Flags flags;
    int sequence;
    int acknowledgement;
    int window = DEFAULT_WINDOW;
    int urgentPointer;
    TcpOptions options = TcpOptions.NONE;
    int checksumError;

    private TcpHeader(int sourcePort, int destinationPort, Flags flags) {
        this.sourcePort = IpHeader.inBits(sourcePort, 16);
        this.destinationPort = IpHeader.inBits(destinationPort, 16);
        this.flags = flags;
    }

    private TcpHeader(TcpHeader other, Flags flags) {
        this(other.sourcePort, other.destinationPort, flags);
        sequence = other.sequence;
        acknowledgement = other.acknowledgement;
        window = other.window;
        urgentPointer = other.urgentPointer;
        options = other.options;
        checksumError = other.checksumError;
    }

    /// A header with window 64240 and without options; numbers are 0. `flags` are bits of [Flags].
    public static TcpHeader between(int sourcePort, int destinationPort, int flags) {
        return new TcpHeader(sourcePort, destinationPort, new Flags(flags));
    }

    /// The header of a segment that was decoded.
    public static TcpHeader of(Decoded.Segment segment) {
        TcpHeader header = new TcpHeader(segment.sourcePort(), segment.destinationPort(), segment.flags());
        header.sequence = segment.sequence();
        header.acknowledgement = segment.acknowledgement();
        header.window = segment.window();
        header.urgentPointer = segment.urgentPointer();
        header.options = segment.options();
        return header;
    }

    /// With these flags, bits of [Flags].
    public TcpHeader withFlags(int flags) {
        return new TcpHeader(this, new Flags(flags));
    }

    /// With this sequence number, raw 32 bits.
    public TcpHeader withSequence(int sequence) {
        TcpHeader copy = new TcpHeader(this, flags);
        copy.sequence = sequence;
        return copy;
    }

    /// With this acknowledgement number, raw 32 bits; the ACK flag is a matter of its own.
    public TcpHeader withAcknowledgement(int acknowledgement) {
        TcpHeader copy = new TcpHeader(this, flags);
        copy.acknowledgement = acknowledgement;
        return copy;
    }

    /// With this window, 0..65535.
    public TcpHeader withWindow(int window) {
        TcpHeader copy = new TcpHeader(this, flags);
        copy.window = IpHeader.inBits(window, 16);
        return copy;
    }

    /// With this urgent pointer, 0..65535; the URG flag is a matter of its own.
    public TcpHeader withUrgentPointer(int urgentPointer) {
        TcpHeader copy = new TcpHeader(this, flags);
        copy.urgentPointer = IpHeader.inBits(urgentPointer, 16);
        return copy;
    }

    /// With these options, at most 40 bytes as encoded; the encoder pads them with zeros to a multiple of four.
    public TcpHeader withOptions(TcpOption... options) {
        TcpHeader copy = new TcpHeader(this, flags);
        copy.options = TcpOptions.of(options);
        return copy;
    }

    /// With a wrong checksum: these bits of the right one are flipped, 1..0xfffe. Hosts and packet filters stay
    /// silent to such a segment; a tap that does not verify checksums answers.
    public TcpHeader withChecksumError(int bits) {
        TcpHeader copy = new TcpHeader(this, flags);
        copy.checksumError = IpHeader.errorBits(bits);
        return copy;
    }
}
