package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import rstprobe.diagnose.BothSides.Joined;
import rstprobe.record.Recording;

/// One verdict from both sides: what the client's capture shows, and what the server said.
class BothSidesTest {
    private static final String US = "198.18.1.2";
    private static final String WAITS_AND_CLOSES = """
            talk
            0.0  > SYN
            10.0 < SYN,ACK
            10.1 > ACK
            10.2 > ACK data=23 msg=identification
            20.0 < ACK
            5020.0 < FIN,ACK
            = closed identification
            """;

    /// In the middle of the run, and long before it.
    private static final String MEANWHILE = "1793714113.5 db7 ";

    private static final String EARLIER = "1793713500.5 db7 ";

    private static Joined joined(String script, ServerAnswers answers) {
        Recording recording = PacketScript.of(script).recording();
        return BothSides.of(Diagnosis.of(recording), recording, answers.of(US).side(), ServerAnswers.NOW);
    }

    private static Verdict alone(String script) {
        return Diagnosis.of(PacketScript.of(script).recording()).verdict();
    }

    private static Verdict.Fault fault(Joined joined) {
        return assertInstanceOf(Verdict.Fault.class, joined.finding().verdict());
    }

    private static ServerAnswers journal(String... lines) {
        return ServerAnswers.none().says(ServerQuestion.JOURNAL, lines);
    }

    @Test
    void aCloseWithoutReasonGetsTheReasonThatTheServerLogged() {
        Joined joined = joined(
                WAITS_AND_CLOSES, journal(MEANWHILE + "sshd[8]: refused connect from jump.example (" + US + ")"));
        assertTrue(alone(WAITS_AND_CLOSES).confidence() < fault(joined).confidence(), "" + alone(WAITS_AND_CLOSES));
        assertEquals(Cause.TCP_WRAPPERS, fault(joined).cause());
        assertEquals(13, fault(joined).exitCode());
        assertTrue(fault(joined).confidence() > .8 && fault(joined).confidence() < .9, "" + fault(joined));
        assertEquals(List.of(), joined.contradictions());
        Evidence cited = joined.finding().evidence().getFirst();
        assertEquals("server-log-refused-connect", cited.id());
        assertEquals(List.of(), cited.frames());
        assertTrue(cited.text().contains("journalctl") && cited.text().contains("sshd[8]: refused"), cited.text());
    }

    @Test
    void theVeryPortMakesItSurer() {
        Joined joined = joined(
                Stories.PENALTY,
                journal(MEANWHILE + "sshd[8]: drop connection #11 from [" + US
                        + "]:40001 on [198.18.3.2]:22 Maxstartups"));
        assertEquals(Cause.SOURCE_PENALTY, ((Verdict.Fault) alone(Stories.PENALTY)).cause());
        assertEquals(Cause.MAX_STARTUPS, fault(joined).cause());
        assertTrue(fault(joined).confidence() > .9, "" + fault(joined));
        assertEquals(List.of(), joined.contradictions(), "the client had left it open");
    }

    @TestFactory
    Stream<DynamicTest> whatTellsNothingOfThisConnectionChangesNothing() {
        return Stream.of(
                        ServerAnswers.none(),
                        journal(EARLIER + "sshd[8]: refused connect from jump.example (" + US + ")"),
                        journal(MEANWHILE + "sshd[8]: refused connect from other.example (198.18.1.99)"),
                        journal(MEANWHILE + "sshd[8]: User root from " + US + " not allowed because not listed"))
                .map(answers -> DynamicTest.dynamicTest(
                        "" + answers.side().saw(),
                        () -> assertEquals(
                                alone(WAITS_AND_CLOSES),
                                joined(WAITS_AND_CLOSES, answers).finding().verdict())));
    }

    @Test
    void aServerThatWasResetInOurNameDidNotResetUs() {
        ServerAnswers wasReset = journal(MEANWHILE + "sshd[8]: Connection reset by " + US + " port 40001 [preauth]");
        assertEquals(Origin.SERVER_PROCESS, ((Verdict.Fault) alone(Stories.SOCKET_ABORT)).origin());
        Joined joined = joined(Stories.SOCKET_ABORT, wasReset);
        assertInstanceOf(Verdict.Undetermined.class, joined.finding().verdict());
        assertTrue(
                joined.finding().verdict().summary().contains("the server contradicts"),
                joined.finding().verdict().summary());
        assertEquals("server-was-reset-too", joined.contradictions().getFirst().id());
        Joined agreed = joined(Stories.FORGED, wasReset);
        assertEquals(List.of(), agreed.contradictions());
        assertEquals(alone(Stories.FORGED), agreed.finding().verdict());
        assertTrue(
                agreed.finding().evidence().stream().anyMatch(fact -> fact.id().equals("server-was-reset-too")));
    }

    @Test
    void aWeakHintDoesNotWeakenWhatWasNamed() {
        ServerAnswers killed = ServerAnswers.none()
                .says(
                        ServerQuestion.KERNEL_JOURNAL,
                        MEANWHILE + "kernel: Out of memory: Killed process 812 (sshd) total-vm:15432kB");
        Joined joined = joined(Stories.SOCKET_ABORT, killed);
        assertEquals(alone(Stories.SOCKET_ABORT), joined.finding().verdict());
        assertFalse(
                joined.finding().evidence().stream().anyMatch(fact -> fact.id().equals("server-log-out-of-memory")));
    }

