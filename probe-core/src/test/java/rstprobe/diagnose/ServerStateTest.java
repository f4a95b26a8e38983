package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The state of a server: access files, service, sockets, counters, and what could not be read.
class ServerStateTest {
    private static final String LINKED = "\tlibwrap.so.0 => /lib/x86_64-linux-gnu/libwrap.so.0 (0x0)";
    private static final String LIBC = "\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x0)";

    private record Access(boolean refused, String... lines) {}

    private static final List<Access> ACCESS = List.of(
            new Access(true, "/etc/hosts.deny:1:sshd: ALL"),
            new Access(true, "/etc/hosts.deny:1:ALL: ALL"),
            new Access(true, "/etc/hosts.deny:1:sshd, in.ftpd : 198.18.0."),
            new Access(true, "/etc/hosts.deny:1:sshd: 198.18.0.0/255.255.255.0"),
            new Access(true, "/etc/hosts.deny:1:sshd: 198.18.0.0/15"),
            new Access(true, "/etc/hosts.allow:1:sshd: 198.18.0.1 : DENY", "/etc/hosts.deny:1:sshd: 10.0.0.1"),
            new Access(true, "/etc/hosts.deny:1:sshd: 10.0.0.1, \\", "/etc/hosts.deny:2: 198.18.0.1"),
            new Access(true, "/etc/hosts.allow:1:sshd: 198.18.1.", "/etc/hosts.deny:1:ALL: ALL"),
            new Access(false, "/etc/hosts.allow:1:sshd: 198.18.", "/etc/hosts.deny:1:ALL: ALL"),
            new Access(false, "/etc/hosts.deny:1:# sshd: ALL"),
            new Access(false, "/etc/hosts.deny:1:in.ftpd: ALL"),
            new Access(false, "/etc/hosts.deny:1:ALL EXCEPT sshd: ALL"),
            new Access(false, "/etc/hosts.deny:1:sshd: ALL EXCEPT 198.18.0.0/255.255.0.0"),
            new Access(false, "/etc/hosts.deny:1:sshd: [2001:db8::]/32"),
            new Access(false, "/etc/hosts.deny:1:sshd: 198.18.0.1 : ALLOW"));

    @TestFactory
    Stream<DynamicTest> hostsAllowAndDenyAreReadAsLibwrapReadsThem() {
        return ACCESS.stream()
                .map(access -> DynamicTest.dynamicTest(String.join(" / ", access.lines()), () -> {
                    ServerSide side = ServerAnswers.none()
                            .says(ServerQuestion.LIBRARIES, LINKED, LIBC)
                            .says(ServerQuestion.ACCESS, access.lines())
                            .side();
                    assertEquals(access.refused(), !side.faults().isEmpty(), "" + side.findings());
                }));
    }

    @Test
    void aServerWithoutLibwrapDoesNotReadThem() {
        ServerSide side = ServerAnswers.none()
                .says(ServerQuestion.LIBRARIES, LIBC)
                .says(ServerQuestion.ACCESS, "/etc/hosts.deny:1:sshd: ALL")
                .side();
        assertEquals(0, side.findings().getFirst().weight());
        assertEquals(0, side.exitCode());
        assertTrue(side.findings().getFirst().text().contains("does not read it"));
    }

    @Test
    void whetherNamesHoldIsTheServersToSay() {
        ServerSide side = ServerAnswers.none()
                .says(ServerQuestion.LIBRARIES, LINKED, LIBC)
                .says(ServerQuestion.ACCESS, "/etc/hosts.deny:1:sshd: .example.com")
                .side();
        assertFalse(side.findings().getFirst().isFault());
    }

    @Test
    void aListenerIsKnownByRootsTitleWithHowItWasStarted() {
        ServerAnswer said = new ServerAnswer(
                ServerQuestion.PROCESSES,
                "ps",
                new ServerAnswer.Ended.Exited(0),
                List.of(
                        "  66  1 1000 S 5 sshd: /usr/sbin/sshd -f /tmp/evil [listener] 0 of 10-100 startups",
                        "   7  1    0 Ss 86400 sshd: /usr/sbin/sshd -D -f /etc/ssh/other -o MaxStartups=100 -h $(id) [listener] 0 of 10-100 startups"),
                List.of(),
                false);
        ServerScope scope =
                ServerSide.known(ServerScope.of(0, 22, Optional.empty()), Optional.empty(), Optional.of(said));
        assertEquals(OptionalLong.of(7), scope.listener());
        assertEquals(List.of("-f", "/etc/ssh/other", "-o", "MaxStartups=100"), scope.startedWith());
        assertEquals(
                List.of("/usr/sbin/sshd", "-T", "-f", "/etc/ssh/other", "-o", "MaxStartups=100"),
                ServerQuestion.SETTINGS.words(scope));
    }

