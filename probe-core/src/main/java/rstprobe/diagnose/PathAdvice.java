package rstprobe.diagnose;

import static rstprobe.diagnose.Site.client;
import static rstprobe.diagnose.Site.network;
import static rstprobe.diagnose.Site.server;

import java.util.List;
import rstprobe.diagnose.Finding.NextStep;

/// What to do where a device between, or the path itself, ended or starved the connection.
final class PathAdvice {
    private final Site site;

    PathAdvice(Site site) {
        this.site = site;
    }

    /// Something filters what follows the SYN.
    List<NextStep> established(Origin origin) {
        NextStep rules = server(
                site.refusingRules() + "; nft list ruleset | grep -nE 'ct state|policy drop'",
                "whether the server's filter accepts what follows a SYN",
                "no accept for established connections before the rule whose counter rises",
                acceptEstablished());
        NextStep between = network(
                site.routerRules() + "; nft list ruleset | grep -nE 'ct state|policy drop'",
                "the same on the router or firewall between",
                "as above; on a device the policy for replies, or a path that differs by direction",
                acceptEstablished());
        NextStep seen = server(
                site.watch(),
                "whether our acknowledgement arrives, while rstprobe runs again",
                "SYN-ACKs that repeat: it does not arrive at the server's TCP",
                "it arrives here and counts for nothing: the server's filter; it does not: look between");
        NextStep table = server(
                "conntrack -L -p tcp --dport " + site.port() + family(),
                "how far the filter believes the connection came",
                "SYN_RECV where the client believes ESTABLISHED",
                "");
        return origin == Origin.IN_PATH ? List.of(between, seen, rules, table) : List.of(rules, seen, table, between);
    }

    private String acceptEstablished() {
        return site.tables() + " -I INPUT 1 -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT,"
                + " or nft insert rule inet filter input ct state established,related accept (table and chain as listed)";
    }

    private String family() {
        return site.v6() ? " -f ipv6" : "";
    }

    /// A device that acts on what it reads, by a reset.
    List<NextStep> forgedReset() {
        return List.of(inspectionLog(), serverSide(), routerSide(), elsewhere());
    }

    /// A device that acts on what it reads, by silence.
    List<NextStep> inspectedInSilence() {
        return List.of(
                inspectionLog(),
                server(
                        site.watch(),
                        "which of our segments arrive, while rstprobe runs again",
                        "the one with our identification is missing, or the server's answer leaves and never comes",
                        "what leaves one side and does not reach the other was discarded between"),
                elsewhere());
    }

    private NextStep inspectionLog() {
        return network(
                "tcpdump -c 20 -eni any 'host " + site.ours() + " and host " + site.theirs() + " and tcp port "
                        + site.port() + "'",
                "on routers from the client on: where the exchange changes; on firewalls the traffic and threat log has it",
                "the hop behind which a reset appears or a segment is missing; its log names a rule for this address pair",
                "permit the application ssh there, or exempt this pair from intrusion prevention");
    }

    private NextStep serverSide() {
        return server(
                site.watchResets(),
                "what the server sees, while rstprobe runs again",
                "no reset leaves it, or one arrives in our name: neither end sent it",
                "show both captures to whoever runs the devices between");
    }

    private NextStep routerSide() {
        return network(
                site.routerRules(),
                "on Linux routers: a rule that resets",
                "a reject with tcp reset, or a string or queue rule, whose counter rises",
                "permit TCP " + site.port() + " from " + site.ours() + " to " + site.theirs() + " before it");
    }

    private NextStep elsewhere() {
        return client(
                "rstprobe ssh " + site.probeTarget(),
                "from another network, or over a VPN that goes round the device",
                "it works there: the device is on this client's way alone",
                "");
    }

    List<NextStep> tableFull() {
        return List.of(
                network(
                        "sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max; dmesg | grep 'table full'",
                        "on the server and on each router: whether the table is full",
                        "count near max, 'nf_conntrack: table full, dropping packet'",
                        "sysctl -w net.netfilter.nf_conntrack_max=262144, or a notrack rule for the port"),
                network(
                        "conntrack -S",
                        "whether it discards",
                        "drop, early_drop or insert_failed that rise",
                        "shorter net.netfilter.nf_conntrack_tcp_timeout_established"),
                server(
                        "ethtool -S \"$(ip -o route get " + site.ours()
                                + " | grep -oE 'dev [^ ]+' | cut -d' ' -f2)\" | grep allowance_exceeded",
                        "in AWS: the allowance of the instance",
                        "conntrack_allowance_exceeded above 0",
                        "a larger instance, or fewer connections"));
    }

