package rstprobe.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import rstprobe.lab.Conditions;
import rstprobe.lab.Labs;
import rstprobe.lab.Scenario;

/// Options of commands that run many practice networks: which, how often, under which conditions.
final class LabConditions {
    private static final int MAX_RUNS = 1000;
    private static final int MAX_JOBS = 16;
    private static final List<Integer> ALL_DELAYS = List.of(0, 10, 50);
    private static final List<Double> ALL_LOSSES = List.of(0.0, 0.01);

    /// Conditions that have a name.
    enum Course {
        plain,
        all
    }

    private final LabBuild build = new LabBuild();

    private List<String> only = List.of();
    private List<Integer> delays = List.of();
    private List<Double> losses = List.of();
    private long seed = 1;
    private int jobs = 1;

    void addTo(Vocabulary words) {
        words.listed(
                "--only",
                "NAME",
                Reading.TEXT,
                names -> only = names,
                "Only these networks or groups of networks, comma separated.");
        words.listed(
                "--delay",
                "MS",
                Reading.INTEGER,
                millis -> delays = millis,
                "Delays across the network, each way, comma separated (default: 0).");
        words.listed(
                "--loss",
                "SHARE",
                Reading.DECIMAL,
                shares -> losses = shares,
                "Shares of frames lost each way, 0 to 1, comma separated (default: 0).");
        words.option(
                "--seed",
                "N",
                Reading.LONG,
                number -> seed = number,
                "Seed of the first run's losses; each further run takes the next (default: 1).");
        build.addTo(words);
        words.option(
                "--jobs",
                "N",
                Reading.INTEGER,
                number -> jobs = number,
                "Networks that stand at a time, 1 to 16 (default: 1).");
    }

    int jobs() {
        if (jobs < 1 || jobs > MAX_JOBS) {
            throw new WrongWords("--jobs takes 1 to " + MAX_JOBS);
        }
        return jobs;
    }

    /// Every delay with the first loss, then with the next: runs go through them in this order.
    List<Conditions> conditions(Course course) {
        List<Integer> late = delays.isEmpty() ? course == Course.all ? ALL_DELAYS : List.of(0) : delays;
        List<Double> lossy = losses.isEmpty() ? course == Course.all ? ALL_LOSSES : List.of(0.0) : losses;
        List<Conditions> conditions = new ArrayList<>();
        for (double loss : lossy) {
            for (int delay : late) {
                conditions.add(build.conditions(delay, loss, seed, false));
            }
        }
        return List.copyOf(conditions);
    }

    /// The networks asked for, each once; those of all groups where none is named.
    List<Scenario> scenarios() {
        return only.isEmpty()
                ? Labs.all()
                : only.stream().flatMap(name -> named(name).stream()).distinct().toList();
    }

    private static List<Scenario> named(String name) {
        return Stream.of(Scenario.Group.values())
                .filter(group -> group.word().equals(name))
                .findFirst()
                .map(Labs::of)
                .or(() -> Labs.named(name).map(List::of))
                .orElseThrow(() ->
                        new WrongWords("there is no practice network and no group '" + name + "' (rstprobe lab list)"));
    }

    /// The networks and groups that the user named.
    List<String> named() {
        return only;
    }

    /// Whether the user said which networks.
    boolean choosesNetworks() {
        return !only.isEmpty();
    }

    static int runs(int wished) {
        if (wished < 1 || wished > MAX_RUNS) {
            throw new WrongWords("--runs takes 1 to " + MAX_RUNS);
        }
        return wished;
    }

    /// Conditions in a few words.
    static String words(Conditions conditions) {
        return String.format(
                Locale.ROOT,
                "delay %d ms, loss %s, seed %d%s",
                conditions.delayMillis(),
                share(conditions.loss()),
                conditions.seed(),
                conditions.ipv6() ? ", IPv6" : "");
    }

    /// A share without needless digits.
    static String share(double share) {
        return share == Math.rint(share) ? String.valueOf((long) share) : String.valueOf(share);
    }
}
