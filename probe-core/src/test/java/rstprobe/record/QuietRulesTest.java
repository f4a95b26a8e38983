package rstprobe.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The rule that keeps our kernel quiet stands while it is needed and never longer, in a namespace of its own.
class QuietRulesTest {
    private static final String NAMESPACE =
            "rp-quiet-" + ProcessHandle.current().pid();
    private static final int KILLS = 20;

    @BeforeAll
    static void build() throws Exception {
        run("/usr/sbin/ip", "netns", "add", NAMESPACE);
    }

    @AfterAll
    static void remove() throws Exception {
        run("/usr/sbin/ip", "netns", "delete", NAMESPACE);
    }

    private static String run(String... words) throws Exception {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        return said;
    }

    private static String rules() throws Exception {
        return run("/usr/sbin/ip", "netns", "exec", NAMESPACE, "/usr/sbin/nft", "list", "ruleset");
    }

    private static Process holder(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "/usr/bin/nsenter",
                "--net=/run/netns/" + NAMESPACE,
                "--",
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                QuietRulesHolder.class.getName()));
        command.addAll(List.of(words));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void awaitLine(Process holder, String expected) throws IOException {
        BufferedReader lines = holder.inputReader();
        assertEquals(expected, lines.readLine());
    }

    private static void end(Process holder) throws Exception {
        holder.getOutputStream().close();
        assertTrue(holder.waitFor(20, TimeUnit.SECONDS));
    }

    @Test
    void theRuleDropsOurResetsOfOneConversationAndSaysWhoseItIs() throws Exception {
        Process holder = holder();
        awaitLine(holder, "placed");
        String rules = rules();
        assertTrue(
                rules.contains(
                        "ip saddr 198.18.1.2 ip daddr 198.18.3.2 tcp sport 50000 tcp dport 22 tcp flags & rst == rst"
                                + " drop comment \"rstprobe " + holder.pid() + " "),
                rules);
        end(holder);
        assertEquals("", rules());
    }

    @Test
    void aMistakeOfOursTakesTheRuleAlong() throws Exception {
        Process holder = holder("fail");
        awaitLine(holder, "placed");
        end(holder);
        assertEquals("", rules());
    }

    @Test
    void whatAKilledRunLeavesTheNextStartRemoves() throws Exception {
        for (int i = 0; i < KILLS; i++) {
            Process holder = holder();
            awaitLine(holder, "placed");
            holder.destroyForcibly().waitFor();
            assertTrue(rules().contains("rstprobe " + holder.pid()), "killed, it cannot clean up");
        }
        Process next = holder("look");
        awaitLine(next, "looked");
        end(next);
        assertEquals("", rules());
    }

    @Test
    void theRuleOfALivingRunIsNotTouchedByAnother() throws Exception {
        Process living = holder();
        awaitLine(living, "placed");
        Process other = holder("look");
        awaitLine(other, "looked");
        end(other);
        assertTrue(rules().contains("rstprobe " + living.pid()));
        end(living);
        assertFalse(rules().contains("rstprobe"));
    }
}
