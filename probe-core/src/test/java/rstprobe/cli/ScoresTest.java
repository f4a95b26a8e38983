package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import rstprobe.cli.LabRun.Answer;
import rstprobe.cli.LabRun.Judgement;
import rstprobe.cli.Scores.Bin;
import rstprobe.cli.Scores.Places;
import rstprobe.lab.Conditions;
import rstprobe.lab.HopInterval;
import rstprobe.lab.Labs;
import rstprobe.lab.Split;
import rstprobe.lab.Truth;

/// The metrics of `rstprobe lab verify`, held against sums done by hand.
class ScoresTest {
    private static final Truth TAP = truth("injected-reset", "on-path", 11, Optional.of(new HopInterval(1, 2)));
    private static final Truth PROCESS = truth("aborted", "server-process", 10, Optional.empty());
    private static final Truth HEALTHY = truth("", "", 0, Optional.empty());

    private static Truth truth(String cause, String origin, int exit, Optional<HopInterval> hops) {
        return new Truth(
                cause, origin, "kexinit", exit, "", false, Set.of(), new Truth.Proof(hops, OptionalInt.empty(), false));
    }

    private static Answer named(String cause, String origin, int exit, double confidence) {
        return answer(exit == 0 ? "healthy" : "fault", cause, origin, exit, confidence, Optional.empty());
    }

    private static Answer open(double confidence, String likeliest) {
        return new Answer(
                "undetermined",
                "",
                "unknown",
                "kexinit",
                19,
                confidence,
                List.of(new Answer.Claim("", likeliest, confidence)),
                Optional.empty(),
                Optional.empty());
    }

    private static Answer answer(
            String status, String cause, String origin, int exit, double confidence, Optional<HopInterval> hop) {
        return new Answer(status, cause, origin, "kexinit", exit, confidence, List.of(), hop, Optional.empty());
    }

    private static ScoredRun run(String network, Truth truth, Answer answer) {
        return new ScoredRun(network, Split.REPORT, Conditions.plain(), truth, answer, Optional.empty());
    }

    private static ScoredRun tap(Optional<HopInterval> claimed) {
        return run("tap", TAP, answer("fault", "injected-reset", "on-path", 11, .8, claimed));
    }

    @Test
    void theBrierScoreIsTheMeanSquaredErrorOfTheBets() {
        Scores scores = Scores.of(List.of(
                run("a", TAP, named("injected-reset", "on-path", 11, 0.8)),
                run("a", TAP, named("rejected", "in-path", 11, 0.7)),
                run("b", PROCESS, open(0.4, "server-process")),
                run("b", PROCESS, open(0.5, "proxy")),
                run("c", HEALTHY, named("", "", 0, 0.9))));
        // .2² + .7² + .6² + .5² + .1² = 0.04 + 0.49 + 0.36 + 0.25 + 0.01, over five; named: 0.54 over three.
        assertEquals(1.15 / 5, scores.brier().orElseThrow(), 1e-12);
        assertEquals(0.54 / 3, scores.brierNamed().orElseThrow(), 1e-12);
        assertEquals(0, scores.unscored());
        assertEquals(2, scores.originRight());
    }

    @Test
    void whoeverBetsOnNobodyIsCountedAside() {
        Scores scores = Scores.of(List.of(
                run("a", TAP, answer("none", "", "", 4, 0, Optional.empty())),
                run("a", TAP, answer("undetermined", "", "unknown", 19, .5, Optional.empty()))));
        assertEquals(2, scores.unscored());
        assertEquals(Optional.empty(), scores.brier());
        assertEquals(Map.of("on-path", Map.of("undetermined", 1)), scores.confusion());
    }

    @Test
    void confidenceIsComparedBinByBin() {
        List<ScoredRun> runs = new ArrayList<>();
        runs.add(run("a", TAP, named("injected-reset", "on-path", 11, 0.70)));
        runs.add(run("a", TAP, named("rejected", "in-path", 11, 0.79)));
        runs.add(run("a", TAP, named("injected-reset", "on-path", 11, 0.90)));
        runs.add(run("a", TAP, named("injected-reset", "on-path", 11, 1.00)));
        List<Bin> bins = Scores.of(runs).reliability();
        assertEquals(2, bins.size());
        assertEquals(new Bin(0.7, 0.8, 2, (0.70 + 0.79) / 2, 0.5), bins.getFirst());
        assertEquals(new Bin(0.9, 1.0, 2, 0.95, 1.0), bins.getLast());
    }

    @Test
    void aHopIntervalCountsWhereItHoldsTheWholeTruth() {
        Scores scores = Scores.of(List.of(
                tap(Optional.of(new HopInterval(1, 2))),
                tap(Optional.of(new HopInterval(0, 3))),
                tap(Optional.of(new HopInterval(0, 1))),
                tap(Optional.of(new HopInterval(2, 3))),
                tap(Optional.empty()),
                run("b", PROCESS, named("aborted", "server-process", 10, .8))));
        assertEquals(new Places(5, 4, 2), scores.places());
    }

