package rstprobe.diagnose;

import static rstprobe.diagnose.Site.client;
import static rstprobe.diagnose.Site.network;
import static rstprobe.diagnose.Site.server;

import java.util.ArrayList;
import java.util.List;
import rstprobe.diagnose.Finding.NextStep;

/// What to do where the server refused on purpose.
final class RefusalAdvice {
    private final Site site;
    private final Habits habits;

    RefusalAdvice(Site site) {
        this.site = site;
        this.habits = new Habits(site.software());
    }

    List<NextStep> tcpWrappers() {
        String library = "ldd /usr/sbin/sshd /usr/lib/openssh/sshd-session 2>/dev/null | grep libwrap";
        return List.of(
                server(
                        "grep -nvE '^#|^$' /etc/hosts.allow /etc/hosts.deny",
                        "which line refuses us; the first match wins, hosts.allow before hosts.deny",
                        "a line for sshd or ALL that our address " + site.ours() + " falls under",
                        "into /etc/hosts.allow: sshd: " + bracketed() + " (it counts from the next connection on)"),
                server(
                        "tcpdmatch sshd " + site.ours(),
                        "how the rules judge us",
                        "'access: denied' and the line that decides",
                        ""),
                server(
                        "journalctl --since -15min | grep 'refused connect from'",
                        "whether it was this",
                        "'refused connect from' with " + site.ours()
                                + "; it is logged as user.info, so it is not in auth.log",
                        ""),
                server(
                        library,
                        "whether sshd reads these files at all",
                        "libwrap.so; none means that hosts.deny has no effect there"
                                + habits.tcpWrappers()
                                        .filter(Boolean::booleanValue)
                                        .map(_ -> " (this distribution builds it in)")
                                        .orElse(""),
                        "without libwrap look for what else waits 5 s: xinetd, tcpd, a proxy"));
    }

    private String bracketed() {
        return site.v6() ? "[" + site.ours() + "]" : site.ours().toString();
    }

    List<NextStep> maxStartups() {
        List<NextStep> steps = new ArrayList<>(List.of(
                limits(),
                holders(),
                server(
                        site.log("drop connection #[0-9]+|[Mm]ax[Ss]tartups"),
                        "that sshd says the same",
                        site.software().has(OpenSshChange.THROTTLING_LOGGED)
                                ? "'beginning MaxStartups throttling'; the single refusals need LogLevel VERBOSE before 10.0"
                                : "'MaxStartups' and our address; before 10.0 that needs LogLevel VERBOSE",
                        "")));
        if (habits.mayLeakSlots()) {
            steps.add(server(
                    "pgrep -af 'sshd: .*listener'",
                    "whether slots leaked: 9.8 to 10.0 can lose them for good (fixed in 10.1 and in Debian 13)",
                    "'N of 10-100 startups' with N far above the connections counted before",
                    site.service("restart") + " frees them; an update keeps them free"));
        }
        return List.copyOf(steps);
    }

    private NextStep limits() {
        return server(
                site.settings("maxstartups", "persource", "logingracetime"),
                "which limit is in force",
                "maxstartups 10:30:100 is the default: from 10 pending logins on it refuses 30 %, at 100 all",
                site.set("MaxStartups 100:30:300")
                        + ". Not 10:30:60: that lowers the ceiling of the default 10:30:100");
    }

    private NextStep holders() {
        return server(
                "ss -Htn state established 'sport = :" + site.port()
                        + "' | awk '{ sub(/:[0-9]+$/, \"\", $4); print $4 }' | sort | uniq -c | sort -rn | head",
                "who holds the slots",
                "one source with many connections: a health check, a scanner, a job that never logs in",
                "stop or exempt it, and " + site.set("LoginGraceTime 30"));
    }

    List<NextStep> sourcePenalty() {
        return List.of(
                server(
                        site.log("srclimit_penalise|drop connection #[0-9]+|[Mm]ax[Ss]tartups"),
                        "which of the two limits that share this text it was, and for what",
                        "'penalty:' and its reason for " + site.ours()
                                + "; 'MaxStartups' instead means the other limit",
                        "end what earns it: checks that connect and never log in, wrong keys, crashes"),
                server(
                        site.settings("persource", "maxstartups"),
                        "what earns how much; it ends by itself, at the latest after 600 s without a try",
                        "persourcepenalties and persourcepenaltyexemptlist",
                        site.set("PerSourcePenaltyExemptList " + site.ours())),
                client(
                        "sleep 60; rstprobe ssh " + site.probeTarget(),
                        "whether it is a penalty: it hits one source alone, MaxStartups hits all of them",
                        "it works after the wait, or from another address at the same time",
                        "behind a shared address: exempt it, or set PerSourcePenalties authfail:1 noauth:0"),
                holders());
    }

    List<NextStep> connectionLimit() {
        return List.of(
                server(
                        "systemctl show ssh.socket -p MaxConnections -p MaxConnectionsPerSource -p NConnections -p NRefused",
                        "whether systemd limits the connections",
                        "NRefused above 0, NConnections at MaxConnections",
                        "systemctl edit ssh.socket: a higher MaxConnections= in its [Socket] section"),
                server(
                        "grep -rnE 'instances|per_source|cps|only_from|no_access' /etc/xinetd.conf /etc/xinetd.d",
                        "whether xinetd does",
                        "a limit on the service, or our address missing in only_from",
                        "raise it, then systemctl reload xinetd"),
                server(
                        "journalctl --since -15min | grep -E 'Too many incoming connections|per_source_limit|service_limit|per second'",
                        "who says so",
                        "the line names the limit and the source",
                        ""),
                holders());
    }