    /// A host's `ps` shows the processes of its containers, too.
    @Test
    void ofSeveralListenersTheOneThatHoldsThePortIsMeant() {
        ServerAnswer sockets = answered(
                ServerQuestion.LISTENERS,
                "LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:((\"sshd\",pid=9,fd=3))",
                "LISTEN 0 128 0.0.0.0:2222 0.0.0.0:* users:((\"sshd\",pid=7,fd=3))");
        ServerAnswer processes = answered(
                ServerQuestion.PROCESSES,
                "   7  1    0 Ss 86400 sshd: /usr/sbin/sshd -D -p 2222 [listener] 0 of 10-100 startups",
                "   9  1    0 Ss 86400 sshd: /usr/sbin/sshd -D -E /var/log/own.log [listener] 0 of 10-100 startups");
        ServerScope scope =
                ServerSide.known(ServerScope.of(0, 22, Optional.empty()), Optional.of(sockets), Optional.of(processes));
        assertEquals(OptionalLong.of(9), scope.listener());
        assertEquals(List.of(), scope.startedWith());
        assertEquals(List.of("tail", "-v", "-c", "200000", "/var/log/own.log"), ServerQuestion.OWN_LOG.words(scope));
    }

    private static ServerAnswer answered(ServerQuestion question, String... lines) {
        return new ServerAnswer(question, "", new ServerAnswer.Ended.Exited(0), List.of(lines), List.of(), false);
    }

    /// The files that the kernel has for a group, in the hierarchy of today and in those before it.
    @Test
    void theLimitsOfTheListenersOwnControlGroupsAreRead() {
        ServerScope scope = ServerScope.of(0, 22, Optional.empty());
        ServerScope today = ServerSide.knownGroups(
                scope, answered(ServerQuestion.GROUPS, "/proc/9/cgroup:0::/system.slice/ssh.service"));
        assertTrue(today.groups().contains("/sys/fs/cgroup/system.slice/ssh.service/pids.events"), "" + today.groups());
        ServerScope before = ServerSide.knownGroups(
                scope,
                answered(
                        ServerQuestion.GROUPS,
                        "/proc/9/cgroup:8:pids:/docker/1a",
                        "/proc/9/cgroup:4:memory:/docker/1a",
                        "/proc/9/cgroup:1:name=systemd:/"));
        assertTrue(before.groups().contains("/sys/fs/cgroup/pids/docker/1a/pids.events"), "" + before.groups());
        assertTrue(before.groups().contains("/sys/fs/cgroup/memory/docker/1a/memory.oom_control"));
        ServerSide met = ServerAnswers.none()
                .says(
                        ServerQuestion.LIMITS,
                        "/sys/fs/cgroup/pids/docker/1a/pids.events:max 3",
                        "/sys/fs/cgroup/memory/docker/1a/memory.oom_control:oom_kill_disable 0",
                        "/sys/fs/cgroup/memory/docker/1a/memory.oom_control:oom_kill 0")
                .side();
        assertEquals(
                List.of("group-tasks"),
                met.findings().stream().map(ServerFinding::id).toList());
    }

    @Test
    void aStoppedListenerAndAFullStartupQueueAreFound() {
        ServerSide side = ServerAnswers.none()
                .says(
                        ServerQuestion.PROCESSES,
                        "   7  1    0 Ts 86400 sshd: /usr/sbin/sshd -D [listener] 1 of 1-1 startups")
                .side();
        assertEquals(
                List.of("listener-stopped", "startups-waiting"),
                side.findings().stream().map(ServerFinding::id).toList());
        assertEquals(10, side.exitCode());
    }

    @Test
    void aQueueThatIsFullOverflows() {
        ServerSide side = ServerAnswers.none()
                .says(
                        ServerQuestion.LISTENERS,
                        "LISTEN 129 128 0.0.0.0:22 0.0.0.0:*",
                        "LISTEN 0 128 0.0.0.0:80 0.0.0.0:*")
                .side();
        assertEquals(Cause.ACCEPT_QUEUE_OVERFLOW, side.findings().getFirst().cause());
        assertEquals(Optional.of(true), side.listens());
    }

    @Test
    void keysThatOthersMayReadAreRefusedBySshd() {
        assertEquals(
                "key-permissions",
                ServerAnswers.none()
                        .says(ServerQuestion.KEYS, "644 0 0 /etc/ssh/ssh_host_rsa_key")
                        .side()
                        .faults()
                        .getFirst()
                        .id());
        assertEquals(
                List.of(),
                ServerAnswers.none()
                        .says(
                                ServerQuestion.KEYS,
                                "600 0 0 /etc/ssh/ssh_host_rsa_key",
                                "640 0 998 /etc/ssh/ssh_host_ed25519_key")
                        .side()
                        .findings());
    }

