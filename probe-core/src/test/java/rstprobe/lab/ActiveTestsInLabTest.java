package rstprobe.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rstprobe.diagnose.Diagnosis;
import rstprobe.diagnose.Evidence;
import rstprobe.diagnose.Finding;
import rstprobe.linux.Route;
import rstprobe.record.ActiveTest;
import rstprobe.record.Event;
import rstprobe.record.Mode;
import rstprobe.record.Plan;
import rstprobe.record.PreparedShares;
import rstprobe.record.Recorder;
import rstprobe.record.Recording;
import rstprobe.record.Target;

/// Each active test by itself, on a real network with a known fault.
class ActiveTestsInLabTest {
    private static final Plan PLAN = new Plan(
            "server",
            "nobody",
            Topology.PORT,
            Optional.empty(),
            Optional.empty(),
            Plan.DEFAULT_BUDGET,
            Plan.HURRIED_SPACING_MILLIS,
            Plan.DEFAULT_TIMEOUT_MILLIS,
            Plan.ECHOED_TYPE_OF_SERVICE,
            0);

    /// Connects twice and then makes some tests.
    private static Recording recorded(String network, Set<ActiveTest> forbidden, Path scratch, ActiveTest... tests)
            throws Exception {
        try (Lab lab = Lab.build(Labs.named(network).orElseThrow(), Conditions.plain())) {
            return Entering.call(lab.clientNamespacePath(), () -> record(lab, forbidden, scratch, tests));
        }
    }

    private static Recording record(Lab lab, Set<ActiveTest> forbidden, Path scratch, ActiveTest... tests)
            throws IOException {
        InetAddress address = InetAddress.ofLiteral(lab.serverAddress());
        Target target = new Target("server", address, Route.to(address));
        PreparedShares shares = PreparedShares.start(new SecureRandom());
        try (Recorder recorder =
                Recorder.open(PLAN, target, forbidden, shares, scratch.resolve("capture.pcapng"), _ -> {})) {
            recorder.allowFailures(PLAN.budget());
            recorder.attempt(Mode.TALK);
            recorder.attemptQuietly(Mode.TALK);
            for (ActiveTest test : tests) {
                recorder.test(test);
            }
            return recorder.kept().finish();
        } catch (Exception failed) {
            throw new IOException(failed);
        }
    }

    private static Set<String> evidence(Recording recording) {
        return Diagnosis.of(recording).evidence().stream().map(Evidence::id).collect(Collectors.toSet());
    }

    private static List<String> omitted(Recording recording) {
        return recording.events().stream()
                .filter(Event.Omitted.class::isInstance)
                .map(event -> ((Event.Omitted) event).why())
                .toList();
    }

    @Test
    void aTapAnswersEvenAWrongChecksum(@TempDir Path scratch) throws Exception {
        Recording recording = recorded("tap-ignores-checksums", Set.of(), scratch, ActiveTest.BAD_CHECKSUM);
        assertEquals(List.of(), omitted(recording));
        assertTrue(
                evidence(recording).contains("wrong-checksum-answered"),
                () -> evidence(recording).toString());
    }

    @Test
    void theServerBehindATapStillKnowsTheConnection(@TempDir Path scratch) throws Exception {
        Recording recording = recorded("tap-forges-reset", Set.of(), scratch, ActiveTest.LIVENESS);
        assertTrue(evidence(recording).contains("server-still-knows-connection"));
    }

