package rstprobe.diagnose;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.ssh.Observation;
import rstprobe.ssh.Observation.KeyFate;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Stage;

/// A connection that was used to log in: what the server made of our keys, of the session, and of its rest.
final class LoggedIn {
    private final Attempt attempt;
    private final List<Asked> messages;

    LoggedIn(Attempt attempt) {
        this.attempt = attempt;
        this.messages = Asked.of(attempt);
    }

    /// Whether anything of a login was tried, or withheld.
    static boolean tried(Attempt attempt) {
        return attempt.observed(Observation.LoginBegun.class).findAny().isPresent()
                || attempt.observed(Observation.LoginWithheld.class).findAny().isPresent();
    }

    /// What a login says of its connection; empty where it was none, or says no more than any other would.
    static Optional<Judgement> of(Attempt attempt, Outcome outcome, List<Attempt> all, Surroundings around) {
        if (!tried(attempt)) {
            return Optional.empty();
        }
        LoggedIn login = new LoggedIn(attempt);
        return switch (outcome) {
            case Outcome.Completed _ -> Optional.of(login.completed());
            case Outcome.DisconnectedAt goodbye -> Optional.of(login.disconnected(goodbye));
            case Outcome.SilentAt(Stage stage) ->
                LoginSilence.of(attempt, stage, login.messages, SilentConnection.of(attempt, stage, all, around));
            case Outcome.ClosedAt(Stage stage) ->
                Optional.of(new LoginEnded(attempt, stage, login.messages)
                        .judged(ClosedConnection.of(attempt, stage, all, around)));
            case Outcome.ResetAt(Stage stage) ->
                OwnReset.of(attempt, stage, all).isPresent()
                        ? Optional.empty()
                        : Optional.of(new LoginEnded(attempt, stage, login.messages)
                                .judged(ResetConnection.of(attempt, stage, all, around)));
            case Outcome.LocallyFailed _,
                    Outcome.Garbled _,
                    Outcome.NoCommonAlgorithm _,
                    Outcome.NotSsh _,
                    Outcome.VersionMismatch _ -> Optional.empty();
        };
    }

    private Judgement completed() {
        return withheld()
                .or(this::refused)
                .or(this::sessionRefused)
                .or(this::markingLost)
                .or(this::commandFailed)
                .or(this::slow)
                .orElseGet(this::healthy);
    }

    private Optional<Judgement> withheld() {
        return attempt.observed(Observation.LoginWithheld.class)
                .findFirst()
                .map(withheld -> Judgement.of(
                                new Verdict.Undetermined(
                                        withheld.doubt() == Observation.HostKeyDoubt.UNKNOWN
                                                ? Optional.empty()
                                                : Optional.of(Cause.HOST_KEY_FAILURE),
                                        Stage.USERAUTH,
                                        Weights.ONE_ATTEMPT,
                                        Optional.empty(),
                                        "not logged in, and nothing signed: the host key " + shown()
                                                + switch (withheld.doubt()) {
                                                    case UNKNOWN -> " is not known";
                                                    case CHANGED -> " is none of those known for this host";
                                                    case REVOKED -> " was revoked";
                                                }
                                                + "; up to there the handshake works"),
                                List.of(Fact.told(
                                        "host-key-not-known",
                                        Family.CONTENT,
                                        last("kex-init"),
                                        "the server proved that it has the key " + shown())))
                        .withNextTest("compare that fingerprint with the server's own, on its console: ssh-keygen -lf"
                                + " /etc/ssh/ssh_host_ed25519_key.pub; another one means that somebody else answers"));
    }

    private String shown() {
        return attempt.observed(Observation.HostKey.class)
                .map(Observation.HostKey::fingerprint)
                .findFirst()
                .orElse("");
    }

    private Optional<Judgement> refused() {
        return attempt.observed(Observation.LoginRefused.class).findFirst().map(this::refused);
    }

