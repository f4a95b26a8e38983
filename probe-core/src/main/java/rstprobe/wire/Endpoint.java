package rstprobe.wire;

/// One side of a conversation.
///
/// @param address its address
/// @param port its TCP or UDP port, 0..65535
public record Endpoint(IpAddress address, int port) {
    /// Checks that the port has 16 bits.
    public Endpoint {
        if (port < 0 || port > 0xffff) {
            throw new IllegalArgumentException("port " + port);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Endpoint that && port == that.port && address.equals(that.address);
    }

    @Override
    public int hashCode() {
        return 31 * address.hashCode() + port;
    }

    /// `198.18.0.1:22` or `[2001:db8::1]:22` (RFC 5952 section 6).
    @Override
    public String toString() {
        return (address.isV6() ? "[" + address + "]" : address) + ":" + port;
    }
}
