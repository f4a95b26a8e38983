package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Programs in front of sshd, and whether anything stands behind them.
class ServerFrontsTest {
    private static final String BEHIND = "LISTEN 0 128 127.0.0.1:2222 0.0.0.0:* users:((\"sshd\",pid=9,fd=3))";

    private static String holds(String name) {
        return "LISTEN 0 128 *:22 *:* users:((\"" + name + "\",pid=77,fd=5))";
    }

    private static List<String> found(String name, String words, List<String> settings, String... behind) {
        String[] listeners = java.util.stream.Stream.concat(
                        java.util.stream.Stream.of(holds(name)), java.util.stream.Stream.of(behind))
                .toArray(String[]::new);
        return ServerAnswers.none()
                .of("198.18.1.2")
                .says(ServerQuestion.LISTENERS, listeners)
                .says(ServerQuestion.PROCESSES, "77 1 0 Ss 90 " + words)
                .says(ServerQuestion.FRONT, settings.toArray(String[]::new))
                .side()
                .faults()
                .stream()
                .map(found -> found.id() + " " + found.cause().id())
                .toList();
    }

    private static final List<String> NOBODY = List.of("front-without-server no-healthy-backend");

    @Test
    void whoPassesOnToAPortThatNobodyListensOnHasNoServer() {
        String socat = "/usr/bin/socat TCP6-LISTEN:22,ipv6only=0,fork TCP4:127.0.0.1:2222";
        assertEquals(NOBODY, found("socat", socat, List.of()));
        assertEquals(List.of(), found("socat", socat, List.of(), BEHIND));
        String sslh = "/usr/sbin/sslh --foreground --listen 198.18.3.2:22 --ssh 127.0.0.1 2222 --timeout 2";
        assertEquals(NOBODY, found("sslh", sslh, List.of()));
        assertEquals(List.of(), found("sslh", sslh, List.of(), BEHIND));
        assertEquals(
                NOBODY,
                found(
                        "nginx",
                        "nginx: master process nginx",
                        List.of("/etc/nginx/nginx.conf:  server { listen 22; proxy_pass 127.0.0.1:2222; }")));
        List<String> haproxy = List.of("/etc/haproxy/haproxy.cfg:  server s1 127.0.0.1:2222 check");
        assertEquals(NOBODY, found("haproxy", "haproxy -f /etc/haproxy/haproxy.cfg", haproxy));
        assertEquals(List.of(), found("haproxy", "haproxy -f /etc/haproxy/haproxy.cfg", haproxy, BEHIND));
    }

    @Test
    void anotherHostMayServe() {
        assertEquals(List.of(), found("socat", "socat TCP-LISTEN:22,fork TCP:192.0.2.7:22", List.of()));
    }

    @Test
    void aRuleWithoutAConditionRejectsWhoeverConnects() {
        String server = "/etc/haproxy/haproxy.cfg:  server s1 127.0.0.1:2222";
        assertEquals(
                List.of("front-rejects no-healthy-backend"),
                found(
                        "haproxy",
                        "haproxy",
                        List.of(server, "/etc/haproxy/haproxy.cfg:  tcp-request connection reject"),
                        BEHIND));
        assertEquals(
                List.of(),
                found(
                        "haproxy",
                        "haproxy",
                        List.of(
                                server,
                                "/etc/haproxy/haproxy.cfg:  tcp-request connection reject if { src 192.0.2.1 }"),
                        BEHIND));
    }

    @Test
    void sshdKnowsNoHeader() {
        assertEquals(
                List.of("front-sends-header proxy-protocol-mismatch"),
                found(
                        "haproxy",
                        "haproxy",
                        List.of("/etc/haproxy/haproxy.cfg:  server s1 127.0.0.1:2222 send-proxy"),
                        BEHIND));
    }

    @Test
    void whoListensOverTheOtherFamilyOnlyDoesNotServeTheClient() {
        assertEquals(
                List.of(),
                ServerAnswers.none()
                        .of("2001:db8:1::2")
                        .says(ServerQuestion.LISTENERS, "LISTEN 0 128 [::]:22 [::]:* users:((\"sshd\",pid=9,fd=3))")
                        .side()
                        .faults());
        ServerAnswers four = ServerAnswers.none()
                .says(ServerQuestion.LISTENERS, "LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:((\"sshd\",pid=9,fd=3))");
        assertEquals(
                Optional.of(Cause.ONE_FAMILY_BROKEN),
                four.of("2001:db8:1::2").side().faults().stream().findFirst().map(ServerFinding::cause));
        assertEquals(List.of(), four.of("198.18.1.2").side().faults());
    }
}
