package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import rstprobe.diagnose.ServerFinding.Whom;

/// Who has the port, and whose connection a line of the log is about where it does not say.
class ServerFrontTest {
    private static final String CLIENT = "198.18.0.1";

    private static ServerSide held(String program) {
        return ServerAnswers.none()
                .of(CLIENT)
                .says(
                        ServerQuestion.LISTENERS,
                        "LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:((\"" + program + "\",pid=7,fd=3))")
                .side();
    }

    private static String told(ServerSide side) {
        return side.findings().stream()
                .map(found -> found.cause().id() + " " + found.weight())
                .collect(Collectors.joining(", "));
    }

    @Test
    void whoHoldsThePortIsKnownByItsName() {
        assertEquals("", told(held("sshd")));
        assertEquals("", told(held("systemd")));
        assertEquals("tarpit 25", told(held("endlessh")));
        assertEquals("not-ssh 15", told(held("nginx")));
        assertTrue(held("haproxy").faults().isEmpty(), "a proxy alone is no fault");
        assertTrue(held("gitlab-sshd").faults().isEmpty(), "an SSH server of another name is no fault");
    }

    @Test
    void dropbearSaysNothingWhereAnAddressHasAsManyConnectionsAsItMay() {
        String listens = "LISTEN 0 20 0.0.0.0:22 0.0.0.0:* users:((\"dropbear\",pid=7,fd=3))";
        String[] five = {
            "ESTAB 0 0 198.18.0.2:22 198.18.0.1:48010",
            "ESTAB 0 0 198.18.0.2:22 198.18.0.1:48011",
            "ESTAB 0 0 198.18.0.2:22 198.18.0.1:48012",
            "ESTAB 0 0 198.18.0.2:22 198.18.0.1:48013",
            "ESTAB 0 0 198.18.0.2:22 198.18.0.1:48014",
            "ESTAB 0 0 198.18.0.2:22 198.18.0.9:48015"
        };
        ServerAnswers full = ServerAnswers.none()
                .of(CLIENT)
                .says(ServerQuestion.LISTENERS, listens)
                .says(ServerQuestion.CONNECTIONS, five);
        assertEquals("connection-limit 18", told(full.side()));
        ServerAnswers other = ServerAnswers.none()
                .of("198.18.0.9")
                .says(ServerQuestion.LISTENERS, listens)
                .says(ServerQuestion.CONNECTIONS, five);
        assertEquals("", told(other.side()));
    }

    private static ServerFinding first(String... lines) {
        return ServerAnswers.none()
                .of(CLIENT)
                .says(ServerQuestion.JOURNAL, lines)
                .side()
                .findings()
                .getFirst();
    }

    private static String at(String rest) {
        return ServerAnswers.NOW - 5 + ".250000 db7 " + rest;
    }

    @Test
    void aLineOfAProcessIsAboutWhomThatProcessServes() {
        ServerFinding ours = first(
                at("sshd[812]: Connection from 198.18.0.1 port 40000 on 198.18.0.2 port 22"),
                at("sshd[812]: fatal: privsep_preauth: preauth child terminated by signal 31"));
        assertEquals(Whom.CLIENT, ours.whom());
        assertEquals(22, ours.weight());
        assertTrue(ours.ports().contains(40000));
        ServerFinding others = first(
                at("sshd[813]: Connection from 198.18.0.9 port 40000 on 198.18.0.2 port 22"),
                at("sshd[813]: fatal: privsep_preauth: preauth child terminated by signal 31"));
        assertEquals(Whom.OTHERS, others.whom());
        assertFalse(others.isFault());
    }

    /// Each host's kernel tells of the processes of all its containers.
    @Test
    void aProcessThatTheKernelKilledIsOursWhereItServedUs() {
        String killed = "kernel: Memory cgroup out of memory: Killed process 812 (sshd) total-vm:15468kB";
        ServerFinding ours =
                first(at("sshd[812]: Connection from 198.18.0.1 port 40000 on 198.18.0.2 port 22"), at(killed));
        assertEquals(List.of(Whom.CLIENT, 22), List.of(ours.whom(), ours.weight()));
        ServerFinding somebody = first(at(killed));
        assertEquals(Whom.SOMEBODY, somebody.whom());
        assertFalse(somebody.isFault());
    }

    /// As HAProxy 2.6, nginx 1.22 and xinetd 2.3.15 of Debian 12 wrote them, save the addresses.
    @Test
    void programsInFrontSayWhyTheyClosed() {
        assertEquals(
                "log-haproxy-no-server CLIENT",
                who(first(at("haproxy[5]: ::ffff:198.18.0.1:40102 [21/Nov/2026:19:00:00.000] ssh servers/<NOSRV>"
                        + " -1/-1/0 0 SC 1/1/0/0/0 0/0"))));
        assertEquals(
                "log-haproxy-header CLIENT",
                who(first(at("haproxy[5]: ::ffff:198.18.0.1:40102 [21/Nov/2026:19:00:00.000] ssh/1:"
                        + " Received something which does not look like a PROXY protocol header"))));
        assertEquals(
                "log-haproxy-down EVERYBODY", who(first(at("haproxy[5]: backend servers has no server available!"))));
        assertEquals(
                "log-xinetd-closed EVERYBODY",
                who(first(at("xinetd[5]: Deactivating service ssh due to excessive incoming connections. "
                        + " Restarting in 60 seconds."))));
        ServerFinding refused = ServerAnswers.none()
                .of(CLIENT)
                .says(
                        ServerQuestion.LOG_FILES,
                        "==> /var/log/nginx/error.log <==",
                        "2026/11/21 19:00:01 [error] 6497#6497: *3 connect() failed (111: Connection refused) while"
                                + " connecting to upstream, client: 198.18.0.1, server: 0.0.0.0:22, upstream:"
                                + " \"127.0.0.1:2222\"")
                .side()
                .findings()
                .getFirst();
        assertEquals("log-nginx-refused CLIENT", who(refused));
        assertEquals("/var/log/nginx/error.log", refused.command());
    }

    private static String who(ServerFinding found) {
        return found.id() + " " + found.whom();
    }
}