    private Judgement refused(Observation.LoginRefused refusal) {
        long asked = fates(KeyFate.REFUSED);
        Fact fact = Fact.of(
                "keys-refused",
                Family.CONTENT,
                Weights.SAID_WHY,
                List.of(Origin.SERVER_PROCESS),
                frames(Set.of("userauth-publickey", "userauth-signature")),
                asked + " of our keys refused in words (SSH_MSG_USERAUTH_FAILURE); left to try: "
                        + names(refusal.methods()));
        if (refusal.partial()) {
            return Judgement.of(
                    new Verdict.Healthy(
                            "the SSH handshake works and the server takes our key; it wants more beside it: "
                                    + names(refusal.methods()),
                            Weights.SEVERAL_ATTEMPTS),
                    List.of(fact));
        }
        if (asked == 0) {
            return Judgement.of(
                            new Verdict.Undetermined(
                                    Optional.empty(),
                                    Stage.USERAUTH,
                                    Weights.ONE_ATTEMPT,
                                    Optional.empty(),
                                    "not logged in: no key of ours was asked for, or none signed; up to there the"
                                            + " handshake works"),
                            List.of())
                    .withNextTest("try the same key by hand: ssh -v -o IdentitiesOnly=yes -i FILE");
        }
        return Judgement.of(
                        fault(
                                Cause.USER_REFUSED,
                                Stage.USERAUTH,
                                Weights.ONE_ATTEMPT,
                                "the server answers and lets no key of ours in: " + asked + " offered, " + asked
                                        + " refused; whether it does not know the keys or denies the user, it does not say"),
                        List.of(fact))
                .withNextTest("read the server's log for this minute: 'not allowed because' names a rule, nothing but"
                        + " 'Failed publickey' means that the key is not authorized");
    }

    private static String names(List<String> methods) {
        return methods.isEmpty() ? "nothing" : String.join(", ", methods);
    }

    private Optional<Judgement> sessionRefused() {
        return attempt.observed(Observation.SessionRefused.class)
                .findFirst()
                .map(refusal -> Judgement.of(
                                fault(
                                        Cause.MAX_SESSIONS,
                                        Stage.SESSION,
                                        Weights.ONE_ATTEMPT,
                                        "the login works, and the server opens no session on it: reason "
                                                + refusal.reason() + ", \""
                                                + new String(refusal.text(), StandardCharsets.UTF_8)
                                                + "\"; nobody reset anything"),
                                List.of(Fact.of(
                                        "session-refused",
                                        Family.CONTENT,
                                        Weights.SAID_WHY,
                                        List.of(Origin.SERVER_PROCESS),
                                        last("channel-open"),
                                        "SSH_MSG_CHANNEL_OPEN_FAILURE, reason " + refusal.reason()
                                                + ": as OpenSSH says it at MaxSessions")))
                        .withNextTest("on the server: sshd -T | grep maxsessions, and 'no more sessions' in its log"));
    }

    private Optional<Judgement> markingLost() {
        return SessionMarking.lost(messages).map(SessionMarking::judged);
    }

    /// What sshd's own process for a session says where it cannot set it up: it quits with 255, before any
    /// command.
    private Optional<Judgement> commandFailed() {
        return attempt.observed(Observation.CommandEnded.class)
                .filter(ended -> !ended.signal().isEmpty()
                        || ended.exit().orElse(0) == LoginEnded.OF_SSHD_ITSELF
                        || ended.started() && ended.exit().isEmpty())
                .findFirst()
                .map(ended -> Judgement.of(
                                fault(
                                        Cause.SESSION_KILLED,
                                        Stage.SESSION,
                                        Weights.ONE_ATTEMPT,
                                        "the login works, and what should run in the session " + LoginEnded.told(ended)
                                                + ": most likely the session cannot be set up (ChrootDirectory, shell or home);"
                                                + " nobody reset anything"),
                                List.of(Fact.of(
                                        "session-command-failed",
                                        Family.CONTENT,
                                        Weights.SAID_WHY,
                                        List.of(Origin.SERVER_PROCESS),
                                        last("exec"),
                                        "the command 'true', which never fails, " + LoginEnded.told(ended))))
                        .withNextTest("read the server's log for this minute: 'bad ownership or modes for chroot"
                                + " directory', a missing shell or home"));
    }

