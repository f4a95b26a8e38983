package rstprobe.diagnose;

import static rstprobe.diagnose.Site.client;
import static rstprobe.diagnose.Site.network;
import static rstprobe.diagnose.Site.server;

import java.util.ArrayList;
import java.util.List;
import rstprobe.diagnose.Finding.NextStep;

/// What to do where sshd or its host failed.
final class SshdAdvice {
    private static final String MEMORY =
            "dmesg -T | grep -iE 'killed process|out of memory|oom-kill|segfault|general protection'";

    private final Site site;

    SshdAdvice(Site site) {
        this.site = site;
    }

    List<NextStep> cannotStart() {
        return List.of(
                server(
                        site.check(),
                        "whether configuration, keys and directories are in order",
                        "'no hostkeys available', 'bad permissions', 'Missing privilege separation directory'",
                        "chmod 600 /etc/ssh/ssh_host_*_key; ssh-keygen -A; mkdir -m 755 the directory that it misses"
                                + " (/run/sshd on Debian and Ubuntu); then "
                                + site.service("restart")),
                server(
                        site.log("hostkeys|permissions|privilege|writable|OpenSSL|rexec|exec of|libraries|fork"),
                        "what its children died of",
                        "the message before each closed connection",
                        "OpenSSL or rexec: install openssl and openssh-server of one release again, then "
                                + site.service("restart")),
                server(
                        "ls -l /proc/\"$(pgrep -xo sshd)\"/exe",
                        "whether an update replaced the program under the listener",
                        "'(deleted)' behind the path",
                        "from the console, for it may not come back: sshd -t, then " + site.service("restart")),
                server(
                        "cd /sys/fs/cgroup/system.slice && grep -s . ssh.service/pids.* sshd.service/pids.*; "
                                + "dmesg | grep 'fork rejected by pids'",
                        "whether it may start another process",
                        "pids.current at pids.max, or pids.events above 0",
                        "systemctl edit the unit: TasksMax= higher; end what fills it"),
                memory());
    }

    /// What the server itself says of the connection.
    NextStep log() {
        return server(
                site.logOfUs(),
                "the server's own words for the same event",
                "a line with " + site.ours() + " at that second; none means that another machine ended it",
                "");
    }

    private NextStep memory() {
        return server(
                MEMORY,
                "whether the kernel ended it",
                "a line with sshd at the minute of the failure",
                "more memory, or OOMScoreAdjust=-1000 in the unit of sshd; a segfault: update openssh-server and libc");
    }

    List<NextStep> stalled() {
        return List.of(
                server(
                        site.listeners(),
                        "whether connections wait to be accepted",
                        "Recv-Q above 0 in the LISTEN line",
                        "sshd does not accept: see the next step"),
                server(
                        "ps -o pid,stat,wchan:20,args -C sshd",
                        "what the listener does",
                        "T: stopped; D: waiting for a disk or a network file system",
                        "kill -CONT PID for T; for D repair the storage; else " + site.service("restart")),
                server(
                        "uptime; cat /proc/pressure/cpu /proc/pressure/io /proc/pressure/memory",
                        "whether the host is starved",
                        "'some avg10' above 50",
                        "end what uses it up; add CPU, memory or disk"),
                server(
                        site.watch(),
                        "whether our bytes reach the server, while rstprobe runs again",
                        "they arrive and only the kernel acknowledges them",
                        "if they do not arrive, a device between acknowledges in its name: look there"));
    }

