package rstprobe.wire;

/// One 4-tuple, both directions, seen from our side.
///
/// @param ours the endpoint on this host (for a capture of others: the one that opened it, or that spoke first)
/// @param theirs the other endpoint
public record Conversation(Endpoint ours, Endpoint theirs) {
    /// The same conversation from the other side.
    public Conversation reversed() {
        return new Conversation(theirs, ours);
    }

    /// True where a segment from `from` to `to` belongs to this conversation, in either direction.
    public boolean holds(Endpoint from, Endpoint to) {
        return isOurs(from, to) || isTheirs(from, to);
    }

    /// True where it is a segment of this conversation, or an ICMP error that quotes one (RFC 792, RFC 4443 section 3).
    public boolean concerns(Decoded decoded) {
        return switch (decoded) {
            case Decoded.Segment segment -> holds(segment.source(), segment.destination());
            case Decoded.IcmpError error ->
                error.quoted() instanceof Quoted.Tcp quoted && holds(quoted.source(), quoted.destination());
            case Decoded.UdpDatagram _,
                    Decoded.IcmpEcho _,
                    Decoded.OtherDatagram _,
                    Decoded.Fragment _,
                    Decoded.NotIp _,
                    Decoded.UnknownLink _,
                    Decoded.Malformed _,
                    Decoded.Cut _ -> false;
        };
    }

    /// True where a segment from `from` to `to` was sent by our side.
    public boolean isOurs(Endpoint from, Endpoint to) {
        return ours.equals(from) && theirs.equals(to);
    }

    /// True where a segment from `from` to `to` claims to be sent by their side.
    public boolean isTheirs(Endpoint from, Endpoint to) {
        return theirs.equals(from) && ours.equals(to);
    }

    // As of an address.
    @Override
    public boolean equals(Object other) {
        return other instanceof Conversation that && ours.equals(that.ours) && theirs.equals(that.theirs);
    }

    @Override
    public int hashCode() {
        return 31 * ours.hashCode() + theirs.hashCode();
    }

    /// `198.18.0.1:40000 > 198.18.0.2:22`.
    @Override
    public String toString() {
        return ours + " > " + theirs;
    }
}
