package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import rstprobe.diagnose.ServerFinding.Whom;

/// Log lines of many versions, each with the form it is read as, and lines that only look like one.
class ServerLogTest {
    /// Program, whom it concerns, rule, text.
    private static final String READ = """
            # OpenSSH 5.9 to 7.9
            sshd|somebody|log-no-common-algorithm-old|fatal: no hostkey alg [preauth]
            sshd|somebody|log-no-common-algorithm-old|fatal: no matching cipher found: client arcfour server aes128-ctr [preauth]
            sshd|client|log-bad-version|Bad protocol version identification 'GET / HTTP/1.1' from 198.18.0.1 port 40000
            sshd|client|log-version-differs|Protocol major versions differ for 198.18.0.1 port 40000: SSH-2.0-OpenSSH_7.4 vs. SSH-1.5-x
            sshd|client|log-grace-time|fatal: Timeout before authentication for 198.18.0.1
            # OpenSSH 8.4
            sshd|everybody|log-startups-throttling|error: beginning MaxStartups throttling
            sshd|everybody|log-startups-throttling|exited MaxStartups throttling after 00:00:12, 7 connections dropped
            sshd|client|log-startups-drop|drop connection #10 from [198.18.0.1]:40000 on [198.18.0.2]:22 past MaxStartups
            sshd|client|log-no-common-algorithm|Unable to negotiate with 198.18.0.1 port 40000: no matching key exchange method found. Their offer: diffie-hellman-group1-sha1 [preauth]
            sshd|somebody|log-invalid-identifier|error: kex_exchange_identification: client sent invalid protocol identifier "GET / HTTP/1.1"
            sshd|client|log-proxy-protocol|error: kex_exchange_identification: client sent invalid protocol identifier "PROXY TCP4 198.18.0.1 198.18.0.2 4 22"
            sshd|client|log-proxy-protocol|error: kex_exchange_identification: client sent invalid protocol identifier "PROXY TCP6 ::ffff:198.18.0.1 ::ffff:198.18.0.2 40102 22"
            sshd|somebody|log-proxy-protocol|error: kex_exchange_identification: client sent invalid protocol identifier "PROXY UNKNOWN"
            sshd|client|log-banner-format|banner exchange: Connection from 198.18.0.1 port 40000: invalid format
            sshd|client|log-grace-time|fatal: Timeout before authentication for 198.18.0.1 port 40000
            sshd|somebody|log-bad-packet|Bad packet length 1349676916. [preauth]
            sshd|client|log-stream-corrupted|ssh_dispatch_run_fatal: Connection from 198.18.0.1 port 40000: message authentication code incorrect [preauth]
            # OpenSSH 9.2
            sshd|client|log-refused-connect|refused connect from jump.example (198.18.0.1)
            sshd|client|log-refused-connect|refused connect from 198.18.0.1 (198.18.0.1)
            sshd|everybody|log-privsep-directory|fatal: Missing privilege separation directory: /run/sshd
            sshd|everybody|log-no-host-keys|sshd: no hostkeys available -- exiting.
            sshd|everybody|log-key-permissions|error: Permissions 0644 for '/etc/ssh/ssh_host_ed25519_key' are too open.
            sshd|everybody|log-fork-failed|error: fork: Resource temporarily unavailable
            sshd|everybody|log-chroot-refused|fatal: chroot("/run/sshd"): Operation not permitted [preauth]
            sshd|everybody|log-exec-failed|OpenSSL version mismatch. Built against 30000020, you have 30300000
            sshd|client|log-user-not-allowed|User root from 198.18.0.1 not allowed because not listed in AllowUsers
            sshd|client|log-too-many-failures|Disconnecting authenticating user root 198.18.0.1 port 40000: Too many authentication failures [preauth]
            sshd|client|log-too-many-failures|error: maximum authentication attempts exceeded for root from 198.18.0.1 port 40000 ssh2 [preauth]
            sshd|client|log-keepalive|Timeout, client not responding from user root 198.18.0.1 port 40000
            sshd|somebody|log-user-not-allowed|User root not allowed because account is locked
            sshd|client|log-key-refused|Failed publickey for root from 198.18.0.1 port 40000 ssh2: ED25519 SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDfaaaaaaaaaaaaaaa
            sshd|client|log-key-refused|Failed password for x from 198.18.0.9 port 1 ssh2 from 198.18.0.1 port 40000 ssh2
            sshd|client|log-socket-destroyed|fatal: ssh_dispatch_run_fatal: Connection from 198.18.0.1 port 40000: Software caused connection abort [preauth]
            sshd|somebody|log-no-more-sessions|error: no more sessions
            sshd|somebody|log-root-directory|fatal: bad ownership or modes for chroot directory "/tmp"
            sshd|client|log-strict-kex|Disconnecting 198.18.0.1 port 40000: strict KEX violation: KEXINIT was not the first packet [preauth]
            sshd|somebody|log-strict-kex|ssh_packet_read_poll2: strict KEX violation: unexpected packet type 2 (seqnr 1)
            sshd|everybody|log-cannot-bind|error: Bind to port 22 on 0.0.0.0 failed: Address already in use.
            # OpenSSH 9.8 and 9.9
            sshd|client|log-penalty-drop|drop connection #0 from [198.18.0.1]:40000 on [198.18.0.2]:22 penalty: failed authentication
            sshd|client|log-startups-drop|drop connection #10 from [198.18.0.1]:40000 on [198.18.0.2]:22 Maxstartups
            sshd|client|log-penalty-given|srclimit_penalise: ipv4: new 198.18.0.1/32 active penalty of 90 seconds for penalty: caused crash
            sshd|client|log-penalty-given|srclimit_penalise: ipv4: activating 198.18.0.1/32 penalty of 16 seconds for penalty: failed authentication
            sshd|client|log-grace-time|Timeout before authentication for connection from 198.18.0.1 to 198.18.0.2, pid = 812
            sshd|client|log-child-died|error: Session process 812 unpriv child crash for connection from 198.18.0.1 to 198.18.0.2
            sshd|client|log-child-died|error: session process 812 for connection from 198.18.0.1 to 198.18.0.2 killed by signal 9
            sshd-session|client|log-refuse-connection|fatal: administratively prohibited connection for root from 198.18.0.1 port 40000 [preauth]
            # OpenSSH 10.0
            sshd-session|somebody|log-child-died|fatal: mm_reap: preauth child terminated by signal 31
            sshd-session|client|log-refused-connect|refused connect from 198.18.0.1 (198.18.0.1)
            sshd-auth|client|log-no-common-algorithm|Unable to negotiate with 198.18.0.1 port 40000: no matching host key type found. Their offer: ssh-dss [preauth]
            # dropbear 2022.83
            dropbear|client|log-dropbear-tries|Exit before auth from <198.18.0.1:40000>: (user 'root', 10 fails): Max auth tries reached - user 'root'
            dropbear|client|log-dropbear-grace|Exit before auth from <198.18.0.1:40000>: Timeout before auth
            dropbear|client|log-dropbear-algorithm|Exit before auth from <198.18.0.1:40000>: No matching algo kex
            dropbear|client|log-dropbear-version|Exit before auth from <198.18.0.1:40000>: Incompatible remote version 'SSH-1.5-x'
            # around it
            systemd|everybody|log-unit-died|ssh.service: Main process exited, code=killed, status=9/KILL
            systemd|everybody|log-socket-limit|ssh.socket: Too many incoming connections (64), dropping connection.
            xinetd|client|log-xinetd|FAIL: ssh per_source_limit from=198.18.0.1
            fail2ban.actions|client|log-banned|NOTICE  [sshd] Ban 198.18.0.1
            sshguard|client|log-blocked|Blocking "198.18.0.1/32" for 120 secs (3 attacks in 1 secs, after 1 abuses over 1 secs.)
            kernel|client|log-limit-block|[UFW LIMIT BLOCK] IN=eth0 OUT= MAC=02:00 SRC=198.18.0.1 DST=198.18.0.2 LEN=60 TOS=0x00 TTL=63 ID=7 DF PROTO=TCP SPT=40000 DPT=22 WINDOW=64240 SYN
            kernel|everybody|log-table-full|nf_conntrack: nf_conntrack: table full, dropping packet
            kernel|somebody|log-out-of-memory|Out of memory: Killed process 812 (sshd) total-vm:15432kB, anon-rss:1024kB
            kernel|somebody|log-seccomp|audit: type=1326 audit(1.2:3): auid=1 uid=105 pid=812 comm="sshd" exe="/usr/sbin/sshd" sig=31 arch=c000003e syscall=262
            kernel|everybody|log-pids-limit|cgroup: fork rejected by pids controller in /system.slice/ssh.service
            kernel|everybody|log-syn-flooding|TCP: request_sock_TCP: Possible SYN flooding on port 0.0.0.0:22. Sending cookies.
            """;

