package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import rstprobe.cli.LabRun.Answer;
import rstprobe.lab.Conditions;
import rstprobe.lab.Split;
import rstprobe.lab.Truth;

/// How causes are counted, held against what was planted.
class CauseScoresTest {
    private static final String CLOSED = "closed-without-reason";

    /// What a failing sshd may be taken for: another name that fits, and the general one.
    private static final Truth STARTS_NOT =
            truth("sshd-cannot-start", Set.of("session-process-died", CLOSED), "server-process", 10);

    private static final Truth HEALTHY = truth("", Set.of(), "", 0);
    private static final Truth SLOW = truth("slow-dns", Set.of(""), "server-process", 10);

    private static Truth truth(String cause, Set<String> also, String origin, int exit) {
        Set<Truth.Naming> others = Set.copyOf(also.stream()
                .map(name -> name.isEmpty() ? new Truth.Naming("", "", 0) : new Truth.Naming(name, origin, exit))
                .toList());
        return new Truth(
                cause,
                origin,
                "kexinit",
                exit,
                "",
                true,
                others,
                new Truth.Proof(Optional.empty(), OptionalInt.empty(), false));
    }

    /// A verdict and its alternatives, by their causes.
    private static Answer says(String status, int exit, double confidence, String... causes) {
        return new Answer(
                status,
                causes[0],
                exit == 0 ? "" : "server-process",
                "kexinit",
                exit,
                confidence,
                Stream.of(causes)
                        .skip(1)
                        .map(cause -> new Answer.Claim(cause, "server-process", 0.1))
                        .toList(),
                Optional.empty(),
                Optional.empty());
    }

    private static Answer names(double confidence, String... causes) {
        return says("fault", 10, confidence, causes);
    }

    private static ScoredRun run(String network, Truth truth, Answer answer) {
        return new ScoredRun(network, Split.REPORT, Conditions.plain(), truth, answer, Optional.empty());
    }

    private static ScoredRun starting(Answer answer) {
        return run("a", STARTS_NOT, answer);
    }

    @Test
    void theCauseThatWasPlantedIsRight() {
        ScoredRun run = starting(names(0.7, "sshd-cannot-start"));
        assertTrue(run.causeRight() && run.causeFits() && run.causeInFirstThree());
    }

    @Test
    void aNameThatTheTruthAllowsFitsAndIsNotRight() {
        ScoredRun run = starting(names(0.7, "session-process-died", "max-startups"));
        assertTrue(run.causeFits());
        assertFalse(run.causeRight() || run.causeInFirstThree());
    }

    @Test
    void aGeneralCauseFitsOnlyBesideWhatWasPlanted() {
        assertFalse(starting(names(0.7, CLOSED)).causeFits());
        assertFalse(starting(names(0.7, CLOSED, "max-startups", "not-ssh", "sshd-cannot-start"))
                .causeFits());
        assertTrue(starting(names(0.7, CLOSED, "max-startups", "sshd-cannot-start"))
                .causeFits());
    }

    @Test
    void whereNothingIsWrongAVerdictThatSaysSoIsRight() {
        assertTrue(run("b", HEALTHY, says("healthy", 0, 0.97, "")).causeRight());
        assertFalse(run("b", HEALTHY, says("undetermined", 19, 0.5, "")).causeRight());
        assertFalse(run("b", HEALTHY, names(0.5, CLOSED)).causeFits());
        assertFalse(starting(says("healthy", 0, 0.97, "")).causeFits());
    }

    @Test
    void aFaultThatMaySpareARunIsNotFoundByOneThatPasses() {
        ScoredRun passed = run("c", SLOW, says("healthy", 0, 0.97, ""));
        assertTrue(passed.causeFits());
        assertFalse(passed.causeRight() || passed.causeInFirstThree());
    }

    @Test
    void whatHasNoReportNamesNothing() {
        ScoredRun none = run("b", HEALTHY, says("none", 4, 0, ""));
        assertFalse(none.causeRight() || none.causeFits() || none.causeInFirstThree());
    }

    @Test
    void whoeverIsSureOfACauseThatDoesNotFitIsCounted() {
        CauseScores scores = CauseScores.of(List.of(
                starting(names(0.90, "max-startups")),
                starting(names(0.89, "max-startups")),
                starting(names(0.95, "session-process-died")),
                starting(names(0.95, CLOSED)),
                run("b", HEALTHY, names(0.95, CLOSED)),
                run("b", HEALTHY, says("undetermined", 19, 0.95, ""))));
        assertEquals(2, scores.surelyWrong());
    }

    @Test
    void aRowForEachNetworkSaysWhatWasNamedInstead() {
        CauseScores scores = CauseScores.of(List.of(
                starting(names(0.7, "sshd-cannot-start")),
                starting(names(0.7, CLOSED, "sshd-cannot-start")),
                starting(says("undetermined", 19, 0.5, "")),
                run("b", HEALTHY, says("healthy", 0, 0.97, ""))));
        assertEquals(
                List.of(
                        new CauseScores.Network(
                                "a", "report", "sshd-cannot-start", 3, 1, 2, 2, Map.of(CLOSED, 1, "open", 1)),
                        new CauseScores.Network("b", "report", "healthy", 1, 1, 1, 1, Map.of())),
                scores.networks());
        assertEquals(
                Map.of("sshd-cannot-start", 1, CLOSED, 1, "open", 1),
                scores.confusion().get("sshd-cannot-start"));
        assertEquals(2, scores.right());
        assertEquals(3, scores.fitting());
        assertEquals(3, scores.inThree());
    }

    @Test
    void bothDocumentsTellBothFigures() throws Exception {
        List<ScoredRun> runs =
                List.of(starting(names(0.7, "sshd-cannot-start")), starting(names(0.7, "session-process-died")));
        String text = ScoresText.of(Scores.of(runs));
        assertTrue(
                text.contains("cause right                1 of 2 (50.0 %), and right as far as the wire tells 2"),
                text);
        assertTrue(text.contains("1 session-process-died, not sshd-cannot-start"), text);
        JsonNode document = new JsonMapper().readTree(ScoresJson.of(Scores.of(runs), runs));
        assertEquals(1, document.at("/scores/causes/right").asInt());
        assertEquals(2, document.at("/scores/causes/fitting").asInt());
        assertFalse(document.at("/runs/1/causeRight").asBoolean());
        assertTrue(document.at("/runs/1/causeFits").asBoolean());
        assertEquals("rstprobe.lab/1", document.path("schema").asText());
    }
}
