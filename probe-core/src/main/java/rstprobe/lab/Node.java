package rstprobe.lab;

/// The five network namespaces of a lab, from the client to the server.
public enum Node {
    /// Where the probe runs.
    CLIENT("client"),
    /// The client's router.
    ROUTER1("r1"),
    /// Holds the two ends of the link between the routers, and no address.
    BRIDGE("mb"),
    /// The server's router.
    ROUTER2("r2"),
    /// Where the server runs.
    SERVER("server");

    private final String suffix;

    Node(String suffix) {
        this.suffix = suffix;
    }

    /// The last part of the namespace's name.
    String suffix() {
        return suffix;
    }
}