    /// Lines that name no cause: of other programs, of other ports, of nobody's fault, or forged.
    private static final String NOT_READ = """
            sshd|error: kex_exchange_identification: Connection closed by remote host
            sshd|error: kex_exchange_identification: read: Connection reset by peer
            sshd|Connection closed by 198.18.0.1 port 40000 [preauth]
            sshd|Accepted publickey for root from 198.18.0.1 port 40000 ssh2: ED25519 SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDfaaaaaaaaaaaaaaa
            sshd|srclimit_penalise: ipv4: new 198.18.0.1/32 deferred penalty of 1 seconds for penalty: connections without attempting authentication
            sshd|Server listening on 0.0.0.0 port 22.
            sshd|Failed none for root from 198.18.0.1 port 40000 ssh2
            sshd|User root from 198.18.0.1 not allowed
            sshd|Invalid user strict KEX violation: from 198.18.0.9 port 40000
            sshd|Invalid user session process 1 killed by signal 9 from 198.18.0.9 port 40000
            sshd|Invalid user refused connect from a (198.18.0.1) from 198.18.0.9 port 40000
            sshd|error: kex_exchange_identification: banner line 0: refused connect from a (198.18.0.1)
            imapd|refused connect from jump.example (198.18.0.1)
            systemd|cron.service: Main process exited, code=killed, status=9/KILL
            fail2ban.actions|NOTICE  [dovecot] Ban 198.18.0.1
            kernel|Out of memory: Killed process 812 (java) total-vm:15432kB
            kernel|[UFW LIMIT BLOCK] IN=eth0 OUT= MAC=02:00 SRC=198.18.0.1 DST=198.18.0.2 LEN=60 PROTO=TCP SPT=40000 DPT=443 SYN
            kernel|TCP: request_sock_TCP: Possible SYN flooding on port 0.0.0.0:443. Sending cookies.
            dropbear|Exit before auth from <198.18.0.1:40000>: Exited normally
            """;