    @Test
    void whoIsSureAndWrongIsCountedFromNineTenthsOn() {
        Scores scores = Scores.of(List.of(
                run("a", TAP, named("rejected", "in-path", 11, 0.90)),
                run("a", TAP, named("rejected", "in-path", 11, 0.89)),
                run("a", TAP, named("injected-reset", "on-path", 11, 0.97)),
                run("a", TAP, open(0.95, "proxy"))));
        assertEquals(1, scores.surelyWrong());
        assertFalse(scores.good());
    }

    @Test
    void blameForTheServersDeedsIsCounted() {
        Truth either = new Truth(
                "aborted",
                "server-process",
                "kexinit",
                10,
                "",
                false,
                Set.of(new Truth.Naming("aborted", "proxy", 10)),
                PROCESS.proof());
        Scores scores = Scores.of(List.of(
                run("a", PROCESS, named("aborted", "proxy", 11, 0.7)),
                run("a", PROCESS, named("lost", "server-kernel", 10, 0.7)),
                run("a", PROCESS, open(0.5, "proxy")),
                run("b", either, named("aborted", "proxy", 10, 0.7)),
                run("c", TAP, named("aborted", "proxy", 11, 0.7))));
        assertEquals(4, scores.serverSide());
        assertEquals(1, scores.blamed());
    }

    @Test
    void costIsTheMostOfRunsWithAShortRoundTrip() {
        Scores scores = Scores.of(List.of(
                costing("a", 10, new LabCost(true, 5, 15, 40, 9, 3.5)),
                costing("b", 0, new LabCost(true, 7, 10, 30, 9, 2.5)),
                costing("c", 0, new LabCost(false, 1, 0, 9, 5, 11)),
                costing("d", 50, new LabCost(true, 99, 99, 99, 99, 99))));
        assertEquals(Optional.of(new Scores.Cost(2, 7, 15, 40, 9, 3.5, "a")), scores.costOfReset());
        assertEquals(Optional.of(new Scores.Cost(3, 7, 15, 40, 9, 11, "c")), scores.cost());
        assertEquals(Optional.empty(), scores.healthy());
    }

    private static ScoredRun costing(String network, int delay, LabCost cost) {
        return new ScoredRun(
                network,
                Split.REPORT,
                new Conditions(delay, 0, 1, false, Optional.empty()),
                TAP,
                named("injected-reset", "on-path", 11, .8),
                Optional.of(cost));
    }

    @Test
    void aRowForEachNetwork() {
        Scores scores = Scores.of(List.of(
                run("a", TAP, named("injected-reset", "on-path", 11, .8)),
                run("a", TAP, open(.5, "on-path")),
                run("b", PROCESS, named("lost", "server-kernel", 10, .7))));
        assertEquals(
                List.of(
                        new Scores.Network("a", "report", 2, 1, 0, 1, 0),
                        new Scores.Network("b", "report", 1, 0, 0, 0, 1)),
                scores.networks());
        assertEquals(1, scores.judged().get(Judgement.WRONG));
    }

    @Test
    void theDocumentHoldsEveryRun() throws Exception {
        List<ScoredRun> runs = List.of(tap(Optional.of(new HopInterval(1, 2))), tap(Optional.empty()));
        JsonNode document = new JsonMapper().readTree(ScoresJson.of(Scores.of(runs), runs));
        assertEquals("rstprobe.lab/1", document.path("schema").asText());
        assertEquals(2, document.path("runs").size());
        assertEquals(1, document.at("/runs/0/hop/after").asInt());
        assertTrue(document.at("/runs/1/hop").isNull());
        assertEquals(2, document.at("/scores/judged/right").asInt());
        assertEquals(1, document.at("/scores/places/contained").asInt());
    }

    @Test
    void theTextHasEverySectionForEveryMixture() {
        String text = ScoresText.of(Scores.of(
                List.of(tap(Optional.empty()), tap(Optional.empty()), run("b", PROCESS, open(.5, "server-process")))));
        for (String word : List.of("network", "who it was", "came true", "Brier score", "hop interval", "1 missed")) {
            assertTrue(text.contains(word), text);
        }
        assertEquals(
                "1 right, 0 undetermined where that is honest, 0 missed, 0 wrong\n",
                ScoresText.of(Scores.of(List.of(tap(Optional.empty())))));
    }

    @Test
    void runsGoThroughTheConditionsAndEachHasItsSeed() {
        List<Conditions> two = List.of(
                new Conditions(0, 0, 7, false, Optional.empty()), new Conditions(10, 0.01, 7, false, Optional.empty()));
        List<LabBatch.Planned> planned = LabBatch.plan(Labs.all().subList(0, 2), two, 3);
        assertEquals(6, planned.size());
        assertEquals(
                List.of(0, 10, 0),
                planned.stream()
                        .limit(3)
                        .map(one -> one.conditions().delayMillis())
                        .toList());
        assertEquals(
                IntStream.of(7, 8, 9).mapToObj(Long::valueOf).toList(),
                planned.stream().limit(3).map(one -> one.conditions().seed()).toList());
    }
}
