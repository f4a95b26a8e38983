package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// What is asked on a server, in the order in which it is asked: one program each, its words, no shell,
/// nothing that changes anything there.
///
/// Words in braces are filled in from the [ServerScope]; a question whose word is not known is not asked.
public enum ServerQuestion {
    WHO(Needs.NOBODY, "are we root there, and does the account run commands at all", "id -u"),
    CLOCK(Needs.NOBODY, "the server's clock, beside ours", "date", "+%s %z"),
    SYSTEM(Needs.NOBODY, "kernel release", "uname -s -r"),
    COUNTERS(
            Needs.NOBODY,
            "listen queue overflows, SYN cookies, aborted connections",
            "grep -H ^TcpExt: /proc/net/netstat"),
    LISTENERS(Needs.NOBODY, "who listens on the port, and the length of its queue", "ss -H -l -t -n -p"),
    PROCESSES(
            Needs.NOBODY,
            "is a listener there, how was it started, is it stopped, how many startups wait",
            "ps -ww -C sshd,sshd-session,sshd-auth,dropbear,xinetd,sslh,haproxy,socat,nginx"
                    + " -o pid=,ppid=,uid=,stat=,etimes=,args="),
    VERSION(Needs.NOBODY, "which OpenSSH", "/usr/sbin/sshd -V"),
    SETTINGS(Needs.ROOT, "the settings in force, defaults included", "/usr/sbin/sshd -T {started}"),
    KEYS_PROGRAM(
            Needs.NOBODY,
            "does the program that sshd asks for keys hang",
            "ps -ww -C {keys} -o pid=,ppid=,uid=,stat=,etimes=,args="),
    NAMES(Needs.NOBODY, "does its resolver answer for the client's address (asks it once)", "getent hosts {client}"),
    FRONT(
            Needs.NOBODY,
            "what stands in front of sshd: where it passes connections on, whom it rejects",
            "grep -rsHE --include=*.cfg --include=*.conf --include=ssh",
            "^[[:space:]]*(frontend|backend|listen|bind|server|tcp-request|proxy_pass|no_access|only_from|instances"
                    + "|per_source|cps)[[:space:]]|name: *.ssh",
            "/etc/haproxy /etc/nginx /etc/sslh /etc/sslh.cfg /etc/xinetd.conf /etc/xinetd.d"),
    CHECK(Needs.ROOT, "would it start: settings, host keys, its directory", "/usr/sbin/sshd -t {started}"),
    PROGRAM(Needs.ROOT, "was the program replaced under the running listener", "readlink /proc/{pid}/exe"),
    LIBRARIES(
            Needs.NOBODY,
            "does this sshd read hosts.allow and hosts.deny (libwrap)",
            "ldd /usr/sbin/sshd /usr/lib/openssh/sshd-session /usr/libexec/openssh/sshd-session"),
    KEYS(
            Needs.NOBODY,
            "permissions of host keys",
            "find /etc/ssh -maxdepth 1 -name ssh_host_*_key -printf",
            "%m %U %G %p\\n"),
    ACCESS(Needs.NOBODY, "TCP wrappers: who is let in, who is refused", "grep -nH . /etc/hosts.allow /etc/hosts.deny"),
    UNIT(
            Needs.NOBODY,
            "state and restarts of the service, its limits",
            "systemctl --no-pager --property=Id,LoadState,ActiveState,SubState,Result,NRestarts,ExecMainStatus,"
                    + "TasksCurrent,TasksMax,MemoryCurrent,MemoryMax,NRefused,MaxConnections,MaxConnectionsPerSource"
                    + " show ssh.service sshd.service ssh.socket sshd.socket"),
    CONNECTIONS(Needs.NOBODY, "who holds connections to the port", "ss -H -t -a -n", "sport = :{port}"),
    JOURNAL(
            Needs.ROOT,
            "what sshd, its children and the ban programs said",
            "journalctl --no-pager -o short-unix -n 5000 --since @{since} -t sshd -t sshd-session -t sshd-auth"
                    + " -t dropbear -t sshguard -t xinetd -t fail2ban-server -t haproxy -t sslh"),
    UNIT_JOURNAL(
            Needs.ROOT,
            "what systemd said of the service",
            "journalctl --no-pager -o short-unix -n 1000 --since @{since} -u ssh.service -u sshd.service"
                    + " -u ssh.socket -u sshd.socket"),
    OWN_LOG(Needs.ROOT, "the same where sshd writes a file of its own", "tail -v -c 200000 {log}"),
    KERNEL_JOURNAL(
            Needs.ROOT,
            "kernel: out of memory, seccomp, full tables, packet filter log",
            "journalctl --no-pager -o short-unix -n 5000 -k --since @{since}"),
    KERNEL_BUFFER(Needs.ROOT, "the same where there is no journal", "dmesg --time-format iso"),
    LOG_FILES(
            Needs.ROOT,
            "the same where a syslog daemon writes files; the logs of fail2ban and nginx",
            "tail -v -c 200000 /var/log/auth.log /var/log/secure /var/log/syslog /var/log/messages"
                    + " /var/log/fail2ban.log /var/log/nginx/error.log"),
    NFT(Needs.ROOT, "rules that touch the port, with counters; sshguard's set", "nft -a list ruleset"),
    IPTABLES(Needs.ROOT, "the same, older form", "iptables-save -c"),
    IP6TABLES(Needs.ROOT, "the same for IPv6", "ip6tables-save -c"),
    FIREWALLD(Needs.ROOT, "zones and services of firewalld", "firewall-cmd --list-all-zones"),
    BANNED(Needs.ROOT, "whom fail2ban bans now", "fail2ban-client banned"),
    BANNED_SSHD(Needs.ROOT, "the same for its jail sshd", "fail2ban-client status sshd"),
    KERNEL_SETTINGS(
            Needs.NOBODY,
            "connection table, queues, MTU probing, load and pressure",
            "grep -sH . /proc/sys/net/netfilter/nf_conntrack_count /proc/sys/net/netfilter/nf_conntrack_max"
                    + " /proc/sys/net/ipv4/tcp_mtu_probing /proc/sys/net/ipv4/tcp_abort_on_overflow"
                    + " /proc/sys/net/core/somaxconn /proc/sys/net/ipv4/tcp_syncookies /proc/loadavg"
                    + " /proc/pressure/cpu /proc/pressure/io /proc/pressure/memory"),
    GROUPS(Needs.NOBODY, "the control groups the listener runs in", "grep -H . /proc/{pid}/cgroup"),
    LIMITS(Needs.NOBODY, "their limits on tasks and memory, and how often these were met", "grep -sH . {groups}"),
    LINKS(Needs.NOBODY, "MTU of every interface", "ip -o link show"),
    ROUTE(Needs.NOBODY, "the way back to the client, and the MTU it is held to", "ip route get {client}"),
    RESETS(Needs.ROOT, "the resets this kernel sends itself, where they were to be watched", "{trace}"),
    COUNTERS_AGAIN(Needs.NOBODY, "which of the counters rose meanwhile", "grep -H ^TcpExt: /proc/net/netstat");