    @Test
    void itsOwnCheckIsBelievedWhereRootAskedForIt() {
        assertEquals(
                "sshd: no hostkeys available -- exiting.",
                ServerAnswers.none()
                        .says(ServerQuestion.WHO, "0")
                        .complains(
                                ServerQuestion.CHECK,
                                1,
                                "Permissions 0644 for '/etc/ssh/ssh_host_rsa_key' are too open.",
                                "sshd: no hostkeys available -- exiting.")
                        .side()
                        .faults()
                        .getFirst()
                        .lines()
                        .getFirst());
        assertEquals(
                List.of(),
                ServerAnswers.none()
                        .complains(ServerQuestion.CHECK, 1, "sshd: no hostkeys available -- exiting.")
                        .side()
                        .findings());
    }

    @Test
    void aFailedUnitAndItsLimitsAreRead() {
        ServerSide side = ServerAnswers.none()
                .says(
                        ServerQuestion.UNIT,
                        "Id=ssh.service",
                        "LoadState=loaded",
                        "ActiveState=failed",
                        "Result=exit-code",
                        "NRestarts=5",
                        "ExecMainStatus=255",
                        "",
                        "Id=sshd.service",
                        "LoadState=not-found",
                        "ActiveState=failed")
                .side();
        assertEquals(
                List.of("unit-failed", "unit-restarted"),
                side.findings().stream().map(ServerFinding::id).toList());
    }

    @Test
    void countersThatRoseMeanwhileTellMoreThanThoseThatStand() {
        String names = "/proc/net/netstat:TcpExt: SyncookiesSent ListenOverflows ListenDrops";
        ServerAnswers before =
                ServerAnswers.none().says(ServerQuestion.COUNTERS, names, "/proc/net/netstat:TcpExt: 0 7 7");
        assertEquals(3, before.side().findings().getFirst().weight());
        assertEquals(
                15,
                before.says(ServerQuestion.COUNTERS_AGAIN, names, "/proc/net/netstat:TcpExt: 0 9 9")
                        .side()
                        .findings()
                        .getFirst()
                        .weight());
    }

    @Test
    void aFullConnectionTableIsFoundAndTheRestTold() {
        ServerSide side = ServerAnswers.none()
                .says(
                        ServerQuestion.KERNEL_SETTINGS,
                        "/proc/sys/net/netfilter/nf_conntrack_count:65500",
                        "/proc/sys/net/netfilter/nf_conntrack_max:65536",
                        "/proc/sys/net/ipv4/tcp_mtu_probing:1",
                        "/proc/pressure/memory:some avg10=55.00 avg60=1.00 avg300=0.10 total=1",
                        "/proc/pressure/memory:full avg10=0.00 avg60=0.00 avg300=0.00 total=1")
                .says(
                        ServerQuestion.LINKS,
                        "2: eth0@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UP")
                .side();
        assertEquals(
                List.of("conntrack-full", "pressure-memory"),
                side.findings().stream().map(ServerFinding::id).toList());
        assertTrue(side.facts().contains(new ServerFact("mtu", "eth0 1450")));
        assertTrue(side.facts().contains(new ServerFact("tcp_mtu_probing", "1")));
    }

    @Test
    void settingsThatRefuseTheUserAreFoundForThatUser() {
        ServerAnswers settings = ServerAnswers.none()
                .says(ServerQuestion.SETTINGS, "maxstartups 1:30:1", "denyusers ro?t", "usedns yes");
        assertEquals(
                List.of("setting-denyusers", "setting-maxstartups", "setting-usedns"),
                settings.asUser("root").side().findings().stream()
                        .map(ServerFinding::id)
                        .toList());
        assertFalse(settings.asUser("anna").side().findings().stream()
                .anyMatch(found -> found.id().equals("setting-denyusers")));
    }

    @Test
    void whatCannotBeReadIsNamedAndTheRestStands() {
        ServerSide side = ServerAnswers.none()
                .complains(ServerQuestion.JOURNAL, 1, "No journal files were opened due to insufficient permissions.")
                .complains(ServerQuestion.UNIT, 1, "System has not been booted with systemd as init system (PID 1).")
                .complains(ServerQuestion.NFT, 127)
                .complains(ServerQuestion.BANNED, 1, "sudo: a password is required")
                .says(ServerQuestion.LISTENERS)
                .side();
        assertEquals(
                List.of("journal permission denied", "unit not there", "nft not installed", "banned permission denied"),
                side.notRead().stream()
                        .map(part -> part.question().id() + " " + part.why().replaceFirst(":.*", ""))
                        .toList());
        assertEquals("nothing-listens", side.findings().getFirst().id());
        assertEquals(10, side.exitCode());
    }
}
