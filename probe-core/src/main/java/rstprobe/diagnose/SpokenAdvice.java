package rstprobe.diagnose;

import static rstprobe.diagnose.Site.client;
import static rstprobe.diagnose.Site.network;
import static rstprobe.diagnose.Site.server;

import java.util.List;
import rstprobe.diagnose.Finding.NextStep;

/// What to do where something else spoke, the two sides could not agree, or our own side ended it.
final class SpokenAdvice {
    private final Site site;

    SpokenAdvice(Site site) {
        this.site = site;
    }

    private NextStep owner() {
        return server(
                site.listeners(),
                "which process owns the port",
                "another program than sshd",
                "give sshd a port of its own, or connect to the port that it has");
    }

    private NextStep configured() {
        return client(
                "ssh -G " + site.sshTarget() + " | grep -E '^(hostname|port|proxycommand|proxyjump|user) '",
                "where ssh's own configuration leads",
                "another hostname or port than meant, or a proxy",
                "correct the Host block in ~/.ssh/config");
    }

    List<NextStep> notSsh() {
        return List.of(
                owner(),
                configured(),
                server(
                        "ss -ltnp | grep -E 'sshd|dropbear'; " + site.settings("port", "listenaddress"),
                        "where sshd listens instead",
                        "sshd on another port or address",
                        "use that one, or change Port and then " + site.service("restart")));
    }

    List<NextStep> multiplexer() {
        return List.of(
                server(
                        "pgrep -af 'sslh|haproxy|nginx'; " + site.listeners(),
                        "what stands before sshd",
                        "sslh or a proxy as owner of the port",
                        "start the sshd behind it, and lower the timeout after which it takes a silent client for SSH"),
                server(
                        "grep -nE 'timeout|ssh|host' /etc/sslh.cfg /etc/default/sslh",
                        "where it sends SSH, and after how long",
                        "the address and port of sshd",
                        "correct them, then systemctl restart sslh"),
                configured());
    }

    List<NextStep> tarpit() {
        return List.of(
                owner(),
                configured(),
                server(
                        "ss -ltnp | grep -E 'sshd|dropbear'",
                        "where the real sshd listens",
                        "sshd on another port",
                        "connect there: what answers here only wastes time (endlessh and its kin)"));
    }

    List<NextStep> version() {
        return List.of(
                client(
                        "ssh -V",
                        "what we are",
                        "OpenSSH 7.6 and later have no protocol 1 at all",
                        "from a device with an old client only: plink -1, once, to update the server"),
                server(
                        site.log("[Pp]rotocol major versions|Bad protocol version|identification"),
                        "what the server read",
                        "the version that it names as ours",
                        "update the server's firmware or sshd; protocol 1 is broken beyond repair"),
                configured());
    }

    List<NextStep> garbled() {
        String text = "tcpdump -c 12 -nXi any 'tcp port " + site.port() + " and host " + site.ours() + "'";
        return List.of(
                server(
                        text,
                        "what arrives, while rstprobe runs again",
                        "a first line that differs from our SSH-2.0-... line",
                        "changed on the way: the device between that changes it, often a proxy with PROXY protocol"),
                server(
                        site.log("invalid protocol identifier|banner|Bad protocol version"),
                        "what sshd read",
                        "the text that it quotes",
                        "GET or CONNECT: an HTTP proxy; PROXY: the PROXY protocol; \\026\\003: TLS"),
                configured());
    }

    List<NextStep> noCommonAlgorithm() {
        return List.of(
                server(
                        site.settings("kexalgorithms", "hostkeyalgorithms", "ciphers", "macs"),
                        "what the server is set to offer, defaults included",
                        "a list that holds none of ours; on Red Hat update-crypto-policies --show decides it",
                        "update the older side; else widen the list on it, not on the newer one"),
                client(
                        "ssh -Q kex; ssh -Q key; ssh -Q cipher; ssh -Q mac",
                        "whether our ssh knows one of the server's at all",
                        "a name that the server offers",
                        "ssh -o KexAlgorithms=+diffie-hellman-group14-sha1 -o HostKeyAlgorithms=+ssh-rsa, each only where that list failed"),
                server(
                        site.log("Unable to negotiate|no matching|no hostkey alg|no kex alg"),
                        "that the server says the same",
                        "'no matching key exchange method found. Their offer: ...'; 'no matching DH grp found': its file of"
                                + " groups is empty",
                        "for the groups: restore /etc/ssh/moduli from the package of openssh-server"));
    }