    @TestFactory
    Stream<DynamicTest> aLineIsReadAsWhatItSays() {
        return lines(READ)
                .map(parts -> DynamicTest.dynamicTest(parts[3], () -> {
                    List<ServerFinding> found = ServerAnswers.logged(parts[0], parts[3]);
                    assertEquals(
                            List.of(parts[2]),
                            found.stream().map(ServerFinding::id).toList());
                    assertEquals(parts[1], found.getFirst().whom().word());
                    assertTrue(found.getFirst().lines().getFirst().endsWith(parts[3]), "the line itself is cited");
                }));
    }

    @TestFactory
    Stream<DynamicTest> whatOnlyLooksLikeOneIsNone() {
        return lines(NOT_READ)
                .map(parts -> DynamicTest.dynamicTest(
                        parts[1], () -> assertEquals(List.of(), ServerAnswers.logged(parts[0], parts[1]))));
    }

    private static Stream<String[]> lines(String table) {
        return table.lines().filter(line -> !line.startsWith("#")).map(line -> line.split("\\|", 4));
    }

    @Test
    void aSocketThatWasDestroyedFromOutsideIsAFault() {
        ServerFinding destroyed = ServerAnswers.logged(
                        "sshd",
                        "ssh_dispatch_run_fatal: Connection from 198.18.0.1 port 40000: Software caused connection abort"
                                + " [preauth]")
                .getFirst();
        assertEquals(Cause.ABORTED_WITHOUT_REASON, destroyed.cause());
        assertTrue(destroyed.isFault());
    }

