package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import rstprobe.diagnose.Finding.NextStep;
import rstprobe.diagnose.Finding.Where;
import rstprobe.diagnose.ServerSoftware.Platform;
import rstprobe.diagnose.ServerSoftware.Product;
import rstprobe.wire.IpAddress;

/// Where the steps of an advice are run, and in whose words: both ends of the connection and the server's software.
///
/// @param ours     our address, as we know it
/// @param theirs   the address we connected to
/// @param port     its port
/// @param host     the target as the user wrote it; not used in a command unless a shell reads it as one plain word
/// @param software what the identification line told
record Site(IpAddress ours, IpAddress theirs, int port, String host, ServerSoftware software) {
    private static final Pattern LINUX_ONLY = Pattern.compile(
            "(^|[|;(] ?)(ss|ip|nft|ip6?tables|systemctl|journalctl|nstat|ethtool|ausearch|ldd|dmesg -T|ps -o)\\b"
                    + "|/proc/|/sys/|net\\.(core|ipv4|netfilter)");

    private static final String PLAIN_WORD = "[A-Za-z0-9][A-Za-z0-9.:_-]{0,252}";

    static NextStep server(String command, String why, String lookFor, String fix) {
        return step(Where.SERVER, command, why, lookFor, fix);
    }

    static NextStep network(String command, String why, String lookFor, String fix) {
        return step(Where.NETWORK, command, why, lookFor, fix);
    }

    static NextStep client(String command, String why, String lookFor, String fix) {
        return step(Where.CLIENT, command, why, lookFor, fix);
    }

    private static NextStep step(Where where, String command, String why, String lookFor, String fix) {
        return new NextStep(
                where,
                command,
                why,
                Optional.of(lookFor).filter(text -> !text.isEmpty()),
                Optional.of(fix).filter(text -> !text.isEmpty()));
    }

    boolean v6() {
        return theirs.isV6();
    }

    boolean windows() {
        return software.system() == Platform.WINDOWS;
    }

    boolean freeBsd() {
        return software.system() == Platform.FREEBSD;
    }

    /// A device or a program of its own that has neither sshd nor its settings.
    boolean withoutSshd() {
        return !software.openSsh() && software.product() != Product.UNKNOWN;
    }

    /// The words for the target behind `ssh`.
    String sshTarget() {
        return "-p " + port + " " + name();
    }

    /// The words for the target behind `rstprobe ssh`.
    String probeTarget() {
        return theirs.isV6() ? "'[" + theirs + "]:" + port + "'" : theirs + ":" + port;
    }

    /// The target's name where it is safe to paste, else its address.
    String name() {
        return host.matches(PLAIN_WORD) ? host : theirs.toString();
    }

    /// The names of sshd's service units, both where the distribution is not known.
    String units() {
        if (software.debianLike()) {
            return "ssh";
        }
        return "ssh sshd";
    }

    /// How its service is started again, `restart` or `reload`.
    String service(String verb) {
        if (windows()) {
            return "Restart-Service sshd";
        }
        if (freeBsd()) {
            return "service sshd " + verb;
        }
        if (withoutSshd()) {
            return verb + " the SSH service of " + software.product().title();
        }
        return software.debianLike()
                ? "systemctl " + verb + " ssh"
                : "systemctl " + verb + " sshd (the unit is ssh on Debian and Ubuntu)";
    }

    /// How the service is asked how it is.
    String status() {
        if (windows()) {
            return "Get-Service sshd; Get-WinEvent -LogName OpenSSH/Operational -MaxEvents 20";
        }
        if (freeBsd()) {
            return "service sshd status";
        }
        return "systemctl status --no-pager " + (software.debianLike() ? "ssh ssh.socket" : "ssh ssh.socket sshd");
    }

    /// A check of the configuration and of the keys without starting anything.
    String check() {
        return withoutSshd() ? listeners() : windows() ? "sshd.exe -t" : "sshd -t";
    }

    /// The lines of sshd's own log in the last quarter of an hour that match an extended regular expression.
    String log(String expression) {
        return logThrough("grep -E " + quoted(expression));
    }

    /// The lines of sshd's log that name us.
    String logOfUs() {
        return logThrough("grep -wF " + ours);
    }

    private String logThrough(String filter) {
        if (windows()) {
            return "Get-WinEvent -LogName OpenSSH/Operational -MaxEvents 50 | Format-List TimeCreated,Message";
        }
        if (freeBsd()) {
            return "tail -500 /var/log/auth.log | " + filter;
        }
        return switch (software.product()) {
            case CISCO -> "show logging | include SSH";
            case HUAWEI -> "display logbuffer | include SSH";
            case MIKROTIK -> "/log print where topics~\"ssh\"";
            case DROPBEAR -> "{ logread -e dropbear || journalctl -t dropbear --since -15min; } | tail -50";
            case TAILSCALE -> "journalctl -u tailscaled --since -15min | grep -i ssh";
            case LIBSSH, APACHE_MINA, PARAMIKO, ASYNCSSH, TWISTED, ERLANG, RUSSH, PROFTPD, GO ->
                "journalctl --since -15min _PID=\"$(" + process() + ")\"";
            case OPENSSH, OPENSSH_FOR_WINDOWS, UNKNOWN -> "journalctl " + logNames() + " --since -15min | " + filter;
        };
    }

    /// What systemd says of the service: started, killed, out of memory. The names of `-t` would hide it, because
    /// journalctl shows what matches both `-t` and `-u`.
    String serviceLog(String expression) {
        if (windows() || freeBsd() || withoutSshd()) {
            return log(expression);
        }
        return "journalctl " + (software.debianLike() ? "-u ssh" : "-u ssh -u sshd") + " --since -1h | grep -E "
                + quoted(expression);
    }

