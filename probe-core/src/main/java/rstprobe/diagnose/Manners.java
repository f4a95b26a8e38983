package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rstprobe.record.ActiveTest;
import rstprobe.record.Event;
import rstprobe.record.Recording;
import rstprobe.ssh.Observation;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Stage;

/// What a run may still ask of a server without being shut out for it.
///
/// fail2ban's aggressive mode bans for five connections in ten minutes that end before a login, however they end
/// (measured with fail2ban 1.0.2 and OpenSSH 9.2): a run with the usual budget leaves four. OpenSSH 9.8 and newer
/// refuses a source above fifteen seconds of penalty: a connection costs one; one that it still holds open when its
/// LoginGraceTime is over costs ten; and one that its settings refuse ten (9.9).
public final class Manners {
    /// One less than bans.
    private static final int FAILURES = 4;

    /// Whoever raises the budget takes half of it for failures.
    private static final int CONNECTIONS_FOR_A_FAILURE = 2;

    /// Two penalties of ten seconds that come so far apart, four at random less, stay below fifteen.
    private static final int HELD_OPEN_MILLIS = 11_000;

    private static final Set<Origin> LETS_OUR_END_PASS =
            Set.of(Origin.SERVER_PROCESS, Origin.SERVER_KERNEL, Origin.ON_PATH, Origin.PROXY, Origin.THIS_HOST);

    private Manners() {}

    /// Whether one connection more, or what an active test opens, leaves the server's log with few enough failures.
    static boolean allow(NextProbe probe, Recording recording, List<Attempt> attempts) {
        if (attempts.stream().anyMatch(Manners::refusedBySettings)) {
            return false;
        }
        int left = failuresLeft(recording);
        return switch (probe) {
            case NextProbe.Connect _ -> left > 0;
            case NextProbe.Ask(ActiveTest test) -> {
                int cost = leastFailures(test, recording, attempts);
                yield cost == 0 || cost <= left;
            }
        };
    }

    /// How many more connections may end in a way that a server's log calls failed.
    public static int failuresLeft(Recording recording) {
        int allowed = Math.max(FAILURES, recording.plan().budget() / CONNECTIONS_FOR_A_FAILURE);
        int connected =
                (int) Attempts.of(recording).stream().filter(Manners::connected).count();
        return allowed - connected - craftedFailures(Probings.of(recording));
    }

    /// Crafted connections that did not take leave: one that did said whose it was, and the server closed.
    private static int craftedFailures(List<Probing> probings) {
        Set<Integer> opened = ports(probings.stream()
                .filter(probing -> probing.event().part() == ActiveTest.Part.OPENING
                        && !probing.answers().isEmpty()));
        opened.removeAll(ports(probings.stream()
                .filter(probing -> probing.event().part() == ActiveTest.Part.GOODBYE
                        && probing.said().length() > 0
                        && probing.answers().stream()
                                .anyMatch(answer -> answer.segment().flags().fin()))));
        return opened.size();
    }

    private static Set<Integer> ports(Stream<Probing> probings) {
        return probings.map(probing -> probing.event().localPort()).collect(Collectors.toSet());
    }

    private static boolean connected(Attempt attempt) {
        return attempt.ending() instanceof Ending.Handshake;
    }

    /// What a test costs at least; where that is all that is left, it does without its control. What is said before the
    /// identification is whole takes leave in words that nobody counts.
    private static int leastFailures(ActiveTest test, Recording recording, List<Attempt> attempts) {
        if (attempts.isEmpty() || !connected(attempts.getFirst())) {
            return 0;
        }
        return switch (test) {
            case MIRROR, SWEEP, PATH_MTU -> 1;
            case PREFIX -> behindIdentification(attempts) ? 2 : hasControl(recording) ? 0 : 1;
            case REFERENCE, RECORD_ROUTE, ECHO, LIVENESS, BAD_CHECKSUM -> 0;
        };
    }

    /// Whether a sweep has said other bytes to the target's port, which a prefix test need not say again.
    private static boolean hasControl(Recording recording) {
        return recording.events().stream()
                .anyMatch(event -> event instanceof Event.Probed probed
                        && probed.test() == ActiveTest.SWEEP
                        && probed.part() == ActiveTest.Part.CONTROL
                        && probed.remotePort() == recording.plan().port());
    }

    /// Whether a test that says again what drew the reset has to say our whole identification first.
    static boolean behindIdentification(List<Attempt> attempts) {
        return Drawn.of(attempts.getFirst())
                .filter(drawn -> drawn.nth() > 1 && identificationPassed(attempts.getFirst(), drawn))
                .isPresent();
    }

    /// Whether the server had acknowledged our whole first message when the reset came.
    private static boolean identificationPassed(Attempt attempt, Drawn drawn) {
        int first = Drawn.ends(attempt).getFirst();
        return attempt.segments().stream()
                .filter(seen -> !seen.ours() && !seen.reset() && seen.frame() < drawn.reset())
                .anyMatch(seen -> attempt.syn()
                        .filter(syn -> seen.segment().flags().ack()
                                && seen.segment().acknowledgement()
                                                - syn.segment().sequence()
                                                - 1
                                        >= first)
                        .isPresent());
    }

    /// The FIN straight after our request for authentication is what RefuseConnection does, which costs ten seconds.
    private static boolean refusedBySettings(Attempt attempt) {
        return attempt.ending() instanceof Ending.Handshake(Outcome.ClosedAt(Stage stage))
                && stage == Stage.USERAUTH
                && since(attempt, OpenSshChange.REFUSE_CONNECTION);
    }

    /// The least time to the next connection, in milliseconds: where a device keeps our end from a server with
    /// penalties, the server holds each connection until its LoginGraceTime is over.
    public static int spacingMillis(Recording recording, Finding finding) {
        List<Attempt> attempts = Attempts.of(recording);
        boolean passes = finding.verdict() instanceof Verdict.Fault fault && LETS_OUR_END_PASS.contains(fault.origin());
        boolean heldOpen = !passes
                && !(finding.verdict() instanceof Verdict.Healthy)
                && attempts.stream().anyMatch(Manners::connected)
                && attempts.stream().anyMatch(attempt -> since(attempt, OpenSshChange.SOURCE_PENALTIES));
        return heldOpen ? HELD_OPEN_MILLIS : 0;
    }

    private static boolean since(Attempt attempt, OpenSshChange change) {
        Optional<Observation.ServerIdentification> said =
                attempt.observed(Observation.ServerIdentification.class).findFirst();
        return said.map(line ->
                        ServerSoftware.of(new String(line.line(), java.nio.charset.StandardCharsets.ISO_8859_1)))
                .flatMap(ServerSoftware::release)
                .filter(release -> release.atLeast(change.since()))
                .isPresent();
    }
}