    /// As OpenSSH 10.0 logs a session whose process was killed: its monitor calls every child one before
    /// authentication.
    @Test
    void aChildThatDiesOnceItsProcessLetSomebodyInWasASession() {
        String arrived =
                "1793714104.1 db7 sshd-session[508]: Connection from 198.18.0.1 port 50066 on 198.18.3.2 port 22";
        String accepted =
                "1793714105.1 db7 sshd-session[508]: Accepted publickey for root from 198.18.0.1 port 50066 ssh2: ED25519 x";
        String died = "1793714106.1 db7 sshd-session[508]: error: mm_reap: preauth child terminated by signal 9";
        ServerFinding session = ServerAnswers.none()
                .says(ServerQuestion.JOURNAL, arrived, accepted, died)
                .side()
                .findings()
                .getFirst();
        assertEquals("log-session-killed", session.id());
        assertEquals(Cause.SESSION_KILLED, session.cause());
        assertEquals(Whom.CLIENT, session.whom());
        assertEquals(
                Cause.SESSION_PROCESS_DIED,
                ServerAnswers.none()
                        .says(ServerQuestion.JOURNAL, arrived, died, accepted.replace("508", "509"))
                        .side()
                        .findings()
                        .getFirst()
                        .cause());
    }

    @Test
    void aCrashComesBeforeThePenaltyForIt() {
        String arrived =
                "1793714104.1 db7 sshd-session[508]: Connection from 198.18.0.1 port 50066 on 198.18.3.2 port 22";
        String died = "1793714105.1 db7 sshd-session[508]: error: mm_reap: preauth child terminated by signal 11";
        String dropped =
                "1793714106.1 db7 sshd[7]: drop connection #0 from [198.18.0.1]:40000 on [198.18.3.2]:22 penalty: ";
        assertEquals(
                List.of("log-child-died 30", "log-penalty-drop 30"), weighed(arrived, died, dropped + "caused crash"));
        assertEquals(
                List.of("log-penalty-drop 30", "log-child-died 22"),
                weighed(arrived, died, dropped + "failed authentication"));
    }

    private static List<String> weighed(String... log) {
        return ServerAnswers.none().says(ServerQuestion.JOURNAL, log).side().findings().stream()
                .map(found -> found.id() + " " + found.weight())
                .toList();
    }

    @Test
    void whatHappenedToOthersIsNoFaultOfThisClients() {
        ServerFinding others = ServerAnswers.logged("sshd", "refused connect from x (198.18.0.77)")
                .getFirst();
        assertEquals(Whom.OTHERS, others.whom());
        assertFalse(others.isFault());
    }

    @Test
    void theClientInIpv6ClothesAndInAPenalisedNetworkIsTheClient() {
        assertEquals(
                Whom.CLIENT,
                ServerAnswers.logged("sshd", "refused connect from x (::ffff:198.18.0.1)")
                        .getFirst()
                        .whom());
        assertEquals(
                Whom.CLIENT,
                ServerAnswers.logged(
                                "sshd",
                                "srclimit_penalise: ipv4: new 198.18.0.0/24 active penalty of 15 seconds for penalty: x")
                        .getFirst()
                        .whom());
    }

