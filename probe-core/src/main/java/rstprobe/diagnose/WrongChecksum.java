package rstprobe.diagnose;

import static rstprobe.diagnose.Origin.IN_PATH;
import static rstprobe.diagnose.Origin.ON_PATH;

import java.util.List;
import java.util.Set;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.record.ActiveTest;
import rstprobe.record.ActiveTest.Part;

/// Who answers a segment whose TCP checksum is wrong? No host does (RFC 9293 section 3.1), and netfilter's
/// REJECT does not either (`nf_ip_checksum`); a device that does not verify checksums may.
final class WrongChecksum {
    private static final String ANSWERED = "wrong-checksum-answered";
    private static final Set<Family> HEADER =
            Set.of(Family.SHAPE, Family.TOS, Family.TTL, Family.IP_ID, Family.OPTIONS);

    private WrongChecksum() {}

    static List<Fact> of(List<Probing> probings) {
        List<Probing> asked = probings.stream()
                .filter(probing -> probing.is(ActiveTest.BAD_CHECKSUM, Part.TRIGGER)
                        && probing.event().wrongChecksum())
                .toList();
        if (asked.isEmpty()) {
            return List.of();
        }
        return asked.stream()
                .filter(probing -> probing.reset().isPresent())
                .findFirst()
                .map(probing -> List.of(Fact.of(
                        ANSWERED,
                        Family.SHAPE,
                        Weights.WRONG_CHECKSUM_ANSWERED,
                        List.of(ON_PATH, IN_PATH),
                        List.of(probing.frame(), probing.reset().orElseThrow().frame()),
                        "a segment with a wrong TCP checksum drew a reset: no host answers that, a device on the way"
                                + " did")))
                .orElseGet(() -> List.of(Fact.told(
                        "wrong-checksum-unanswered",
                        Family.SHAPE,
                        asked.stream().map(Probing::frame).toList(),
                        "the same with a wrong TCP checksum drew no reset")));
    }

    /// What is left of the facts where a wrong checksum was answered: whoever does that writes headers as it
    /// likes, so that a header like the server's speaks for nobody any more.
    static List<Fact> disbelieving(List<Fact> facts) {
        boolean answered = Fact.among(facts, ANSWERED);
        return facts.stream()
                .filter(fact -> !answered
                        || !HEADER.contains(fact.evidence().family())
                        || fact.evidence().weight() == 0
                        || fact.favours().contains(IN_PATH)
                        || fact.favours().contains(ON_PATH))
                .toList();
    }
}
