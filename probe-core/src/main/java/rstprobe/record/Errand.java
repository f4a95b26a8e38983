package rstprobe.record;

import java.util.List;
import java.util.Optional;
import rstprobe.ssh.HandshakePlan;
import rstprobe.ssh.Opening;
import rstprobe.ssh.Sole;

/// What one attempt is to say.
///
/// @param mode     how it begins
/// @param login    what a login takes, where it ends with one
/// @param sole     the algorithm that it offers alone; empty where it offers all
/// @param carriers key exchanges that are known to work, for an algorithm that is none itself
record Errand(Mode mode, Optional<LoginPlan> login, Optional<Sole> sole, List<String> carriers) {
    static Errand of(Mode mode) {
        return new Errand(mode, Optional.empty(), Optional.empty(), List.of());
    }

    static Errand withLogin(LoginPlan login) {
        return new Errand(Mode.TALK, Optional.of(login), Optional.empty(), List.of());
    }

    static Errand alone(Sole sole, List<String> carriers) {
        return new Errand(Mode.ALGORITHM, Optional.empty(), Optional.of(sole), carriers);
    }

    /// The handshake that says it.
    HandshakePlan handshake(String user) {
        HandshakePlan usual = HandshakePlan.standard(user).withOpening(opening());
        HandshakePlan said = sole.map(only -> usual.alone(only, carriers))
                .orElseGet(() -> mode == Mode.SMALL ? usual.small() : usual);
        return login.map(wanted -> wanted.login().askingFirst(said)).orElse(said);
    }

    private Opening opening() {
        return switch (mode) {
            case TALK, BYTES, PROMPT, SMALL, UNMARKED, OTHER_FAMILY, OTHER_ADDRESS, ALGORITHM, SURVEY -> Opening.TALK;
            case LISTEN -> Opening.LISTEN;
            case NONSSH -> Opening.NONSSH;
            case AFTER -> Opening.AFTER;
        };
    }
}
