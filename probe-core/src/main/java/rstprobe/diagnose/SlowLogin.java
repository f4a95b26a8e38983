package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import rstprobe.diagnose.Evidence.Family;

/// A login whose answer took long, held against what the same host took for everything before it.
///
/// The far TCP's acknowledgement says when the question came; what follows is the time of whoever answers: a
/// directory, a module of PAM, a program that is asked for keys.
record SlowLogin(Asked question, double seconds, double usual) {
    static final Set<String> OF_A_LOGIN = Set.of("userauth-publickey", "userauth-signature", "channel-open", "exec");
    private static final Set<String> BEFORE = Set.of("service-request", "userauth-request");
    private static final double LEAST_SECONDS = 2;
    private static final double TIMES_THE_USUAL = 10;
    /// The path itself is not what was slow.
    private static final double OF_THE_WAY = 0.25;

    /// The slowest answer, where it was far slower than the host is otherwise.
    static Optional<SlowLogin> of(List<Asked> messages, boolean steady) {
        double usual = messages.stream()
                .filter(asked -> BEFORE.contains(asked.name()))
                .flatMapToDouble(asked -> asked.seconds().stream())
                .max()
                .orElse(Double.MAX_VALUE);
        return messages.stream()
                .filter(asked -> steady && OF_A_LOGIN.contains(asked.name()))
                .filter(asked -> asked.seconds().isPresent())
                .map(asked -> new SlowLogin(asked, asked.seconds().getAsDouble(), usual))
                .filter(SlowLogin::isSlow)
                .max(java.util.Comparator.comparingDouble(SlowLogin::seconds));
    }

    /// The longest answer of a login in seconds, where that was long, whoever's time it was.
    static OptionalDouble longest(List<Asked> messages, boolean steady) {
        return messages.stream()
                .filter(asked -> steady && OF_A_LOGIN.contains(asked.name()))
                .flatMapToDouble(asked -> asked.seconds().stream())
                .filter(seconds -> seconds >= LEAST_SECONDS)
                .max();
    }

    private boolean isSlow() {
        return seconds >= LEAST_SECONDS
                && seconds >= TIMES_THE_USUAL * usual
                && question.secondsToTcp().orElse(seconds) <= OF_THE_WAY * seconds;
    }

    Fact fact() {
        return Fact.of(
                "login-answered-late",
                Family.SEQUENCE,
                Weights.DRAWN_BY_REST,
                List.of(Origin.SERVER_PROCESS),
                List.of(
                        question.first().frame(),
                        question.acknowledged().orElse(question.first()).frame(),
                        question.answered().orElse(question.first()).frame()),
                String.format(
                        java.util.Locale.ROOT,
                        "%s was acknowledged after %.2f s and answered after %.2f s; before the login no answer took more"
                                + " than %.2f s",
                        question.name(),
                        question.secondsToTcp().orElse(0),
                        seconds,
                        usual));
    }
}
