package rstprobe.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import rstprobe.record.CannotProbe;
import rstprobe.record.LoginPlan;
import rstprobe.record.LoginPlan.Marking;
import rstprobe.record.Plan;
import rstprobe.report.Sanitizer;
import rstprobe.server.Access;
import rstprobe.server.LoginKeys;
import rstprobe.ssh.Login;

/// Whether somebody logs in, with which keys, and to whom. Without one of these words nobody does.
final class KeyOptions {
    private boolean asked;
    private List<Path> identities = List.of();
    private Optional<Path> knownHosts = Optional.empty();

    void addTo(Vocabulary words) {
        words.flag(
                "--login",
                given -> asked = given,
                "Log in, with the agent's keys or your usual ones. The host key must be in known_hosts.");
        words.repeated(
                "--identity",
                "FILE",
                Reading.FILE,
                files -> identities = files,
                "Log in with this private key, and neither the agent's nor the usual ones; may be repeated.");
        words.option(
                "--known-hosts",
                "FILE",
                Reading.PATH,
                file -> knownHosts = Optional.of(file),
                "Where the host key stands (default: ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts).");
    }

    /// Whether the user asked for a login.
    boolean wanted() {
        return asked || !identities.isEmpty();
    }

    /// Refuses words that make no sense, before anything is read or sent.
    void check() {
        if (!wanted() && knownHosts.isPresent()) {
            throw new WrongWords("--known-hosts is for a login: add --login");
        }
        identities.stream()
                .filter(file -> !Files.isRegularFile(file))
                .findFirst()
                .ifPresent(missing -> {
                    throw new WrongWords("--identity: there is no file " + Sanitizer.terminal(missing.toString()));
                });
    }

    /// The keys, for a dry run.
    String told() {
        return identities.isEmpty() ? "the agent's keys, then your usual ones" : identities.size() + " key(s) named";
    }

    /// Reads the keys. They are open until they are closed, so that an agent is reached before privileges go.
    ///
    /// @param stayMillis how long a session rests
    /// @throws CannotProbe where there is no key, or none of the host's is known
    Opened open(Plan plan, long stayMillis, Marking marking) throws CannotProbe {
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
        return new Opened(new LoginPlan(new Login(known, keys.identities(), stayMillis), keys, marking), keys);
    }

    /// A login that is ready, and the keys it signs with.
    record Opened(LoginPlan plan, LoginKeys keys) implements AutoCloseable {
        @Override
        public void close() {
            keys.close();
        }
    }
}
