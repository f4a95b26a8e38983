package rstprobe.path;

import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/// A flight of probes of which the target answers only some, whatever arrived: each size once, in an order that makes
/// the silence of the longer ones mean something all the same.
///
/// A target that answers so many a second answers the first that arrive. The longest leave first: where a shorter one
/// is answered after them, they were not silent for having been too many. Of data ahead, what arrives later hides
/// what came before, so the longest leave last. Either way silence is evidence of what is longer than the longest one
/// answered, and of nothing else.
final class SparingFlight {
    /// More leave a server's queue of what is not due, or a router's, no room for others.
    private static final int MOST = 50;

    private SparingFlight() {}

    /// The sizes to send, in order.
    ///
    /// @param asked     what a search asks for, in its own order
    /// @param delivered the longest that is proven; 0 for none
    static List<Integer> of(ProbeKind kind, List<Integer> asked, int delivered) {
        TreeSet<Integer> telling = new TreeSet<>(asked);
        telling.headSet(delivered).clear();
        if (delivered > 0 && !telling.isEmpty()) {
            telling.add(delivered);
        }
        Comparator<Integer> order = kind == ProbeKind.AHEAD ? Comparator.naturalOrder() : Comparator.reverseOrder();
        return telling.stream().sorted(order).limit(MOST).toList();
    }

    /// What of a flight is evidence, shortest first; nothing where none was answered.
    static List<SizedProbe> evidence(List<SizedProbe> flight) {
        int longest = flight.stream()
                .filter(probe -> probe.fate() == Fate.DELIVERED)
                .mapToInt(SizedProbe::bytes)
                .max()
                .orElse(Integer.MAX_VALUE);
        return flight.stream()
                .filter(probe -> probe.fate() == Fate.DELIVERED || probe.bytes() > longest)
                .sorted(Comparator.comparingInt(SizedProbe::bytes))
                .toList();
    }
}