    List<NextStep> graceTime() {
        return List.of(
                server(
                        site.settings("logingracetime", "usedns", "usepam"),
                        "how long a login may take",
                        "logingracetime 120 is the default" + late(),
                        site.set("LoginGraceTime 120") + "; never 0 where CVE-2024-6387 is not fixed"),
                client(
                        "ssh -vvv " + site.sshTarget() + " 2>&1 | tail -20",
                        "what was waited for",
                        "the last debug line before the silence",
                        "after SSH2_MSG_KEXINIT or KEX_ECDH_REPLY it is the path's MTU, after authentication names or keys"),
                server(
                        site.log("Timeout before authentication|Connection from"),
                        "that sshd says the same",
                        habits.logsGraceTime()
                                ? "'Timeout before authentication' with " + site.ours()
                                : "only 'Connection from': Debian 12 does not log the timeout itself",
                        ""),
                server(
                        "bash -c 'time getent hosts " + site.ours() + "'",
                        "whether the server's resolver holds it up",
                        "more than a second",
                        site.set("UseDNS no") + ", or repair /etc/resolv.conf"));
    }

    private String late() {
        return site.software().has(OpenSshChange.GRACE_JITTER)
                ? "; this release adds up to 4 s, and a penalty of 10 s for the source"
                : "";
    }

    List<NextStep> userRefused() {
        return List.of(
                server(
                        site.log("not allowed because|administratively prohibited|Access denied for|Failed "),
                        "which rule refuses",
                        "'not allowed because', 'administratively prohibited' (RefuseConnection), 'Access denied ... by PAM'",
                        "change that rule; in a Match block it counts for what the block matches"),
                server(
                        "sshd -T -C user=root,host=" + site.ours() + ",addr=" + site.ours()
                                + " | grep -E '^(allow|deny|permitroot|refuse|authenticationm|pubkeyauth|passwordauth)'",
                        "what holds for us, with Match blocks applied; put the user's name for root",
                        "a list that leaves the user out, permitrootlogin no, refuseconnection yes",
                        "correct the rule in its own place and "
                                + site.service("reload")
                                + "; a new AllowUsers shuts out everybody whom it does not name, and what DenyUsers names"
                                + " stays out whatever else says"),
                client(
                        "ssh -v " + site.sshTarget()
                                + " 2>&1 | grep -E 'Authentications that can continue|Offering|identity'",
                        "what we offered",
                        "no key offered, or a method that the server does not list",
                        "ssh -i KEYFILE -o IdentitiesOnly=yes"));
    }

    List<NextStep> tooManyFailures() {
        return List.of(
                client(
                        "ssh-add -l",
                        "how many keys the agent offers; each counts as a try",
                        "more keys than maxauthtries (6 by default) allows",
                        "ssh -o IdentitiesOnly=yes -i KEYFILE " + site.sshTarget()),
                client(
                        "ssh -G " + site.sshTarget() + " | grep -E '^(identityfile|identitiesonly|user) '",
                        "what ssh's configuration adds",
                        "several identity files, or another user than meant",
                        "IdentityFile and IdentitiesOnly yes for this Host in ~/.ssh/config"),
                server(
                        site.settings("maxauthtries"),
                        "what the server allows",
                        "maxauthtries 6 is the default",
                        site.set("MaxAuthTries 10")),
                server(
                        site.log("maximum authentication attempts|Too many authentication failures"),
                        "for which user",
                        "the user's name and " + site.ours(),
                        ""));
    }

    List<NextStep> maxSessions() {
        return List.of(
                server(
                        site.settings("maxsessions"),
                        "how many sessions one connection may have; this limit closes no connection",
                        "maxsessions 10 is the default",
                        site.set("MaxSessions 50")),
                server(site.log("no more sessions"), "that sshd says the same", "'no more sessions'", ""),
                client(
                        "ssh -O exit " + site.sshTarget() + "; ssh -o ControlPath=none " + site.sshTarget() + " true",
                        "whether a shared connection is full",
                        "it works without the shared connection",
                        "close sessions, or use several shared connections"));
    }

    /// A front that hands on to servers of its own.
    static List<NextStep> backend(Site site) {
        return List.of(
                network(
                        "echo 'show stat' | socat stdio /run/haproxy/admin.sock | cut -d, -f1,2,18",
                        "whether the proxy has a server that is up",
                        "DOWN, NOLB or MAINT beside every server of this front",
                        "repair the health check or the server; the PROXY protocol on both sides or on none"),
                network(
                        "journalctl -t haproxy --since -15min | grep -E ' (SC|SD|sC|PR)'; tail -20 /var/log/nginx/error.log",
                        "what the proxy says of this connection",
                        "SC or <NOSRV>: no server took it; nginx: 'connect() failed (111'",
                        ""),
                server(
                        site.listeners(),
                        "on the server behind: whether sshd listens",
                        "a listener on the address and port that the proxy connects to",
                        "start it: " + site.service("start") + "; in a guest or container wait for its boot"),
                network(
                        "aws elbv2 describe-target-groups --query 'TargetGroups[].TargetGroupArn' --output text"
                                + " | xargs -n 1 aws elbv2 describe-target-health --target-group-arn",
                        "in AWS: the health of the targets",
                        "'unhealthy', or an empty group",
                        "let the health checks through to the target"));
    }
}
