package rstprobe.lab;

import java.util.List;
import java.util.Map;
import rstprobe.lab.Scenario.Obstacle;
import rstprobe.lab.Scenario.Service;

/// Networks in which a program on the server's host has had its packet filter shut our address out.
final class BanLabs {

    private static final String ON_SERVER = "server-firewall";
    private static final String WITH_ICMP = "rejected-with-icmp";
    private static final int SERVER_HOP = 3;
    private static final int REFUSED = 13;
    private static final int UNREACHABLE = 4;

    /// A jail as Debian sets it up, but for the file it reads: what it bans is up to its own patterns.
    static final Map<String, String> JAIL = Map.of(
            "/etc/fail2ban/jail.local",
            """
            [DEFAULT]
            backend = polling
            usedns = no
            banaction = nftables-multiport

            [sshd]
            enabled = true
            logpath = /var/log/auth.log
            """,
            "/etc/fail2ban/fail2ban.local",
            "[Definition]\nallowipv6 = yes\n",
            "/var/log/auth.log",
            "",
            "/run/fail2ban/.made",
            "",
            "/var/lib/fail2ban/.made",
            "");

    /// Lines as sshd writes them; fail2ban takes two lines of one process for one attempt.
    private static final String FAILURES = """
            process=500
            for host in 198.18.1.2 2001:db8:1::2; do
              for port in 50001 50002 50003 50004 50005 50006; do
                process=$((process + 1))
                echo "$(date '+%b %e %H:%M:%S') server sshd[$process]: Failed password for root from $host port $port ssh2"
              done
            done >>/var/log/auth.log
            until nft list ruleset | grep -q 198.18.1.2 && nft list ruleset | grep -q 2001:db8:1::2; do
              sleep 0.1
            done
            """;

    /// What sshguard's own script for nft sets up.
    private static final String SSHGUARD = """
            table ip sshguard {
              set attackers { type ipv4_addr; flags interval; elements = { 198.18.1.2 } }
              chain blacklist {
                type filter hook input priority -10; policy accept;
                ip saddr @attackers drop
              }
            }
            table ip6 sshguard {
              set attackers { type ipv6_addr; flags interval; elements = { 2001:db8:1::2 } }
              chain blacklist {
                type filter hook input priority -10; policy accept;
                ip6 saddr @attackers drop
              }
            }
            """;

    /// What `ufw limit 22/tcp` writes into its user.rules.
    static final String UFW = """
            *filter
            :INPUT ACCEPT [0:0]
            :ufw-user-input - [0:0]
            :ufw-user-limit - [0:0]
            :ufw-user-limit-accept - [0:0]
            -A INPUT -j ufw-user-input
            -A ufw-user-input -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set
            -A ufw-user-input -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 30 \
            --hitcount 6 -j ufw-user-limit
            -A ufw-user-input -p tcp --dport 22 -j ufw-user-limit-accept
            -A ufw-user-limit -j REJECT
            -A ufw-user-limit-accept -j ACCEPT
            COMMIT
            """.replace("\\\n", "");

    static final int UFW_ALLOWS = 5;

    static final Service FAIL2BAN = new Service(List.of("/usr/bin/fail2ban-server", "-x", "-f", "start"), 0, 0);

    /// What puts ufw's rules in force.
    static final Obstacle UFW_RULES = new Obstacle.Beforehand(List.of(
            new Deed.Runs(List.of("/usr/sbin/iptables-restore", "/etc/ufw/user.rules")),
            new Deed.Runs(List.of("/usr/sbin/ip6tables-restore", "/etc/ufw/user.rules"))));

    private BanLabs() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.ofCause(
                        "fail2ban",
                        "A6",
                        "fail2ban has banned our address for failed logins in the server's log",
                        refused(
                                "banned",
                                "The SYN draws an ICMP port-unreachable from the server's own address; other"
                                        + " sources are served, and the ban ends by itself."),
                        Services.beside(JAIL, FAIL2BAN),
                        new Obstacle.Beforehand(List.of(new Deed.Runs(List.of("/bin/sh", "-c", FAILURES))))),
                Scenario.ofCause(
                        "sshguard",
                        "A7",
                        "sshguard has put our address into its set of attackers",
                        Truth.fault(
                                        "syn-dropped",
                                        ON_SERVER,
                                        "connect",
                                        UNREACHABLE,
                                        "Several SYNs, and no answer of any kind; who reads the server's rules knows"
                                                + " of the ban.")
                                .or("banned", ON_SERVER, REFUSED)
                                .orUndetermined(),
                        Labs.SSHD,
                        new Obstacle.PacketFilter(Node.SERVER, SSHGUARD)),
                Scenario.ofCause(
                        "ufw-limit",
                        "A8",
                        "ufw limits an address to five connections in half a minute, and ours has had them",
                        refused(
                                "rate-limited",
                                "The SYN draws an ICMP port-unreachable from the server's own address,"
                                        + " until half a minute without a try has passed."),
                        Services.openSsh(Release.BOOKWORM, Map.of("/etc/ufw/user.rules", UFW)),
                        UFW_RULES,
                        new Obstacle.HeldConnections(Node.CLIENT, UFW_ALLOWS, true)));
    }

    /// That it is about our address and for a time only cannot be seen from it in one moment.
    private static Truth refused(String cause, String detail) {
        return Truth.fault(cause, ON_SERVER, "connect", REFUSED, detail)
                .between(SERVER_HOP, SERVER_HOP)
                .or(WITH_ICMP, ON_SERVER)
                .orUndetermined();
    }
}
