package rstprobe.record;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rstprobe.linux.LinuxException;
import rstprobe.wire.IpAddress;

/// Whose round leaves next, and how fast: one round at a time, so that each is as dense as the rate allows and the
/// time it counts from is the time it left at.
final class SweepRounds {
    /// What one wake-up may make up for: this thread does not wake to the microsecond. Where it wakes much later the
    /// machine is busy, and ten milliseconds made up for at once were more than its own queues held.
    private static final long SLACK_NANOS = 2_000_000;
    /// Rounds that may wait with nothing but the others in their way before no further target is taken up.
    private static final int MOST_WAITING = 3;
    /// Of a probe's frame, about.
    private static final long USUAL_BITS = 10_000;

    private static final long AHEAD = 4;
    private static final int LEAST_READY = 4;
    private static final int MOST_READY = 128;
    /// Frames handed to the kernel together.
    private static final int BATCH = 64;
    /// An Ethernet header.
    private static final int LINK_HEADER = 14;
    /// A SYN with its options, in a frame.
    private static final int SYN_BYTES = 74;
    /// Networks are forgotten where so many are known, those that rested longest first.
    private static final int MOST_NETWORKS = 4_096;

    private final SendBudget all;
    private final SendRate perTarget;
    private final int mostReady;
    private final SendRate perNetwork;
    private final Map<Network, SendBudget> networks = new HashMap<>();
    private final Deque<SweepSurvey> ready = new ArrayDeque<>();
    private Optional<SweepSurvey> leaving = Optional.empty();
    private long frames;
    private long bytes;

    /// A /24 or a /64.
    private record Network(int version, long prefix) {
        private static final int V4_HOST_BITS = 8;

        static Network of(IpAddress address) {
            return new Network(address.version(), address.isV6() ? address.high() : address.low() >>> V4_HOST_BITS);
        }
    }

    SweepRounds(SweepPlan plan) {
        this.all = SendBudget.of(plan.rate(), SLACK_NANOS);
        this.perTarget = plan.perTarget();
        this.mostReady = mostReady(plan.rate(), plan.perTarget());
        this.perNetwork = plan.perNetwork();
    }

    /// As many as the rate serves while each rests, a few times over.
    private static int mostReady(SendRate rate, SendRate perTarget) {
        long byBits = rate.bitsPerSecond() == 0 ? Long.MAX_VALUE : rate.bitsPerSecond() / USUAL_BITS;
        long byFrames = rate.framesPerSecond() == 0 ? Long.MAX_VALUE : rate.framesPerSecond();
        long serves = Math.min(byBits, byFrames) / Math.max(1, perTarget.framesPerSecond());
        return Math.clamp(AHEAD * serves, LEAST_READY, MOST_READY);
    }

    /// It waits for its turn.
    void add(SweepSurvey survey) {
        ready.add(survey);
    }

    /// Whether one more target would have rounds to send before long: few wait for their turn, and few rest.
    boolean hasRoom(long atNanos) {
        return ready.size() < mostReady
                && ready.stream().filter(survey -> isFree(survey, atNanos)).count() < MOST_WAITING;
    }

    /// Whether a connection may be opened now.
    boolean admits(long atNanos) {
        return all.permits(atNanos);
    }

    /// One is opened.
    void open(long atNanos) {
        all.spend(atNanos, 1, SYN_BYTES);
    }

    /// Sends as much as may leave now.
    ///
    /// @return those that went on, whether they sent something or not
    List<SweepSurvey> depart() throws LinuxException {
        List<SweepSurvey> moved = new ArrayList<>();
        long now = System.nanoTime();
        while (all.permits(now) && (leaving.isPresent() || next(now))) {
            SweepSurvey survey = leaving.orElseThrow();
            if (survey.isLeaving()) {
                survey.send(permitted(survey.remaining(), now));
            }
            if (!survey.isLeaving()) {
                moved.add(survey);
                leaving = Optional.empty();
            }
            now = System.nanoTime();
        }
        return moved;
    }

    private int permitted(List<byte[]> datagrams, long now) {
        int count = 0;
        while (count < datagrams.size() && count < BATCH && all.permits(now)) {
            int length = datagrams.get(count).length + LINK_HEADER;
            all.spend(now, 1, length);
            bytes += length;
            count++;
        }
        frames += count;
        return count;
    }

    private boolean next(long now) throws LinuxException {
        Iterator<SweepSurvey> queue = ready.iterator();
        while (queue.hasNext()) {
            SweepSurvey survey = queue.next();
            if (survey.over()) {
                queue.remove();
            } else if (isFree(survey, now)) {
                queue.remove();
                int packets = survey.goOn(perTarget);
                if (packets > 0) {
                    network(survey, now).spend(now, packets, 0);
                }
                leaving = Optional.of(survey);
                return true;
            }
        }
        return false;
    }

    private boolean isFree(SweepSurvey survey, long now) {
        return survey.restsUntilNanos() <= now && network(survey, now).permits(now);
    }

    private SendBudget network(SweepSurvey survey, long now) {
        if (networks.size() >= MOST_NETWORKS) {
            networks.values().removeIf(budget -> budget.permits(now));
        }
        return networks.computeIfAbsent(Network.of(survey.address()), _ -> SendBudget.of(perNetwork, 0));
    }

    /// In how many nanoseconds something may leave; as good as never where nothing waits.
    long patienceNanos() {
        long now = System.nanoTime();
        long earliest = leaving.isPresent()
                ? now
                : ready.stream()
                        .mapToLong(survey -> Math.max(
                                survey.restsUntilNanos(), network(survey, now).freeAtNanos()))
                        .min()
                        .orElse(Long.MAX_VALUE);
        return Math.max(0, Math.max(earliest, all.freeAtNanos()) - now);
    }

    /// Frames that were sent.
    long frames() {
        return frames;
    }

    /// Their bytes.
    long bytes() {
        return bytes;
    }
}
