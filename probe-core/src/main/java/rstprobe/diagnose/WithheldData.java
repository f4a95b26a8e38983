package rstprobe.diagnose;

import static rstprobe.diagnose.Origin.IN_PATH;
import static rstprobe.diagnose.Origin.PROXY;
import static rstprobe.diagnose.Origin.SERVER_FIREWALL;

import java.util.List;
import java.util.Optional;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.wire.Sequence;

/// A server that lives on and goes on behind bytes that never came, while a reset stands in their place.
///
/// A tap adds to what travels and takes nothing away; a device that must be crossed may keep back what it rejects, or
/// make the reset of it. One segment lost by chance just there looks the same, so alone this proves little.
final class WithheldData {
    static final String ID = "server-data-withheld";

    private WithheldData() {}

    /// @param reset the reset in question
    static Optional<Fact> of(Attempt attempt, Seen reset) {
        return attempt.whole() && attempt.complaints().isEmpty()
                ? attempt.first(seen -> goesOnBehind(reset, seen))
                        .filter(_ -> attempt.segments().stream().noneMatch(seen -> bringsIt(reset, seen)))
                        .map(seen -> fact(reset, seen))
                : Optional.empty();
    }

    private static boolean goesOnBehind(Seen reset, Seen seen) {
        return seen.genuine()
                && seen.frame() > reset.frame()
                && Sequence.before(reset.segment().sequence(), seen.segment().sequence());
    }

    private static boolean bringsIt(Seen reset, Seen seen) {
        return seen.genuine()
                && Sequence.atMost(seen.segment().sequence(), reset.segment().sequence())
                && Sequence.before(reset.segment().sequence(), seen.segment().nextSequence());
    }

    private static Fact fact(Seen reset, Seen later) {
        return Fact.of(
                ID,
                Family.DELIVERY,
                Weights.DATA_WITHHELD,
                List.of(IN_PATH, SERVER_FIREWALL, PROXY),
                List.of(reset.frame(), later.frame()),
                "the server had sent "
                        + (later.segment().sequence() - reset.segment().sequence())
                        + " bytes that never came, and the reset stands in their place: a tap takes nothing away");
    }
}
