package rstprobe.incident;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import rstprobe.capture.Frame;
import rstprobe.diagnose.Diagnosis;
import rstprobe.diagnose.Finding;
import rstprobe.diagnose.NextProbe;
import rstprobe.diagnose.Verdict;
import rstprobe.record.ActiveTest;
import rstprobe.record.DecodedFrames;
import rstprobe.record.Event;
import rstprobe.record.Recording;
import rstprobe.ssh.Observation;
import rstprobe.wire.Decoded;

/// Logins to OpenSSH in practice networks, as they were recorded: what each shows, in which frames, and what
/// must not be in any of them.
class RecordedLoginsTest {
    private static final Path FOLDERS = Path.of("src/test/resources/rstprobe/logins");
    private static final double SURE = 0.9;

    private static Recording recording(String name) throws Exception {
        return IncidentReader.read(FOLDERS.resolve(name)).recording();
    }

    @ParameterizedTest
    @CsvSource({
        "too-many-keys, too-many-authentication-failures, userauth, 13, keys-refused",
        "account-refused, user-refused, userauth, 13, closed-on-signature",
        "account-slow, slow-authentication, userauth, 10, login-answered-late",
        "no-sessions, max-sessions, session, 13, session-refused",
        "marking-dropped, dscp-dropped, session, 11, marking-decides",
        "keepalive-unheard, keepalive-expired, idle, 10, keepalive-answers-unheard",
        "killed-unread, session-killed, idle, 10, reset-continues-socket"
    })
    void aLoginThatFailsNamesItsCauseWithFramesAndIsNotSure(
            String folder, String cause, String stage, int exit, String evidence) throws Exception {
        Recording recording = recording(folder);
        Finding finding = Diagnosis.of(recording);
        Verdict.Fault fault = (Verdict.Fault) finding.verdict();
        assertEquals(cause, fault.cause().id());
        assertEquals(stage, fault.stage().word());
        assertEquals(exit, fault.exitCode());
        assertTrue(fault.confidence() < SURE, () -> "confidence " + fault.confidence());
        List<Integer> frames = finding.evidence().stream()
                .filter(shown -> shown.id().equals(evidence))
                .findFirst()
                .map(shown -> shown.frames())
                .orElseThrow(() -> new AssertionError(finding.evidence()));
        assertFalse(frames.isEmpty());
        assertTrue(frames.stream()
                .allMatch(frame -> frame >= 1 && frame <= recording.frames().size()));
        assertFalse(finding.nextSteps().isEmpty());
    }

    /// Whose time it was is open where the host was slow before the login, too: that it works is all that is told, and
    /// not for sure.
    @Test
    void aLongAnswerThatNobodyIsBlamedForIsToldAndNoSureHealth() throws Exception {
        Recording slow = recording("account-slow");
        long asked = slow.events().stream()
                .filter(event ->
                        event instanceof Event.Sent sent && sent.message().equals("service-request"))
                .findFirst()
                .orElseThrow()
                .atNanos();
        int answer = slow.frames().stream()
                .filter(frame -> frame.atNanos() > asked
                        && DecodedFrames.decoded(frame) instanceof Decoded.Segment segment
                        && segment.source().port() == 22
                        && segment.payloadLength() > 0)
                .findFirst()
                .orElseThrow()
                .number();
        List<Frame> later = slow.frames().stream()
                .map(frame -> frame.number() < answer
                        ? frame
                        : new Frame(
                                frame.number(),
                                frame.atNanos() + 600_000_000,
                                frame.link(),
                                frame.bytes(),
                                frame.originalLength(),
                                frame.interfaceId()))
                .toList();
        Finding finding = Diagnosis.of(new Recording(
                slow.startedNanos(), slow.plan(), slow.host(), slow.target(), slow.events(), later, slow.capture()));
        Verdict.Healthy healthy = (Verdict.Healthy) finding.verdict();
        assertTrue(healthy.confidence() < SURE, () -> "confidence " + healthy.confidence());
        assertTrue(healthy.summary().contains("one answer took 4.4 s"), healthy::summary);
    }

    @Test
    void aLoginThatWorksIsHealthyAndHasEveryStage() throws Exception {
        Finding finding = Diagnosis.of(recording("healthy"));
        assertEquals(0, finding.verdict().exitCode(), finding.verdict()::summary);
        assertEquals(
                List.of(
                        "connect",
                        "identification",
                        "kexinit",
                        "kex",
                        "newkeys",
                        "service",
                        "userauth",
                        "session",
                        "idle"),
                finding.stages().stream().map(stage -> stage.stage().word()).toList());
    }

    /// A second login would be a second chance for a ban, and one that works proves nothing about the first.
    @ParameterizedTest
    @ValueSource(strings = {"too-many-keys", "account-refused", "keepalive-unheard", "marking-dropped", "healthy"})
    void nobodyIsLoggedInTwice(String folder) throws Exception {
        Recording recording = recording(folder);
        Optional<NextProbe> next = NextProbe.of(recording, Diagnosis.of(recording));
        assertTrue(next.isEmpty() || next.get().equals(new NextProbe.Ask(ActiveTest.REFERENCE)), () -> "next: " + next);
        assertEquals(
                1,
                recording.events().stream()
                        .filter(Event.Opened.class::isInstance)
                        .count());
    }

    /// One packet may be lost anywhere: without the frames that show that it went on, nothing is proven.
    @Test
    void aMarkingThatIsLostOnceIsNoProof() throws Exception {
        Recording recording = recording("marking-dropped");
        List<Integer> cited = Diagnosis.of(recording).evidence().stream()
                .filter(shown -> shown.id().equals("marking-decides"))
                .findFirst()
                .orElseThrow()
                .frames();
        Recording less = new Recording(
                recording.startedNanos(),
                recording.plan(),
                recording.host(),
                recording.target(),
                recording.events(),
                recording.frames().stream()
                        .filter(frame -> frame.number() == cited.getFirst() || !cited.contains(frame.number()))
                        .toList(),
                recording.capture());
        assertFalse(Diagnosis.of(less).evidence().stream()
                .anyMatch(shown -> shown.id().equals("marking-decides")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"too-many-keys", "account-refused", "keepalive-unheard", "marking-dropped", "healthy"})
    void noKeyIsInAFolderAndNothingThatTheSessionSaid(String folder) throws Exception {
        for (String file : List.of("recording.jsonl", "capture.pcapng")) {
            String bytes = Files.readString(FOLDERS.resolve(folder).resolve(file), StandardCharsets.ISO_8859_1);
            assertFalse(bytes.contains("PRIVATE KEY") || bytes.contains("openssh-key-v1"), file);
            assertFalse(bytes.contains("b3BlbnNzaC1rZXktdjE"), file);
        }
        assertTrue(recording(folder).events().stream()
                .filter(Event.Observed.class::isInstance)
                .map(event -> ((Event.Observed) event).observation())
                .filter(Observation.Tolerated.class::isInstance)
                .map(Observation.Tolerated.class::cast)
                .allMatch(tolerated ->
                        tolerated.text().length == 0 || tolerated.name().equals("global-request")));
    }
}
