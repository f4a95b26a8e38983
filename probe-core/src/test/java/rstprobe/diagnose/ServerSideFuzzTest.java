package rstprobe.diagnose;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;

/// Jazzer looks for an answer of a server (a log, a table of sockets, rules of a packet filter, settings) that nothing
/// can be made of, not even a word that it cannot be read.
class ServerSideFuzzTest {
    private static final int MOST_ANSWERS = 6;
    private static final ServerQuestion[] QUESTIONS = ServerQuestion.values();

    /// Each answer ends at a form feed.
    private static final String BETWEEN = "\f";

    @FuzzTest(maxDuration = "60s")
    void anyAnswersTellSomething(FuzzedDataProvider input) {
        ServerQuestion[] asked = new ServerQuestion[MOST_ANSWERS];
        for (int i = 0; i < asked.length; i++) {
            asked[i] = input.pickValue(QUESTIONS);
        }
        String[] texts = input.consumeRemainingAsString().split(BETWEEN, MOST_ANSWERS);
        ServerAnswers answers = ServerAnswers.none();
        for (int i = 0; i < texts.length; i++) {
            answers.says(asked[i], texts[i].lines().toArray(String[]::new));
        }
        check(answers.side());
    }

    @FuzzTest(maxDuration = "60s")
    void anyLineOfALogTellsSomething(FuzzedDataProvider input) {
        String program =
                input.pickValue(List.of("sshd", "sshd-session", "dropbear", "kernel", "haproxy", "fail2ban-server"));
        String text = input.consumeRemainingAsString();
        check(ServerAnswers.none()
                .says(ServerQuestion.JOURNAL, ServerAnswers.NOW - 5 + ".250000 db7 " + program + "[812]: " + text)
                .kernelSent(text)
                .side());
    }

    private static void check(ServerSide side) {
        side.exitCode();
        for (ServerFinding finding : side.findings()) {
            if (finding.text().isBlank()) {
                throw new AssertionError(finding);
            }
        }
        for (ServerSide.NotRead part : side.notRead()) {
            if (part.why().isBlank()) {
                throw new AssertionError(part);
            }
        }
    }
}
