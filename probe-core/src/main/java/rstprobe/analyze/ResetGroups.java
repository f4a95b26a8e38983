package rstprobe.analyze;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import rstprobe.diagnose.Origin;
import rstprobe.diagnose.Verdict;
import rstprobe.ssh.Stage;
import rstprobe.wire.Endpoint;
import rstprobe.wire.IpAddress;

/// Resets counted as they come, a group for those that one person would call the same: of one server, with one
/// verdict. Bounded, however many there are.
public final class ResetGroups {
    /// Groups told apart; resets of further ones are only counted.
    static final int MOST_GROUPS = 4_096;

    /// Servers, boxes and hours told apart in a summary.
    static final int MOST_ROWS = 4_096;

    private static final long NANOS_AN_HOUR = 3_600_000_000_000L;

    /// What resets of one group have in common.
    ///
    /// @param box     of one that was sent on the way
    /// @param address of the server, where the group has only one
    /// @param port    of the server, where the group has only one
    private record Key(
            Standing standing,
            Origin origin,
            String summary,
            Optional<Stage> stage,
            boolean inClientsName,
            Optional<Box> box,
            Optional<IpAddress> address,
            OptionalInt port) {}

    /// A sender on the way as resets show it: where it is, seen from the capture, and how its resets look. The same
    /// box may be two, and two may look the same.
    ///
    /// @param hops routers between it and the place of the capture
    public record Box(int hops, String look) {}

    private final Map<Key, ResetGroup> groups = new HashMap<>();
    private final Map<Endpoint, Map<Standing, Long>> servers = new HashMap<>();
    private final Map<Box, ResetGroup> boxes = new HashMap<>();
    private final TreeMap<Long, Map<Standing, Long>> hours = new TreeMap<>();
    private long resets;
    private long beyond;

    /// Counts one more.
    public void add(AttributedReset reset) {
        resets++;
        Key key = key(reset);
        ResetGroup group = groups.get(key);
        if (group == null && groups.size() < MOST_GROUPS) {
            group = new ResetGroup(reset);
            groups.put(key, group);
        }
        if (group == null) {
            beyond++;
        } else {
            group.add(reset);
        }
        count(servers, reset.server(), reset.standing());
        count(hours, Math.floorDiv(reset.atNanos(), NANOS_AN_HOUR), reset.standing());
        if (reset.maybeOfABox()) {
            Box box = box(reset);
            if (boxes.containsKey(box) || boxes.size() < MOST_ROWS) {
                boxes.computeIfAbsent(box, _ -> new ResetGroup(reset)).add(reset);
            }
        }
    }

    /// One box that resets connections to many servers is one thing, so are the ports of a host that refuse, and what
    /// clients did.
    private static Key key(AttributedReset reset) {
        boolean byAddress = switch (reset.standing()) {
            case CUT_BY_SERVER, CUT_BY_UNKNOWN, REFUSED -> true;
            case ON_THE_WAY, BY_CLIENT, AFTER_END -> false;
        };
        boolean refused = reset.standing() == Standing.REFUSED;
        boolean byPort = byAddress && !refused;
        return new Key(
                reset.standing(),
                reset.origin(),
                refused ? "" : reset.summary(),
                reset.stage(),
                reset.inClientsName(),
                reset.standing() == Standing.ON_THE_WAY ? Optional.of(box(reset)) : Optional.empty(),
                byAddress ? Optional.of(reset.server().address()) : Optional.empty(),
                byPort ? OptionalInt.of(reset.server().port()) : OptionalInt.empty());
    }

    private static Box box(AttributedReset reset) {
        return new Box(reset.header().hops(), reset.header().look());
    }

    private static <K> void count(Map<K, Map<Standing, Long>> rows, K key, Standing standing) {
        if (rows.containsKey(key) || rows.size() < MOST_ROWS) {
            rows.computeIfAbsent(key, _ -> new EnumMap<>(Standing.class)).merge(standing, 1L, Long::sum);
        }
    }

    /// How many were counted.
    public long resets() {
        return resets;
    }

    /// How many belong to none of the groups, which were too many.
    public long beyond() {
        return beyond;
    }

    /// The groups, the worst first, and of those the surest, then the largest.
    public List<ResetGroup> worstFirst() {
        List<ResetGroup> all = new ArrayList<>(groups.values());
        all.sort(Comparator.comparing((ResetGroup group) -> group.surest().standing())
                .thenComparing(group -> group.surest().verdict() instanceof Verdict.Fault ? 0 : 1)
                .thenComparing(group -> -group.surest().verdict().confidence())
                .thenComparing(group -> -group.resets())
                .thenComparing(ResetGroup::file)
                .thenComparing(ResetGroup::frame));
        return all;
    }

    /// The exit code: that of the worst and surest verdict; 0 where nothing was reset.
    public int exitCode() {
        List<ResetGroup> all = worstFirst();
        return all.isEmpty() ? 0 : all.getFirst().surest().verdict().exitCode();
    }

    /// How many of each kind every server has, in the order of how many there are.
    public List<Map.Entry<Endpoint, Map<Standing, Long>>> servers() {
        return servers.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<Endpoint, Map<Standing, Long>> row) -> -sum(row.getValue()))
                        .thenComparing(row -> row.getKey().toString()))
                .toList();
    }

    /// How many of each kind fell in every hour that had any, counted from 1970, in order.
    public TreeMap<Long, Map<Standing, Long>> hours() {
        return hours;
    }

    /// The senders on the way that the resets show, those with most resets first.
    public List<Map.Entry<Box, ResetGroup>> boxes() {
        return boxes.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<Box, ResetGroup> row) ->
                                -row.getValue().resets())
                        .thenComparing(row -> row.getKey().toString()))
                .toList();
    }

    /// All of them together.
    public static long sum(Map<Standing, Long> row) {
        return row.values().stream().mapToLong(Long::longValue).sum();
    }
}
