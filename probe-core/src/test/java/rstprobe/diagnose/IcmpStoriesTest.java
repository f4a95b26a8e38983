package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// ICMP errors that answer a SYN: what they mean, who sent them, and how many hops away.
class IcmpStoriesTest {
    private static String script(String icmp) {
        return "talk\n0.0 > SYN\n1.0 < ICMP " + icmp + "\n= refused EHOSTUNREACH";
    }

    @ParameterizedTest
    @CsvSource({
        "3/0, HOST_UNREACHABLE, IN_PATH",
        "3/1, HOST_UNREACHABLE, IN_PATH",
        "3/2, REJECTED_WITH_ICMP, IN_PATH",
        "3/3, REJECTED_WITH_ICMP, IN_PATH",
        "3/9, REJECTED_WITH_ICMP, IN_PATH",
        "3/10, REJECTED_WITH_ICMP, IN_PATH",
        "3/13, REJECTED_WITH_ICMP, IN_PATH"
    })
    void aRouterIsNamedWithItsAddress(String kind, Cause cause, Origin origin) {
        Verdict.Fault fault = fault(PacketScript.of(script(kind + " from=198.18.1.1 ttl=64 quoted=63")));
        assertEquals(cause, fault.cause());
        assertEquals(origin, fault.origin());
        assertEquals(Optional.of(new Hop(0, 1, Optional.of("198.18.1.1"))), fault.hop());
        assertTrue(fault.confidence() <= Weights.SEVERAL_ATTEMPTS);
    }

    @ParameterizedTest
    @CsvSource({
        "1/0, HOST_UNREACHABLE",
        "1/1, REJECTED_WITH_ICMP",
        "1/3, HOST_UNREACHABLE",
        "1/4, REJECTED_WITH_ICMP",
        "1/5, REJECTED_WITH_ICMP",
        "1/6, REJECTED_WITH_ICMP"
    })
    void soIsOneOverIpv6(String kind, Cause cause) {
        Verdict.Fault fault = fault(PacketScript.of(script(kind + " from=2001:db8:1::1 ttl=64 quoted=63"))
                .overIpv6());
        assertEquals(cause, fault.cause());
        assertEquals(Origin.IN_PATH, fault.origin());
        assertEquals(Optional.of(new Hop(0, 1, Optional.of("2001:db8:1::1"))), fault.hop());
    }

    @Test
    void aRouterThatQuotesBeforeForwardingIsTheSameHop() {
        assertEquals(
                Optional.of(new Hop(0, 1, Optional.of("198.18.1.1"))),
                fault(PacketScript.of(script("3/0 from=198.18.1.1 ttl=64 quoted=64")))
                        .hop());
    }

    @Test
    void whereTheWayBackDoesNotTellBothHopsStayPossible() {
        assertEquals(
                Optional.of(new Hop(4, 6, Optional.of("198.18.9.9"))),
                fault(PacketScript.of(script("3/13 from=198.18.9.9 ttl=47 quoted=59")))
                        .hop());
    }

    @Test
    void theTargetsAddressMayBeBorrowedByABridge() {
        String twice = script("3/3 ttl=62 quoted=62") + "\n" + script("3/3 ttl=62 quoted=62");
        Verdict.Fault fault = fault(PacketScript.of(twice));
        assertEquals(Origin.SERVER_FIREWALL, fault.origin());
        assertEquals(Weights.SEVERAL_ATTEMPTS, fault.confidence());
        assertTrue(fault.summary().contains("or a bridge before it"), fault.summary());
    }

    @Test
    void aRoutersOwnAddressTwiceIsConclusive() {
        String once = script("3/13 from=198.18.1.1 ttl=64 quoted=63");
        assertEquals(
                Weights.CONCLUSIVE_LIMIT,
                fault(PacketScript.of(once + "\n" + once)).confidence());
    }

