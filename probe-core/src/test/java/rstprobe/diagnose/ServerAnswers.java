package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import rstprobe.diagnose.ServerAnswer.Ended;
import rstprobe.diagnose.ServerSide.Collected;

/// A server's answers as a test writes them.
final class ServerAnswers {
    static final String CLIENT = "198.18.0.1";

    /// What the server's clock shows when it is asked.
    static final long NOW = 1_793_714_130L;

    private final List<ServerAnswer> answers = new ArrayList<>();
    private Optional<String> client = Optional.of(CLIENT);
    private Optional<String> user = Optional.empty();
    private List<ServerResets> resets = List.of();

    static ServerAnswers none() {
        return new ServerAnswers();
    }

    ServerAnswers says(ServerQuestion question, String... lines) {
        return ends(question, 0, List.of(lines), List.of());
    }

    ServerAnswers complains(ServerQuestion question, int exit, String... lines) {
        return ends(question, exit, List.of(), List.of(lines));
    }

    private ServerAnswers ends(ServerQuestion question, int exit, List<String> lines, List<String> complaints) {
        List<String> shown = Secrets.redacted(lines.stream()
                .flatMap(line -> line.isEmpty() ? Stream.of(line) : line.lines())
                .toList());
        answers.add(new ServerAnswer(
                question,
                String.join(" ", question.wordsWithNames()),
                new Ended.Exited(exit),
                shown,
                complaints,
                false));
        return this;
    }

    ServerAnswers of(String address) {
        client = Optional.of(address);
        return this;
    }

    ServerAnswers ofAnybody() {
        client = Optional.empty();
        return this;
    }

    ServerAnswers asUser(String name) {
        user = Optional.of(name);
        return this;
    }

    ServerAnswers kernelSent(String... events) {
        resets = ServerResets.of(List.of(events));
        return this;
    }

    ServerSide side() {
        return ServerSide.of(new Collected(
                ServerScope.of(NOW - 900, 22, client), new ServerClock(NOW, "+00:00", 0), user, answers, resets));
    }

    /// The findings of one journal line by this program.
    static List<ServerFinding> logged(String program, String text) {
        return none().says(ServerQuestion.JOURNAL, NOW - 5 + ".250000 db7 " + program + "[812]: " + text)
                .side()
                .findings();
    }
}
