import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Measures one path MTU with several programs, in turns: what each answers, how long it takes and how many packets it
/// sends. `make bench` starts it as a client of the OpenSSH server at 198.18.3.2, behind a black hole.
final class MtuBench {
    private static final String SERVER = "198.18.3.2";
    private static final Path SENT = Path.of("/proc/net/dev");
    /// The tenth number of an interface's line: packets that it sent.
    private static final Pattern PACKETS = Pattern.compile("client:(?:\\s*\\d+){9}\\s+(\\d+)");
    private static final long LONGEST_RUN_SECONDS = 150;
    private static final double MOST_TIME = 0.1;
    /// Beside a program that tells of the way there alone, as `--one-way` does.
    private static final double MOST_PACKETS = 5;
    /// Of the whole report: both ways, and where the limit sits.
    private static final int MOST_IN_ALL = 150;

    private static final int WHOLE = 0;
    private static final int ONE_WAY = 1;
    /// On a long path the whole process takes so many round trips at most, and so many milliseconds more.
    private static final int MOST_TRIPS = 6;

    private static final double MORE_MILLIS = 100;

    private MtuBench() {}

    /// A program, how often it is run, and what of its output is its answer.
    private record Row(String name, int rounds, Pattern answer, List<String> command) {
        static Row of(String name, int rounds, String answer, String... command) {
            return new Row(name, rounds, Pattern.compile(answer), List.of(command));
        }
    }

    private record Run(double millis, long packets, String answer) {}

    /// Takes the bytes that pass, the path of `bin/rstprobe`, and the folder with the scripts; exits 1 if rstprobe was
    /// wrong once, or took more than it may beside the fastest that is right. Where DELAY says how many
    /// milliseconds a packet takes each way, it measures rstprobe alone, in round trips.
    public static void main(String[] words) throws InterruptedException {
        String truth = words[0];
        String rstprobe = Path.of(words[1]).toAbsolutePath().toString();
        String bisect = Path.of(words[2], "ping-bisect").toAbsolutePath().toString();
        List<Row> rows = List.of(
                Row.of(
                        "rstprobe mtu",
                        6,
                        "\"pathMtu\":\\s*(\\d+)",
                        rstprobe,
                        "mtu",
                        "--json",
                        "--into",
                        "/run",
                        SERVER),
                Row.of(
                        "rstprobe mtu --one-way",
                        6,
                        "\"pathMtu\":\\s*(\\d+)",
                        rstprobe,
                        "mtu",
                        "--json",
                        "--one-way",
                        "--into",
                        "/run",
                        SERVER),
                Row.of("ping, by hand", 3, "path MTU (\\d+)", bisect, SERVER),
                Row.of(
                        "nmap --script path-mtu",
                        3,
                        "(PMTU == \\d+|\\d+ <= PMTU < \\d+)",
                        "nmap",
                        "-n",
                        "-Pn",
                        "-p",
                        "22",
                        "--script",
                        "path-mtu",
                        SERVER),
                Row.of(
                        "scamper trace -M -w 1",
                        2,
                        "mtu: (\\d+)",
                        "scamper",
                        "-O",
                        "text",
                        "-I",
                        "trace -M -w 1 " + SERVER),
                Row.of("scamper trace -M", 1, "mtu: (\\d+)", "scamper", "-O", "text", "-I", "trace -M " + SERVER),
                Row.of("tracepath -n", 1, "pmtu (\\d+)", "tracepath", "-n", SERVER));
        System.out.println();
        if (System.getenv("DELAY") != null) {
            System.exit(inTrips(truth, rows.getFirst(), Integer.parseInt(System.getenv("DELAY"))) ? 0 : 1);
        }
        System.out.println("A path MTU of " + truth + " bytes behind a router that says nothing (in turns)");
        List<List<Run>> runs = new ArrayList<>();
        rows.forEach(_ -> runs.add(new ArrayList<>()));
        // Not counted: the first run reads files from the disk, and resolves the router's address.
        run(rows.getFirst());
        int most = rows.stream().mapToInt(Row::rounds).max().orElseThrow();
        for (int round = 0; round < most; round++) {
            for (int row = 0; row < rows.size(); row++) {
                if (round < rows.get(row).rounds()) {
                    runs.get(row).add(run(rows.get(row)));
                }
            }
        }
        System.exit(print(truth, rows, runs) ? 0 : 1);
    }

