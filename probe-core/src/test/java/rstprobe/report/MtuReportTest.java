package rstprobe.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import rstprobe.diagnose.IdleStories;
import rstprobe.path.DirectionFinding;
import rstprobe.path.DirectionFinding.Signal;
import rstprobe.path.LimitPlace;
import rstprobe.path.MssClamp;
import rstprobe.path.MtuClaim;
import rstprobe.path.Oracle;
import rstprobe.path.PathMtuStanding;
import rstprobe.path.SurveyFinding;
import rstprobe.path.SurveyScope;

/// What is said of a survey of the path MTU, and whether its document keeps to the schema.
class MtuReportTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static DirectionFinding found(PathMtuStanding standing, Signal signal, boolean blackHole) {
        boolean limited = standing instanceof PathMtuStanding.Exact;
        Optional<LimitPlace> place = limited
                ? Optional.of(new LimitPlace(1, 2, Optional.of("198.18.1.1"), Optional.empty()))
                : Optional.empty();
        List<MtuClaim> claims =
                limited ? List.of(new MtuClaim("198.18.1.1", 1450, 1, 3, MtuClaim.Truth.REFUTED)) : List.of();
        return new DirectionFinding(
                standing,
                standing instanceof PathMtuStanding.Silent ? Optional.empty() : Optional.of(Oracle.REPETITION),
                signal,
                blackHole,
                place,
                limited ? Optional.of(false) : Optional.empty(),
                claims,
                OptionalInt.empty(),
                0.04,
                69,
                2,
                12_345_678);
    }

    private static final DirectionFinding HOLE = found(new PathMtuStanding.Exact(1400, 1e-5), Signal.SILENCE, true);
    private static final Optional<MssClamp> CLAMP = Optional.of(new MssClamp(1460, 1300, 1, 2));
    private static final DirectionFinding WIDE = found(new PathMtuStanding.Local(1500), Signal.LOCAL, false);
    private static final DirectionFinding NONE = found(new PathMtuStanding.Silent(), Signal.NONE, false);

    private static Map<String, MtuIncident> stories() {
        Map<String, MtuIncident> stories = new LinkedHashMap<>();
        for (DirectionFinding there : List.of(
                HOLE,
                WIDE,
                NONE,
                found(new PathMtuStanding.Bounded(1300, OptionalInt.of(1500)), Signal.SILENCE, true),
                found(new PathMtuStanding.Changed(1400), Signal.NONE, false),
                found(new PathMtuStanding.Open(0), Signal.NONE, false))) {
            for (DirectionFinding back : List.of(HOLE, WIDE, NONE)) {
                SurveyFinding finding = new SurveyFinding(
                        SurveyScope.WHOLE, there, back, Optional.of(1460), Optional.of(1460), CLAMP, List.of(), 89, 3);
                stories.put(
                        there.standing() + " and " + back.standing(),
                        new MtuIncident("incident-x", IdleStories.all().get("vanishes"), finding));
            }
        }
        return stories;
    }

    @Test
    void everyDocumentIsValid() throws IOException {
        JsonSchema schema;
        try (InputStream text = MtuReportTest.class.getResourceAsStream("schema/mtu.schema.json")) {
            schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(MAPPER.readTree(text));
        }
        for (Map.Entry<String, MtuIncident> story : stories().entrySet()) {
            JsonNode document = MAPPER.readTree(MtuJson.of(story.getValue()));
            Set<String> faults =
                    schema.validate(document).stream().map(Object::toString).collect(Collectors.toSet());
            assertEquals(Set.of(), faults, story.getKey());
        }
        assertFalse(schema.validate(MAPPER.readTree("{\"schema\":\"rstprobe.mtu/1\"}"))
                .isEmpty());
    }

    @Test
    void theTextSaysTheHoleFirstThenWhereWhyAndWhatMendsIt() {
        MtuIncident incident = new MtuIncident(
                "incident-x",
                IdleStories.all().get("vanishes"),
                new SurveyFinding(
                        SurveyScope.WHOLE, HOLE, WIDE, Optional.of(1460), Optional.of(1460), CLAMP, List.of(), 89, 3));
        String text = MtuReport.text(incident, false, Optional.of("/tmp/incident-x"));
        assertTrue(text.startsWith("FAULT  packets above 1400 bytes vanish on the way to the target"), text);
        assertTrue(text.contains("1400 arrived whole, 1401 did not"), text);
        assertTrue(text.contains("after hop 1 (198.18.1.1), before hop 2"), text);
        assertTrue(text.contains("--set-mss 1360"), text.replace("\n", " "));
        assertTrue(text.contains("198.18.1.1 says that 1450 bytes pass"), text);
        assertTrue(text.lines().allMatch(line -> line.length() <= TextPage.WIDTH), text);
        assertEquals(12, incident.finding().exitCode());
    }

    @Test
    void aPathWithoutALimitIsHealthyAndOneNobodyAnsweredOnIsNot() {
        SurveyFinding healthy = new SurveyFinding(
                SurveyScope.WHOLE, WIDE, WIDE, Optional.of(1460), Optional.of(1460), CLAMP, List.of(), 60, 1);
        assertEquals(0, healthy.exitCode());
        SurveyFinding silent = new SurveyFinding(
                SurveyScope.WHOLE, NONE, NONE, Optional.empty(), Optional.empty(), Optional.empty(), List.of(), 60, 3);
        assertEquals(4, silent.exitCode());
        SurveyFinding half = new SurveyFinding(
                SurveyScope.WHOLE, WIDE, NONE, Optional.of(1460), Optional.of(1460), CLAMP, List.of(), 60, 3);
        assertEquals(19, half.exitCode());
        SurveyFinding oneWay = oneWay(WIDE);
        assertEquals(0, oneWay.exitCode(), "nobody asked about the way back");
        assertEquals(19, oneWay(NONE).exitCode());
    }

    private static SurveyFinding oneWay(DirectionFinding there) {
        return new SurveyFinding(
                SurveyScope.THERE,
                there,
                DirectionFinding.unknown(),
                Optional.of(1460),
                Optional.of(1460),
                Optional.empty(),
                List.of(),
                40,
                2);
    }

    @Test
    void whereOnlyTheWayThereWasAskedAboutNothingIsSaidOfTheWayBack() {
        MtuIncident healthy = new MtuIncident("incident-x", IdleStories.all().get("vanishes"), oneWay(WIDE));
        String text = MtuReport.text(healthy, false, Optional.empty());
        assertTrue(text.startsWith("HEALTHY  the path takes 1500 bytes there, and no packet vanishes"), text);
        assertTrue(text.contains("back       not asked about"), text);
        assertTrue(MtuJson.of(healthy).contains("\"reverse\": null"), MtuJson.of(healthy));
        MtuIncident hole = new MtuIncident("incident-x", IdleStories.all().get("vanishes"), oneWay(HOLE));
        assertTrue(MtuReport.text(hole, false, Optional.empty()).contains("without --one-way"));
    }

    @Test
    void everyFormOfEveryStoryIsWritten() {
        stories().values().forEach(incident -> {
            assertTrue(MtuReport.html(incident).endsWith("</html>\n"));
            assertTrue(MtuReport.markdown(incident).startsWith("# "));
            int frames = incident.recording().frames().size();
            MtuReport.comments(incident).byFrame().keySet().forEach(frame -> assertTrue(frame >= 1 && frame <= frames));
        });
    }
}
