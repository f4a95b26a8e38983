package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import rstprobe.capture.Frame;
import rstprobe.capture.LinkType;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.record.Recording;
import rstprobe.ssh.Observation;
import rstprobe.wire.MacAddress;
import rstprobe.wire.TcpOption;

/// One address and two hosts: attempts answered by stacks that differ, and a connection to the one that the other
/// resets, since it knows nothing of it.
///
/// Where the target is on our own link, hardware addresses tell hosts apart. Elsewhere one difference is not enough:
/// a route may waver, and SYN cookies cost a host its options.
final class DuplicateAddress {
    private static final int LEAST_DIFFERENCES = 2;
    private static final int SOURCE_MAC = 6;

    /// A clock of timestamps that runs backwards by more is another one; those of Linux tick a thousand times a second
    /// (RFC 7323 section 5.4 allows 1 to 1000 ticks a second).
    private static final int CLOCK_BACK = 1_000;

    private final List<Attempt> attempts;
    private final Recording recording;

    private DuplicateAddress(List<Attempt> attempts, Recording recording) {
        this.attempts = attempts;
        this.recording = recording;
    }

    /// Two attempts that two hosts answered, and the reset of one that the other sent.
    ///
    /// @param differences what differs between the answers, in words
    private record Found(Attempt reset, Attempt other, List<String> differences, boolean byHardware) {
        List<Integer> frames() {
            return Stream.of(reset.synAck(), other.synAck(), reset.reset())
                    .flatMap(Optional::stream)
                    .map(Seen::frame)
                    .sorted()
                    .toList();
        }
    }

    /// The judgement where two hosts have the address; any other as it is.
    static Judgement held(Judgement judgement, List<Attempt> attempts, Recording recording) {
        boolean ours = attempts.stream().allMatch(attempt -> attempt.overheard().isEmpty());
        return (ours ? new DuplicateAddress(attempts, recording).found() : Optional.<Found>empty())
                .map(found -> named(judgement, found))
                .orElse(judgement);
    }

    private static Judgement named(Judgement judgement, Found found) {
        double confidence = found.byHardware ? Weights.TWO_HOSTS_BY_HARDWARE : Weights.ONE_ATTEMPT;
        String differences = String.join(", ", found.differences);
        Fact fact = Fact.of(
                "answers-of-two-hosts",
                Family.SHAPE,
                found.byHardware ? Weights.TWO_HOSTS : Weights.CONTROL_ONCE,
                List.of(Origin.SERVER_KERNEL),
                found.frames(),
                "two answers to our SYNs come from two hosts (they differ in " + differences
                        + "), and the reset of the one connection has the "
                        + (found.byHardware ? "hardware address" : "TTL") + " of the other's host, which has no such"
                        + " connection");
        List<Alternative> others = Stream.concat(
                        accused(judgement.verdict()).stream(),
                        Stream.of(new Alternative(Cause.CONNECTION_STATE_LOST, Origin.PROXY, 0.3)))
                .toList();
        return Controls.told(judgement, fact)
                .withVerdict(new Verdict.Fault(
                        Cause.DUPLICATE_ADDRESS,
                        Origin.SERVER_KERNEL,
                        Controls.reached(found.reset),
                        confidence,
                        Optional.empty(),
                        Optional.empty(),
                        "two hosts have the address: one answered our SYN, and the other, which knows no such connection,"
                                + " reset it"))
                .withAlternatives(Controls.leaving(others, confidence));
    }

    private static Optional<Alternative> accused(Verdict verdict) {
        return verdict instanceof Verdict.Fault fault
                ? Optional.of(new Alternative(fault.cause(), fault.origin(), 0.4))
                : Optional.empty();
    }

    private Optional<Found> found() {
        return attempts.stream()
                .filter(attempt ->
                        attempt.synAck().isPresent() && bareReset(attempt).isPresent())
                .flatMap(reset -> attempts.stream()
                        .filter(other -> other.number() != reset.number()
                                && other.synAck().isPresent()
                                && other.conversation()
                                        .theirs()
                                        .equals(reset.conversation().theirs()))
                        .flatMap(other -> found(reset, other).stream()))
                .findFirst();
    }

    /// A socket that is aborted acknowledges; a kernel without one does not (RFC 9293 section 3.10.7.1).
    private static Optional<Seen> bareReset(Attempt attempt) {
        return attempt.reset().filter(seen -> !seen.segment().flags().ack());
    }

    private Optional<Found> found(Attempt reset, Attempt other) {
        Seen here = reset.synAck().orElseThrow();
        Seen there = other.synAck().orElseThrow();
        Seen ended = bareReset(reset).orElseThrow();
        List<String> differences = differences(reset, other, here, there);
        Optional<MacAddress> theirs = hardware(there);
        boolean byHardware = theirs.isPresent()
                && hardware(here).isPresent()
                && !theirs.equals(hardware(here))
                && theirs.equals(hardware(ended));
        int ttl = there.segment().ip().ttl();
        boolean byDistance = ttl != here.segment().ip().ttl()
                && ttl == ended.segment().ip().ttl()
                && differences.size() >= LEAST_DIFFERENCES;
        return byHardware || byDistance
                ? Optional.of(new Found(reset, other, differences, byHardware))
                : Optional.empty();
    }

    private List<String> differences(Attempt one, Attempt other, Seen here, Seen there) {
        List<String> differences = new ArrayList<>();
        if (hardware(here).isPresent() && !hardware(here).equals(hardware(there))) {
            differences.add("hardware address " + hardware(here).orElseThrow() + " and "
                    + hardware(there).map(MacAddress::toString).orElse("none"));
        }
        int ttl = here.segment().ip().ttl();
        int otherTtl = there.segment().ip().ttl();
        if (ttl != otherTtl) {
            differences.add("TTL " + ttl + " and " + otherTtl);
        }
        if (!here.segment().options().order().equals(there.segment().options().order())) {
            differences.add("the order of TCP options");
        }
        if (clockBack(here, there)) {
            differences.add("the clock of timestamps");
        }
        Optional<String> key = hostKey(one);
        if (key.isPresent() && hostKey(other).isPresent() && !key.equals(hostKey(other))) {
            differences.add("host key");
        }
        return differences;
    }

    private static boolean clockBack(Seen one, Seen other) {
        Seen first = one.atNanos() < other.atNanos() ? one : other;
        Seen later = first == one ? other : one;
        Optional<TcpOption.Timestamps> before = first.segment().options().timestamps();
        Optional<TcpOption.Timestamps> after = later.segment().options().timestamps();
        return before.isPresent()
                && after.isPresent()
                && after.get().value() - before.get().value() < -CLOCK_BACK;
    }

    private static Optional<String> hostKey(Attempt attempt) {
        return attempt.observed(Observation.HostKey.class)
                .map(Observation.HostKey::fingerprint)
                .findFirst();
    }

    /// Who sent a frame on our own link; behind a gateway that is always the gateway.
    private Optional<MacAddress> hardware(Seen seen) {
        return recording.host().gateway().isPresent()
                ? Optional.empty()
                : recording.frames().stream()
                        .filter(frame -> frame.number() == seen.frame())
                        .filter(frame -> frame.link() == LinkType.ETHERNET && frame.bytes().length > 2 * SOURCE_MAC)
                        .map(Frame::bytes)
                        .map(bytes -> MacAddress.of(Arrays.copyOfRange(bytes, SOURCE_MAC, 2 * SOURCE_MAC)))
                        .findFirst();
    }
}
