package rstprobe.lab;

import java.util.List;

/// A row of the table of causes that no practice network shows, and why.
///
/// @param row its name in that table, such as `B2b`
/// @param why one sentence
public record NotBuilt(String row, String why) {

    private static final List<NotBuilt> ALL = List.of(new NotBuilt(
            "B2b", "a slot leak in OpenSSH 9.8 to 10.0 that Debian's 10.0 has the correction for; needs a race."));

    /// Every such row.
    public static List<NotBuilt> all() {
        return ALL;
    }
}
