package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Connections that sshd's log shows to begin, and whose process is gone without a word of their end.
class ServerUnsaidTest {
    private static final String CLIENT = "198.18.1.2";
    private static final String LISTENER = "700 1 0 Ss 9000 sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups";
    private static final String ARRIVED = "sshd[812]: Connection from " + CLIENT + " port 40022 on 198.18.3.2 port 22";

    private static String at(long before, String line) {
        return ServerAnswers.NOW - before + ".250000 db7 " + line;
    }

    private static Optional<ServerFinding> unsaid(String patience, List<String> processes, String... log) {
        List<String> shown = new ArrayList<>(processes);
        shown.add(LISTENER);
        return ServerAnswers.none()
                .of(CLIENT)
                .says(ServerQuestion.PROCESSES, shown.toArray(String[]::new))
                .says(ServerQuestion.SETTINGS, "maxstartups 10:30:100", "logingracetime " + patience)
                .says(ServerQuestion.JOURNAL, log)
                .side()
                .findings()
                .stream()
                .filter(found -> found.id().equals("log-end-unsaid"))
                .findFirst();
    }

    @Test
    void whoeverIsGoneBeforeItsPatienceWasOverWasKilledOrCrashed() {
        ServerFinding found = unsaid("120", List.of(), at(9, ARRIVED)).orElseThrow();
        assertEquals(Cause.SESSION_PROCESS_DIED, found.cause());
        assertEquals(Set.of(40022), found.ports());
        assertTrue(found.isFault());
    }

    @Test
    void whoeverIsGoneAfterAPatienceOfSecondsHadNoMore() {
        ServerFinding found = unsaid("4", List.of(), at(9, ARRIVED)).orElseThrow();
        assertEquals(Cause.GRACE_TIME_EXCEEDED, found.cause());
        assertTrue(found.isFault());
        assertEquals(
                Cause.SESSION_PROCESS_DIED,
                unsaid("4", List.of(), at(2, ARRIVED)).orElseThrow().cause());
    }

    @Test
    void afterTheUsualPatienceItMayBeEither() {
        assertTrue(!unsaid("120", List.of(), at(600, ARRIVED)).orElseThrow().isFault());
    }

    @Test
    void whoeverWasLetInAndIsGoneWasKilled() {
        ServerFinding found = unsaid(
                        "120",
                        List.of(),
                        at(9, ARRIVED),
                        at(8, "sshd[812]: Accepted publickey for root from " + CLIENT + " port 40022 ssh2: ED25519 x"),
                        at(7, "sshd[812]: Starting session: command for root from " + CLIENT + " port 40022 id 0"),
                        at(6, "sshd[812]: Close session: user root from " + CLIENT + " port 40022 id 0"))
                .orElseThrow();
        assertEquals(Cause.SESSION_KILLED, found.cause());
    }

    @Test
    void anEndThatIsLoggedIsNone() {
        assertEquals(
                Optional.empty(),
                unsaid(
                        "120",
                        List.of(),
                        at(9, ARRIVED),
                        at(8, "sshd[812]: Connection closed by " + CLIENT + " port 40022 [preauth]")));
        assertEquals(
                Optional.empty(),
                unsaid(
                        "120",
                        List.of(),
                        at(9, ARRIVED),
                        at(8, "sshd[812]: Accepted publickey for anna from " + CLIENT + " port 40022 ssh2: ED25519 x"),
                        at(7, "sshd[815]: Disconnected from user anna " + CLIENT + " port 40022")));
    }

    @Test
    void whoeverStillServesHasNotEnded() {
        assertEquals(Optional.empty(), unsaid("120", List.of("812 700 0 Ss 9 sshd: [accepted]"), at(9, ARRIVED)));
    }

    @Test
    void othersAreNotTheClient() {
        assertEquals(Optional.empty(), unsaid("120", List.of(), at(9, ARRIVED.replace(CLIENT, "198.18.1.77"))));
    }
}
