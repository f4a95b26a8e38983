package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import rstprobe.diagnose.Finding.Alternative;

/// Stories of connections that somebody ended, and what is read from their findings.
final class CloseStories {
    static final String CONNECTS = """
            talk
            0.0  > SYN
            10.0 < SYN,ACK
            10.1 > ACK
            """;

    static final String COMES_WITH_THE_HANDSHAKE = """
            prompt
            0.0  > SYN
            10.0 < SYN,ACK
            10.1 > ACK data=23 msg=identification
            20.1 < ACK
            """;

    private CloseStories() {}

    static Finding finding(String story) {
        return PacketScript.of(story).finding();
    }

    static Verdict.Fault fault(Finding finding) {
        return assertInstanceOf(Verdict.Fault.class, finding.verdict(), finding.verdict() + "\n" + finding.evidence());
    }

    static void general(Finding finding) {
        Cause cause = fault(finding).cause();
        assertTrue(
                cause == Cause.CLOSED_WITHOUT_REASON || cause == Cause.ABORTED_WITHOUT_REASON,
                finding.verdict() + "\n" + finding.evidence());
    }

    static List<Cause> open(Finding finding) {
        return finding.alternatives().stream().map(Alternative::cause).toList();
    }

    static List<String> ids(Finding finding) {
        return finding.evidence().stream().map(Evidence::id).toList();
    }
}