    List<NextStep> stateLost() {
        return List.of(
                network(
                        "conntrack -L -p tcp --dport " + site.port() + family() + " | grep -wF " + site.ours(),
                        "on each router and NAT while it fails: whether it knows the connection",
                        "no entry, or one with other ports",
                        "keep state through failover (conntrackd); both directions over one device"),
                network(
                        "sysctl net.netfilter.nf_conntrack_tcp_be_liberal net.netfilter.nf_conntrack_tcp_loose;"
                                + " nft list ruleset | grep -n 'ct state invalid'",
                        "whether it discards what it calls invalid",
                        "a rule on invalid whose counter rises",
                        "sysctl -w net.netfilter.nf_conntrack_tcp_be_liberal=1"),
                network(
                        "ip route get " + site.theirs() + "; ip route get " + site.ours(),
                        "whether both directions take this device",
                        "another next hop than the segments came from",
                        "make the routes symmetrical"),
                keepalive());
    }

    private NextStep keepalive() {
        return client(
                "ssh -G " + site.sshTarget() + " | grep -E '^(serveralive|tcpkeepalive)'",
                "what keeps a resting connection known",
                "serveraliveinterval 0 is the default; TCPKeepAlive alone waits two hours",
                "ServerAliveInterval 60 and ServerAliveCountMax 3 for this Host in ~/.ssh/config");
    }

    List<NextStep> idle() {
        return List.of(
                keepalive(),
                server(
                        site.settings("clientalive", "tcpkeepalive"),
                        "what the server does against it",
                        "clientaliveinterval 0 is the default",
                        site.set("ClientAliveInterval 60")),
                network(
                        "sysctl net.netfilter.nf_conntrack_tcp_timeout_established; grep -rn 'timeout' /etc/haproxy/haproxy.cfg",
                        "which device forgets: NAT gateways and load balancers often after 240, 350 or 3600 s",
                        "a timeout near the rest that ended the connection",
                        "a longer timeout there, or keepalives at less than half of it"),
                server(
                        site.logOfUs(),
                        "that it was not sshd",
                        "'Timeout, client not responding' would be sshd; nothing at that second is the path",
                        ""));
    }

    List<NextStep> proxyProtocol() {
        return List.of(
                server(
                        site.log("invalid protocol identifier|Bad protocol version|banner exchange"),
                        "what arrives before our identification",
                        "\"PROXY TCP4 ...\" or \"PROXY TCP6 ...\"",
                        "sshd does not speak the PROXY protocol: switch it off, or put mmproxy before sshd"),
                network(
                        "grep -nE 'send-proxy|accept-proxy|proxy_protocol' /etc/haproxy/haproxy.cfg /etc/nginx/nginx.conf",
                        "who adds or expects it",
                        "send-proxy towards sshd, or accept-proxy towards clients",
                        "the same on both sides of each hop"));
    }

    List<NextStep> marking() {
        String marks = new Habits(site.software())
                .marking()
                .map(told -> "; this release marks its packets " + told)
                .orElse("");
        return List.of(
                client(
                        "ssh -o IPQoS=none " + site.sshTarget() + " true",
                        "whether it passes unmarked from our side",
                        "it works, or gets further",
                        "IPQoS none for this Host in ~/.ssh/config"),
                server(
                        site.settings("ipqos"),
                        "how the server marks; the client's IPQoS does not change that" + marks,
                        "other values than none",
                        site.set("IPQoS none")),
                network(
                        "nft list ruleset | grep -nE 'dscp|tos'; tc -s filter show",
                        "which device discards by DSCP",
                        "a rule or a policer on the values above whose counter rises",
                        "accept them, or clear DSCP at the edge"));
    }

