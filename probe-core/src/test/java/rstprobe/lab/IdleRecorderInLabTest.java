package rstprobe.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rstprobe.diagnose.IdleDiagnosis;
import rstprobe.diagnose.IdleFinding;
import rstprobe.diagnose.Silence;
import rstprobe.linux.Route;
import rstprobe.path.IdleLimits;
import rstprobe.record.IdleRecorder;
import rstprobe.record.Plan;
import rstprobe.record.Recording;
import rstprobe.record.Target;

/// A search where there is nothing to find, and where nobody lets it.
class IdleRecorderInLabTest {
    private static final long SECOND = 1_000_000_000L;
    private static final IdleLimits SHORT = new IdleLimits(3 * SECOND, 60 * SECOND, 3);

    private static Recording recorded(String network, boolean openSsh, Path scratch) throws Exception {
        Scenario scenario = Labs.named(network).orElseThrow();
        try (Lab lab = Lab.build(scenario, Conditions.plain(), openSsh)) {
            return Entering.call(lab.clientNamespacePath(), () -> record(lab, scratch));
        }
    }

    private static Recording record(Lab lab, Path scratch) throws IOException {
        InetAddress address = InetAddress.ofLiteral(lab.serverAddress());
        Target target = new Target("server", address, Route.to(address));
        Plan plan = Plan.of("", "server", Topology.PORT);
        try (IdleRecorder recorder =
                IdleRecorder.open(plan, target, SHORT, Optional.empty(), scratch.resolve("capture.pcapng"), _ -> {})) {
            recorder.run(_ -> {});
            return recorder.kept().finish();
        } catch (Exception failed) {
            throw new IOException(failed);
        }
    }

    /// Apache MINA SSHD, which is no OpenSSH, takes a question before the key exchange too.
    @Test
    void anotherServerAnswersQuestionsToo(@TempDir Path scratch) throws Exception {
        IdleFinding finding = IdleDiagnosis.of(recorded("healthy", false, scratch));
        assertEquals(IdleFinding.Status.HEALTHY, finding.status(), finding::summary);
        assertTrue(finding.lowerNanos() >= 3 * SECOND - SECOND / 10, () -> finding + "");
        assertTrue(finding.silences().stream().allMatch(silence -> silence.end() == Silence.End.ANSWERED));
    }

    @Test
    void aClosedPortIsAskedTwiceAndLeftAlone(@TempDir Path scratch) throws Exception {
        Recording recording = recorded("closed-port", true, scratch);
        assertTrue(recording.frames().size() <= 4, recording.frames().size() + " frames");
        assertEquals(4, IdleDiagnosis.of(recording).exitCode());
    }

    @Test
    void everyTimedNetworkHasANameOfItsOwnBesideTheList() {
        Set<String> names = new HashSet<>();
        Labs.all().forEach(scenario -> names.add(scenario.name()));
        for (TimedLab timed : Labs.timed()) {
            assertTrue(names.add(timed.scenario().name()), timed.scenario().name());
            assertEquals(timed.scenario(), Labs.named(timed.scenario().name()).orElseThrow());
        }
    }
}
