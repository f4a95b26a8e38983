package rstprobe.path;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/// Whether other connections find another path MTU than the one that was searched on: routers that share a load among
/// several links choose the link by addresses and ports, and each link may take another size.
///
/// Segments of no connection leave from several ports, each of them always the same way, in the two sizes that tell. A
/// port on which they are told otherwise is asked several times, and then searched by itself; others like it are only
/// asked about what was found, and searched where they differ from that too.
final class FlowSearch {
    /// None of which takes the other of two links in one of 4096 surveys.
    static final int FLOWS = 12;

    private static final int MOST_SEARCHES = 3;
    private static final int MOST_ROUNDS = 16;
    private static final int REPEATS = 3;
    /// Ports that are asked several times in one round.
    private static final int MOST_DOUBTED = 4;

    private enum State {
        ASKED,
        LIKE_THE_FIRST,
        DOUBTED,
        SUSPECT,
        SEARCHED,
        MUTE
    }

    private final int floor;
    private final int top;
    private final int passes;
    private boolean answers;
    private final State[] states = new State[FLOWS + 1];
    /// What was found last on another port, and is asked about on those that are suspect too; 0 for nothing.
    private int found;
    private final TreeMap<Integer, Member> members = new TreeMap<>();
    private Optional<PathMtuSearch> search = Optional.empty();
    private int searched;
    private int searches;
    private int rounds;
    private int probes;
    private List<PathProbe> flight = List.of();

    /// A way that some connections take.
    private static final class Member {
        private final PathMtuStanding standing;
        private int flows = 1;

        private Member(PathMtuStanding standing) {
            this.standing = standing;
        }
    }

    /// @param passes  the longest that passes on the connection that was searched on
    /// @param answers whether the target is known to answer segments of no connection
    FlowSearch(int floor, int top, int passes, boolean answers) {
        this.floor = floor;
        this.top = top;
        this.passes = passes;
        this.answers = answers;
        Arrays.fill(states, State.ASKED);
    }

    /// The longest that passes on the connection that was searched on.
    int passes() {
        return passes;
    }

    List<PathProbe> next(Numbering numbers) {
        flight = new ArrayList<>();
        if (over()) {
            return flight;
        }
        int doubted = 0;
        for (int flow = 1; flow <= FLOWS; flow++) {
            switch (states[flow]) {
                case ASKED -> ask(numbers, flow);
                case DOUBTED -> askAgain(numbers, flow, doubted++);
                case SUSPECT -> suspect(numbers, flow);
                case LIKE_THE_FIRST, SEARCHED, MUTE -> {}
            }
        }
        probes += flight.size();
        return flight;
    }

    private void ask(Numbering numbers, int flow) {
        if (passes < top) {
            flight.add(numbers.onFlow(flow, passes + 1));
        }
        flight.add(numbers.onFlow(flow, passes));
    }

    /// What looks otherwise is asked again before it is searched, since one loss is no sign.
    private void askAgain(Numbering numbers, int flow, int before) {
        for (int i = 0; i < REPEATS && before < MOST_DOUBTED; i++) {
            ask(numbers, flow);
            flight.add(numbers.onFlow(flow, floor));
        }
    }

    private void suspect(Numbering numbers, int flow) {
        if (found > 0) {
            for (int i = 0; i < REPEATS; i++) {
                flight.add(numbers.onFlow(flow, found + 1));
                flight.add(numbers.onFlow(flow, found));
            }
        } else if (flow == searched) {
            PathMtuSearch running = search.orElseGet(() -> new PathMtuSearch(floor, top));
            search = Optional.of(running);
            running.next().forEach(bytes -> flight.add(numbers.onFlow(flow, bytes)));
        }
    }

    void on(Round round) {
        if (flight.isEmpty()) {
            return;
        }
        rounds++;
        answers |= flight.stream().anyMatch(round::arrived);
        int asked = found;
        found = 0;
        for (int flow = 1; flow <= FLOWS; flow++) {
            heard(round, flow, asked);
        }
        choose();
    }