    private String logNames() {
        return new Habits(software)
                .logNames().stream().map(name -> "-t " + name).collect(Collectors.joining(" "));
    }

    /// The number of the process that owns the port.
    private String process() {
        return "ss -Hltnp 'sport = :" + port + "' | grep -oE 'pid=[0-9]+' | head -1 | cut -d= -f2";
    }

    /// Who listens on the port.
    String listeners() {
        if (windows()) {
            return "Get-NetTCPConnection -State Listen -LocalPort " + port;
        }
        if (device().isPresent()) {
            return software.product() == Product.CISCO
                    ? "show ip ssh"
                    : software.product() == Product.HUAWEI ? "display ssh server status" : "/ip service print";
        }
        return freeBsd() ? "sockstat -l -p " + port : "ss -ltnp 'sport = :" + port + "'";
    }

    /// Settings in force, defaults included, by the beginnings of their names.
    String settings(String... names) {
        String sshd = windows() ? "sshd.exe -T" : "sshd -T";
        return sshd + " | grep -E '^(" + String.join("|", List.of(names)) + ")'";
    }

    /// How a line gets into sshd's settings so that it counts.
    String set(String line) {
        if (windows()) {
            return "put " + line + " at the top of C:\\ProgramData\\ssh\\sshd_config, then Restart-Service sshd";
        }
        String file = software.precedes(OpenSshChange.SETTINGS_DIRECTORY) || freeBsd()
                ? "at the top of /etc/ssh/sshd_config"
                : "into /etc/ssh/sshd_config.d/00-local.conf";
        return "put " + line + " " + file
                + ", for the first match wins and a line behind a Match block is part of that block; check with sshd -T, then "
                + service("reload");
    }

    /// What commands of a device begin with that has no shell; empty for all other servers.
    private Optional<String> device() {
        if (windows()) {
            return Optional.of("Get-|sshd\\.exe");
        }
        return software.product() == Product.CISCO
                ? Optional.of("show ")
                : software.product() == Product.HUAWEI
                        ? Optional.of("display ")
                        : Optional.of("/").filter(_ -> software.product() == Product.MIKROTIK);
    }

    /// Whether the server, as its identification names it, has a command. Others are left out.
    boolean knows(NextStep step) {
        if (step.where() != Where.SERVER) {
            return true;
        }
        if (device().isPresent()) {
            return step.command().matches("(?s)(" + device().get() + ").*");
        }
        boolean bsd = freeBsd() || software.system() == Platform.NETBSD;
        return !bsd || !LINUX_ONLY.matcher(step.command()).find();
    }

    /// The rules of a Linux router that refuse, with their counters.
    String routerRules() {
        return "nft list ruleset | grep -nE 'reject|drop'; " + tables() + "-save -c | grep -E 'REJECT|DROP'";
    }

    /// The rules of the server's packet filter that refuse, with their counters.
    String refusingRules() {
        if (windows()) {
            return "Get-NetFirewallRule -Enabled True -Direction Inbound -Action Block";
        }
        return freeBsd()
                ? "pfctl -vsr | grep -A 1 -E '^block'; ipfw -a list | grep -E 'deny|reset|unreach'"
                : routerRules();
    }

    /// `iptables`, or the one for IPv6.
    String tables() {
        return v6() ? "ip6tables" : "iptables";
    }

    /// Watches the port between both ends. TCP flags of IPv6 have no name in libpcap, hence the offset.
    String watch(String... tests) {
        String all = List.of(tests).stream().map(test -> " and " + test).collect(Collectors.joining());
        return "tcpdump -ni any 'tcp port " + port + " and host " + ours + all + "'";
    }

    /// Watches for resets alone.
    String watchResets() {
        return watch(v6() ? "ip6[53] & 4 != 0" : "tcp[13] & 4 != 0");
    }

    /// A rule that lets us in, in the words of the usual front ends.
    String allow() {
        if (windows()) {
            return "New-NetFirewallRule -DisplayName ssh -Direction Inbound -Protocol TCP -LocalPort " + port
                    + " -RemoteAddress " + ours + " -Action Allow";
        }
        if (freeBsd()) {
            return "pass in proto tcp from " + ours + " to any port " + port
                    + " in /etc/pf.conf, then service pf reload";
        }
        String family = v6() ? "ipv6" : "ipv4";
        String firewalld = "firewall-cmd --permanent --add-rich-rule='rule family=" + family + " source address=" + ours
                + " port port=" + port + " protocol=tcp accept' && firewall-cmd --reload";
        return "an accept rule before it: " + tables() + " -I INPUT 1 -p tcp -s " + ours + " --dport " + port
                + " -j ACCEPT; with ufw " + ufwAllow() + (software.debianLike() ? "" : "; with firewalld " + firewalld);
    }

    /// ufw has its rules of IPv6 behind those of IPv4, and refuses to insert one of them at the first place.
    String ufwAllow() {
        return (v6() ? "ufw prepend allow from " : "ufw insert 1 allow from ") + ours + " to any port " + port
                + " proto tcp";
    }

    /// A route of our own to the server alone that keeps packets short: IPv6 has no link below 1280 (RFC 8200 section
    /// 5).
    String shorterRoute() {
        return v6()
                ? "ip -6 route replace " + theirs + "/128 via GATEWAY dev IFACE mtu lock 1280"
                : "ip route replace " + theirs + "/32 via GATEWAY dev IFACE mtu lock 1200";
    }

    /// One plain word of the shell.
    static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
