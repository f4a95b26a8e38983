package rstprobe.diagnose;

import java.util.List;

/// How connections were closed without a word: what of it is the server's own doing, and how long that took. Where our
/// own host was late, its time is taken out.
final class CloseManner {
    private static final double LEAST_GRACE_SECONDS = 1.9;
    private static final double OF_A_SECOND_EARLY = 0.02;
    private static final double OF_A_SECOND_LATE = 0.25;
    private static final double SLEEP_SECONDS = 5;
    /// A busy server is late now and then, and never early.
    private static final double BUSY_SECONDS = 2;
    /// What servers need for themselves ends below.
    private static final long LEAST_WAIT_NANOS = 5_000_000;

    private static final long LEAST_REST_NANOS = 100_000;
    /// A machine that stands still makes both sides late once; each of these has to show it for itself.
    private static final int LEAST_WAITS = 2;

    private static final double LEAST_WAIT_DECIBANS = 6;
    private static final double WAITED_DECIBANS = 20;
    private static final double AT_ONCE_SECONDS = 0.25;
    /// AF21 (RFC 2597 section 6).
    private static final int AF21 = 0x48;

    private CloseManner() {}

    /// Whether the least time of its own that a close without a word took lies there, milliseconds.
    static boolean took(Closes closes, double least, double below) {
        return closes.wordless()
                && closes.leastOwnSeconds().stream()
                        .map(seconds -> seconds * 1e3)
                        .anyMatch(millis -> least <= millis && millis < below);
    }

    static boolean abortsUnprovoked(Closes closes) {
        return closes.wordless() && closes.ended().stream().anyMatch(close -> close.aborted() && close.unheard());
    }

    static boolean openedMarked(Attempt attempt) {
        return attempt.synAck()
                .filter(answer -> (answer.segment().ip().tos() & TypeOfService.DSCP) == AF21)
                .isPresent();
    }

    static boolean sleepsFive(Closes closes) {
        List<Close> ended = closes.ended();
        return closes.wordless()
                && closes.leastSeconds() >= SLEEP_SECONDS - OF_A_SECOND_EARLY
                && closes.leastSeconds() <= SLEEP_SECONDS + OF_A_SECOND_LATE
                && closes.mostSeconds() <= SLEEP_SECONDS + BUSY_SECONDS
                && ended.stream().noneMatch(close -> close.readUs() || close.halved())
                && ended.stream().anyMatch(Close::aborted);
    }

    static boolean graceRanOut(Closes closes) {
        List<Close> ended = closes.ended();
        boolean late = closes.software().has(OpenSshChange.GRACE_JITTER);
        return ended.stream().anyMatch(close -> close.rested() >= close.sinceOpen() / 2)
                && ended.stream().allMatch(CloseManner::ranOut)
                && (late
                        || ended.stream().allMatch(close -> onTheSecond(close.secondsSinceItSpoke()))
                                && closes.mostSecondsSinceItSpoke() - closes.leastSecondsSinceItSpoke()
                                        <= OF_A_SECOND_LATE);
    }

    /// While it was our turn the server did not keep us waiting; the timer ran all the same.
    private static boolean ranOut(Close close) {
        return close.spoke()
                && !close.aborted()
                && close.seconds() >= LEAST_GRACE_SECONDS
                && close.rested() >= (close.sinceOpen() - close.ours()) / 2;
    }

    private static boolean onTheSecond(double seconds) {
        double beyond = seconds + OF_A_SECOND_EARLY - Math.floor(seconds + OF_A_SECOND_EARLY);
        return beyond <= OF_A_SECOND_EARLY + OF_A_SECOND_LATE;
    }

    static boolean answered(Close close) {
        return !close.aborted() && close.rested() / 1e9 < AT_ONCE_SECONDS;
    }

    /// What closes although we say nothing does not wait for us, however late we spoke elsewhere.
    static boolean waits(Closes closes) {
        if (closes.listened().filter(close -> close.seconds() <= 1).isPresent()) {
            return false;
        }
        List<Close> talked = closes.talked();
        boolean listened = closes.silentWhileListening() || gaveUpListening(closes);
        return closes.wordless()
                && !talked.isEmpty()
                && talked.stream()
                        .allMatch(close -> close.quiet().isPresent() && close.rested() / 1e9 < AT_ONCE_SECONDS)
                && (listened || waited(talked));
    }

    /// We always speak at once, so what silences of ours there are is our own host's lateness. A server that was only
    /// slow ends close behind our words by chance: in a tenth of such runs within a tenth of a silence.
    private static boolean waited(List<Close> talked) {
        List<Double> decibans = talked.stream()
                .filter(close -> close.quiet().orElse(0) >= LEAST_WAIT_NANOS)
                .map(close ->
                        10 * Math.log10(close.quiet().orElse(0) / (double) Math.max(close.rested(), LEAST_REST_NANOS)))
                .filter(each -> each >= LEAST_WAIT_DECIBANS)
                .toList();
        return decibans.size() >= LEAST_WAITS
                && decibans.stream().mapToDouble(Double::doubleValue).sum() >= WAITED_DECIBANS;
    }

    static boolean gaveUpListening(Closes closes) {
        return closes.listened().filter(close -> close.seconds() > 1).isPresent()
                && closes.talked().stream().anyMatch(close -> close.seconds() < 1);
    }
}
