package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rstprobe.record.ActiveTest;
import rstprobe.record.ActiveTest.Part;
import rstprobe.wire.Sequence;

/// A segment of ours on a connection that was made to find out what draws the reset, and what came of it.
///
/// @param probing its packet
/// @param nth     its number among the segments with data of its connection, from 1
/// @param start   where in our stream it begins
record Prefix(Probing probing, int nth, int start) {

    /// All of them, in order.
    static List<Prefix> of(List<Probing> probings) {
        Map<Integer, Integer> streams = new HashMap<>();
        Map<Integer, Integer> counts = new HashMap<>();
        List<Prefix> prefixes = new ArrayList<>();
        for (Probing probing : probings) {
            int port = probing.event().localPort();
            if (probing.is(ActiveTest.PREFIX, Part.OPENING)) {
                streams.putIfAbsent(port, Sequence.plus(probing.event().sequence(), 1));
            } else if (says(probing) && streams.containsKey(port)) {
                prefixes.add(new Prefix(
                        probing,
                        counts.merge(port, 1, Integer::sum),
                        Sequence.distance(streams.get(port), probing.event().sequence())));
            }
        }
        return List.copyOf(prefixes);
    }

    private static boolean says(Probing probing) {
        return (probing.is(ActiveTest.PREFIX, Part.TRIGGER) || probing.is(ActiveTest.PREFIX, Part.CONTROL))
                && !probing.said().isEmpty();
    }

    /// True where it says other bytes than we did.
    boolean control() {
        return probing.event().part() == Part.CONTROL;
    }

    int length() {
        return probing.said().length();
    }

    /// Where in our stream it ends.
    int end() {
        return start + length();
    }

    int frame() {
        return probing.frame();
    }

    Optional<Seen> reset() {
        return probing.reset();
    }

    /// True where it was acknowledged and no reset came.
    boolean passed() {
        return probing.delivered() && reset().isEmpty();
    }

    /// True where it was acknowledged and no reset came like this one.
    boolean passedWithout(Seen other) {
        return probing.delivered() && !resetLike(other);
    }

    /// True where it drew a reset that may have the same sender as another's: a server that dislikes what a
    /// control says may close, or reset, on its own account.
    boolean resetLike(Seen other) {
        return reset().filter(own -> own.segment().ip().ttl()
                                == other.segment().ip().ttl()
                        && own.segment().flags().equals(other.segment().flags())
                        && (own.segment().window() == 0) == (other.segment().window() == 0))
                .isPresent();
    }
}