    private static boolean inTrips(String truth, Row rstprobe, int delayMillis) throws InterruptedException {
        int trip = 2 * delayMillis;
        run(rstprobe);
        List<Run> runs = new ArrayList<>();
        for (int round = 0; round < rstprobe.rounds(); round++) {
            runs.add(run(rstprobe));
        }
        double most = MOST_TRIPS * trip + MORE_MILLIS;
        System.out.printf(
                Locale.ROOT,
                "The same path with a round trip of %d ms: answers %s, %.0f ms at the median (%.0f to %.0f), %.0f more than"
                        + " %d round trips (at most %.0f), %d packets%n",
                trip,
                String.join(", ", runs.stream().map(Run::answer).distinct().toList()),
                median(runs),
                runs.stream().mapToDouble(Run::millis).min().orElse(Double.NaN),
                runs.stream().mapToDouble(Run::millis).max().orElse(Double.NaN),
                median(runs) - MOST_TRIPS * trip,
                MOST_TRIPS,
                MORE_MILLIS,
                packets(runs));
        return median(runs) <= most
                && runs.stream().allMatch(run -> run.answer().equals(truth));
    }

    private static boolean print(String truth, List<Row> rows, List<List<Run>> runs) {
        System.out.printf(
                "  %-26s %-22s %9s   %-22s %8s%n", "", "answers", "median ms", "fastest to slowest", "packets");
        Optional<Integer> fastest = Optional.empty();
        for (int row = 0; row < rows.size(); row++) {
            List<Run> those = runs.get(row);
            List<String> answers = those.stream().map(Run::answer).distinct().toList();
            System.out.printf(
                    Locale.ROOT,
                    "  %-26s %-22s %9.0f   %-22s %8d%n",
                    rows.get(row).name(),
                    String.join(", ", answers),
                    median(those),
                    String.format(
                            Locale.ROOT,
                            "%.0f to %.0f (%d runs)",
                            those.stream().mapToDouble(Run::millis).min().orElse(Double.NaN),
                            those.stream().mapToDouble(Run::millis).max().orElse(Double.NaN),
                            those.size()),
                    packets(those));
            boolean exact = answers.equals(List.of(truth));
            if (row <= ONE_WAY && !exact) {
                System.out.println("  rstprobe is wrong");
                return false;
            }
            if (row > ONE_WAY
                    && exact
                    && fastest.filter(other -> median(runs.get(other)) < median(those))
                            .isEmpty()) {
                fastest = Optional.of(row);
            }
        }
        if (fastest.isEmpty()) {
            System.out.println("  no other program is right");
            return true;
        }
        List<Run> peer = runs.get(fastest.get());
        double whole = median(runs.get(WHOLE)) / median(peer);
        double oneWay = median(runs.get(ONE_WAY)) / median(peer);
        double ratio = (double) packets(runs.get(ONE_WAY)) / packets(peer);
        System.out.printf(
                Locale.ROOT,
                "  beside the fastest that is right (%s): %.3f of its time, and %.3f with the way back, the place and all"
                        + " else (at most %.1f)%n",
                rows.get(fastest.get()).name(),
                oneWay,
                whole,
                MOST_TIME);
        System.out.printf(
                Locale.ROOT,
                "  packets: %.1f times its for what it tells (at most %.0f), %d for the whole report (at most %d)%n",
                ratio,
                MOST_PACKETS,
                packets(runs.get(WHOLE)),
                MOST_IN_ALL);
        return Math.max(whole, oneWay) <= MOST_TIME && ratio <= MOST_PACKETS && packets(runs.get(WHOLE)) <= MOST_IN_ALL;
    }

    private static double median(List<Run> runs) {
        List<Double> sorted = runs.stream().map(Run::millis).sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    private static long packets(List<Run> runs) {
        List<Long> sorted = runs.stream().map(Run::packets).sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    private static Run run(Row row) throws InterruptedException {
        try {
            Path output = Files.createTempFile(Path.of("/run"), "bench-", ".txt");
            long before = sent();
            long begin = System.nanoTime();
            Process process = new ProcessBuilder(row.command())
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(output.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(LONGEST_RUN_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            double millis = (System.nanoTime() - begin) / 1e6;
            Matcher told = row.answer().matcher(Files.readString(output, StandardCharsets.ISO_8859_1));
            String answer = "nothing";
            while (told.find()) {
                answer = told.group(1) != null ? told.group(1) : told.group(2);
                if (row.name().startsWith("rstprobe")) {
                    break;
                }
            }
            return new Run(millis, sent() - before, answer);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static long sent() throws IOException {
        Matcher line = PACKETS.matcher(Files.readString(SENT));
        return line.find() ? Long.parseLong(line.group(1)) : 0;
    }
}
