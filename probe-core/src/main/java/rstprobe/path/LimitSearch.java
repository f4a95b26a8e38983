package rstprobe.path;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// Where a limit sits, and whether fragments pass it: the longest size that passes and one byte more, each with a TTL
/// that ends at every hop, all at once.
///
/// A hop looks at the TTL before it looks at the length, so a hop that answers the longer one has been reached by it.
/// Routers answer a handful at once and one a second after, so few of these are sent.
final class LimitSearch {
    private static final int MOST_HOPS = 30;
    private static final int MOST_ROUNDS = 3;
    private static final int FRAGMENTS = 3;
    /// Below that share a lost probe is taken for a sign and not for chance.
    private static final double QUIET = 0.1;

    private final int passes;
    private final boolean fragmentable;
    private final ProbeKind kind;
    private final int hops;
    private double lossShare;
    private final TreeMap<Integer, String> names = new TreeMap<>();
    private final TreeMap<Integer, Integer> silent = new TreeMap<>();
    private List<PathProbe> flight = List.of();
    private List<PathProbe> fragments = List.of();
    private PathProbe control;
    private boolean heard;
    private int after;
    private int rounds;
    private int fragmentsPassed;
    private int fragmentsSent;

    /// @param passes       the longest that passes
    /// @param fragmentable whether there are routers that fragment (IPv4); a target that answers only some is not
    ///   asked
    /// @param hopsAway     the target, as far as its answers tell
    LimitSearch(int passes, boolean fragmentable, ProbeKind kind, int hopsAway) {
        this.passes = passes;
        this.fragmentable = fragmentable && !kind.isSparing();
        this.kind = kind;
        this.hops = Math.clamp(hopsAway, 1, MOST_HOPS);
    }

    /// The longest that passes, as it was told.
    int passes() {
        return passes;
    }

    List<PathProbe> next(Numbering numbers) {
        if (over()) {
            return List.of();
        }
        flight = new ArrayList<>();
        for (int ttl = 1; ttl <= hops; ttl++) {
            if (ttl > after) {
                flight.add(numbers.of(kind, passes + 1, ttl, true));
                flight.add(numbers.of(kind, passes, ttl, true));
            }
        }
        fragments = new ArrayList<>();
        if (fragmentable && fragmentsPassed == 0) {
            for (int i = 0; i < FRAGMENTS; i++) {
                fragments.add(numbers.of(kind, passes + 1, PathProbe.FAR, false));
            }
        }
        List<PathProbe> sent = new ArrayList<>(flight);
        sent.addAll(fragments);
        control = numbers.far(kind, passes);
        sent.add(control);
        return sent;
    }

    /// @param share of probes that are lost, as far as is known by now
    void on(Round round, double share) {
        if (over()) {
            return;
        }
        lossShare = share;
        rounds++;
        if (!heardOf(round)) {
            return;
        }
        heard = true;
        for (PathProbe probe : flight) {
            Optional<Heard> answer = round.answer(probe);
            if (answer.orElse(null) instanceof Heard.Expired expired) {
                names.put(probe.ttl(), expired.hop());
                after = probe.bytes() > passes ? Math.max(after, probe.ttl()) : after;
            } else if (answer.orElse(null) instanceof Heard.Arrived && probe.bytes() == passes) {
                names.putIfAbsent(probe.ttl(), "");
            } else if (probe.bytes() > passes) {
                silent.merge(probe.ttl(), 1, Integer::sum);
            }
        }
        fragmentsSent += fragments.size();
        fragmentsPassed += (int) fragments.stream().filter(round::arrived).count();
    }

    /// A round of which nothing was heard at all is no evidence: a busy machine hands its frames over late.
    private boolean heardOf(Round round) {
        return round.answer(control).isPresent()
                || flight.stream().anyMatch(probe -> round.answer(probe).isPresent());
    }

    boolean over() {
        boolean clear = place().isPresent() && (!fragmentable || fragmentsPassed > 0 || lossShare < QUIET);
        return rounds >= MOST_ROUNDS || heard && (lossShare < QUIET || rounds > 1 && clear);
    }

    /// Behind which hop, and not beyond which; empty where no hop tells.
    Optional<LimitPlace> place() {
        if (names.isEmpty()) {
            return Optional.empty();
        }
        int before = names.tailMap(after, false).keySet().stream()
                .filter(ttl -> silent.getOrDefault(ttl, 0) >= (lossShare < QUIET ? 1 : 2))
                .findFirst()
                .orElse(hops + 1);
        return Optional.of(new LimitPlace(after, Math.max(before, after + 1), name(after), name(before)));
    }

    private Optional<String> name(int ttl) {
        return Optional.ofNullable(names.get(ttl)).filter(name -> !name.isEmpty());
    }

    /// Whether what is too long passes where routers may fragment it; empty where that was not asked.
    Optional<Boolean> fragmentsPass() {
        return fragmentsSent == 0 ? Optional.empty() : Optional.of(fragmentsPassed > 0);
    }
}
