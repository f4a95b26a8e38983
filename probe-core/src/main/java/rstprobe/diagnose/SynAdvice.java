package rstprobe.diagnose;

import static rstprobe.diagnose.Site.client;
import static rstprobe.diagnose.Site.network;
import static rstprobe.diagnose.Site.server;

import java.util.List;
import rstprobe.diagnose.Finding.NextStep;

/// What to do where no connection came to stand.
final class SynAdvice {
    private final Site site;

    SynAdvice(Site site) {
        this.site = site;
    }

    List<NextStep> noListener(Origin origin) {
        List<NextStep> steps = List.of(
                listening(),
                server(
                        site.check(),
                        "what keeps sshd from starting",
                        "a line names the file and the line; no output means that the configuration is good",
                        "repair what it names, then " + site.service("restart")),
                server(
                        site.status(),
                        "whether it runs, and whether systemd holds the port for it",
                        "'failed', 'Main process exited', or an active ssh.socket",
                        "start it: " + site.service("start")
                                + "; where ssh.socket is active the port is the socket's: systemctl daemon-reload, then"
                                + " systemctl restart ssh.socket"),
                server(
                        site.serviceLog("hostkeys|Missing privilege|Bind to|Cannot bind|in use|Main process|oom-kill"),
                        "why it stopped",
                        "'no hostkeys available', 'Missing privilege separation directory', 'Bind to port ... failed'",
                        "ssh-keygen -A for keys, mkdir -m 755 /run/sshd for the directory; another owner of the port must go"));
        return origin == Origin.PROXY ? Advice.joined(List.of(translation()), steps) : steps;
    }

    private NextStep listening() {
        return server(
                site.listeners(),
                "whether anything accepts connections on port " + site.port(),
                "a listener on " + site.theirs()
                        + " or on every address; none, 127.0.0.1 alone or another port explains the refusal",
                "correct Port or ListenAddress, or connect to the port that is open");
    }

    private NextStep translation() {
        return network(
                "nft list ruleset | grep -nE 'dnat|redirect'; " + site.tables()
                        + "-save -t nat -c | grep -E 'DNAT|REDIRECT'",
                "where the translated connection goes",
                "the destination behind " + site.theirs() + " port " + site.port(),
                "point the rule to a host and a port where sshd listens");
    }

    List<NextStep> rejected(Origin origin) {
        boolean onServer = origin == Origin.SERVER_FIREWALL || origin == Origin.SERVER_KERNEL;
        NextStep own = server(
                site.refusingRules(),
                "whether a packet filter of the server refuses",
                "the rule whose counter rises with each try",
                site.allow());
        NextStep between = network(
                site.routerRules(),
                "whether a router or firewall between refuses",
                "the rule whose counter rises with each try; a firewall device has it in its traffic log",
                "permit TCP " + site.port() + " from " + site.ours() + " to " + site.theirs() + " there");
        NextStep seen = server(
                site.watch(),
                "who answers, while rstprobe runs again",
                "our SYN arrives: the server's own filter refuses; it does not: a device before it does",
                "");
        return onServer ? List.of(own, bans(), seen, between) : List.of(between, seen, own, bans());
    }

    private NextStep bans() {
        return server(
                "fail2ban-client status sshd; nft list ruleset | grep -nwF " + site.ours(),
                "whether our address is banned",
                "our address " + site.ours() + " in the list of banned addresses or in a set",
                "fail2ban-client set sshd unbanip " + site.ours() + ", and add it to ignoreip");
    }

    List<NextStep> synDropped() {
        return List.of(
                server(
                        site.watch(),
                        "how far the SYN comes, while rstprobe runs again",
                        "SYN without SYN-ACK: the host discards it; SYN-ACK leaves: lost on the way back; nothing: lost before",
                        "follow the step for that side below"),
                client(
                        "traceroute -n -T -p " + site.port() + " " + site.theirs(),
                        "where the SYN ends",
                        "the last hop that answers is the last one the SYN surely reached",
                        "ask whoever runs the next one; its filter or its route discards the SYN"),
                server(
                        site.refusingRules(),
                        "whether the server's own filter or a ban discards it",
                        "a drop rule or a set (sshguard: attackers) that holds " + site.ours(),
                        site.allow()),
                server(
                        "ip route get " + site.ours()
                                + "; nstat -az TcpExtListenDrops TcpExtListenOverflows TcpExtIPReversePathFilter",
                        "whether the server can answer at all",
                        "no route back, or a counter that rises with each try",
                        "add the route; ListenOverflows: sshd does not accept; IPReversePathFilter: set rp_filter to 2"),
                network(
                        "aws ec2 describe-network-acls; aws ec2 describe-security-groups",
                        "whether a cloud filter discards it: these drop in silence and never send a reset",
                        "inbound TCP " + site.port() + " from " + site.ours()
                                + ", and in network ACLs outbound 1024-65535 back to it",
                        "allow both; on Azure ask az network watcher test-ip-flow, on Google gcloud compute firewall-rules list"));
    }

