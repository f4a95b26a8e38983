package rstprobe.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import rstprobe.diagnose.ServerAnswer;
import rstprobe.diagnose.ServerAnswer.Ended;
import rstprobe.diagnose.ServerClock;
import rstprobe.diagnose.ServerQuestion;
import rstprobe.diagnose.ServerResets;
import rstprobe.diagnose.ServerScope;
import rstprobe.diagnose.ServerSide;
import rstprobe.diagnose.ServerSide.Collected;
import rstprobe.record.CannotProbe;

/// Asks a server every question, one after the other.
public final class Collector {
    /// A whole collection takes no longer; what was not asked by then is not asked.
    public static final int LIMIT_SECONDS = 120;

    private static final String SUDO = "sudo -n";
    private static final long NANOS = 1_000_000_000;
    private static final long MILLIS = 1_000;

    private final Reach reach;
    private final boolean sudo;
    private final Consumer<String> progress;
    private final List<ServerAnswer> answers = new ArrayList<>();
    private ServerScope scope;
    private boolean sudoThere = true;

    /// @param sudo     whether to ask as root by `sudo -n` what needs it
    /// @param progress told what is asked
    public Collector(Reach reach, ServerScope scope, boolean sudo, Consumer<String> progress) {
        this.reach = reach;
        this.scope = scope;
        this.sudo = sudo;
        this.progress = progress;
    }

    /// Asks all.
    ///
    /// @param user         whom the client wanted to be
    /// @param traceSeconds for how long to watch this kernel's resets meanwhile; empty for not
    /// @throws CannotProbe where the account there runs no commands at all
    public Collected collect(Optional<String> user, Optional<Integer> traceSeconds)
            throws CannotProbe, InterruptedException {
        long end = System.nanoTime() + LIMIT_SECONDS * NANOS;
        long ours = System.currentTimeMillis() / MILLIS;
        ServerClock clock = new ServerClock(ours, "+00:00", 0);
        boolean root = false;
        List<ServerResets> resets = List.of();
        Optional<ServerAnswer> listeners = Optional.empty();
        for (ServerQuestion question : ServerQuestion.values()) {
            if (question == ServerQuestion.RESETS && traceSeconds.isPresent()) {
                resets = watch(traceSeconds.get());
            }
            long asked = System.currentTimeMillis();
            Optional<ServerAnswer> answer = ask(question, root, end);
            if (question == ServerQuestion.WHO) {
                root = isRoot(answer);
            } else if (question == ServerQuestion.CLOCK) {
                clock = ServerClock.of(answer, (asked + System.currentTimeMillis()) / 2 / MILLIS);
                scope = scope.withSince(scope.sinceSeconds() + clock.ahead());
            } else if (question == ServerQuestion.PROCESSES) {
                scope = ServerSide.known(scope, listeners, answer);
            } else if (question == ServerQuestion.LISTENERS) {
                listeners = answer;
            } else if (question == ServerQuestion.GROUPS && answer.isPresent()) {
                scope = ServerSide.knownGroups(scope, answer.get());
            } else if (question == ServerQuestion.SETTINGS && answer.isPresent()) {
                scope = ServerSide.knownSettings(scope, answer.get());
            }
        }
        return new Collected(scope, clock, user, answers, resets);
    }

    private List<ServerResets> watch(int seconds) throws InterruptedException {
        try (SendResetTrace trace = SendResetTrace.begin()) {
            progress.accept("watching the kernel's resets for " + seconds + " s: probe now");
            return trace.watch(seconds);
        } catch (CannotProbe cannot) {
            answers.add(new ServerAnswer(
                    ServerQuestion.RESETS,
                    ServerResets.COMMAND,
                    new Ended.NotStarted(cannot.what() + "; " + cannot.fix()),
                    List.of(),
                    List.of(),
                    false));
            return List.of();
        }
    }

    private Optional<ServerAnswer> ask(ServerQuestion question, boolean root, long end) throws InterruptedException {
        List<String> words = question.words(scope);
        if (words.isEmpty()) {
            return Optional.empty();
        }
        ServerAnswer answer;
        if (System.nanoTime() > end) {
            answer = new ServerAnswer(
                    question,
                    Words.shown(words),
                    new Ended.NotStarted("not asked: " + LIMIT_SECONDS + " s were over"),
                    List.of(),
                    List.of(),
                    false);
        } else {
            progress.accept(question.why());
            boolean asRoot = sudo && !root && question.needsRoot() && sudoThere;
            answer = reach.ask(question, asRoot ? Words.asRoot(words) : words);
            if (asRoot && answer.sudoRefused().isPresent()) {
                refused(answer.sudoRefused().get());
                answer = reach.ask(question, words);
            }
        }
        answers.add(answer);
        return Optional.of(answer);
    }

    /// Named once; what sudo does not ask is asked without it, and tells what it may.
    private void refused(String why) {
        if (sudoThere && answers.stream().noneMatch(known -> known.command().equals(SUDO))) {
            answers.add(
                    new ServerAnswer(ServerQuestion.WHO, SUDO, new Ended.NotStarted(why), List.of(), List.of(), false));
        }
        sudoThere = !why.equals(ServerAnswer.NOT_INSTALLED);
    }

    /// The first answer shows whether the account runs commands at all.
    private boolean isRoot(Optional<ServerAnswer> answer) throws CannotProbe {
        String id = answer.stream()
                .flatMap(said -> said.lines().stream())
                .findFirst()
                .orElse("");
        if (!id.matches("\\d+")) {
            String said = answer.stream()
                    .flatMap(all -> Stream.concat(all.lines().stream(), all.complaints().stream()))
                    .filter(line -> !line.isBlank())
                    .findFirst()
                    .map(line -> ": it answers '" + line + "'")
                    .orElse(": it says nothing");
            throw new CannotProbe(
                    "the account of " + reach.name() + " runs no commands" + said,
                    "name an account with a shell, or run it on the server itself: rstprobe server local");
        }
        return id.equals("0");
    }
}
