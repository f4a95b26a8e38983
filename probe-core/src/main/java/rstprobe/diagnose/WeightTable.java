package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;

/// Weights and limits as the calibration half of the practice networks taught them, by the id of the fact.
///
/// A fact that is not in it, because it is new or was met in no network, keeps its first guess; so does one whose
/// guess has changed since. The text form has a line for each, columns parted by blanks:
///
///     # where it comes from
///     limit  class      limit  networks  right
///     weight fact       guess  fitted    networks  against
///
/// @param source   comment lines, without the `#`
/// @param problems lines that are none of the above
public record WeightTable(List<String> source, Map<Proof, Limit> limits, Map<Key, Row> weights, List<String> problems) {
    private static final int MAX_LINES = 2_000;
    private static final int MAX_NUMBER = 1_000_000;
    private static final String LIMIT = "limit";
    private static final String WEIGHT = "weight";
    private static final int LIMIT_WORDS = 5;
    private static final int WEIGHT_WORDS = 6;

    /// What is fitted together: one fact may come in several strengths.
    record Key(String id, int guess) {}

    /// A fitted weight.
    ///
    /// @param networks in how many calibration networks the fact was met
    /// @param against  in how many of them it spoke for nobody who was it
    record Row(int fitted, int networks, int against) {}

    /// A limit that was earned.
    ///
    /// @param networks in how many calibration networks verdicts of the class named somebody
    /// @param right    in how many of these always rightly
    record Limit(double limit, int networks, int right) {}

    /// Keeps its own copies.
    public WeightTable {
        source = List.copyOf(source);
        limits = Map.copyOf(limits);
        weights = Map.copyOf(weights);
        problems = List.copyOf(problems);
    }

    /// Read when the first fact is weighed.
    private static final class Committed {
        private static final WeightTable TABLE = read(FittedWeights.table());
    }

    /// The table this program was built with.
    static WeightTable committed() {
        return Committed.TABLE;
    }

    /// The table in a text; whatever is no line of a table is a problem and changes nothing.
    static WeightTable read(String text) {
        List<String> source = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        Map<Proof, Limit> limits = new EnumMap<>(Proof.class);
        Map<Key, Row> weights = new HashMap<>();
        text.lines().limit(MAX_LINES).filter(line -> !line.isBlank()).forEach(line -> {
            String[] words = line.strip().split("\\s+");
            if (line.startsWith("#")) {
                source.add(line.substring(1).strip());
            } else if (!limit(words, limits) && !weight(words, weights)) {
                problems.add(line);
            }
        });
        return new WeightTable(source, limits, weights, problems);
    }

    private static boolean limit(String[] words, Map<Proof, Limit> into) {
        if (words.length != LIMIT_WORDS || !words[0].equals(LIMIT)) {
            return false;
        }
        OptionalInt percent = words[2].matches("0\\.\\d\\d") ? number(words[2].substring(2)) : OptionalInt.empty();
        OptionalInt networks = number(words[3]);
        OptionalInt right = number(words[4]);
        for (Proof proof : Proof.values()) {
            if (proof.word().equals(words[1])
                    && percent.isPresent()
                    && networks.isPresent()
                    && right.isPresent()
                    && percent.getAsInt() / 100.0 <= proof.ceiling()) {
                return into.putIfAbsent(
                                proof, new Limit(percent.getAsInt() / 100.0, networks.getAsInt(), right.getAsInt()))
                        == null;
            }
        }
        return false;
    }

    private static boolean weight(String[] words, Map<Key, Row> into) {
        if (words.length != WEIGHT_WORDS || !words[0].equals(WEIGHT)) {
            return false;
        }
        int[] numbers = Stream.of(words)
                .skip(2)
                .map(WeightTable::number)
                .flatMapToInt(OptionalInt::stream)
                .toArray();
        if (numbers.length != WEIGHT_WORDS - 2) {
            return false;
        }
        boolean conclusive = numbers[0] >= Weights.CONCLUSIVE;
        if (conclusive != numbers[1] >= Weights.CONCLUSIVE) {
            return false;
        }
        return into.putIfAbsent(new Key(words[1], numbers[0]), new Row(numbers[1], numbers[2], numbers[3])) == null;
    }

    private static OptionalInt number(String word) {
        if (!word.matches("[0-9]{1,7}")) {
            return OptionalInt.empty();
        }
        int number = Integer.parseInt(word);
        return number <= MAX_NUMBER ? OptionalInt.of(number) : OptionalInt.empty();
    }

    /// The weight of a fact. What is conclusive by the rules of TCP, and what weighs nothing, stays so.
    int weight(String id, int guess) {
        if (guess <= 0 || guess >= Weights.CONCLUSIVE) {
            return guess;
        }
        Row row = weights.get(new Key(id, guess));
        return row == null ? guess : row.fitted();
    }

    double limit(Proof proof) {
        Limit limit = limits.get(proof);
        return limit == null ? proof.guess() : limit.limit();
    }

    /// The text that [#read] reads.
    public String text() {
        StringBuilder text = new StringBuilder();
        source.forEach(line -> text.append(("# " + line).strip()).append('\n'));
        limits.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> text.append(String.format(
                        Locale.ROOT,
                        "%-6s %-42s %6.2f %4d %4d\n",
                        LIMIT,
                        entry.getKey().word(),
                        entry.getValue().limit(),
                        entry.getValue().networks(),
                        entry.getValue().right())));
        weights.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(
                        Comparator.comparing(Key::id).thenComparing(Key::guess, Comparator.reverseOrder())))
                .forEach(entry -> text.append(String.format(
                        Locale.ROOT,
                        "%-6s %-42s %6d %4d %4d %4d\n",
                        WEIGHT,
                        entry.getKey().id(),
                        entry.getKey().guess(),
                        entry.getValue().fitted(),
                        entry.getValue().networks(),
                        entry.getValue().against())));
        return text.toString();
    }
}