    /// Prefixes of eight bytes at most are enough, and eight other bytes pass.
    @Test
    void prefixesFindTheByteThatASegmentMatcherHidesFromSingleBytes(@TempDir Path scratch) throws Exception {
        Recording recording = recorded("tap-matches-one-segment", Set.of(), scratch, ActiveTest.PREFIX);
        assertEquals(List.of(), omitted(recording));
        Finding finding = Diagnosis.of(recording);
        Evidence content = finding.evidence().stream()
                .filter(fact -> fact.id().equals("trigger-is-content"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(evidence(recording)));
        assertTrue(content.text().contains("byte 8 of our identification (\"SSH-2.0-\")"), content::text);
        assertTrue(content.text().endsWith("8 other bytes pass"), content::text);
        long packets = recording.events().stream()
                .filter(Event.Probed.class::isInstance)
                .count();
        assertTrue(packets <= 16, packets + " packets");
    }

    @Test
    void aServerThatAbortedNoLongerKnowsIt(@TempDir Path scratch) throws Exception {
        Recording recording = recorded("server-closes-unread", Set.of(), scratch, ActiveTest.LIVENESS);
        assertTrue(
                evidence(recording).contains("server-no-longer-knows-connection"),
                () -> evidence(recording).toString());
    }

    @Test
    void aPacketFilterVerifiesChecksumsAndCopiesNothing(@TempDir Path scratch) throws Exception {
        Recording recording = recorded(
                "router-rejects",
                Set.of(),
                scratch,
                ActiveTest.REFERENCE,
                ActiveTest.ECHO,
                ActiveTest.BAD_CHECKSUM,
                ActiveTest.MIRROR);
        Set<String> evidence = evidence(recording);
        assertTrue(evidence.contains("wrong-checksum-unanswered"), evidence::toString);
        assertTrue(evidence.contains("reference-echoes-tos-reset-does-not"), evidence::toString);
        assertFalse(evidence.stream().anyMatch(id -> id.startsWith("reset-copies")), evidence::toString);
        assertFalse(evidence.contains("tos-means-nothing-here"), evidence::toString);
    }

    @Test
    void aRecordRouteComesBackFromTheHostsOwnStack(@TempDir Path scratch) throws Exception {
        Recording kernel = recorded("markings-bleached", Set.of(), scratch, ActiveTest.RECORD_ROUTE);
        assertTrue(
                evidence(kernel).contains("reset-echoes-record-route"),
                () -> evidence(kernel).toString());
        assertEquals(1, crafted(kernel), "one packet tells it");
    }

    @Test
    void aPacketFilterReturnsNoRecordRoute(@TempDir Path scratch) throws Exception {
        Recording filter = recorded("markings-bleached-rejected", Set.of(), scratch, ActiveTest.RECORD_ROUTE);
        Set<String> evidence = evidence(filter);
        assertTrue(
                evidence.contains("reference-echoes-record-route-reset-does-not")
                        || evidence.contains("reference-echoes-record-route-port-is-silent"),
                evidence::toString);
        assertTrue(crafted(filter) <= 5, () -> crafted(filter) + " packets");
    }

    @Test
    void aHostThatStripsOptionsIsTakenForNobody(@TempDir Path scratch) throws Exception {
        Recording recording = recorded("freebsd-closed-port", Set.of(), scratch, ActiveTest.RECORD_ROUTE);
        assertTrue(
                evidence(recording).contains("record-route-not-returned"),
                () -> evidence(recording).toString());
        assertEquals(2, crafted(recording));
    }

    private static long crafted(Recording recording) {
        return recording.events().stream()
                .filter(Event.Probed.class::isInstance)
                .count();
    }

    @Test
    void oneTestAloneCanBeLeftOut(@TempDir Path scratch) throws Exception {
        Recording recording = recorded(
                "tap-ignores-checksums",
                Set.of(ActiveTest.BAD_CHECKSUM, ActiveTest.LIVENESS),
                scratch,
                ActiveTest.LIVENESS,
                ActiveTest.BAD_CHECKSUM,
                ActiveTest.REFERENCE);
        assertEquals(Set.of("--without forbids it"), Set.copyOf(omitted(recording)));
        Set<ActiveTest> sent = recording.events().stream()
                .filter(Event.Probed.class::isInstance)
                .map(event -> ((Event.Probed) event).test())
                .collect(Collectors.toSet());
        assertEquals(Set.of(ActiveTest.REFERENCE), sent);
    }

    @Test
    void passiveMeansThatNothingCraftedLeaves(@TempDir Path scratch) throws Exception {
        Recording recording =
                recorded("tap-forges-reset", EnumSet.allOf(ActiveTest.class), scratch, ActiveTest.values());
        assertFalse(recording.events().stream().anyMatch(Event.Probed.class::isInstance));
        assertEquals(ActiveTest.values().length + 1, omitted(recording).size());
        assertTrue(omitted(recording).stream().allMatch("--passive forbids it"::equals));
    }

    @Test
    void onTheLoopbackNothingCraftedLeaves(@TempDir Path scratch) throws Exception {
        try (Lab lab = Lab.build(Labs.named("healthy").orElseThrow(), Conditions.plain())) {
            List<String> why = Entering.call(lab.clientNamespacePath(), () -> {
                InetAddress address = InetAddress.ofLiteral("127.0.0.1");
                Target target = new Target("here", address, Route.to(address));
                PreparedShares shares = PreparedShares.start(new SecureRandom());
                try (Recorder recorder =
                        Recorder.open(PLAN, target, Set.of(), shares, scratch.resolve("capture.pcapng"), _ -> {})) {
                    recorder.attempt(Mode.TALK);
                    recorder.test(ActiveTest.REFERENCE);
                    return omitted(recorder.kept().finish());
                } catch (Exception failed) {
                    throw new IOException(failed);
                }
            });
            assertEquals(List.of("the target is this host, nothing crafted can be sent to it"), why);
        }
    }

    @Test
    void everyCraftedPacketIsOnTheWireAsNoted(@TempDir Path scratch) throws Exception {
        Recording recording = recorded("closed-port", Set.of(), scratch, ActiveTest.REFERENCE, ActiveTest.SWEEP);
        long noted = recording.events().stream()
                .filter(Event.Probed.class::isInstance)
                .count();
        assertTrue(noted > 0);
        assertTrue(noted <= 60);
        assertTrue(evidence(recording).contains("trigger-must-reach-server"));
        assertEquals(
                Optional.empty(),
                recording.events().stream()
                        .filter(Event.Omitted.class::isInstance)
                        .findFirst()
                        .filter(event -> Arrays.asList(ActiveTest.REFERENCE, ActiveTest.SWEEP)
                                .contains(((Event.Omitted) event).test())));
    }
}
