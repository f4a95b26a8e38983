package rstprobe.lab;

import java.util.List;

/// A row of the table of causes that no practice network shows, and why.
///
/// @param row its name in that table, such as `B2b`
/// @param why one line
public record NotBuilt(String row, String why) {

    private static final List<NotBuilt> ALL = List.of(
            new NotBuilt("B2b", "is a race in OpenSSH 9.8 to 10.0 that Debian's 10.0 has the correction for"),
            new NotBuilt("B23", "is B1 with another program in front, and looks the same"),
            new NotBuilt("C4", "is a client that leaves, seen from the server"),
            new NotBuilt("D11", "takes a server whose cryptography is broken or restricted"),
            new NotBuilt(
                    "D12",
                    "takes an appliance that rewrites sequence numbers and forgets selective ones: a double would prove itself"),
            new NotBuilt("F7", "is gone from Linux since 4.12"),
            new NotBuilt("G8", "takes SELinux or AppArmor at work, which a namespace cannot have of its own"),
            new NotBuilt("G9", "takes Windows"),
            new NotBuilt("H2", "is a hop that ssh opens by itself; probed, that hop shows a row of its own"),
            new NotBuilt("H3", "is a file of ssh's, before any packet"),
            new NotBuilt("H4", "is another host or port than meant, which shows a row of its own: A1, A4 or B15"));

    /// Every such row.
    public static List<NotBuilt> all() {
        return ALL;
    }
}
