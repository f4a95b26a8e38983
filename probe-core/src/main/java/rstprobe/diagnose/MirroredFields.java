package rstprobe.diagnose;

import static rstprobe.diagnose.Origin.IN_PATH;
import static rstprobe.diagnose.Origin.ON_PATH;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.record.ActiveTest.Part;

/// Fields of our own triggers that come back in resets: a device that turns a packet around in place leaves
/// them there.
///
/// The window, the identification and the TTL of a trigger are values nobody chooses by chance. Suricata
/// copies the window (`respond-reject-libnet11.c`); p0f's author warns that some hosts do, so the reference
/// must not.
final class MirroredFields {
    private final List<Probing> triggers;
    private final List<Probing> references;
    private final List<Fact> facts = new ArrayList<>();

    private MirroredFields(List<Probing> triggers, List<Probing> references) {
        this.triggers = triggers;
        this.references = references;
    }

    static List<Fact> of(List<Probing> probings) {
        MirroredFields fields = new MirroredFields(
                drew(probings, List.of(Part.TRIGGER)), drew(probings, List.of(Part.CLOSED_PORT, Part.STRAY)));
        fields.window();
        fields.identification();
        fields.ttl();
        return List.copyOf(fields.facts);
    }

    private static List<Probing> drew(List<Probing> probings, List<Part> parts) {
        return probings.stream()
                .filter(probing -> parts.contains(probing.event().part())
                        && probing.reset().isPresent())
                .toList();
    }

    private void window() {
        if (references.stream().noneMatch(MirroredFields::copiesWindow)) {
            triggers.stream()
                    .filter(MirroredFields::copiesWindow)
                    .findFirst()
                    .ifPresent(probing -> add(
                            probing,
                            "reset-copies-window",
                            Family.SHAPE,
                            "the reset has the window of our own segment, "
                                    + probing.event().window() + ": it was turned around on the way"));
        }
    }

    private static boolean copiesWindow(Probing probing) {
        return reset(probing).segment().window() == probing.event().window();
    }

    private void identification() {
        triggers.stream()
                .filter(MirroredFields::copiesIdentification)
                .findFirst()
                .ifPresent(probing -> add(
                        probing,
                        "reset-copies-identification",
                        Family.IP_ID,
                        "the reset has the IP identification of our own segment, "
                                + probing.event().identification() + ", or the next"));
    }

    private static boolean copiesIdentification(Probing probing) {
        int own = probing.event().identification();
        Optional<Integer> theirs =
                reset(probing).segment().ip().identification().stream().boxed().findFirst();
        return own != 0
                && theirs.isPresent()
                && (theirs.get() == own || theirs.get() == own + 1)
                && !reset(probing).segment().ip().isV6();
    }

    /// Two triggers that differ in TTL, whose resets differ by the same.
    private void ttl() {
        for (Probing first : triggers) {
            for (Probing second : triggers) {
                int sent = first.event().ttl() - second.event().ttl();
                int came = reset(first).segment().ip().ttl()
                        - reset(second).segment().ip().ttl();
                if (sent > 1 && sent == came) {
                    facts.add(Fact.of(
                            "reset-copies-ttl",
                            Family.TTL,
                            Weights.MIRRORED,
                            List.of(ON_PATH, IN_PATH),
                            List.of(
                                    first.frame(),
                                    reset(first).frame(),
                                    second.frame(),
                                    reset(second).frame()),
                            "the TTL of the resets moves with ours: " + sent + " less sent, " + came + " less back"));
                    return;
                }
            }
        }
    }

    private static Seen reset(Probing probing) {
        return probing.reset().orElseThrow();
    }

    private void add(Probing probing, String id, Family family, String text) {
        facts.add(Fact.of(
                id,
                family,
                Weights.MIRRORED,
                List.of(ON_PATH, IN_PATH),
                List.of(probing.frame(), reset(probing).frame()),
                text));
    }
}
