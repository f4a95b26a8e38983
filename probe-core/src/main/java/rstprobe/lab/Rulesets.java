package rstprobe.lab;

/// Rulesets for nft that practice networks are made of.
final class Rulesets {

    private static final String SYN = "tcp flags & (fin|syn|rst|ack) == syn ";

    private Rulesets() {}

    /// A filter at a hook that treats SYNs to the server's port in one way.
    static String openings(String hook, String action) {
        return filter("filter", hook, "filter", toPort(SYN + action));
    }

    /// The same, applied before anything else, the routing decision included.
    static String openingsAtFirst(String action) {
        return filter("filter", "prerouting", "raw", toPort(SYN + action));
    }

    /// A filter at a hook with rules of one's own. A table of that name that was there before is gone.
    ///
    /// @param rules one a line
    static String filter(String table, String hook, String priority, String rules) {
        return """
                table inet %1$s
                delete table inet %1$s
                table inet %1$s {
                  chain %2$s {
                    type filter hook %2$s priority %3$s; policy accept;
                    %4$s
                  }
                }
                """.formatted(table, hook, priority, rules);
    }

    /// A rule about the server's port.
    static String toPort(String rest) {
        return "tcp dport " + Topology.PORT + " " + rest;
    }

    /// SYN cookies for the server's port on the server's router: it shakes hands in the server's place.
    /// Over IPv4 only, since nft 1.0.6 on Linux 6.18 answered no SYN over IPv6; those go to the server
    /// itself.
    static String synProxy() {
        return """
                table inet handshakes {
                  chain prerouting {
                    type filter hook prerouting priority raw; policy accept;
                    meta nfproto ipv4 iifname "eth0" %1$s notrack
                  }
                  chain forward {
                    type filter hook forward priority filter; policy accept;
                    meta nfproto ipv4 iifname "eth0" %2$s
                    meta nfproto ipv4 ct state invalid drop
                  }
                }
                """.formatted(
                        toPort(SYN.strip()),
                        toPort("ct state invalid,untracked synproxy mss 1460 wscale 7 timestamp sack-perm"));
    }

    /// The client's own translation: its connections to the server leave with its second address.
    static String clientTranslates() {
        return clientTranslates("ip daddr", Topology.SECOND_CLIENT4, Topology.SECOND_CLIENT6);
    }

    /// The same, and they leave from other ports too.
    static String clientTranslatesPorts() {
        return clientTranslates(
                "meta l4proto tcp ip daddr",
                Topology.SECOND_CLIENT4 + ":20000-29999 fully-random",
                "[" + Topology.SECOND_CLIENT6 + "]:20000-29999 fully-random");
    }

    private static String clientTranslates(String match, String to4, String to6) {
        return """
                table inet translation {
                  chain postrouting {
                    type nat hook postrouting priority srcnat; policy accept;
                    %1$s %2$s snat ip to %3$s
                    %4$s %5$s snat ip6 to %6$s
                  }
                }
                """.formatted(match, Topology.SERVER4, to4, match.replace("ip ", "ip6 "), Topology.SERVER6, to6);
    }
}
