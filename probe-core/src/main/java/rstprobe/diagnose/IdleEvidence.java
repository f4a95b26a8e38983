package rstprobe.diagnose;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Silence.End;

/// Silences as evidence: one sentence each, and the frames that show it.
final class IdleEvidence {
    private static final double NANOS = 1e9;

    private IdleEvidence() {}

    /// An end that nobody asked for.
    static Evidence atExpiry(Silence end) {
        boolean reset = end.end() == End.RESET;
        return evidence(
                reset ? "reset-at-expiry" : "closed-at-expiry",
                Family.SEQUENCE,
                15,
                end.frames(),
                "connection " + end.attempt() + " was silent for " + seconds(end.nanos()) + " s when a "
                        + (reset ? "reset" : "FIN") + " came that nobody had asked for");
    }

    /// The same, where it is the age that counts.
    static Evidence atAge(Silence end) {
        return new Evidence(
                "ended-at-age",
                Family.SEQUENCE,
                15,
                Origin.SERVER_PROCESS,
                end.frames(),
                "connection " + end.attempt() + " was ended at the age of " + seconds(end.ageNanos())
                        + " s, after a silence of " + seconds(end.nanos()) + " s");
    }

    /// The same, where nobody knows what counts.
    static Evidence ended(Silence end) {
        return new Evidence(
                "ended",
                Family.SEQUENCE,
                0,
                Origin.UNKNOWN,
                end.frames(),
                "connection " + end.attempt() + " was ended after " + seconds(end.nanos())
                        + " s of silence, at the age of " + seconds(end.ageNanos()) + " s");
    }

    /// A young connection that was answered after others were lost.
    static Evidence working(Silence after) {
        return evidence(
                "path-still-works",
                Family.DELIVERY,
                15,
                after.frames(),
                "connection " + after.attempt() + ", silent for " + seconds(after.nanos())
                        + " s only, was answered after that: the path and the server still worked");
    }

    /// What ended it, held against what the server had said.
    static Evidence whose(Silence first, boolean own, boolean sshd) {
        String text = own
                ? "what ended it continues the socket that spoke to us: same hop count, same options"
                        + (sshd ? "; sshd has no timer of silence before login, so a proxy speaks there" : "")
                : "what ended it does not continue the server's socket: other hop count or other options";
        return evidence(own ? "end-continues-socket" : "end-is-not-the-sockets", Family.TTL, 10, first.frames(), text);
    }

    /// An older connection that was spoken on lately, and lived on: so it is silence that counts, and not
    /// age.
    static Optional<Evidence> witness(List<Silence> silences, Silence end) {
        return silences.stream()
                .filter(silence ->
                        silence.survived() && silence.atNanos() > end.atNanos() && silence.ageNanos() > end.ageNanos())
                .max(Comparator.comparingLong(Silence::ageNanos))
                .map(silence -> evidence(
                        "silence-counts-not-age",
                        Family.SEQUENCE,
                        15,
                        silence.frames(),
                        "connection " + silence.attempt() + ", spoken on meanwhile, answered at the age of "
                                + seconds(silence.ageNanos()) + " s, past the " + seconds(end.ageNanos())
                                + " s of the one that was ended: silence counts, not age"));
    }

    /// A question that was lost.
    static Evidence lost(Silence silence) {
        boolean reset = silence.end() == End.RESET_ON_QUESTION;
        return evidence(
                reset ? "question-drew-reset" : "question-unanswered",
                Family.DELIVERY,
                15,
                silence.frames(),
                "after " + seconds(silence.nanos()) + " s of silence the question on connection " + silence.attempt()
                        + (reset ? " drew a reset" : " drew nothing, and neither did its copies"));
    }

    /// The longest silence that a connection survived.
    static Optional<Evidence> survivor(List<Silence> silences) {
        return silences.stream()
                .filter(Silence::survived)
                .max(Comparator.comparingLong(Silence::nanos))
                .map(silence -> evidence(
                        "silence-survived",
                        Family.DELIVERY,
                        15,
                        silence.frames(),
                        "after " + seconds(silence.nanos()) + " s of silence the question on connection "
                                + silence.attempt() + " was acknowledged"));
    }

    /// A silence that the server itself ended.
    static Evidence spoken(Silence silence) {
        return new Evidence(
                "server-speaks",
                Family.SEQUENCE,
                15,
                Origin.SERVER_PROCESS,
                silence.frames(),
                "after " + seconds(silence.nanos()) + " s of silence the server spoke on connection "
                        + silence.attempt() + ", unasked");
    }

    private static Evidence evidence(String id, Family family, int weight, List<Integer> frames, String text) {
        return new Evidence(id, family, weight, Origin.PROXY, frames, text);
    }

    /// In seconds with one decimal.
    static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f", nanos / NANOS);
    }

    /// The middle of a bracket, and half its width.
    static String about(long lowerNanos, long upperNanos) {
        double middle = (lowerNanos + upperNanos) / 2 / NANOS;
        double half = Math.max(0.1, (upperNanos - lowerNanos) / 2 / NANOS);
        return String.format(Locale.ROOT, "%.1f s (%.1f s more or less)", middle, half);
    }
}
