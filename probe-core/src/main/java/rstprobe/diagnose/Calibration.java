package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rstprobe.diagnose.Weighing.Kind;
import rstprobe.diagnose.Weighing.Said;

/// What the calibration half of the practice networks showed: everything weights are fitted on.
///
/// The text form names each fact once and then has a line for each different sight of a network, columns parted by
/// blanks:
///
///     # where it comes from
///     fact NUMBER ID FAMILY GUESS ORIGIN+ORIGIN passive|active
///     seen NETWORK refused|reset|closed ORIGIN+ORIGIN RUNS DELAY/LOSS,DELAY/LOSS single|alike NUMBER...
///
/// The origins of a network are all that are right; `-` stands for none that can send a reset or a FIN.
///
/// @param source comment lines, without the `#`
/// @param sights in the order of the text
public record Calibration(List<String> source, List<Sight> sights) {
    /// More lines than this are no calibration.
    private static final int MAX_LINES = 20_000;

    private static final String NOBODY = "-";
    private static final int FACT_WORDS = 7;
    private static final int SEEN_WORDS = 7;

    /// A network as runs of it looked.
    ///
    /// @param right      every origin that names it rightly
    /// @param runs       how many runs looked exactly so
    /// @param conditions of these, such as `10/0.01`
    public record Sight(String network, Set<Origin> right, int runs, Set<String> conditions, Weighing weighing) {
        /// Puts sets and facts into one order.
        public Sight {
            right = Set.copyOf(right);
            conditions = Set.copyOf(conditions);
            weighing = new Weighing(
                    weighing.kind(),
                    weighing.alike(),
                    weighing.facts().stream().sorted(ORDER).toList());
        }

        private Sight with(Sight other) {
            Set<String> both = new TreeSet<>(conditions);
            both.addAll(other.conditions);
            return new Sight(network, right, runs + other.runs, both, weighing);
        }
    }

    private static final Comparator<Said> ORDER = Comparator.comparing(Said::id)
            .thenComparing(Said::guess, Comparator.reverseOrder())
            .thenComparing(Said::family)
            .thenComparing(said -> origins(said.favours()))
            .thenComparing(Said::active);

    /// Keeps its own copies.
    public Calibration {
        source = List.copyOf(source);
        sights = List.copyOf(sights);
    }

    /// Sights that look alike become one.
    public static Calibration of(List<String> source, List<Sight> sights) {
        Map<List<Object>, Sight> merged = sights.stream()
                .collect(Collectors.toMap(
                        sight -> List.of(sight.network(), sight.weighing()), Function.identity(), Sight::with));
        return new Calibration(
                source,
                merged.values().stream()
                        .sorted(Comparator.comparing(Sight::network)
                                .thenComparing(sight -> sight.weighing().kind())
                                .thenComparing(Sight::runs, Comparator.reverseOrder())
                                .thenComparing(Calibration::words))
                        .toList());
    }

    private static String words(Sight sight) {
        return sight.weighing().facts().stream()
                .map(said -> said.id() + said.guess() + origins(said.favours()) + said.active())
                .collect(Collectors.joining(" ", sight.weighing().alike() + " ", ""));
    }

    /// The text that [#read] reads.
    public String text() {
        List<Said> facts = sights.stream()
                .flatMap(sight -> sight.weighing().facts().stream())
                .distinct()
                .sorted(ORDER)
                .toList();
        StringBuilder text = new StringBuilder();
        source.forEach(line -> text.append(("# " + line).strip()).append('\n'));
        for (int number = 0; number < facts.size(); number++) {
            Said said = facts.get(number);
            text.append(String.format(
                    Locale.ROOT,
                    "fact %3d %-42s %-8s %2d %s %s\n",
                    number + 1,
                    said.id(),
                    said.family(),
                    said.guess(),
                    origins(said.favours()),
                    said.active() ? "active" : "passive"));
        }
        sights.forEach(sight -> text.append(String.format(
                Locale.ROOT,
                "seen %-30s %-7s %s %d %s %s%s\n",
                sight.network(),
                sight.weighing().kind().name().toLowerCase(Locale.ROOT),
                origins(sight.right()),
                sight.runs(),
                String.join(",", new TreeSet<>(sight.conditions())),
                sight.weighing().alike() ? "alike" : "single",
                sight.weighing().facts().stream()
                        .map(said -> " " + (facts.indexOf(said) + 1))
                        .collect(Collectors.joining()))));
        return text.toString();
    }