    @Test
    void anotherConnectionsResetIsNotThisOnes() {
        Joined joined = joined(
                Stories.SOCKET_ABORT,
                journal(MEANWHILE + "sshd[8]: Connection reset by " + US + " port 50123 [preauth]"));
        assertEquals(alone(Stories.SOCKET_ABORT), joined.finding().verdict());
    }

    @Test
    void aClosedPortWithAListenerIsNotClosedByTheServer() {
        ServerAnswers listening = ServerAnswers.none()
                .says(ServerQuestion.LISTENERS, "LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:((\"sshd\",pid=7,fd=3))")
                .says(
                        ServerQuestion.PROCESSES,
                        "  7  1  0 Ss 86400 sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups");
        Joined joined = joined(Stories.NO_LISTENER, listening);
        assertEquals("server-listened", joined.contradictions().getFirst().id());
        assertInstanceOf(Verdict.Undetermined.class, joined.finding().verdict());
    }

    @Test
    void aClosedPortWithoutAListenerIsSureThen() {
        Joined joined = joined(Stories.NO_LISTENER, ServerAnswers.none().says(ServerQuestion.LISTENERS));
        assertEquals(Cause.NO_LISTENER, fault(joined).cause());
        assertTrue(fault(joined).confidence() > alone(Stories.NO_LISTENER).confidence());
    }

    @Test
    void aDroppedSynIsNamedByWhoeverDropsIt() {
        Joined banned = joined(
                Stories.SYN_DROPPED,
                ServerAnswers.none().says(ServerQuestion.BANNED, "[{'sshd': ['198.18.0.9', '" + US + "']}]"));
        assertEquals(Cause.BANNED, fault(banned).cause());
        assertEquals(List.of(), banned.contradictions(), "who dropped it was open");
        assertEquals(13, fault(banned).exitCode());
        Joined full = joined(
                Stories.SYN_DROPPED,
                ServerAnswers.none()
                        .says(
                                ServerQuestion.KERNEL_JOURNAL,
                                MEANWHILE + "kernel: nf_conntrack: nf_conntrack: table full, dropping packet"));
        assertEquals(Cause.CONNECTION_TABLE_FULL, fault(full).cause());
        Joined rule = joined(Stories.SYN_DROPPED, ServerAnswers.none().says(ServerQuestion.NFT, """
                        table inet filter {
                        	chain input { # handle 1
                        		type filter hook input priority filter; policy accept;
                        		tcp dport 22 counter packets 4 bytes 240 drop # handle 2
                        	}
                        }
                        """));
        assertEquals(Origin.SERVER_FIREWALL, fault(rule).origin());
    }

    @Test
    void aFilterWithoutARuleForItContradictsWhoBlamesIt() {
        Joined joined = joined(
                Stories.HOST_FILTER_REJECTS, ServerAnswers.none().says(ServerQuestion.NFT, "table inet filter {", "}"));
        if (alone(Stories.HOST_FILTER_REJECTS) instanceof Verdict.Fault before
                && before.origin() == Origin.SERVER_FIREWALL) {
            assertEquals(
                    "server-has-no-rule", joined.contradictions().getFirst().id());
            assertTrue(joined.finding().verdict().confidence() < before.confidence());
        } else {
            assertEquals(List.of(), joined.contradictions());
        }
    }

    @Test
    void aProvenVerdictAgainstTheServersWordLeavesBothOpen() {
        Joined joined =
                joined(Stories.FORGED, journal(MEANWHILE + "sshd[8]: refused connect from jump.example (" + US + ")"));
        assertFalse(
                joined.finding().verdict() instanceof Verdict.Fault fault
                        && fault.cause() != Cause.INJECTED_RESET
                        && fault.confidence() >= .9,
                "" + joined.finding().verdict());
        assertTrue(
                joined.finding().verdict().confidence() < alone(Stories.FORGED).confidence());
        assertEquals(
                List.of("server-log-refused-connect"),
                joined.contradictions().stream()
                        .map(BothSides.Contradiction::id)
                        .toList());
        assertTrue(
                joined.finding().verdict().summary().contains("the server contradicts"),
                joined.finding().verdict().summary());
    }

    @Test
    void aHandshakeThatWorksStaysHealthy() {
        Joined joined =
                joined(Stories.HEALTHY, journal(MEANWHILE + "sshd[8]: refused connect from jump.example (" + US + ")"));
        assertEquals(alone(Stories.HEALTHY), joined.finding().verdict());
    }

    @Test
    void theKernelsOwnWordNamesTheProcess() {
        Joined joined = joined(
                Stories.SOCKET_ABORT,
                ServerAnswers.none()
                        .kernelSent("sshd-8 [001] ..s1. 5.5: tcp_send_reset: skbaddr=0 skaddr=0 src=198.18.3.2:22 dest="
                                + US + ":40001 state=TCP_CLOSE reason=TCP_ABORT_ON_CLOSE"));
        assertEquals(Origin.SERVER_PROCESS, fault(joined).origin());
        assertTrue(fault(joined).confidence() > alone(Stories.SOCKET_ABORT).confidence());
    }
}
