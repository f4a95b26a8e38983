import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Times one sweep of the network that it is started in, and holds every answer against the truth. `make bench` starts
/// it under `with-sweep`, with more and more targets.
final class SweepBench {
    private static final String RATE = "100mbit";
    private static final long LONGEST_SECONDS = 900;
    private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");
    private static final Pattern CONNECTION = Pattern.compile("^Connection from \\S+ port \\d+ on (\\S+)");

    private SweepBench() {}

    private record Run(int exit, double seconds, long peakKilobytes, List<String> lines) {}

    /// Takes the path of `bin/rstprobe`; exits 1 if an answer is wrong.
    public static void main(String[] words) throws IOException, InterruptedException {
        List<String> truth = Files.readAllLines(Path.of(System.getenv("SWEEP_TRUTH")));
        long sentBefore = sent();
        Run run = sweep(Path.of(words[0]).toAbsolutePath().toString());
        double megabits = (sent() - sentBefore) * 8 / 1e6;
        Map<String, String> answers = new HashMap<>();
        for (String line : run.lines()) {
            // host,port,address,status, then six fields of each direction
            String[] fields = line.split(",", -1);
            boolean hole = fields[6].equals("true") || fields[12].equals("true");
            answers.put(
                    fields[0], fields[4] + " " + fields[10] + " " + (hole ? 12 : fields[3].equals("exact") ? 0 : 19));
        }
        List<String> wrong = truth.stream()
                .filter(line -> !line.equals(line.split(" ")[0] + " " + answers.get(line.split(" ")[0])))
                .toList();
        List<String> connections = Files.readAllLines(Path.of(System.getenv("SWEEP_LOG"))).stream()
                .map(CONNECTION::matcher)
                .filter(Matcher::find)
                .map(found -> found.group(1))
                .toList();
        Set<String> connected = new HashSet<>(connections);
        System.out.printf(
                Locale.ROOT,
                "%nA sweep of %d targets at --rate %s: %.1f s, %.0f targets a second, %.1f Mbit/s sent, %d MB at most%n"
                        + "  %d exact as they are, %d not; %d connections to %d of them; routes of this host: %s%n",
                truth.size(),
                RATE,
                run.seconds(),
                truth.size() / run.seconds(),
                megabits / run.seconds(),
                run.peakKilobytes() / 1024,
                truth.size() - wrong.size(),
                wrong.size(),
                connections.size(),
                connected.size(),
                routes().isEmpty() ? "unchanged" : "changed");
        wrong.stream()
                .limit(5)
                .forEach(line -> System.out.println("  truth " + line + ", answer " + answers.get(line.split(" ")[0])));
        System.exit(wrong.isEmpty() && run.exit() == 12 ? 0 : 1);
    }

    private static Run sweep(String rstprobe) throws IOException, InterruptedException {
        Path out = Files.createTempFile("sweep-", ".csv");
        try {
            long begin = System.nanoTime();
            Process process = new ProcessBuilder(
                            rstprobe, "mtu", "-f", System.getenv("SWEEP_TARGETS"), "--rate", RATE, "--csv", "--quiet")
                    .redirectOutput(out.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            long peak = 0;
            while (!process.waitFor(50, TimeUnit.MILLISECONDS)) {
                peak = Math.max(peak, peak(process.pid()));
                if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(LONGEST_SECONDS)) {
                    process.destroyForcibly().waitFor();
                }
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            List<String> lines = Files.readAllLines(out);
            return new Run(
                    process.exitValue(), seconds, peak, lines.isEmpty() ? lines : lines.subList(1, lines.size()));
        } finally {
            Files.delete(out);
        }
    }

    private static long peak(long pid) {
        try {
            Matcher matcher = PEAK.matcher(Files.readString(Path.of("/proc/" + pid + "/status")));
            return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
        } catch (IOException ended) {
            return 0;
        }
    }

    private static long sent() throws IOException {
        String client = Files.readAllLines(Path.of("/proc/net/dev")).stream()
                .filter(line -> line.strip().startsWith("client:"))
                .findFirst()
                .orElseThrow();
        // Eight columns of what came, and then the bytes of what was sent.
        return Long.parseLong(client.substring(client.indexOf(':') + 1).strip().split("\\s+")[8]);
    }

    private static String routes() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("ip", "route", "show", "cache").start();
        String said = new String(process.getInputStream().readAllBytes());
        process.waitFor();
        return said.strip();
    }
}