    List<NextStep> blackHole() {
        return List.of(
                client(
                        "rstprobe ssh --segment 500 " + site.probeTarget(),
                        "whether it is size alone",
                        "it works in small segments",
                        "until it is repaired: " + site.shorterRoute() + "; ssh itself has no MTU option"),
                client(
                        "ping -M do -c 3 -s " + (site.v6() ? 1452 : 1472) + " " + site.theirs() + "; ip route get "
                                + site.theirs(),
                        "what the kernel knows of the path; lower -s until it answers",
                        "no answer, and no 'mtu' in the route: nobody tells the sender",
                        "set the MTU of the tunnel or interface to what passes: ip link set dev IFACE mtu N"),
                network(
                        "nft list ruleset | grep -n maxseg; " + site.tables() + " -t mangle -S FORWARD",
                        "whether the router before the narrow link clamps the MSS",
                        "no clamp rule",
                        site.tables()
                                + " -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu,"
                                + " or nft add rule inet filter forward tcp flags syn tcp option maxseg size set rt mtu"),
                network(
                        "tcpdump -ni any '" + (site.v6() ? "icmp6 and ip6[40] = 2" : "icmp[0] = 3 and icmp[1] = 4")
                                + "'",
                        "whether packet-too-big is sent, and how far it comes, while rstprobe runs again",
                        "it is seen on one router and not on the next: that one discards it; never: the narrow hop is silent",
                        "permit ICMP" + (site.v6() ? "v6 type 2" : " type 3 code 4") + " on every filter between"),
                server(
                        "sysctl net.ipv4.tcp_mtu_probing",
                        "whether the side that sends the large segments finds the size by itself"
                                + " (client: what we send; server: what it answers)",
                        "0 is off; it counts for IPv6 too",
                        "sysctl -w net.ipv4.tcp_mtu_probing=1 on that side"));
    }

    List<NextStep> largeKex() {
        List<NextStep> size = blackHole();
        return List.of(
                client(
                        "ssh -o KexAlgorithms=curve25519-sha256 " + site.sshTarget() + " true",
                        "whether a small key exchange passes",
                        "it works: size, or this key exchange; it fails too: neither",
                        "KexAlgorithms curve25519-sha256 for this Host until it is repaired"),
                size.get(0),
                server(
                        site.log("kex|message|Connection (closed|reset)"),
                        "whether the server took the large message",
                        "the server waits: the message is lost; it answers or fails: its implementation",
                        "update the server: some advertise mlkem768 and never answer"),
                size.get(1),
                size.get(2));
    }

    List<NextStep> lossy() {
        return List.of(
                client("ping -c 50 -i 0.2 " + site.theirs(), "how much is lost", "'packet loss' above 1 %", ""),
                client(
                        "mtr -n -r -w -c 50 " + site.theirs(),
                        "from which hop on",
                        "the first hop whose loss continues to the last one; loss at one hop alone is only its rate limit",
                        "whoever runs that hop: cable, optics, duplex, overload"),
                network(
                        "ip -s -s link",
                        "on both sides of that hop",
                        "errors, dropped or overrun that rise",
                        "replace the cable or the optics; match speed and duplex"),
                server(
                        "nstat -az TcpRetransSegs TcpExtTCPTimeouts TcpInCsumErrors",
                        "what the server's TCP loses",
                        "counters that rise while it fails",
                        ""));
    }

    List<NextStep> corrupted() {
        return List.of(
                server(
                        site.log("Bad packet length|Corrupted MAC|code incorrect|invalid format"),
                        "what the server read",
                        "'Bad packet length 1349676916' is text (\"Prot\") amid the stream; 'Corrupted MAC' is changed bytes",
                        "another MAC or cipher only hides it"),
                server(
                        "ls /sys/class/net | xargs -n 1 ethtool -k | grep -E 'segmentation|checksum|receive-offload'",
                        "on both ends: what the network card does to segments",
                        "offloads that are on",
                        "for a test: ethtool -K IFACE tso off gso off gro off; if that helps, update the driver"),
                network(
                        "nstat -az TcpInCsumErrors; ip -s link",
                        "on both ends and between: damaged frames",
                        "counters that rise with each try",
                        "a proxy or tunnel that rewrites the stream: go round it once"));
    }
}