    /// A target with several addresses may complain from one that we do not know.
    @ParameterizedTest
    @CsvSource({"62, 62", "63, 63", "64, 64"})
    void anotherAddressTwiceMayStillBeTheTargets(int ttl, int quoted) {
        String once = script("3/13 from=198.18.9.9 ttl=" + ttl + " quoted=" + quoted);
        Verdict.Fault fault = fault(PacketScript.of(once + "\n" + once));
        assertEquals(Weights.SEVERAL_ATTEMPTS, fault.confidence());
    }

    @Test
    void anErrorAboutAnotherConnectionSaysNothing() {
        Finding finding = PacketScript.of(script("3/13 from=198.18.1.1 ttl=64 quoted=63 port=7"))
                .finding();
        assertInstanceOf(Verdict.Undetermined.class, finding.verdict());
    }

    @Test
    void anErrorThatQuotesANumberWeNeverSentSaysNothing() {
        Finding finding = PacketScript.of(script("3/13 from=198.18.1.1 ttl=64 quoted=63 off=999"))
                .finding();
        assertInstanceOf(Verdict.Undetermined.class, finding.verdict());
    }

    /// Errors are rate limited: the first of our SYNs drew none.
    @Test
    void anErrorThatOnlyARepeatedSynDrewIsToldAsSuch() {
        String late = "talk\n0.0 > SYN\n1000.0 > SYN\n1001.0 < ICMP 3/3 ttl=62 quoted=62\n= refused ECONNREFUSED";
        for (String story : List.of(late, late.replace("1000.0 > SYN\n", ""))) {
            Finding finding = PacketScript.of(story).finding();
            assertEquals(
                    story.equals(late),
                    finding.evidence().stream().anyMatch(fact -> fact.id().equals("error-for-repeated-syn")));
            assertEquals(
                    List.of(Cause.BANNED, Cause.RATE_LIMITED),
                    finding.alternatives().stream()
                            .map(Finding.Alternative::cause)
                            .toList());
        }
    }

    /// No host that is missing says so itself: a filter there does, or what stands for another.
    @ParameterizedTest
    @CsvSource({"3/0, false", "3/1, false", "1/0, true", "1/3, true"})
    void aTargetThatCallsItselfMissingFilters(String kind, boolean six) {
        String once = script(kind + " ttl=62 quoted=62");
        PacketScript twice = PacketScript.of(once + "\n" + once);
        Finding finding = (six ? twice.overIpv6() : twice).finding();
        Verdict.Fault fault = assertInstanceOf(Verdict.Fault.class, finding.verdict());
        assertEquals(Cause.REJECTED_WITH_ICMP, fault.cause());
        assertEquals(Origin.SERVER_FIREWALL, fault.origin());
        assertEquals(13, fault.exitCode());
        assertTrue(fault.confidence() < Weights.SEVERAL_ATTEMPTS);
        assertEquals(Cause.NO_HEALTHY_BACKEND, finding.alternatives().getFirst().cause());
    }

    /// It looked for somebody in vain for three seconds: a translator, and the host behind it.
    @Test
    void aTargetThatTakesItsTimeStandsForAnother() {
        Finding finding = PacketScript.of("talk\n0.0 > SYN\n3050.0 < ICMP 3/1 ttl=62 quoted=62\n= refused EHOSTUNREACH")
                .finding();
        Verdict.Fault fault = assertInstanceOf(Verdict.Fault.class, finding.verdict());
        assertEquals(Cause.HOST_UNREACHABLE, fault.cause());
        assertEquals(
                List.of(Cause.NO_HEALTHY_BACKEND, Cause.REJECTED_WITH_ICMP),
                finding.alternatives().stream().map(Finding.Alternative::cause).toList());
    }

    @Test
    void aLoopIsNoSilence() {
        Verdict.Fault fault = fault(
                PacketScript.of("talk\n0.0 > SYN\n1.0 < ICMP 11/0 from=198.18.1.1 ttl=64 quoted=1\n= unanswered"));
        assertEquals(Cause.HOST_UNREACHABLE, fault.cause());
    }

    private static Verdict.Fault fault(PacketScript script) {
        Finding finding = script.finding();
        return assertInstanceOf(
                Verdict.Fault.class, finding.verdict(), finding.evidence().toString());
    }
}