    List<NextStep> strictKex() {
        return List.of(
                server(
                        site.log("strict KEX|KEXINIT was not the first"),
                        "what broke the order",
                        "'strict KEX violation' and the message that came too early",
                        ""),
                network(
                        "tcpdump -c 12 -nXi any 'host " + site.ours() + " and host " + site.theirs() + " and tcp port "
                                + site.port() + "'",
                        "whether a device between puts messages in",
                        "bytes after an identification that the other side did not send",
                        "update or go round that device"),
                client(
                        "ssh -V",
                        "whether the client itself does it",
                        "a library that sends IGNORE or DEBUG before its KEXINIT",
                        "update the client"));
    }

    /// Rules, routes and neighbours of our own host.
    List<NextStep> ownFirewall() {
        return List.of(
                client(
                        "nft list ruleset | grep -nE 'reject|drop|policy'; " + site.tables()
                                + "-save -c | grep -E 'REJECT|DROP'",
                        "which rule here refuses",
                        "the rule whose counter rises with each try",
                        site.tables() + " -I OUTPUT 1 -p tcp -d " + site.theirs() + " --dport " + site.port()
                                + " -j ACCEPT, or the same in the front end that writes the rules"),
                client(
                        "ip rule; ip route get " + site.theirs() + "; ip neigh",
                        "whether a route or a neighbour is it",
                        "'prohibit', 'blackhole' or 'unreachable'; a neighbour in state FAILED",
                        "correct the route, or the VPN client that sets it"),
                client("rstprobe doctor", "whether this host can probe at all", "anything that is not well", ""),
                client(
                        "rstprobe ssh " + site.probeTarget(),
                        "from another host of the same network",
                        "it works there: this host's rules are it",
                        ""));
    }

    List<NextStep> noSocket() {
        return List.of(
                client(
                        "conntrack -S; sysctl net.netfilter.nf_conntrack_tcp_be_liberal",
                        "whether connection tracking here does not translate answers back",
                        "invalid or insert_failed that rise",
                        "sysctl -w net.netfilter.nf_conntrack_tcp_be_liberal=1"),
                client(
                        "ip rule; ip route get " + site.theirs() + "; ip -brief address",
                        "whether answers come in another way than we sent",
                        "two interfaces or tables that lead to the server, or an address that moved",
                        "one way for both directions, or source routing"),
                client(
                        "nstat -az TcpOutRsts TcpExtTCPOFOQueue TcpInErrs TcpExtIPReversePathFilter",
                        "what the kernel here does with the answers",
                        "TcpOutRsts that rises with each try: it knows no socket for them",
                        "end the program or container that owns the same address"));
    }

    /// No connection could begin for want of a port, a descriptor or memory here.
    List<NextStep> noneLeft() {
        return List.of(
                client(
                        "ss -Htan 'dport = :" + site.port() + "' | grep -wF " + site.theirs()
                                + " | awk '{ print $1 }' | sort | uniq -c; sysctl net.ipv4.ip_local_port_range",
                        "whether our own connections to the server have every port",
                        "as many lines as the range has ports; TIME-WAIT for those that we ended, for a minute each",
                        "end what opens them; sysctl -w net.ipv4.ip_local_port_range='10240 65000'"),
                client(
                        "ss -Htanp 'dport = :" + site.port() + "' | grep -o 'users:.*' | sort | uniq -c | sort -rn"
                                + " | head",
                        "which program has them",
                        "one program with most of them",
                        "let it share connections (ControlMaster auto, ControlPersist 60) or close them"),
                client(
                        "ulimit -n; sysctl fs.file-nr net.ipv4.tcp_mem; free -m",
                        "whether descriptors or memory ran out instead",
                        "file-nr near its third number, little memory available",
                        "ulimit -n 65536, or fs.file-max higher"));
    }

    List<NextStep> clientAborted() {
        return List.of(
                client(
                        "ssh -vvv " + site.sshTarget() + " 2>&1 | tail -40",
                        "the client's own words for why it ended the connection",
                        "the last lines before it exits: a host key, a timeout, a proxy command",
                        "what they name"),
                client(
                        "nstat -az TcpOutRsts TcpExtTCPAbortOnClose TcpExtTCPAbortOnData TcpExtTCPAbortOnTimeout",
                        "that the client's kernel sends the resets",
                        "a counter that rises with each failure",
                        "the program that closes with data unread: its own timeout, or its end"),
                client(
                        "tcpdump -ni any 'host " + site.theirs() + " and " + (site.v6() ? "ip6[53]" : "tcp[13]")
                                + " & 4 != 0'",
                        "on the client while it fails: where the reset begins",
                        "a reset that leaves there is the client's own",
                        "none leaves there: a device between sends it in the client's name"));
    }
}
