package rstprobe.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import rstprobe.diagnose.Verdict;

/// Every string and every byte array that can be reached from an incident is hostile, and still every report is
/// safe.
class HostileIncidentTest {
    private static final Pattern OUR_COLOURS = Pattern.compile("\033\\[(?:0|1|2|1;31|1;32|1;33)m");

    static List<String> payloads() {
        List<String> payloads = new ArrayList<>(Hostile.TRICKS);
        for (int at = 0; at < Hostile.CONTROLS.length(); at += 8) {
            payloads.add("plain " + Hostile.CONTROLS.substring(at, Math.min(at + 8, Hostile.CONTROLS.length())));
        }
        payloads.add("");
        payloads.add(" ");
        return payloads;
    }

    @ParameterizedTest
    @MethodSource("payloads")
    void nothingFromTheNetworkReachesAnyReportUncleaned(String payload) {
        byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
        for (Incident incident : oneForEachVerdict(payload, bytes)) {
            String text = TextReport.of(incident, false, Optional.of(payload));
            safe(text);
            assertTrue(text.lines().allMatch(line -> Glyphs.columns(line) <= TextPage.WIDTH), text);
            String coloured = TextReport.of(incident, true, Optional.of(payload));
            assertEquals(text, OUR_COLOURS.matcher(coloured).replaceAll(""));
            safe(JsonReport.of(incident));
            safe(MarkdownReport.of(incident));
            safe(HtmlReport.of(incident));
            FrameComments comments = FrameComments.of(incident);
            safe(comments.section());
            comments.byFrame().values().forEach(HostileIncidentTest::safe);
        }
    }

    @ParameterizedTest
    @MethodSource("payloads")
    void noElementAndNoAttributeEntersTheHtml(String payload) {
        List<Incident> hostile = oneForEachVerdict(payload, payload.getBytes(StandardCharsets.UTF_8));
        List<Incident> plain = oneForEachVerdict("plain", new byte[] {'p'});
        for (int i = 0; i < hostile.size(); i++) {
            assertEquals(
                    new TreeSet<>(Xml.shapes(HtmlReport.of(plain.get(i)))),
                    new TreeSet<>(Xml.shapes(HtmlReport.of(hostile.get(i)))));
        }
    }

    private static List<Incident> oneForEachVerdict(String text, byte[] bytes) {
        Map<Class<?>, Incident> byVerdict = new LinkedHashMap<>();
        for (Incident incident : new Variants(() -> text, () -> bytes).of(Incident.class)) {
            byVerdict.putIfAbsent(incident.finding().verdict().getClass(), incident);
        }
        assertEquals(Verdict.class.getPermittedSubclasses().length, byVerdict.size());
        return List.copyOf(byVerdict.values());
    }

    private static void safe(String report) {
        assertEquals(List.of(), Hostile.dangers(report), report);
        assertTrue(StandardCharsets.UTF_8.newEncoder().canEncode(report));
    }
}