    List<NextStep> queueFull() {
        return List.of(
                server(
                        "nstat -az TcpExtListenOverflows TcpExtListenDrops; " + site.listeners(),
                        "whether the queue overflows",
                        "counters that rise with each try, Recv-Q one above Send-Q",
                        "the queue holds the smaller of 128 and net.core.somaxconn: see why sshd does not accept"),
                server(
                        "sysctl net.core.somaxconn net.ipv4.tcp_abort_on_overflow",
                        "how long the queue is, and whether overflow resets",
                        "somaxconn below 128; tcp_abort_on_overflow = 1 turns overflow into resets",
                        "sysctl -w net.core.somaxconn=4096 net.ipv4.tcp_abort_on_overflow=0, then "
                                + site.service("restart")),
                server(
                        "ps -o pid,stat,wchan:20,args -C sshd; uptime",
                        "why sshd does not accept",
                        "state T or D, or a load far above the number of CPUs",
                        "kill -CONT PID for T; relieve the host"),
                server(
                        "ss -Htn 'sport = :" + site.port() + "' | awk '{ print $1 }' | sort | uniq -c",
                        "whether somebody floods it",
                        "many SYN-RECV",
                        "limit that source in the packet filter"));
    }

    List<NextStep> listenerDied() {
        return List.of(
                server(
                        site.serviceLog("signal 15|listening|code=killed|Failed with|oom-kill|Stopping"),
                        "whether sshd ended or was restarted at that minute",
                        "'Received signal 15' or 'code=killed, status=9' before 'Server listening'",
                        "what restarts it (a configuration run, a package hook) should reload: "
                                + site.service("reload")),
                server(site.status(), "whether it runs now", "'active (running) since' shortly before now", ""),
                memory());
    }

    List<NextStep> processDied() {
        return List.of(
                memory(),
                server(
                        "journalctl --since -15min | grep -E 'status=9/KILL|oom-kill|mm_reap|child crash|dumped core'",
                        "what the parent and systemd say",
                        "'unpriv child crash' (which also costs the source 90 s from 9.8 on), 'oom-kill'",
                        "raise MemoryMax= where a cgroup ends it"),
                server(
                        "ausearch -m SECCOMP -ts recent; coredumpctl list --no-pager",
                        "whether its sandbox or a crash ended it",
                        "a SECCOMP record of sshd with a syscall, or a core of sshd",
                        "a sandbox that kills after an update of kernel or libc: update openssh-server too"),
                server(
                        site.logOfUs(),
                        "how far the connection came",
                        "the last line of this connection",
                        "LogLevel DEBUG3 for one try shows the step"));
    }

    List<NextStep> lacksCapability() {
        return List.of(
                server(
                        site.log("chroot|not permitted|linux_audit_write_entry|setgroups|denied"),
                        "what it was not allowed to do",
                        "'chroot(\"/run/sshd\"): Operation not permitted'",
                        "container: --cap-add SYS_CHROOT --cap-add AUDIT_WRITE --cap-add SETUID --cap-add SETGID"),
                server(
                        "grep -E '^Cap(Bnd|Eff)' /proc/\"$(pgrep -xo sshd)\"/status",
                        "what it may do; capsh --decode= spells it out",
                        "cap_sys_chroot, cap_setuid, cap_setgid and cap_audit_write missing",
                        "remove CapabilityBoundingSet= and NoNewPrivileges= from the unit, then "
                                + site.service("restart")));
    }

    List<NextStep> hostKey() {
        return List.of(
                client(
                        "ssh-keyscan -p " + site.port() + " " + site.theirs() + " 2>/dev/null | ssh-keygen -lf -",
                        "which keys answer",
                        "other fingerprints than the server's own",
                        "other ones: another host answers, or a device reads along; stop and find out who"),
                server(
                        "for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf \"$key\"; done",
                        "which keys are right",
                        "the same fingerprints as above",
                        "a damaged key: remove it, ssh-keygen -A, then " + site.service("restart")),
                server(
                        site.log("incorrect signature|error in libcrypto|sign|hostkey|host key"),
                        "whether signing fails on the server",
                        "'error in libcrypto', as under FIPS or a crypto policy",
                        "update-crypto-policies --show; use a key type that the policy allows"));
    }

