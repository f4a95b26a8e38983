import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// Times whole commands, run by run in turns, so that a slow moment of the machine falls on all of them alike.
/// `make bench` starts it as a client of the OpenSSH server at 198.18.0.2.
final class Bench {
    private static final int ROUNDS = 12;
    private static final long LONGEST_RUN_SECONDS = 60;
    private static final String SERVER = "198.18.0.2";
    private static final String SSH = "ssh -F /dev/null -o BatchMode=yes -o StrictHostKeyChecking=no"
            + " -o UserKnownHostsFile=/dev/null -o IdentityFile=none nobody@" + SERVER + " exit";

    private Bench() {}

    /// A command, and the exit code without which its time means nothing.
    private record Row(String name, int exit, List<String> command) {
        static Row of(String name, int exit, String... command) {
            return new Row(name, exit, List.of(command));
        }
    }

    /// Times of one row, sorted, in milliseconds.
    private record Times(List<Double> sorted) {
        double median() {
            int half = sorted.size() / 2;
            return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
        }
    }

    /// Takes the path of `bin/rstprobe`; exits 1 if a command did not do its work.
    public static void main(String[] words) throws InterruptedException {
        String rstprobe = Path.of(words[0]).toAbsolutePath().toString();
        boolean worked = compare(
                "Start and end at once; rstprobe's aim is 100 ms",
                List.of(
                        Row.of("rstprobe --version", 0, rstprobe, "--version"),
                        Row.of("ssh -V", 0, "ssh", "-V"),
                        Row.of("nmap --version", 0, "nmap", "--version"),
                        Row.of("true (what starting anything costs)", 0, "true")));
        worked &= compare(
                "A healthy OpenSSH server one cable away; rstprobe's aim is 700 ms with capture, diagnosis and folder",
                List.of(
                        Row.of("rstprobe ssh --json", 0, rstprobe, "ssh", "--json", "--into", "/run", SERVER),
                        Row.of("ssh, until it is denied", 255, SSH.split(" ")),
                        Row.of("ssh-keyscan -t ed25519", 0, "ssh-keyscan", "-t", "ed25519", SERVER),
                        Row.of("nmap -p 22 -sV", 0, "nmap", "-n", "-Pn", "-p", "22", "-sV", SERVER)));
        System.exit(worked ? 0 : 1);
    }

    private static boolean compare(String title, List<Row> rows) throws InterruptedException {
        System.out.println();
        System.out.println(title + " (" + ROUNDS + " rounds in turns, milliseconds)");
        List<List<Double>> millis = new ArrayList<>();
        for (Row row : rows) {
            // Not counted: the first run reads files from the disk.
            int exit = run(row.command()).exit();
            if (exit != row.exit()) {
                System.out.printf(Locale.ROOT, "  %s ended with %d, not %d%n", row.name(), exit, row.exit());
                return false;
            }
            millis.add(new ArrayList<>());
        }
        for (int round = 0; round < ROUNDS; round++) {
            for (int row = 0; row < rows.size(); row++) {
                millis.get(row).add(run(rows.get(row).command()).millis());
            }
        }
        System.out.printf(
                "  %-38s %8s   %-18s %s%n",
                "", "median", "fastest to slowest", rows.getFirst().name() + " takes");
        double ours = 0;
        for (int row = 0; row < rows.size(); row++) {
            Times times = new Times(millis.get(row).stream().sorted().toList());
            ours = row == 0 ? times.median() : ours;
            System.out.printf(
                    Locale.ROOT,
                    "  %-38s %8.1f   %-18s %s%n",
                    rows.get(row).name(),
                    times.median(),
                    String.format(
                            Locale.ROOT,
                            "%.1f to %.1f",
                            times.sorted().getFirst(),
                            times.sorted().getLast()),
                    row == 0 ? "" : String.format(Locale.ROOT, "%.2f times as long", ours / times.median()));
        }
        return true;
    }

    private record Run(int exit, double millis) {}

    private static Run run(List<String> command) throws InterruptedException {
        try {
            long begin = System.nanoTime();
            Process process = new ProcessBuilder(command)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(LONGEST_RUN_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                return new Run(-1, Double.NaN);
            }
            return new Run(process.exitValue(), (System.nanoTime() - begin) / 1e6);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
