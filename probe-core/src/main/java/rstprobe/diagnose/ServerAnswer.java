package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What one question drew.
///
/// @param command    what was run, in one line, as a person would type it
/// @param ended      how the program ended
/// @param lines      what it printed, without secrets
/// @param complaints what it complained of
/// @param cut        whether it printed more than is kept
public record ServerAnswer(
        ServerQuestion question,
        String command,
        Ended ended,
        List<String> lines,
        List<String> complaints,
        boolean cut) {

    /// Exit code of a shell, of `env` and of `timeout` for a program that is not there (POSIX).
    private static final int NOT_FOUND = 127;

    /// What `timeout` exits with, and what a kill by it looks like.
    private static final int TIMED_OUT = 124;

    private static final int KILLED = 137;

    private static final Pattern NOT_ALLOWED = Pattern.compile(
            "(?i)permission denied|operation not permitted|not permitted|must be root|you need to be root|requires root"
                    + "|access denied|a password is required|a terminal is required|not allowed to execute"
                    + "|not in the sudoers|not seeing messages from other users|insufficient permissions"
                    + "|authorization failed");

    /// Without root's rights sshd finds none, and says no more than that (`sshd.c`, `main`).
    private static final String NO_KEYS = "no hostkeys available";

    /// Why a program that is not there does not answer.
    public static final String NOT_INSTALLED = "not installed";

    /// `sudo: a password is required`, and other words of sudo's own.
    private static final Pattern SUDO = Pattern.compile("^(?:sudo: |Sorry, user )(.*)");

    private static final Pattern RESTRICTED = Pattern.compile(
            "(?i)account is (?:currently )?not available|restricted: cannot|rbash:|only .{0,40}sftp|not permitted to run");

    /// What journalctl prints, and then exits with 0, where it has no files to read either.
    private static final String NO_ENTRIES = "-- No entries --";

    private static final Pattern ABSENT = Pattern.compile(
            "(?i)command not found|no such file or directory|not been booted with systemd|not running|no journal files"
                    + "|failed to connect to bus|is not installed|does not exist");

    /// How a program ended.
    public sealed interface Ended {
        /// It ended by itself.
        record Exited(int code) implements Ended {}

        /// It was stopped at its time limit.
        record TimedOut() implements Ended {}

        /// It could not be started.
        record NotStarted(String why) implements Ended {}
    }

    public ServerAnswer {
        lines = List.copyOf(lines);
        complaints = List.copyOf(complaints);
    }

    /// Why the answer, or a part of it, could not be read; empty where all of it could.
    public Optional<String> notRead() {
        return switch (ended) {
            case Ended.NotStarted(String why) -> Optional.of(why);
            case Ended.TimedOut _ -> Optional.of("no answer within " + ServerQuestion.LIMIT_SECONDS + " s");
            case Ended.Exited(int code) when code == NOT_FOUND && lines.isEmpty() -> Optional.of(missing());
            case Ended.Exited(int code)
            when code == TIMED_OUT || code == KILLED ->
                Optional.of("no answer within " + ServerQuestion.LIMIT_SECONDS + " s");
            case Ended.Exited(int code) -> complained(code);
        };
    }

    private String missing() {
        return restricted() ? "the account may not run it" : NOT_INSTALLED;
    }

    private Optional<String> complained(int code) {
        Optional<String> refused = first(NOT_ALLOWED);
        if (refused.isPresent() && question != ServerQuestion.CHECK) {
            return Optional.of("permission denied" + (lines.isEmpty() ? "" : " for a part of it"));
        }
        if (lines.isEmpty() && question != ServerQuestion.CHECK && said().anyMatch(line -> line.contains(NO_KEYS))) {
            return Optional.of("sshd found no host key that it may read; permission denied, if not root");
        }
        boolean says = lines.stream().anyMatch(line -> !line.isBlank() && !line.startsWith(NO_ENTRIES));
        if (!lines.isEmpty() && !says && first(ABSENT).isPresent()) {
            return first(ABSENT).map(line -> "not there: " + line);
        }
        if (code == 0 || !lines.isEmpty()) {
            return cut ? Optional.of("longer than is read: the rest of it") : Optional.empty();
        }
        if (restricted()) {
            return Optional.of("the account may not run it");
        }
        return first(ABSENT).map(line -> "not there: " + line);
    }

    /// Why sudo did not run the program, where it was to; empty where it did.
    public Optional<String> sudoRefused() {
        boolean ran = !command.startsWith("sudo ") || !lines.isEmpty();
        if (ran) {
            return Optional.empty();
        }
        boolean missing = ended.equals(new Ended.NotStarted(NOT_INSTALLED))
                || ended.equals(new Ended.Exited(NOT_FOUND))
                        && complaints.stream().anyMatch(line -> line.contains("sudo"));
        return missing
                ? Optional.of(NOT_INSTALLED)
                : complaints.stream()
                        .map(SUDO::matcher)
                        .filter(Matcher::matches)
                        .map(said -> said.group(1))
                        .findFirst();
    }

    /// Whether the account behind the answer runs no commands of our choice.
    public boolean restricted() {
        return said().anyMatch(line -> RESTRICTED.matcher(line).find());
    }

    /// Whether there is something in it to read.
    boolean usable() {
        return switch (ended) {
            case Ended.Exited _ -> !lines.isEmpty() || notRead().isEmpty();
            case Ended.TimedOut _ -> !lines.isEmpty();
            case Ended.NotStarted _ -> false;
        };
    }

    /// Whether it was stopped at its time limit.
    boolean timedOut() {
        return switch (ended) {
            case Ended.Exited(int code) -> code == TIMED_OUT || code == KILLED;
            case Ended.TimedOut _ -> true;
            case Ended.NotStarted _ -> false;
        };
    }

    /// The exit code, where it ended by itself.
    OptionalInt exitCode() {
        return ended instanceof Ended.Exited(int code) ? OptionalInt.of(code) : OptionalInt.empty();
    }

    /// Everything it printed, complaints last.
    Stream<String> said() {
        return Stream.concat(lines.stream(), complaints.stream());
    }

    private Optional<String> first(Pattern pattern) {
        return complaints.stream().filter(line -> pattern.matcher(line).find()).findFirst();
    }
}