    @Test
    void linesOfAllFormsOfTimeAreReadAndOldOnesLeftOut() {
        String text = "sshd[812]: refused connect from jump.example (198.18.0.1)";
        ServerSide side = ServerAnswers.none()
                .says(
                        ServerQuestion.LOG_FILES,
                        "==> /var/log/auth.log <==",
                        "Nov  3 13:50:05 db7 " + text,
                        "Nov  3 11:15:05 db7 " + text,
                        "Nov  9 13:15:05 db7 sshd[812]: refused connect from next.year (198.18.0.1)",
                        "==> /var/log/syslog <==",
                        "2026-11-03T13:51:06.123456+00:00 db7 " + text)
                .side();
        ServerFinding found = side.findings().getFirst();
        assertEquals("/var/log/syslog", found.command());
        assertTrue(found.text().endsWith(", 2 times") || found.text().endsWith(", 3 times"), found.text());
        assertTrue(found.lines().stream().noneMatch(line -> line.contains("11:15:05")));
    }

    @Test
    void aLineInJournalAndFileCountsOnce() {
        String text = "sshd[812]: refused connect from jump.example (198.18.0.1)";
        ServerSide side = ServerAnswers.none()
                .says(ServerQuestion.JOURNAL, "1793713706.123456 db7 " + text)
                .says(ServerQuestion.LOG_FILES, "==> /var/log/syslog <==", "2026-11-03T13:48:26.5+00:00 db7 " + text)
                .side();
        assertEquals(
                "TCP wrappers (hosts.allow, hosts.deny) refused the connection: 198.18.0.1",
                side.findings().getFirst().text());
    }

    @Test
    void aBanThatWasTakenBackIsNone() {
        ServerSide side = ServerAnswers.none()
                .says(
                        ServerQuestion.LOG_FILES,
                        "==> /var/log/fail2ban.log <==",
                        "2026-11-03 13:50:00,123 fail2ban.actions        [77]: NOTICE  [sshd] Ban 198.18.0.1",
                        "2026-11-03 13:54:00,123 fail2ban.actions        [77]: NOTICE  [sshd] Unban 198.18.0.1")
                .side();
        assertEquals(List.of(), side.findings());
    }

    @Test
    void aRefusedKeyOfOneWhoWasLetInLaterIsNoFault() {
        String failed = "1793714105.1 db7 sshd[1]: Failed publickey for root from 198.18.0.1 port 40000 ssh2: RSA x";
        String accepted =
                "1793714106.1 db7 sshd[1]: Accepted publickey for root from 198.18.0.1 port 40000 ssh2: RSA y";
        assertEquals(
                1,
                ServerAnswers.none()
                        .says(ServerQuestion.JOURNAL, failed)
                        .side()
                        .faults()
                        .size());
        assertEquals(
                List.of(),
                ServerAnswers.none()
                        .says(ServerQuestion.JOURNAL, failed, accepted)
                        .side()
                        .faults());
    }

    @Test
    void aKillIsTheServicesOwnWhereItsControlGroupIsNamed() {
        String killed = "1793714105.1 db7 kernel: oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,"
                + "mems_allowed=0,oom_memcg=/system.slice/%1$s,task_memcg=/system.slice/%1$s,task=sshd,pid=7,uid=0";
        assertEquals(Whom.EVERYBODY, kernel(killed.formatted("ssh.service")).whom());
        assertTrue(kernel(killed.formatted("ssh.service")).isFault());
        assertEquals(Whom.SOMEBODY, kernel(killed.formatted("docker-1.scope")).whom());
        assertFalse(kernel(killed.formatted("docker-1.scope")).isFault());
    }

    @Test
    void whatASessionsProcessSaysIsOfWhoeverWasLetInLast() {
        ServerFinding found = ServerAnswers.none()
                .says(
                        ServerQuestion.JOURNAL,
                        "1793714105.1 db7 sshd[1]: Accepted publickey for root from 198.18.0.1 port 40000 ssh2: RSA y",
                        "1793714106.1 db7 sshd[2]: fatal: bad ownership or modes for chroot directory \"/tmp\"")
                .side()
                .faults()
                .getFirst();
        assertEquals(Cause.SESSION_KILLED, found.cause());
        assertEquals(Whom.CLIENT, found.whom());
    }

