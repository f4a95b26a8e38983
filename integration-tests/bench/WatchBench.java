import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What it costs to watch a busy interface: `rstprobe watch` and `dumpcap`, with the same filter, snapshot length and
/// buffer, in turns, at a stated rate and at the highest at which dumpcap loses nothing:
/// `java WatchBench.java BIN/rstprobe JAVA NATIVE.jar FOLDER_OF_BENCH`.
///
/// The processor time is that of the process between two moments, both when it has run for some seconds under load: a
/// flight recorder runs for weeks, and what a Java process takes to start is printed beside it.
final class WatchBench {
    private static final int STATED_RATE = 50_000;
    private static final int[] HIGHER_RATES = {
        100_000, 200_000, 300_000, 400_000, 500_000, 600_000, 700_000, 850_000, 1_000_000
    };
    private static final int ROUNDS = 2, MEASURED_SECONDS = 6;

    /// Seconds of load before a process is measured: until what it does often has been compiled, which takes the longer
    /// the less there is to do.
    private static final int WARM_SECONDS = 10, WARM_SECONDS_AT_STATED_RATE = 30;
    private static final double MOST_TIMES_DUMPCAP = 1.5;
    private static final String FILTER =
            "tcp port 22 or (icmp and (icmp[0] = 3 or icmp[0] = 4 or icmp[0] = 5 or icmp[0] = 11"
                    + " or icmp[0] = 12)) or (ip6 and ip6[6] = 58 and ip6[40] < 128)";
    private static final int SNAP_LENGTH = 4_096;
    private static final double TICKS_PER_SECOND = 100;
    private static final int USER_TIME = 11, SYSTEM_TIME = 12;

    private final String rstprobe;
    private final String java;
    private final String classes;
    private final Path bench;

    private WatchBench(String[] words) {
        rstprobe = Path.of(words[0]).toAbsolutePath().toString();
        java = words[1];
        classes = words[2];
        bench = Path.of(words[3]).toAbsolutePath();
    }

    /// @param seconds   how long frames were sent
    /// @param start     seconds of the processor until the load came
    /// @param perSecond seconds of the processor a second, under load
    private record Run(int seconds, long sent, long seen, long lost, double start, double perSecond) {}

    /// Exits 1 if watching loses frames where dumpcap loses none, or costs more than it may.
    public static void main(String[] words) throws Exception {
        System.exit(new WatchBench(words).compare() ? 0 : 1);
    }

    private boolean compare() throws Exception {
        System.out.println();
        System.out.println("Watching an interface, " + MEASURED_SECONDS + " s at each rate (in turns)");
        System.out.printf(
                "  %-9s %-16s %10s %9s %8s %11s %10s%n",
                "wanted/s", "", "sent/s", "seen", "lost", "CPU, % of 1", "start, s");
        boolean atStated = beside(STATED_RATE, WARM_SECONDS_AT_STATED_RATE).orElse(false);
        int highest = highest();
        Optional<Boolean> atHighest = beside(HIGHER_RATES[highest], WARM_SECONDS);
        while (atHighest.isEmpty() && --highest >= 0) {
            atHighest = beside(HIGHER_RATES[highest], WARM_SECONDS);
        }
        System.out.println(
                "  at most " + MOST_TIMES_DUMPCAP + " times its CPU, and no frame lost where it loses none, at "
                        + STATED_RATE + " frames/s: " + (atStated ? "reached" : "MISSED")
                        + ", and at the highest rate at which dumpcap loses none: "
                        + atHighest.map(good -> good ? "reached" : "MISSED").orElse("it loses some at every rate"));
        return atStated && atHighest.orElse(true);
    }

    /// The highest of the rates at which dumpcap by itself loses nothing, tried upwards.
    private int highest() throws Exception {
        int highest = 0;
        while (highest + 1 < HIGHER_RATES.length
                && print(HIGHER_RATES[highest + 1], "dumpcap, alone", run(HIGHER_RATES[highest + 1], false, 0))
                                .lost()
                        == 0) {
            highest++;
        }
        return highest;
    }

