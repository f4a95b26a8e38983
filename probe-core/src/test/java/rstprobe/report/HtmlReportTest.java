package rstprobe.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class HtmlReportTest {
    private static final Set<String> ELEMENTS = Set.of(
            "html", "head", "meta", "title", "style", "body", "header", "div", "h1", "h2", "p", "table", "tr", "th",
            "td", "code", "pre", "ul", "ol", "li", "section", "strong", "footer");

    @Test
    void thePolicyAdmitsOurStyleSheetAndNothingElse() throws Exception {
        String report = HtmlReport.of(Incidents.forgedReset());
        String style = report.substring(report.indexOf("<style>") + 7, report.indexOf("</style>"));
        String digest = Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8)));
        assertTrue(report.contains("default-src 'none'; style-src 'sha256-" + digest + "'"), report);
        assertTrue(report.indexOf("Content-Security-Policy") < report.indexOf("<title>"), "the policy comes first");
    }

    @Test
    void itIsWellFormedAndHoldsNoElementThatActs() {
        for (Incident incident : Incidents.all().values()) {
            List<String> shapes = Xml.shapes(HtmlReport.of(incident));
            Set<String> elements =
                    shapes.stream().map(shape -> shape.split(" ")[0]).collect(Collectors.toCollection(TreeSet::new));
            elements.removeAll(ELEMENTS);
            assertEquals(Set.of(), elements);
            assertTrue(shapes.stream().noneMatch(shape -> shape.matches("(?i).* (on\\w+|href|src|style|action)=.*")));
        }
    }
}
