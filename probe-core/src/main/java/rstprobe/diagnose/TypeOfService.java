package rstprobe.diagnose;

/// The byte of the IP header that says how to treat a datagram: type of service, or traffic class.
final class TypeOfService {
    /// Its upper six bits, the class of service (RFC 2474 section 3). The lower two are changed on the way by routers
    /// that signal congestion (RFC 3168 section 5), so they tell nothing of who sent it.
    static final int DSCP = 0xfc;

    private TypeOfService() {}
}
