package rstprobe.diagnose;

import static rstprobe.diagnose.Origin.IN_PATH;
import static rstprobe.diagnose.Origin.ON_PATH;
import static rstprobe.diagnose.Origin.PROXY;
import static rstprobe.diagnose.Origin.SERVER_FIREWALL;
import static rstprobe.diagnose.Origin.SERVER_KERNEL;
import static rstprobe.diagnose.Origin.SERVER_PROCESS;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.record.ActiveTest;
import rstprobe.record.ActiveTest.Part;
import rstprobe.wire.TcpOption;

/// What the server answered when it was asked, after a reset, whether it still knows the connection.
///
/// A socket that lives acknowledges what it has already received (RFC 9293 section 3.10.7.4), so neither
/// its process nor its kernel had ended it. A host that does not know the connection answers with a reset.
final class Liveness {

    private Liveness() {}

    static List<Fact> of(Seen reset, List<Attempt> all, List<Probing> probings) {
        List<Probing> asked = probings.stream()
                .filter(probing -> probing.is(ActiveTest.LIVENESS, Part.LIVENESS))
                .filter(probing -> !ourKernelSpoke(probing, all))
                .toList();
        Optional<Probing> alive =
                asked.stream().filter(probing -> alive(probing, all)).findFirst();
        if (alive.isPresent()) {
            Probing probing = alive.get();
            return List.of(Fact.of(
                    "server-still-knows-connection",
                    Family.SEQUENCE,
                    Weights.SERVER_STILL_LIVES,
                    List.of(ON_PATH, IN_PATH, SERVER_FIREWALL, PROXY),
                    List.of(probing.frame(), probing.live().orElseThrow().frame()),
                    "asked after the reset, the server acknowledged: its end of the connection lived on, so neither its"
                            + " process nor its kernel sent the reset"));
        }
        return asked.stream()
                .flatMap(probing -> probing
                        .reset()
                        .map(answer -> dead(
                                attempt(probing, all).flatMap(Attempt::reset).orElse(reset), probing, answer, all))
                        .stream())
                .findFirst()
                .orElse(List.of());
    }

    /// Our own kernel's reset before the question would have ended the connection itself.
    private static boolean ourKernelSpoke(Probing probing, List<Attempt> all) {
        return attempt(probing, all)
                .filter(attempt -> attempt.segments().stream()
                        .anyMatch(seen -> seen.ours() && seen.reset() && seen.frame() < probing.frame()))
                .isPresent();
    }

    private static Optional<Attempt> attempt(Probing probing, List<Attempt> all) {
        return all.stream()
                .filter(attempt ->
                        attempt.conversation().ours().port() == probing.event().localPort())
                .findFirst();
    }

    /// An answer counts where it has the timestamps that were agreed on.
    private static boolean alive(Probing probing, List<Attempt> all) {
        Optional<TcpOption.Timestamps> agreed =
                attempt(probing, all).flatMap(Attempt::synAck).flatMap(answer -> Baseline.timestamps(answer.segment()));
        return probing.live()
                .filter(answer -> answer.segment().flags().ack())
                .filter(answer -> agreed.isEmpty()
                        || Baseline.timestamps(answer.segment())
                                .filter(stamps ->
                                        (int) (stamps.value() - agreed.get().value()) >= 0)
                                .isPresent())
                .isPresent();
    }

    /// Packets of one server may take ways of different length (RFC 2992): then both hop counts are its own.
    private static boolean wavers(Seen answer, Seen reset, List<Attempt> all) {
        Set<Integer> usual = all.stream()
                .flatMap(attempt -> attempt.segments().stream())
                .filter(seen -> !seen.ours() && !seen.reset())
                .map(seen -> seen.segment().ip().ttl())
                .collect(Collectors.toSet());
        return usual.contains(answer.segment().ip().ttl())
                && usual.contains(reset.segment().ip().ttl());
    }

    /// Who rejects what belongs to a connection rejects the question too, and type of service 0 is that of a
    /// filter's reset.
    private static boolean filterSpoke(Probing probing, Seen answer) {
        return (probing.event().typeOfService() & TypeOfService.DSCP) != 0
                && (answer.segment().ip().tos() & TypeOfService.DSCP) == 0;
    }

    private static List<Fact> dead(Seen reset, Probing probing, Seen answer, List<Attempt> all) {
        List<Fact> facts = new ArrayList<>();
        List<Integer> frames = List.of(reset.frame(), probing.frame(), answer.frame());
        int ttl = reset.segment().ip().ttl();
        if (filterSpoke(probing, answer)) {
            facts.add(Fact.told(
                    "question-was-reset-too",
                    Family.SEQUENCE,
                    frames,
                    "asked after the reset, the server could not say: a reset without our type of service came back,"
                            + " which a packet filter may have sent again"));
        } else if (answer.segment().ip().ttl() == ttl || wavers(answer, reset, all)) {
            facts.add(Fact.of(
                    "server-no-longer-knows-connection",
                    Family.SEQUENCE,
                    Weights.SERVER_IS_GONE,
                    List.of(SERVER_PROCESS, SERVER_KERNEL, PROXY),
                    frames,
                    "asked after the reset, the server no longer knew the connection, and said so from "
                            + (answer.segment().ip().ttl() == ttl ? "the same distance" : "a distance it also has")));
        } else {
            facts.add(Fact.of(
                    "server-gone-but-from-elsewhere",
                    Family.TTL,
                    Weights.TTL_FAR,
                    List.of(ON_PATH, IN_PATH),
                    frames,
                    "the server no longer knows the connection, but its own reset comes with TTL "
                            + answer.segment().ip().ttl() + " and the first one came with " + ttl
                            + ": somebody may have reset both ends"));
        }
        return facts;
    }
}
