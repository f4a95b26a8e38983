package rstprobe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rstprobe.lab.Conditions;
import rstprobe.lab.Lab;
import rstprobe.lab.Labs;
import rstprobe.lab.Truth;

/// A network card that computes checksums, cuts what we send and merges what comes: a capture on it shows
/// checksums nobody sent and segments nobody saw, and neither is a finding.
final class OffloadsStory {
    /// Packets with a wrong checksum that a run crafts itself.
    private static final int CRAFTED = 2;

    private static final List<String> ON =
            List.of("/usr/sbin/ethtool", "-K", "eth0", "tx", "on", "tso", "on", "gso", "on", "gro", "on");

    @ParameterizedTest
    @ValueSource(strings = {"healthy", "server-closes-unread", "closed-port", "tap-forges-reset"})
    void theVerdictIsTheSame(String network) throws Exception {
        Path into = Folder.scratch("offloads");
        try (Lab lab = Lab.build(Labs.named(network).orElseThrow(), Conditions.plain())) {
            Command.run(lab.inClient(ON)).mustEndWith(0);
            Truth truth = lab.scenario().truth();
            Command ran = Command.run(
                    lab.inClient(Image.words("ssh", lab.serverAddress(), "--json", "--into", into.toString())));
            ran.mustEndWith(truth.exitCode());
            JsonNode report = Folder.json(ran.out());
            assertEquals(truth.cause(), report.at("/verdict/cause").asText("").replace("null", ""), ran::toString);
            assertFalse(ran.out().contains("does not continue its count"), ran::toString);
            assertFalse(ran.out().contains("wrong-checksum-answered"), ran::toString);
            assertTrue(unfinished(Folder.below(into).capture()) > CRAFTED, "the card computes no checksums here");
        }
        Folder.delete(into);
    }

    /// How many of our segments have a checksum that is not right in the capture.
    private static int unfinished(Path capture) throws IOException, InterruptedException {
        String found = Command.run(
                        "tshark",
                        "-r",
                        capture.toString(),
                        "-o",
                        "tcp.check_checksum:TRUE",
                        "-Y",
                        "tcp.checksum.status == 0 && tcp.dstport == 22",
                        "-T",
                        "fields",
                        "-e",
                        "frame.number")
                .mustEndWith(0)
                .out();
        return (int) found.lines().count();
    }
}
