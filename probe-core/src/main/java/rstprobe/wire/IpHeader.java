package rstprobe.wire;

import java.util.List;

/// The IP header of a datagram that is to be built. Immutable: each `with` method returns a changed copy.
///
/// Lengths and the checksum are computed by [Encoder]; everything else is sent as it stands here, legal or not.
public final class IpHeader {
    private static final int DEFAULT_TTL = 64;

    final IpAddress source;
    final IpAddress destination;
    int ttl = DEFAULT_TTL;
    int tos;
    int identification;
    boolean reservedFlag;
    boolean dontFragment = true;
    boolean moreFragments;
    int fragmentOffset;
    int flowLabel;
    Slice options = Slice.EMPTY;
    List<Datagram.Extension> extensions = List.of();
    int checksumError;

    private IpHeader(IpAddress source, IpAddress destination) {
        if (source.version() != destination.version()) {
            throw new IllegalArgumentException("a datagram from " + source + " to " + destination);
        }
        this.source = source;
        this.destination = destination;
    }

    private IpHeader(IpHeader other) {
        this(other.source, other.destination);
        ttl = other.ttl;
        tos = other.tos;
        identification = other.identification;
        reservedFlag = other.reservedFlag;
        dontFragment = other.dontFragment;
        moreFragments = other.moreFragments;
        fragmentOffset = other.fragmentOffset;
        flowLabel = other.flowLabel;
        options = other.options;
        extensions = other.extensions;
        checksumError = other.checksumError;
    }

    /// A header with TTL 64 and DF, everything else 0. Both addresses are of one version.
    public static IpHeader between(IpAddress source, IpAddress destination) {
        return new IpHeader(source, destination);
    }

    /// The header of a datagram that was decoded.
    public static IpHeader of(Datagram ip) {
        IpHeader header = new IpHeader(ip.source(), ip.destination());
        header.ttl = ip.ttl();
        header.tos = ip.tos();
        header.identification = ip.isV6() ? 0 : ip.identification().orElse(0);
        header.reservedFlag = ip.reservedFlag();
        header.dontFragment = ip.dontFragment();
        header.moreFragments = ip.moreFragments();
        header.fragmentOffset = ip.fragmentOffset();
        header.flowLabel = ip.flowLabel();
        header.options = ip.options();
        header.extensions = ip.extensions();
        return header;
    }

    /// With this time to live or hop limit, 0..255.
    public IpHeader withTtl(int ttl) {
        IpHeader copy = new IpHeader(this);
        copy.ttl = inBits(ttl, 8);
        return copy;
    }

    /// With this type of service or traffic class, 0..255.
    public IpHeader withTos(int tos) {
        IpHeader copy = new IpHeader(this);
        copy.tos = inBits(tos, 8);
        return copy;
    }

    /// With this IPv4 identification, 0..65535.
    public IpHeader withIdentification(int identification) {
        IpHeader copy = new IpHeader(this);
        copy.identification = inBits(identification, 16);
        return copy;
    }

    /// With or without the IPv4 DF flag.
    public IpHeader withDontFragment(boolean dontFragment) {
        IpHeader copy = new IpHeader(this);
        copy.dontFragment = dontFragment;
        return copy;
    }

    /// As an IPv4 fragment whose payload belongs at `offset` bytes, a multiple of eight below 65536. An IPv6 fragment
    /// has an extension header instead.
    public IpHeader withFragment(int offset, boolean moreFragments) {
        if (offset % 8 != 0) {
            throw new IllegalArgumentException("fragment offset " + offset);
        }
        IpHeader copy = new IpHeader(this);
        copy.fragmentOffset = inBits(offset, 16);
        copy.moreFragments = moreFragments;
        return copy;
    }

    /// With this IPv6 flow label, 20 bits.
    public IpHeader withFlowLabel(int flowLabel) {
        IpHeader copy = new IpHeader(this);
        copy.flowLabel = inBits(flowLabel, 20);
        return copy;
    }

    /// With these IPv4 options, at most 40 bytes; the encoder pads them to a multiple of four.
    public IpHeader withOptions(byte[] options) {
        if (options.length > Encoder.MOST_OPTIONS) {
            throw new IllegalArgumentException(options.length + " bytes of IP options");
        }
        IpHeader copy = new IpHeader(this);
        copy.options = Slice.of(options);
        return copy;
    }

    /// With these extension headers, in order; the encoder sets their next-header bytes.
    public IpHeader withExtensions(List<Datagram.Extension> extensions) {
        IpHeader copy = new IpHeader(this);
        copy.extensions = List.copyOf(extensions);
        return copy;
    }

    /// With a wrong IPv4 header checksum: these bits of the right one are flipped, 1..0xfffe.
    public IpHeader withChecksumError(int bits) {
        IpHeader copy = new IpHeader(this);
        copy.checksumError = errorBits(bits);
        return copy;
    }

    /// Flipping all bits could turn 0 into 0xffff, which is the same number in one's complement.
    static int errorBits(int bits) {
        if (bits < 1 || bits > 0xfffe) {
            throw new IllegalArgumentException("checksum error 0x" + Integer.toHexString(bits));
        }
        return bits;
    }

    static int inBits(int value, int bits) {
        if (value >>> bits != 0) {
            throw new IllegalArgumentException(value + " does not fit in " + bits + " bits");
        }
        return value;
    }
}