    /// @param asked what those that are suspect were asked about; 0 where one of them is searched
    private void heard(Round round, int flow, int asked) {
        List<PathProbe> sent =
                flight.stream().filter(probe -> probe.flow() == flow).toList();
        if (sent.isEmpty()) {
            return;
        }
        if (states[flow] == State.SUSPECT && asked > 0) {
            if (isLimit(round, sent, asked)) {
                states[flow] = State.SEARCHED;
                members.get(asked).flows++;
            }
            return;
        }
        if (states[flow] == State.SUSPECT) {
            search.orElseThrow()
                    .on(sent.stream()
                            .map(probe ->
                                    new SizedProbe(probe.bytes(), round.arrived(probe) ? Fate.DELIVERED : Fate.SILENT))
                            .toList());
            conclude(flow);
            return;
        }
        boolean lives = sent.stream().anyMatch(round::arrived);
        if (isLimit(round, sent, passes)) {
            states[flow] = State.LIKE_THE_FIRST;
        } else if (states[flow] == State.ASKED) {
            states[flow] = answers ? State.DOUBTED : State.MUTE;
        } else {
            states[flow] = lives ? State.SUSPECT : State.MUTE;
        }
    }

    /// Whether one of that length arrived, and no longer one.
    private static boolean isLimit(Round round, List<PathProbe> sent, int bytes) {
        return sent.stream().anyMatch(probe -> probe.bytes() == bytes && round.arrived(probe))
                && sent.stream().noneMatch(probe -> probe.bytes() > bytes && round.arrived(probe));
    }

    private void conclude(int flow) {
        PathMtuStanding standing = search.orElseThrow().standing();
        if (standing instanceof PathMtuStanding.Open) {
            return;
        }
        search = Optional.empty();
        searches++;
        OptionalInt bytes = standing.passes();
        if (bytes.isEmpty()) {
            states[flow] = State.MUTE;
        } else if (bytes.getAsInt() == passes) {
            states[flow] = State.LIKE_THE_FIRST;
        } else {
            states[flow] = State.SEARCHED;
            Member known = members.get(bytes.getAsInt());
            if (known == null) {
                members.put(bytes.getAsInt(), new Member(standing));
                found = bytes.getAsInt();
            } else {
                known.flows++;
            }
        }
    }

    private void choose() {
        boolean busy = searched > 0 && states[searched] == State.SUSPECT;
        for (int flow = 1; flow <= FLOWS && !busy; flow++) {
            if (states[flow] == State.SUSPECT) {
                searched = flow;
                return;
            }
        }
    }

    boolean over() {
        boolean open = Arrays.stream(states, 1, states.length).anyMatch(FlowSearch::isOpen);
        return !open || searches >= MOST_SEARCHES || rounds >= MOST_ROUNDS;
    }

    private static boolean isOpen(State state) {
        return switch (state) {
            case ASKED, DOUBTED, SUSPECT -> true;
            case LIKE_THE_FIRST, SEARCHED, MUTE -> false;
        };
    }

    int probes() {
        return probes;
    }

    /// The narrowest of the ways that some connections take, where it is narrower than the one that was searched on.
    Optional<PathMtuStanding> narrower() {
        return members.headMap(passes, false).values().stream()
                .map(member -> member.standing)
                .findFirst();
    }

    /// Every path MTU that was found, and on how many ports, the first connection among them; empty where all were told
    /// the same, or none was told.
    List<FlowMtu> members() {
        if (members.isEmpty()) {
            return List.of();
        }
        int alike = 1;
        for (int flow = 1; flow <= FLOWS; flow++) {
            alike += states[flow] == State.LIKE_THE_FIRST ? 1 : 0;
        }
        TreeMap<Integer, Integer> all = new TreeMap<>();
        all.put(passes, alike);
        members.forEach((bytes, member) -> all.merge(bytes, member.flows, Integer::sum));
        return all.entrySet().stream()
                .map(entry -> new FlowMtu(entry.getKey(), entry.getValue()))
                .toList();
    }
}
