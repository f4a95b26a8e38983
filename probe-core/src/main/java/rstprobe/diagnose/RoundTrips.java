package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import rstprobe.wire.Sequence;
import rstprobe.wire.TcpOption;

/// Round trips to the far side as the capture shows them. Each is an upper limit of the path's own: an
/// answer may wait, it never comes early.
final class RoundTrips {
    private static final int MOST_SAMPLES = 16;

    private static final double CLEARLY_EARLY = 0.8;
    /// What queues and busy hosts add to one packet and not to the next. Paths so short that it matters tell nothing
    /// by time.
    private static final long JITTER_NANOS = 2_000_000;

    private RoundTrips() {}

    /// True where an answer came too soon to be one of whoever these round trips lead to: clearly sooner than the
    /// fastest of them, and by more than jitter explains.
    static boolean tooSoon(long nanos, List<Long> roundTrips) {
        return roundTrips.stream()
                .min(Long::compare)
                .filter(fastest -> nanos >= 0 && nanos < CLEARLY_EARLY * fastest && fastest - nanos >= JITTER_NANOS)
                .isPresent();
    }

    /// From our SYN to the SYN-ACK that answers it; empty where several SYNs left and nothing tells
    /// which it was.
    static OptionalLong handshake(Attempt attempt) {
        return attempt.handshakeNanos();
    }

    static OptionalLong measured(Attempt attempt) {
        if (!attempt.steady()) {
            return OptionalLong.empty();
        }
        Optional<Seen> answer = attempt.synAck();
        if (answer.isEmpty()) {
            return OptionalLong.empty();
        }
        List<Seen> syns = attempt.segments().stream()
                .filter(seen -> seen.ours() && seen.segment().flags().syn())
                .filter(seen -> seen.frame() < answer.get().frame())
                .toList();
        Optional<Long> echo = timestamps(answer.get()).map(TcpOption.Timestamps::echo);
        List<Seen> answered = syns.size() < 2
                ? syns
                : syns.stream()
                        .filter(syn ->
                                timestamps(syn).map(TcpOption.Timestamps::value).equals(echo))
                        .toList();
        return answered.size() == 1
                        && answered.getFirst().atNanos() < answer.get().atNanos()
                ? OptionalLong.of(answer.get().atNanos() - answered.getFirst().atNanos())
                : OptionalLong.empty();
    }

    /// Every round trip of some attempts: their handshakes, and segments of ours with the first to
    /// acknowledge them.
    static List<Long> samples(List<Attempt> attempts) {
        List<Long> samples = new ArrayList<>();
        for (Attempt attempt : attempts) {
            if (!attempt.steady()) {
                continue;
            }
            handshake(attempt).ifPresent(samples::add);
            int asked = 0;
            for (Seen own : attempt.segments()) {
                if (own.ours() && own.segment().payloadLength() > 0) {
                    if (asked++ == MOST_SAMPLES) {
                        break;
                    }
                    long nanos = acknowledgement(attempt, own);
                    if (nanos > 0) {
                        samples.add(nanos);
                    }
                }
            }
        }
        return List.copyOf(samples);
    }

    /// How long the first answer took; 0 where there is none. A segment sent twice gives no sample (Karn's rule, RFC
    /// 6298 section 3).
    private static long acknowledgement(Attempt attempt, Seen own) {
        int end = own.segment().nextSequence();
        boolean answered = false;
        long nanos = 0;
        for (Seen seen : attempt.segments()) {
            boolean again = seen.ours()
                    && seen.frame() != own.frame()
                    && seen.segment().payloadLength() > 0
                    && seen.segment().sequence() == own.segment().sequence();
            if (again) {
                return 0;
            }
            if (!answered
                    && seen.frame() > own.frame()
                    && seen.genuine()
                    && seen.segment().flags().ack()
                    && Sequence.atMost(end, seen.segment().acknowledgement())) {
                answered = true;
                nanos = seen.atNanos() - own.atNanos();
            }
        }
        return nanos;
    }

    private static Optional<TcpOption.Timestamps> timestamps(Seen seen) {
        return Baseline.timestamps(seen.segment());
    }
}