    List<NextStep> unreachable() {
        return List.of(
                client(
                        "ip route get " + site.theirs() + "; ip neigh",
                        "whether this host knows a way",
                        "'unreachable' or 'prohibit' in the route, a neighbour in state FAILED",
                        "correct the route or the next hop's address"),
                client(
                        "traceroute -n " + site.theirs(),
                        "which router gives up",
                        "the hop that answers !H, !N or !X, or the last one that answers",
                        "that router lacks the route, or cannot resolve the next address"),
                network(
                        "ip route get " + site.theirs() + "; ip neigh show " + site.theirs(),
                        "on the last router: whether it reaches the server",
                        "no route, or the server's address FAILED or INCOMPLETE",
                        "the server is down, has another address, or sits in another network"),
                server(
                        "ip -brief address; ip route get " + site.ours(),
                        "on its console: whether it is up and has this address",
                        "the address " + site.theirs() + " on an interface that is UP, and a route back",
                        "bring the interface up or correct the name's record"));
    }

    List<NextStep> banned() {
        return List.of(
                bans(),
                server(
                        "grep -E 'sshd[^]]*\\] (Ban|Found)' /var/log/fail2ban.log | tail -20",
                        "what was counted against us",
                        "lines with " + site.ours() + ": failed logins, or connections without one",
                        "stop what fails (a monitoring check, an old key), else the ban comes back"),
                server(
                        "nft list ruleset | grep -nE 'attackers|f2b'; " + site.tables() + "-save -c | grep -wF "
                                + site.ours(),
                        "whether another guard than fail2ban holds our address",
                        "a set or a rule with " + site.ours(),
                        "sshguard: nft delete element ip sshguard attackers { " + site.ours()
                                + " }, and whitelist it"));
    }

    List<NextStep> rateLimited() {
        return List.of(
                server(
                        "ufw status | grep LIMIT; " + site.refusingRules(),
                        "which rule counts connections",
                        "LIMIT for the port: the sixth connection in 30 s is refused",
                        "before it: " + site.ufwAllow()),
                server(
                        "grep 'UFW LIMIT BLOCK' /var/log/ufw.log | tail -20",
                        "who was counted",
                        "SRC=" + site.ours(),
                        ""),
                client(
                        "sleep 40; rstprobe ssh " + site.probeTarget(),
                        "whether it ends by itself",
                        "it works after 30 s without any try; each try extends the block",
                        "fewer connections: ControlMaster auto and ControlPersist 60 in ~/.ssh/config share one"));
    }

    List<NextStep> oneFamily() {
        return List.of(
                client(
                        "getent ahosts " + site.name(),
                        "which addresses the name has",
                        "an address of the broken family that is not this server's",
                        "correct the A or AAAA record"),
                client(
                        "rstprobe ssh -4 " + hostAndPort() + "; rstprobe ssh -6 " + hostAndPort(),
                        "what each family meets",
                        "two verdicts; the cause is the one of the family that fails",
                        "until it is repaired: ssh -o AddressFamily=inet (or inet6)"),
                server(
                        site.listeners(),
                        "whether sshd listens for both",
                        "0.0.0.0 and [::], or * for both",
                        site.set("AddressFamily any")),
                server(
                        "nft list ruleset | grep -nE 'reject|drop'; ip6tables-save -c; iptables-save -c",
                        "whether the filter knows both",
                        "an accept rule for the port in one family alone",
                        "add it to the other; IPv6 needs ICMPv6 types 1 to 4 and 133 to 136 too"));
    }

    private String hostAndPort() {
        return site.host().contains(":") ? site.probeTarget() : site.name() + ":" + site.port();
    }

    List<NextStep> duplicateAddress() {
        return List.of(
                client(
                        "ip neigh show " + site.theirs() + "; " + claimed(),
                        "on the server's own network: who claims the address",
                        "answers from two hardware addresses",
                        "take the address from the host that should not have it; then ip neigh flush " + site.theirs()),
                client(
                        "ssh-keyscan -p " + site.port() + " " + site.theirs() + " 2>/dev/null | ssh-keygen -lf -",
                        "which host answers; run it twice, a minute apart",
                        "two different fingerprints of one key type",
                        "as above, or repair the failover that holds the address twice"),
                server(
                        "ip -brief address; ip -brief link",
                        "what the right host has",
                        "the address " + site.theirs() + ", and which hardware address is right",
                        ""));
    }

    /// Asks the link who has the address. arping knows IPv4 alone.
    private String claimed() {
        return site.v6() ? "ndisc6 -m " + site.theirs() + " IFACE" : "arping -c 4 -I IFACE " + site.theirs();
    }

    List<NextStep> synProxy() {
        return List.of(
                network(
                        "nft list ruleset | grep -n synproxy; " + site.tables() + "-save -c | grep SYNPROXY",
                        "which device answers SYNs for the server",
                        "a synproxy rule; on firewalls TCP intercept or an embryonic limit",
                        "raise its limit, or exempt TCP " + site.port() + " to " + site.theirs()),
                server(
                        site.watch(),
                        "whether the proxy's own connection arrives, while rstprobe runs again",
                        "no SYN, or one that the server refuses",
                        "open the way from that device to the server"),
                server(
                        "nstat -az TcpExtSyncookiesSent TcpExtSyncookiesFailed TcpExtListenOverflows",
                        "whether it is the server's own SYN cookies",
                        "counters that rise with each try",
                        "sshd does not accept fast enough: look at its load"));
    }
}
