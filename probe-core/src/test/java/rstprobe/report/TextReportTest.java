package rstprobe.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TextReportTest {
    private static final Optional<String> FOLDER = Optional.of("/var/tmp/incident");

    @Test
    void aHealthyServerTakesTenLinesAtMost() {
        assertTrue(TextReport.of(Incidents.healthy(), false, FOLDER).lines().count() <= 10);
    }

    @Test
    void theVerdictIsTheFirstLineAndTheProofComesBeforeTheRest() {
        String report = TextReport.of(Incidents.forgedReset(), false, FOLDER);
        assertTrue(report.startsWith("FAULT  a tap between hop 1 and hop 2"), report);
        assertOrder(report, "who ", "\nproof\n", "\nstages\n", "\nthe server said\n", "\nruled out\n");
        assertOrder(report, "\nruled out\n", "\ncould also be\n", "\nnext test\n", "\nnext steps\n", "\nfolder ");
    }

    @Test
    void anOpenVerdictSaysSoAndLeadsWithTheTestThatWouldCloseIt() {
        List<String> lines = TextReport.of(Incidents.undetermined(), false, FOLDER)
                .lines()
                .filter(line -> !line.startsWith(" "))
                .toList();
        assertTrue(lines.get(0).startsWith("UNDETERMINED  "), lines.get(0));
        assertTrue(lines.get(1).startsWith("next test  run tcpdump on the server"), lines.get(1));
    }

    @Test
    void lostFramesTurnAbsenceIntoNotObserved() {
        String report = TextReport.of(Incidents.refused(), false, FOLDER);
        assertTrue(report.contains("WARNING    The capture lost 3 frames"), report);
        assertTrue(report.contains("\nnot observed (3 dropped)\n"), report);
        assertFalse(report.contains("ruled out"), report);
    }

    @Test
    void bothListsAreThereWhereNothingIsCommon() {
        String report = TextReport.of(Incidents.noCommonAlgorithm(), false, FOLDER);
        assertTrue(report.contains("mlkem768x25519-sha256") && report.contains("diffie-hellman-group1-sha1"), report);
    }

    @Test
    void aLongCommandCanStillBePasted() {
        String command = "tcpdump -ni eth0 " + "'host 198.18.3.2 and tcp port 22' ".repeat(6) + "-w /tmp/x".repeat(30);
        String page = new TextPage(false).command("    $ ", command).toString();
        assertTrue(page.lines().allMatch(line -> line.length() <= TextPage.WIDTH), page);
        assertEquals("$ " + command, page.strip().replaceAll(" \\\\\n +", " ").replace("\\\n", ""));
    }

    /// Addresses of IPv6 and an expression of grep are wider than what is left of a line.
    @Test
    void aShellReadsABrokenCommandAsItWas() throws Exception {
        String wide = "tcp port 22 and host " + "2001:db8:1111:2222:3333:4444:5555:6666 and host ".repeat(6);
        for (String command : List.of("printf %s '" + wide + "'", "printf %s \"" + wide + "\" 'x y' '" + wide + "'")) {
            String page = new TextPage(false).command("             ", command).toString();
            assertTrue(page.lines().allMatch(line -> line.length() <= TextPage.WIDTH), page);
            assertEquals(shell(command), shell(page), page);
        }
    }

    private static String shell(String command) throws Exception {
        Process process = new ProcessBuilder("sh", "-c", command).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }

    private static void assertOrder(String report, String... parts) {
        int at = -1;
        for (String part : parts) {
            int next = report.indexOf(part, at + 1);
            assertTrue(next > at, part.strip() + " is missing or too early in\n" + report);
            at = next;
        }
    }
}
