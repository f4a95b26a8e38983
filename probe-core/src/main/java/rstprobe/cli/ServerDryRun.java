package rstprobe.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rstprobe.diagnose.ServerQuestion;
import rstprobe.diagnose.ServerScope;
import rstprobe.report.Sanitizer;
import rstprobe.server.Collector;
import rstprobe.server.Words;

/// What `rstprobe server` would run.
final class ServerDryRun {
    private ServerDryRun() {}

    static String of(String where, ServerScope scope, boolean sudo, Optional<Integer> trace) {
        StringBuilder text = new StringBuilder();
        text.append("Nothing is run. On ")
                .append(Sanitizer.terminal(where))
                .append(", one after the other, each for at most ");
        text.append(ServerQuestion.LIMIT_SECONDS)
                .append(" s and all for at most ")
                .append(Collector.LIMIT_SECONDS);
        text.append(" s;\nwithout a shell; logs from ")
                .append(Instant.ofEpochSecond(scope.sinceSeconds()))
                .append(" on. None changes anything");
        text.append(trace.isPresent() ? ", save the last.\n" : ".\n");
        text.append(sudo ? "What sudo refuses is asked without it.\n" : "");
        for (ServerQuestion question : ServerQuestion.values()) {
            if (!question.isAsked()
                    || scope.client().isEmpty() && question.wordsWithNames().contains("CLIENT")) {
                continue;
            }
            text.append("\n  # ").append(question.why());
            text.append(question.needsRoot() ? sudo ? "" : " (root sees more)" : "")
                    .append('\n');
            text.append("  ").append(shown(question, scope, sudo)).append('\n');
        }
        trace.ifPresent(seconds -> text.append(
                        "\n  # the resets this kernel sends: makes a tracing instance of our own, and"
                                + " removes it\n  /sys/kernel/tracing/instances/rstprobe-PID, event tcp/tcp_send_reset, for ")
                .append(seconds)
                .append(" s\n"));
        return text.toString();
    }

    private static String shown(ServerQuestion question, ServerScope scope, boolean sudo) {
        List<String> words = new ArrayList<>(question.words(scope));
        if (words.isEmpty() || question.wordsWithNames().stream().anyMatch(word -> word.startsWith("["))) {
            words = new ArrayList<>(question.wordsWithNames());
        }
        List<String> whole = sudo && question.needsRoot() ? Words.asRoot(words) : words;
        String line = Words.shown(whole).replace("'[OPTIONS OF THE RUNNING SSHD]'", "[OPTIONS OF THE RUNNING SSHD]");
        return Sanitizer.passage(line);
    }
}
