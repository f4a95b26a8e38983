package rstprobe.diagnose;

import static rstprobe.diagnose.Origin.IN_PATH;
import static rstprobe.diagnose.Origin.ON_PATH;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.record.ActiveTest;
import rstprobe.record.ActiveTest.Part;

/// A crafted trigger whose reset came sooner than the server could have answered.
///
/// Crafted triggers leave one at a time and long after one another, so the reset surely answers the one before
/// it, which among segments of a live connection is not always certain.
final class EarlyAnswer {
    private EarlyAnswer() {}

    /// Empty where the wall clock was set, which is the clock of all frames.
    static Optional<Fact> of(List<Attempt> all, List<Probing> probings) {
        if (probings.isEmpty() || !all.stream().allMatch(Attempt::steady)) {
            return Optional.empty();
        }
        List<Long> controls = answers(probings.stream().filter(probing -> probing.is(ActiveTest.SWEEP, Part.CONTROL)));
        List<Long> roundTrips = Stream.concat(RoundTrips.samples(all).stream(), controls.stream())
                .toList();
        long fastest = roundTrips.stream().mapToLong(Long::longValue).min().orElse(0);
        List<Long> closedPort = answers(probings.stream().filter(EarlyAnswer::goesToClosedPort));
        return probings.stream()
                .filter(probing -> probing.is(ActiveTest.SWEEP, Part.TRIGGER)
                        && probing.reset()
                                .map(reset -> nanos(probing, reset))
                                .filter(nanos -> RoundTrips.tooSoon(nanos, roundTrips))
                                .filter(nanos -> closedPort.isEmpty() || RoundTrips.tooSoon(nanos, closedPort))
                                .isPresent())
                .findFirst()
                .map(probing -> fact(probing, fastest, roundTrips.size()));
    }

    /// What the host answers on a closed port may be a filter's word for it, and so proves no distance. It may
    /// well be the host's own, though, and then whatever comes as soon is no sooner than the host can speak: a few
    /// controls that a busy moment kept waiting would show the opposite.
    private static boolean goesToClosedPort(Probing probing) {
        return probing.is(ActiveTest.REFERENCE, Part.CLOSED_PORT)
                && probing.reset().isPresent();
    }

    private static List<Long> answers(Stream<Probing> probings) {
        return probings.flatMap(probing -> probing.answers().stream().limit(1).map(answer -> nanos(probing, answer)))
                .toList();
    }

    private static long nanos(Probing probing, Seen answer) {
        return answer.atNanos() - probing.atNanos();
    }

    private static Fact fact(Probing probing, long fastest, int samples) {
        Seen reset = probing.reset().orElseThrow();
        return Fact.of(
                "trigger-answered-before-round-trip",
                Family.SEQUENCE,
                samples > 1 ? Weights.BEFORE_ONE_ROUND_TRIP : Weights.BEFORE_THE_ONLY_ROUND_TRIP,
                List.of(ON_PATH, IN_PATH),
                List.of(probing.frame(), reset.frame()),
                String.format(
                        Locale.ROOT,
                        "the trigger sent alone drew the reset after %.1f ms; the fastest of %d round trips to the server took"
                                + " %.1f ms",
                        nanos(probing, reset) / 1e6,
                        samples,
                        fastest / 1e6));
    }
}
