package rstprobe.cli;

import java.util.Optional;
import java.util.OptionalLong;
import rstprobe.diagnose.AlgorithmManners;
import rstprobe.diagnose.AlgorithmTable;
import rstprobe.record.Event;
import rstprobe.record.Mode;
import rstprobe.record.Plan;
import rstprobe.record.Recorder;
import rstprobe.record.Recording;
import rstprobe.ssh.Sole;

/// A comparison of the algorithms that both sides have, which costs a connection for each. Without the word nothing is
/// compared.
final class AlgorithmOptions {
    private static final long MOST_SECONDS = 3_600;

    private boolean wanted;
    private Optional<Double> every = Optional.empty();

    void addTo(Vocabulary words) {
        words.flag(
                "--algorithms",
                given -> wanted = given,
                "After the usual diagnosis, offer each key exchange, host key algorithm and pair of cipher and MAC that"
                        + " both sides have alone, a connection each, as far as --budget goes.");
        words.option(
                "--every",
                "SECONDS",
                Reading.DECIMAL,
                seconds -> every = Optional.of(seconds),
                "With --algorithms: open a connection every so many seconds (default: four in ten minutes where"
                        + " fail2ban may count, else every 8 s).");
    }

    /// Refuses words that make no sense, before anything is sent.
    void check(Optional<Mode> only, boolean login) {
        if (!wanted && every.isPresent()) {
            throw new WrongWords("--every is for a comparison: add --algorithms");
        }
        if (wanted && (only.isPresent() || login)) {
            throw new WrongWords("--algorithms compares: leave out --mode and --login");
        }
        if (every.filter(seconds -> !(seconds >= 0 && seconds <= MOST_SECONDS)).isPresent()) {
            throw new WrongWords("--every takes 0 to " + MOST_SECONDS + " seconds");
        }
    }

    /// Whether the user has chosen how far apart connections are.
    boolean paced() {
        return every.isPresent();
    }

    private OptionalLong everyMillis() {
        return every.map(seconds -> OptionalLong.of((long) (seconds * 1000))).orElse(OptionalLong.empty());
    }

    /// What a comparison would do, for a dry run: lines, or nothing.
    String told(Plan plan) {
        if (!wanted) {
            return "";
        }
        int more = plan.budget() - 1;
        return "  compare    then, within the same " + plan.budget() + " connections, at most " + more
                + ", which offer one algorithm each: key exchanges\n"
                + "             first, then host keys, then ciphers, the i-th that needs a MAC with the i-th MAC;"
                + " to the server's\n             first encrypted message, naming no user, then goodbye.\n             "
                + pace(1, more, true) + ". Ends at once where the server turns us away\n";
    }

    private String pace(int before, int more, boolean watched) {
        String duration = duration(AlgorithmManners.millis(before, more, watched, everyMillis()));
        if (every.isPresent()) {
            return "One every "
                    + Math.max(AlgorithmManners.LEAST_MILLIS, everyMillis().orElse(0)) / 1000.0 + " s: " + duration;
        }
        return watched
                ? "Four in ten minutes, below fail2ban's limit: " + duration
                : "One every " + AlgorithmManners.APART_MILLIS / 1000 + " s: " + duration;
    }

    private static String duration(long millis) {
        long minutes = millis / 60_000;
        return minutes < 2 ? (millis + 999) / 1000 + " s" : minutes + " min";
    }

    /// Offers one algorithm after the other, where that was asked for.
    ///
    /// @throws InterruptedException where the user stopped the run
    void compare(Recorder recorder, Screen screen) throws InterruptedException {
        if (!wanted) {
            return;
        }
        recorder.comparing();
        Recording soFar = recorder.kept().soFar();
        int made = soFar.events(Event.Opened.class).size();
        int left = AlgorithmTable.left(soFar);
        screen.announce("comparing algorithms: " + left + " connections. "
                + pace(made, left, AlgorithmManners.watched(soFar))
                + (every.isPresent() ? "" : " (--every SECONDS is faster, at the risk of a ban)"));
        int number = 0;
        Optional<Sole> next = AlgorithmTable.next(soFar);
        while (next.isPresent()) {
            recorder.restUntil(AlgorithmManners.earliestNanos(recorder.kept().soFar(), everyMillis()));
            screen.progress("algorithm " + ++number + ": " + next.get().name());
            recorder.attemptAlone(
                    next.get(), AlgorithmTable.carriers(recorder.kept().soFar()));
            next = AlgorithmTable.next(recorder.kept().soFar());
        }
    }
}
