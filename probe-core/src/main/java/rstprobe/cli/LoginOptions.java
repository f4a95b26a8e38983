package rstprobe.cli;

import java.time.Duration;
import rstprobe.record.CannotProbe;
import rstprobe.record.LoginPlan;
import rstprobe.record.LoginPlan.Marking;
import rstprobe.record.Plan;
import rstprobe.report.Sanitizer;
import rstprobe.ssh.Login;

/// What logging in takes. Without one of these words nobody is logged in.
final class LoginOptions {
    private static final String DEFAULT_MARKING = "cs1";

    private final KeyOptions keys = new KeyOptions();

    private Duration stay = Duration.ZERO;
    private String marking = DEFAULT_MARKING;

    void addTo(Vocabulary words) {
        keys.addTo(words);
        words.option(
                "--stay",
                "TIME",
                Reading.by(new DurationWords()),
                time -> stay = time,
                "Stay logged in for that long, answer keepalives, and ask at the end: 90s, 5m, 1h (default: leave at"
                        + " once).");
        words.option(
                "--ipqos",
                "CLASS",
                Reading.TEXT,
                word -> marking = word,
                "Mark the session's packets so, as ssh does after login: cs1, af21, ef, lowdelay, throughput or cs0"
                        + " (default: " + DEFAULT_MARKING + ").");
    }

    /// Whether the user asked for a login.
    boolean wanted() {
        return keys.wanted();
    }

    /// Refuses words that make no sense, before anything is read or sent.
    void check() {
        keys.check();
        if (!wanted() && !stay.isZero()) {
            throw new WrongWords("--stay is for a login: add --login");
        }
        if (stay.toMillis() > Login.MOST_STAY_MILLIS) {
            throw new WrongWords("--stay takes at most 1h");
        }
        if (LoginPlan.Marking.named(marking).isEmpty()) {
            throw new WrongWords("'" + Sanitizer.terminal(marking) + "' is no marking: " + Marking.words());
        }
    }

    /// What a login would do, for a dry run: a line, or nothing.
    String told(Plan plan) {
        if (!wanted()) {
            return "";
        }
        return "  log in     once, as '" + Sanitizer.terminal(plan.user()) + "', with " + keys.told() + ", at most "
                + Login.MOST_IDENTITIES
                + ", each offered once;\n             only if the host key is known (else nothing is"
                + " signed); open a session, run 'true',\n             mark it " + marking
                + (stay.isZero() ? "" : ", stay " + stay.toSeconds() + " s answering keepalives, ask once")
                + ", close the channel, say goodbye\n";
    }

    /// Reads the keys. They are open until they are closed, so that an agent is reached before privileges go.
    ///
    /// @throws CannotProbe where there is no key, or none of the host's is known
    KeyOptions.Opened open(Plan plan) throws CannotProbe {
        return keys.open(plan, stay.toMillis(), Marking.named(marking).orElseThrow());
    }
}