    private Optional<Judgement> slow() {
        return SlowLogin.of(messages, attempt.steady())
                .map(late -> Judgement.of(
                                fault(
                                        Cause.SLOW_AUTHENTICATION,
                                        late.question().name().startsWith("userauth") ? Stage.USERAUTH : Stage.SESSION,
                                        Weights.ONE_ATTEMPT,
                                        String.format(
                                                Locale.ROOT,
                                                "the login works, but one answer took %.1f s where this host took %.2f s at most"
                                                        + " before: the server waits for something of its own (PAM, a directory, a"
                                                        + " program for keys, names)",
                                                late.seconds(),
                                                late.usual())),
                                List.of(late.fact()))
                        .withAlternatives(
                                List.of(new Alternative(Cause.SLOW_DNS, Origin.SERVER_PROCESS, LoginEnded.FAINT))));
    }

    private Judgement healthy() {
        boolean opened =
                attempt.observed(Observation.SessionOpened.class).findAny().isPresent();
        String how = attempt.observed(Observation.KeyTried.class)
                .filter(key -> key.fate() == KeyFate.TAKEN)
                .findFirst()
                .map(key -> "with a key (" + key.type() + ")")
                .orElse("without a key");
        long stay = attempt.observed(Observation.LoginBegun.class)
                .mapToLong(Observation.LoginBegun::stayMillis)
                .findFirst()
                .orElse(0);
        String rest =
                stay == 0 ? "" : String.format(Locale.ROOT, ", after %.1f s of rest it still answers", stay / 1e3);
        List<Integer> frames = frames(Set.of("userauth-signature", "exec", "keepalive"));
        OptionalDouble late = SlowLogin.longest(messages, attempt.steady());
        return Judgement.of(
                new Verdict.Healthy(
                        "the SSH handshake, a login " + how + (opened ? " and a session work" : " works") + rest
                                + (late.isEmpty() ? "" : waited(late.getAsDouble())),
                        late.isEmpty() ? Weights.CONCLUSIVE_LIMIT : Weights.ONE_ATTEMPT),
                frames.isEmpty()
                        ? List.of()
                        : List.of(Fact.told(
                                "login-completed",
                                Family.CONTENT,
                                frames,
                                "the server let us in " + shownKey() + " and answered to the end")));
    }

    private static String waited(double seconds) {
        return String.format(
                Locale.ROOT,
                "; one answer took %.1f s, and what else was slow meanwhile does not show whose time that was",
                seconds);
    }

    private String shownKey() {
        return attempt.observed(Observation.KeyTried.class)
                .filter(key -> key.fate() == KeyFate.TAKEN)
                .map(key -> "with " + key.fingerprint())
                .findFirst()
                .orElse("without a key");
    }

    private Judgement disconnected(Outcome.DisconnectedAt goodbye) {
        Judgement said = SaidOtherwise.disconnected(attempt, goodbye);
        long refused = fates(KeyFate.REFUSED);
        List<Integer> frames = frames(Set.of("userauth-publickey", "userauth-signature"));
        return frames.isEmpty()
                ? said
                : said.withMoreEvidence(List.of(Fact.told(
                        "keys-refused",
                        Family.SEQUENCE,
                        frames,
                        "before its goodbye the server had refused " + refused
                                + " of our keys in words; the goodbye answers the next")));
    }

    private long fates(KeyFate fate) {
        return attempt.observed(Observation.KeyTried.class)
                .filter(key -> key.fate() == fate)
                .count();
    }

    private List<Integer> last(String name) {
        return messages.stream()
                .filter(asked -> asked.name().equals(name))
                .reduce((_, later) -> later)
                .map(Asked::frames)
                .orElse(List.of());
    }

    private List<Integer> frames(Set<String> names) {
        return messages.stream()
                .filter(asked -> names.contains(asked.name()))
                .flatMap(asked -> asked.frames().stream())
                .distinct()
                .toList();
    }

    private static Verdict fault(Cause cause, Stage stage, double confidence, String summary) {
        return new Verdict.Fault(
                cause, Origin.SERVER_PROCESS, stage, confidence, Optional.empty(), Optional.empty(), summary);
    }
}