    @Test
    void theKernelsBufferIsTheKernelsThroughSudoToo() {
        for (String command : List.of("dmesg --time-format iso", "sudo -n timeout 5 dmesg --time-format iso")) {
            ServerAnswer answer = new ServerAnswer(
                    ServerQuestion.KERNEL_BUFFER,
                    command,
                    new ServerAnswer.Ended.Exited(0),
                    List.of("2026-11-03T13:55:05,123456+00:00 nf_conntrack: table full, dropping packet"),
                    List.of(),
                    false);
            ServerLogLine line = ServerLogLine.of(
                            answer, ServerScope.of(0, 22, Optional.empty()), new ServerClock(1, "+00:00", 0))
                    .getFirst();
            assertEquals("kernel", line.program());
        }
    }

    private static ServerFinding kernel(String line) {
        return ServerAnswers.none()
                .says(ServerQuestion.KERNEL_JOURNAL, line)
                .side()
                .findings()
                .getFirst();
    }

    @Test
    void aKillInAnotherControlGroupIsAnothersWhereOursIsKnown() {
        ServerAnswer answer = new ServerAnswer(
                ServerQuestion.KERNEL_JOURNAL,
                "journalctl",
                new ServerAnswer.Ended.Exited(0),
                List.of(
                        "1793714105.1 db7 kernel: oom-kill:task_memcg=/system.slice/docker-1.scope,task=sshd,pid=7,uid=0",
                        "1793714105.1 db7 kernel: Memory cgroup out of memory: Killed process 7 (sshd) total-vm:15468kB"),
                List.of(),
                false);
        ServerScope scope = ServerScope.of(0, 22, Optional.empty())
                .withGroups(List.of("/sys/fs/cgroup/system.slice/ssh.service/memory.current"));
        List<ServerFinding> found = ServerLog.findings(
                ServerLogLine.of(answer, scope, new ServerClock(ServerAnswers.NOW, "+00:00", 0)), scope, false);
        assertEquals(
                List.of(Whom.OTHERS), found.stream().map(ServerFinding::whom).toList());
        assertFalse(found.getFirst().isFault());
    }

    @Test
    void aJournalWithoutFilesIsNotThere() {
        ServerAnswer empty = new ServerAnswer(
                ServerQuestion.JOURNAL,
                "journalctl",
                new ServerAnswer.Ended.Exited(0),
                List.of("-- No entries --"),
                List.of("No journal files were found."),
                false);
        assertEquals(Optional.of("not there: No journal files were found."), empty.notRead());
        ServerAnswer quiet = new ServerAnswer(
                ServerQuestion.JOURNAL,
                "journalctl",
                new ServerAnswer.Ended.Exited(0),
                List.of("-- No entries --"),
                List.of(),
                false);
        assertEquals(Optional.empty(), quiet.notRead());
    }

    @Test
    void whatTheServerSawOfAConnectionIsKeptWithItsPort() {
        ServerSide side = ServerAnswers.none()
                .says(
                        ServerQuestion.JOURNAL,
                        "1793714105.1 db7 sshd[1]: Connection from 198.18.0.1 port 40000 on 198.18.0.2 port 22 rdomain \"\"",
                        "1793714105.2 db7 sshd[1]: Connection reset by authenticating user root 198.18.0.1 port 40000 [preauth]",
                        "1793714105.3 db7 sshd[1]: Received disconnect from 198.18.0.1 port 40001:11: bye [preauth]",
                        "1793714105.4 db7 dropbear[1]: Child connection from 198.18.0.1:40002")
                .side();
        assertEquals(
                List.of("ARRIVED 40000", "RESET_BY_CLIENT 40000", "CLOSED_BY_CLIENT 40001", "ARRIVED 40002"),
                side.saw().stream().map(saw -> saw.kind() + " " + saw.port()).toList());
    }
}
