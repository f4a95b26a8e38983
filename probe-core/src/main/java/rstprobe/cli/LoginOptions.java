package rstprobe.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import rstprobe.record.CannotProbe;
import rstprobe.record.LoginPlan;
import rstprobe.record.LoginPlan.Marking;
import rstprobe.record.Plan;
import rstprobe.report.Sanitizer;
import rstprobe.server.Access;
import rstprobe.server.LoginKeys;
import rstprobe.ssh.Login;

/// What logging in takes. Without one of these words nobody is logged in.
final class LoginOptions {
    @Option(
            names = "--login",
            description =
                    "Log in too, once, with the agent's keys or your usual ones; run the command 'true' and leave."
                            + " The host key must be in known_hosts.")
    private boolean asked;

    @Option(
            names = "--identity",
            paramLabel = "FILE",
            description = "Log in with this private key, and neither the agent's nor the usual ones; may be repeated.")
    private List<Path> identities = List.of();

    @Option(
            names = "--stay",
            paramLabel = "TIME",
            converter = DurationWords.class,
            description = "Stay logged in for that long, answer keepalives, and ask at the end: 90s, 5m, 1h"
                    + " (default: leave at once).")
    private Duration stay = Duration.ZERO;

    @Option(
            names = "--ipqos",
            paramLabel = "CLASS",
            defaultValue = "cs1",
            description = "Mark the session's packets so, as ssh does after login: cs1, af21, ef, lowdelay, throughput"
                    + " or cs0 (default: ${DEFAULT-VALUE}).")
    private String marking;

    @Option(
            names = "--known-hosts",
            paramLabel = "FILE",
            description = "Where the host key stands (default: ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts).")
    private Optional<Path> knownHosts = Optional.empty();

    /// Whether the user asked for a login.
    boolean wanted() {
        return asked || !identities.isEmpty();
    }

    /// Refuses words that make no sense, before anything is read or sent.
    void check() {
        if (!wanted() && (!stay.isZero() || knownHosts.isPresent())) {
            throw new WrongWords("--stay and --known-hosts are for a login: add --login");
        }
        if (stay.toMillis() > Login.MOST_STAY_MILLIS) {
            throw new WrongWords("--stay takes at most 1h");
        }
        if (LoginPlan.Marking.named(marking).isEmpty()) {
            throw new WrongWords("'" + Sanitizer.terminal(marking) + "' is no marking: " + Marking.words());
        }
        identities.stream()
                .filter(file -> !Files.isRegularFile(file))
                .findFirst()
                .ifPresent(missing -> {
                    throw new WrongWords("--identity: there is no file " + Sanitizer.terminal(missing.toString()));
                });
    }

    /// What a login would do, for a dry run: a line, or nothing.
    String told(Plan plan) {
        if (!wanted()) {
            return "";
        }
        String keys =
                identities.isEmpty() ? "the agent's keys, then your usual ones" : identities.size() + " key(s) named";
        return "  log in     once, as '" + Sanitizer.terminal(plan.user()) + "', with " + keys + ", at most "
                + Login.MOST_IDENTITIES
                + ", each offered once;\n             only if the host key is known (else nothing is"
                + " signed); open a session, run 'true',\n             mark it " + marking
                + (stay.isZero() ? "" : ", stay " + stay.toSeconds() + " s answering keepalives, ask once")
                + ", close the channel, say goodbye\n";
    }

    /// Reads the keys. They are open until they are closed, so that an agent is reached before privileges go.
    ///
    /// @throws CannotProbe where there is no key, or none of the host's is known
    Opened open(Plan plan) throws CannotProbe {
        Path home = Path.of(System.getProperty("user.home"));
        List<Login.Known> known = LoginKeys.hostKeys(plan.host(), plan.port(), knownHosts, home);
        LoginKeys keys = LoginKeys.of(new Access(
                plan.user(),
                plan.host(),
                plan.port(),
                identities,
                Optional.empty(),
                Optional.ofNullable(System.getenv("SSH_AUTH_SOCK"))
                        .filter(socket -> !socket.isEmpty())
                        .map(Path::of),
                home));
        Login login = new Login(known, keys.identities(), stay.toMillis());
        return new Opened(new LoginPlan(login, keys, Marking.named(marking).orElseThrow()), keys);
    }

    /// A login that is ready, and the keys it signs with.
    record Opened(LoginPlan plan, LoginKeys keys) implements AutoCloseable {
        @Override
        public void close() {
            keys.close();
        }
    }
}