    /// Both at a rate, in turns: whether ours is as good as asked for. Empty where dumpcap loses frames.
    private Optional<Boolean> beside(int rate, int warmSeconds) throws Exception {
        List<Run> ours = new ArrayList<>();
        List<Run> theirs = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            theirs.add(print(rate, "dumpcap", run(rate, false, warmSeconds)));
            if (theirs.getLast().lost() > 0) {
                return Optional.empty();
            }
            ours.add(print(rate, "rstprobe watch", run(rate, true, warmSeconds)));
        }
        double ratio = mean(ours) / mean(theirs);
        System.out.printf(Locale.ROOT, "  %-9d %-16s %.2f times its CPU%n", rate, "", ratio);
        return Optional.of(ratio <= MOST_TIMES_DUMPCAP
                && ours.stream().allMatch(run -> run.lost() == 0 && run.seen() == run.sent()));
    }

    private static double mean(List<Run> runs) {
        return runs.stream().mapToDouble(Run::perSecond).average().orElse(Double.NaN);
    }

    private static Run print(int rate, String name, Run run) {
        System.out.printf(
                Locale.ROOT,
                "  %-9d %-16s %10d %9d %8d %11.1f %10.2f%n",
                rate,
                name,
                run.sent() / run.seconds(),
                run.seen(),
                run.lost(),
                100 * run.perSecond(),
                run.start());
        return run;
    }

    private Run run(int rate, boolean ours, int warmSeconds) throws Exception {
        Path folder = Files.createTempDirectory(Path.of("/run"), "bench-");
        Path metrics = folder.resolve("metrics");
        Path told = folder.resolve("told");
        List<String> command = ours
                ? List.of(
                        rstprobe, "watch", "-i", "there", "--into", folder.toString(), "--metrics", metrics.toString())
                : List.of(
                        "dumpcap",
                        "-p",
                        "-i",
                        "there",
                        "-f",
                        FILTER,
                        "-s",
                        String.valueOf(SNAP_LENGTH),
                        "-B",
                        "64",
                        "-w",
                        folder.resolve("frames").toString(),
                        "-b",
                        "filesize:65536",
                        "-b",
                        "files:4");
        Process process = new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(told.toFile())
                .start();
        try {
            await(() -> ours ? Files.exists(metrics) : text(told).contains("File:"));
            double start = processorTime(process);
            Process sending = new ProcessBuilder(
                            java,
                            "--enable-native-access=ALL-UNNAMED",
                            "-XX:+UseSerialGC",
                            "-cp",
                            classes,
                            bench.resolve("ManyFrames.java").toString(),
                            "here",
                            String.valueOf(rate),
                            String.valueOf(warmSeconds + MEASURED_SECONDS))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            await(() -> received() > 1_000);
            TimeUnit.SECONDS.sleep(warmSeconds);
            double before = processorTime(process);
            long from = System.nanoTime();
            TimeUnit.SECONDS.sleep(MEASURED_SECONDS - 1);
            double taken = processorTime(process) - before;
            double lasted = (System.nanoTime() - from) / 1e9;
            String sent = new String(sending.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            TimeUnit.MILLISECONDS.sleep(700);
            process.toHandle().destroy();
            process.waitFor(10, TimeUnit.SECONDS);
            long[] counts = ours ? counted(text(metrics)) : saidByDumpcap(text(told));
            return new Run(
                    warmSeconds + MEASURED_SECONDS, Long.parseLong(sent), counts[0], counts[1], start, taken / lasted);
        } finally {
            process.destroyForcibly().waitFor();
            base = receivedInAll();
            clear(folder);
        }
    }

    private static long base;

    /// Frames that came out of the cable since the last run.
    private static long received() {
        return receivedInAll() - base;
    }

    private static long receivedInAll() {
        Matcher line = Pattern.compile("there:\\s*\\d+\\s+(\\d+)").matcher(text(Path.of("/proc/net/dev")));
        return line.find() ? Long.parseLong(line.group(1)) : 0;
    }

    private static long[] counted(String metrics) {
        return new long[] {
            number(metrics, "rstprobe_watch_frames_total (\\d+)"),
            number(metrics, "rstprobe_watch_lost_frames_total (\\d+)")
        };
    }

    private static long[] saidByDumpcap(String said) {
        String counts = "received/dropped on interface '?there'?: ";
        return new long[] {number(said, counts + "(\\d+)/"), number(said, counts + "\\d+/(\\d+)")};
    }

    private static long number(String text, String pattern) {
        Matcher found = Pattern.compile(pattern).matcher(text);
        if (!found.find()) {
            throw new IllegalStateException("no " + pattern + " in: " + text);
        }
        return Long.parseLong(found.group(1));
    }

    private static double processorTime(Process process) {
        String line = text(Path.of("/proc/" + process.pid() + "/stat"));
        String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME])) / TICKS_PER_SECOND;
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("waited in vain");
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void clear(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
