package rstprobe.lab;

import java.util.List;

/// A row of the table of causes that no practice network shows, and why.
///
/// @param row its name in that table, such as `B2b`
/// @param why one line
public record NotBuilt(String row, String why) {

    private static final String OWN_WORDS = "is in the words a client is called with, not on the wire";

    private static final List<NotBuilt> ALL = List.of(
            new NotBuilt("A10", "takes two hosts with one address, and a network has one server"),
            new NotBuilt("B2b", "is a race in OpenSSH 9.8 to 10.0 that Debian's 10.0 has the correction for"),
            new NotBuilt("B23", "is B1 with another program in front, and looks the same"),
            new NotBuilt("C4", "is a client that leaves, seen from the server"),
            new NotBuilt("C5", "is a client without patience; hosts-deny-9.2 and listener-stopped are what it meets"),
            new NotBuilt("D11", "takes a server whose cryptography is broken or restricted"),
            new NotBuilt("D12", "takes an appliance that rewrites sequence numbers and forgets selective ones"),
            new NotBuilt("E2", "takes a key distribution centre, and a client that asks it"),
            new NotBuilt("F7", "is gone from Linux since 4.12"),
            new NotBuilt("G7", "takes an hour of session or a gigabyte, and the probe exchanges keys once"),
            new NotBuilt("G8", "takes SELinux or AppArmor at work, which a namespace cannot have of its own"),
            new NotBuilt("G9", "takes Windows"),
            new NotBuilt("H2", OWN_WORDS),
            new NotBuilt("H3", OWN_WORDS),
            new NotBuilt("H4", OWN_WORDS),
            new NotBuilt("H5", "is an error of the client's own socket, before anything is sent"));

    /// Every such row.
    public static List<NotBuilt> all() {
        return ALL;
    }
}