    /// Who may ask.
    public enum Needs {
        NOBODY,
        ROOT
    }

    /// A longer answer is stuck.
    public static final int LIMIT_SECONDS = 5;

    private static final Set<String> LOGS =
            Set.of("JOURNAL", "UNIT_JOURNAL", "OWN_LOG", "KERNEL_JOURNAL", "KERNEL_BUFFER", "LOG_FILES");

    private final Needs needs;
    private final String why;
    private final List<String> words;

    /// @param words parted at blanks
    /// @param whole a word that holds a blank; empty for none
    /// @param last  words after it, parted at blanks
    ServerQuestion(Needs needs, String why, String words, String whole, String last) {
        this.needs = needs;
        this.why = why;
        this.words = Stream.of(Stream.of(words.split(" ")), Stream.of(whole), Stream.of(last.split(" ")))
                .flatMap(part -> part)
                .filter(word -> !word.isEmpty())
                .toList();
    }

    ServerQuestion(Needs needs, String why, String words, String whole) {
        this(needs, why, words, whole, "");
    }

    ServerQuestion(Needs needs, String why, String words) {
        this(needs, why, words, "", "");
    }

    /// Its name in JSON and reports, such as `unit-journal`.
    public String id() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    /// What it is asked for.
    public String why() {
        return why;
    }

    /// Whether only root gets the whole answer.
    public boolean needsRoot() {
        return needs == Needs.ROOT;
    }

    /// Whether a program answers it; the kernel's resets are watched otherwise, and on request only.
    public boolean isAsked() {
        return this != RESETS;
    }

    /// Whether its answer is a log.
    boolean isLog() {
        return LOGS.contains(name());
    }

    /// The program and its words; empty where the scope lacks one of them.
    public List<String> words(ServerScope scope) {
        List<String> filled = new ArrayList<>();
        for (String word : words) {
            if (word.equals("{started}")) {
                filled.addAll(scope.startedWith());
                continue;
            }
            if (word.equals("{groups}")) {
                filled.addAll(scope.groups());
                continue;
            }
            String full = scope.fill(word);
            if (full.isEmpty()) {
                return List.of();
            }
            filled.add(full);
        }
        return List.copyOf(filled);
    }

    /// The words with what is not known yet in capitals, for a list of what would be asked.
    public List<String> wordsWithNames() {
        return words.stream()
                .map(word -> word.equals("{started}")
                        ? "[OPTIONS OF THE RUNNING SSHD]"
                        : word.replaceAll("\\{(pid)}", "PID")
                                .replaceAll("\\{client}", "CLIENT")
                                .replaceAll("\\{log}", "LOG")
                                .replaceAll("\\{keys}", "KEYS-PROGRAM")
                                .replaceAll("\\{groups}", "[FILES OF ITS CONTROL GROUPS]"))
                .toList();
    }
}
