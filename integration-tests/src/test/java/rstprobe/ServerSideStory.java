package rstprobe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// `rstprobe server local` on unpacked Debians 11, 12 and 13, each with its own sshd and programs: what was
/// planted is what the server's side finds first, and what the verdict from both sides names.
final class ServerSideStory {
    private static final String RELEASES = "8.4,9.2,10.0";
    private static final String AT_A_TIME = "8";
    private static final long LONGEST_SECONDS = 300;
    private static final double SURE = 0.9;

    /// Networks with the cause that was planted in each: a line of the log, a packet filter's rule, a file, a
    /// full queue of connections, a control group.
    private static final Map<String, String> PLANTED = Map.of(
            "max-startups", "max-startups",
            "privilege-folder-gone", "sshd-cannot-start",
            "accept-queue-full", "accept-queue-overflow",
            "no-process-left", "sshd-cannot-start",
            "server-firewall-rejects", "rejected-with-reset");

    @Test
    void whatWasPlantedOnEachDebianIsFoundFirst() throws IOException, InterruptedException {
        List<String> words = Image.words(
                "lab",
                "verify",
                "--server-side",
                "--only",
                String.join(",", PLANTED.keySet()),
                "--release",
                RELEASES,
                "--jobs",
                AT_A_TIME,
                "--json");
        Command ran = Command.run(new ProcessBuilder(words), LONGEST_SECONDS);
        assertTrue(ran.exit() == 0 || ran.exit() == 1, ran::toString);
        Map<String, Integer> releases = new TreeMap<>();
        List<String> missed = new ArrayList<>();
        for (JsonNode row : Folder.json(ran.out()).get("rows")) {
            String network = row.get("network").asText();
            releases.merge(network, 1, Integer::sum);
            String first = row.at("/findings/0/cause").asText();
            boolean found = row.get("found").asText().equals("found")
                    && first.equals(PLANTED.get(network))
                    && row.get("named").asBoolean();
            boolean wrong = row.get("judgement").asText().equals("wrong")
                    && row.get("confidence").asDouble() >= SURE;
            if (!found || wrong) {
                missed.add(row.toPrettyString());
            }
        }
        assertEquals(List.of(), missed);
        Map<String, Integer> everywhere = new TreeMap<>();
        PLANTED.keySet().forEach(network -> everywhere.put(network, RELEASES.split(",").length));
        assertEquals(everywhere, releases);
    }
}