    List<NextStep> slowDns() {
        return List.of(
                server(
                        "bash -c 'time getent hosts " + site.ours() + "'",
                        "how long the server needs for our name",
                        "more than a second",
                        "repair /etc/resolv.conf, or add " + site.ours() + " to /etc/hosts there"),
                server(site.settings("usedns"), "whether sshd asks for names", "usedns yes", site.set("UseDNS no")),
                server(
                        "grep -nvE '^#|^$' /etc/hosts.allow /etc/hosts.deny",
                        "whether a rule with a name asks before sshd speaks",
                        "a host name or a domain in a line for sshd or ALL",
                        "write addresses instead"));
    }

    List<NextStep> slowAuthentication() {
        return List.of(
                client(
                        "ssh -vvv -o GSSAPIAuthentication=no " + site.sshTarget() + " 2>&1 | tail -30",
                        "at which method it waits",
                        "fast now: Kerberos was waited for; else the method in the last line",
                        "GSSAPIAuthentication no for this Host in ~/.ssh/config"),
                server(
                        "journalctl --since -15min | grep -E 'pam_|sssd|dbus|logind|nslcd'",
                        "which module waits",
                        "a gap of 25 s beside pam_systemd, or timeouts of sssd and LDAP",
                        "systemctl restart systemd-logind; repair the directory server"),
                server(
                        site.settings("usepam", "gssapi", "authorizedkeyscommand", "usedns"),
                        "what it asks during a login",
                        "authorizedkeyscommand other than none, gssapiauthentication yes, usedns yes",
                        "run the AuthorizedKeysCommand by hand and time it"));
    }

    List<NextStep> keepalive() {
        return List.of(
                server(
                        site.log("Timeout, client not responding|terminating inactive connection"),
                        "whether sshd gave up",
                        "'client not responding': silence on the way; 'terminating inactive': UnusedConnectionTimeout",
                        ""),
                server(
                        site.settings("clientalive", "unusedconnectiontimeout", "channeltimeout"),
                        "after how long it gives up",
                        "clientaliveinterval times clientalivecountmax is the longest silence",
                        site.set("ClientAliveInterval 60")),
                client(
                        "ssh -G " + site.sshTarget() + " | grep -E '^(serveralive|tcpkeepalive)'",
                        "what the client does against it",
                        "serveraliveinterval 0 is the default; TCPKeepAlive alone waits two hours",
                        "ServerAliveInterval 60 and ServerAliveCountMax 3 for this Host in ~/.ssh/config"),
                network(
                        "sysctl net.netfilter.nf_conntrack_tcp_timeout_established",
                        "whether a router forgets the connection before",
                        "fewer seconds than the connection rested",
                        "a keepalive at less than half of it"));
    }

    List<NextStep> sessionKilled() {
        return List.of(
                server(
                        "journalctl --list-boots --no-pager | tail -3; uptime",
                        "whether the host restarted",
                        "a boot that began at that minute",
                        ""),
                server(
                        site.serviceLog("Stopping|Stopped|code=killed|Received signal|oom-kill"),
                        "whether the service was stopped with its sessions",
                        "'code=killed', or a stop at that minute",
                        "KillMode=process in the unit keeps sessions through a restart"),
                memory());
    }

    /// The connection ended in order or by the server's own reset, and nobody said why.
    List<NextStep> unexplained(boolean reset, Origin origin) {
        List<NextStep> steps = new ArrayList<>(List.of(
                log(),
                server(
                        reset ? site.watchResets() : site.watch(),
                        "whether the server itself ends it, while rstprobe runs again",
                        (reset ? "a reset" : "a FIN")
                                + " that leaves there is the server's own; if none leaves, a device between sends it",
                        ""),
                server(
                        site.check() + "; grep -nvE '^#|^$' /etc/hosts.deny /etc/hosts.allow",
                        "whether configuration, keys or access rules make it quit",
                        "any line of sshd -t; a rule for sshd or ALL",
                        "repair it, then " + site.service("restart")),
                memory()));
        if (origin == Origin.PROXY) {
            steps.addFirst(RefusalAdvice.backend(site).getFirst());
        }
        return List.copyOf(steps);
    }
}
