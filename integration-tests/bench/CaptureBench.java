import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// Times `rstprobe analyze` beside what others need for less, on one large capture in the page cache, run by run in
/// turns: `java CaptureBench.java BIN/rstprobe FILE SLICE PACKETS_OF_FILE PACKETS_OF_SLICE`; `BIN/rstprobe-256m` is the
/// same with a heap of 256 MB.
///
/// The slow ones read the slice only, and their times are scaled by the number of packets; the line says so.
final class CaptureBench {
    private static final int ROUNDS = 7, SLOW_ROUNDS = 3;
    private static final long LONGEST_RUN_SECONDS = 600;
    private static final String RESETS = "tcp[13]&4!=0";

    private CaptureBench() {}

    /// A command; how many times as long it would take for the whole file; the most that rstprobe may take of its time.
    private record Row(String name, double scale, int rounds, String aim, List<String> command) {}

    /// Exits 1 if a command did not do its work.
    public static void main(String[] words) throws IOException, InterruptedException {
        String rstprobe = Path.of(words[0]).toAbsolutePath().toString();
        String file = words[1];
        String slice = words[2];
        double scale = Double.parseDouble(words[3]) / Double.parseDouble(words[4]);
        List<Row> rows = new ArrayList<>();
        rows.add(new Row("rstprobe analyze --json", 1, ROUNDS, "", List.of(rstprobe, "analyze", "--json", file)));
        rows.add(new Row(
                "the same on one processor",
                1,
                ROUNDS,
                "1/1.6",
                List.of("taskset", "-c", "0", rstprobe, "analyze", "--json", file)));
        rows.add(new Row(
                "the same with a heap of 256 MB",
                1,
                ROUNDS,
                "1",
                List.of(rstprobe + "-256m", "analyze", "--json", file)));
        rows.add(new Row("tcpdump, printing the resets", 1, ROUNDS, "1", List.of("tcpdump", "-nr", file, RESETS)));
        rows.add(new Row("cat", 1, ROUNDS, "6", List.of("cat", file)));
        rows.add(new Row(
                "tshark, printing the resets (scaled)",
                scale,
                SLOW_ROUNDS,
                "1/150",
                List.of("tshark", "-nr", slice, "-Y", "tcp.flags.reset==1")));
        if (isHere("tcptrace")) {
            rows.add(new Row("tcptrace -n (scaled)", scale, SLOW_ROUNDS, "1/80", List.of("tcptrace", "-n", slice)));
        } else {
            System.out.println("tcptrace is not installed: no line of it");
        }
        System.exit(compare(rows) ? 0 : 1);
    }

    private static boolean isHere(String program) {
        for (String folder : System.getenv("PATH").split(":")) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }

    private static boolean compare(List<Row> rows) throws IOException, InterruptedException {
        List<List<Double>> millis = new ArrayList<>();
        for (Row row : rows) {
            // Not counted: the first run brings the file into memory.
            if (run(row.command()) < 0) {
                System.out.println("  " + row.name() + " failed");
                return false;
            }
            millis.add(new ArrayList<>());
        }
        for (int round = 0; round < ROUNDS; round++) {
            for (int row = 0; row < rows.size(); row++) {
                if (round < rows.get(row).rounds()) {
                    millis.get(row)
                            .add(run(rows.get(row).command()) * rows.get(row).scale());
                }
            }
        }
        System.out.printf("  %-38s %9s   %-20s %s%n", "", "median", "fastest to slowest", "rstprobe takes (aim)");
        double ours = median(millis.getFirst());
        for (int row = 0; row < rows.size(); row++) {
            List<Double> sorted = millis.get(row).stream().sorted().toList();
            System.out.printf(
                    Locale.ROOT,
                    "  %-38s %9.0f   %-20s %s%n",
                    rows.get(row).name(),
                    median(sorted),
                    String.format(Locale.ROOT, "%.0f to %.0f", sorted.getFirst(), sorted.getLast()),
                    row == 0
                            ? ""
                            : String.format(
                                    Locale.ROOT,
                                    "%.4f times as long (%s)",
                                    ours / median(sorted),
                                    rows.get(row).aim()));
        }
        return true;
    }

    private static double median(List<Double> times) {
        List<Double> sorted = times.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    /// Milliseconds of a whole process, negative where it did not do its work. A capture with resets in it makes
    /// rstprobe end with a code of its own, so only a crash (70) and misuse (2) count there.
    private static double run(List<String> command) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(LONGEST_RUN_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            return -1;
        }
        int exit = process.exitValue();
        boolean worked = command.contains("analyze") ? exit != 2 && exit < 70 : exit == 0;
        return worked ? (System.nanoTime() - begin) / 1e6 : -1;
    }
}