    private static String origins(Set<Origin> origins) {
        return origins.isEmpty()
                ? NOBODY
                : origins.stream().sorted().map(Origin::word).collect(Collectors.joining("+"));
    }

    /// Reads a calibration.
    ///
    /// @throws IllegalArgumentException where a line is none of one, naming it
    public static Calibration read(String text) {
        if (text.lines().limit(MAX_LINES + 1).count() > MAX_LINES) {
            throw new IllegalArgumentException("a calibration has no more than " + MAX_LINES + " lines");
        }
        List<String> source = new ArrayList<>();
        Map<String, Said> facts = new TreeMap<>();
        List<Sight> sights = new ArrayList<>();
        text.lines().filter(line -> !line.isBlank()).forEach(line -> {
            String[] words = line.strip().split("\\s+");
            if (line.startsWith("#")) {
                source.add(line.substring(1).strip());
            } else if (words[0].equals("fact") && words.length == FACT_WORDS) {
                facts.put(words[1], fact(words).orElseThrow(() -> wrong(line)));
            } else if (words[0].equals("seen") && words.length >= SEEN_WORDS) {
                sights.add(sight(words, facts).orElseThrow(() -> wrong(line)));
            } else {
                throw wrong(line);
            }
        });
        return new Calibration(source, sights);
    }

    private static IllegalArgumentException wrong(String line) {
        return new IllegalArgumentException("not a line of a calibration: " + line);
    }

    private static Optional<Said> fact(String[] words) {
        Optional<Evidence.Family> family = Stream.of(Evidence.Family.values())
                .filter(one -> one.name().equals(words[3]))
                .findFirst();
        Optional<Set<Origin>> favours = origins(words[5]);
        boolean active = words[6].equals("active");
        return words[4].matches("[1-9][0-9]?") && (active || words[6].equals("passive"))
                ? family.flatMap(one ->
                        favours.map(origins -> new Said(words[2], one, Integer.parseInt(words[4]), origins, active)))
                : Optional.empty();
    }

    private static Optional<Sight> sight(String[] words, Map<String, Said> facts) {
        Optional<Kind> kind = Stream.of(Kind.values())
                .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(words[2]))
                .findFirst();
        Optional<Set<Origin>> right = origins(words[3]);
        boolean alike = words[6].equals("alike");
        List<String> numbers = Arrays.asList(words).subList(SEEN_WORDS, words.length);
        if (kind.isEmpty()
                || right.isEmpty()
                || !words[4].matches("[1-9][0-9]{0,5}")
                || !(alike || words[6].equals("single"))
                || !facts.keySet().containsAll(numbers)) {
            return Optional.empty();
        }
        List<Said> said = numbers.stream().map(facts::get).toList();
        return Optional.of(new Sight(
                words[1],
                right.get(),
                Integer.parseInt(words[4]),
                Set.of(words[5].split(",")),
                new Weighing(kind.get(), alike, said)));
    }

    /// The origins these words name; empty where one names none.
    public static Optional<Set<Origin>> origins(String words) {
        if (words.equals(NOBODY)) {
            return Optional.of(Set.of());
        }
        List<String> names = List.of(words.split("\\+"));
        Set<Origin> named = Stream.of(Origin.values())
                .filter(origin -> names.contains(origin.word()))
                .collect(Collectors.toSet());
        return named.size() == names.size() ? Optional.of(named) : Optional.empty();
    }
}
