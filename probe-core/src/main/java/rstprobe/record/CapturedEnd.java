package rstprobe.record;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import rstprobe.wire.Decoded;
import rstprobe.wire.Sequence;

/// How a captured conversation ended, as far as TCP shows it.
///
/// A reset ends what its receiver lets it end. One behind which the receiver acknowledges what was sent later, or
/// goes on much later, was ignored: it was forged badly, or came too late.
///
/// @param kind    which way
/// @param frame   the frame that ended it; empty where nothing did
/// @param ignored frames with resets that changed nothing
record CapturedEnd(Kind kind, OptionalInt frame, List<Integer> ignored) {
    /// The ways.
    enum Kind {
        RESET_BY_SERVER,
        RESET_BY_CLIENT,
        FIN_BY_SERVER,
        FIN_BY_CLIENT,
        /// The client repeats itself and nobody answers.
        SILENCE,
        /// The capture ends first.
        NONE
    }

    private static final long MUCH_LATER_NANOS = 300_000_000;

    static CapturedEnd of(List<CapturedSegment> segments, OptionalInt asked) {
        return new Search(segments).end(asked);
    }

    /// True for the segment that ended it.
    boolean is(CapturedSegment part) {
        return frame.isPresent() && frame.getAsInt() == part.frame();
    }

    /// A look through all segments.
    private static final class Search {
        private final List<CapturedSegment> segments;
        private final List<CapturedSegment> effective = new ArrayList<>();
        private final List<Integer> ignored = new ArrayList<>();
        private final List<CapturedSegment> accepted = new ArrayList<>();

        private Search(List<CapturedSegment> segments) {
            this.segments = segments;
        }

        private CapturedEnd end(OptionalInt asked) {
            sortResets();
            if (asked.isPresent()) {
                Optional<CapturedSegment> meant = segments.stream()
                        .filter(part -> part.frame() == asked.getAsInt() && part.reset())
                        .findFirst();
                if (meant.isPresent()) {
                    ignored.remove(Integer.valueOf(meant.get().frame()));
                    return by(meant.get());
                }
            }
            Optional<CapturedSegment> reset = reset();
            Optional<CapturedSegment> theirFin = fin(false);
            Optional<CapturedSegment> ourFin = fin(true);
            boolean closedByBoth = theirFin.isPresent() && ourFin.isPresent();
            boolean resetFirst = reset.isPresent()
                    && theirFin.filter(fin -> fin.frame() < reset.get().frame()).isEmpty()
                    && ourFin.filter(fin -> afterGoodbye(fin, reset.get())).isEmpty();
            if (resetFirst) {
                return by(reset.get());
            }
            if (theirFin.isPresent()
                    && (!closedByBoth || theirFin.get().frame() < ourFin.get().frame())) {
                return new CapturedEnd(
                        Kind.FIN_BY_SERVER, OptionalInt.of(theirFin.get().frame()), ignored);
            }
            return ourFin.map(fin -> new CapturedEnd(Kind.FIN_BY_CLIENT, OptionalInt.of(fin.frame()), ignored))
                    .orElseGet(
                            () -> new CapturedEnd(silent() ? Kind.SILENCE : Kind.NONE, OptionalInt.empty(), ignored));
        }

        /// Behind the client's FIN a reset ends nothing, unless the server still had something to say.
        private boolean afterGoodbye(CapturedSegment fin, CapturedSegment reset) {
            return fin.frame() < reset.frame()
                    && (reset.ours()
                            || segments.stream()
                                    .noneMatch(part -> !part.ours()
                                            && part.frame() > fin.frame()
                                            && part.frame() < reset.frame()
                                            && part.segment().payloadLength() > 0));
        }

        private CapturedEnd by(CapturedSegment reset) {
            return new CapturedEnd(
                    reset.ours() ? Kind.RESET_BY_CLIENT : Kind.RESET_BY_SERVER, OptionalInt.of(reset.frame()), ignored);
        }

        /// Of the first side that reset the other with effect, the reset that its receiver must have taken.
        private Optional<CapturedSegment> reset() {
            return effective.stream()
                    .findFirst()
                    .map(first -> effective.stream()
                            .filter(part -> part.ours() == first.ours() && accepted.contains(part))
                            .findFirst()
                            .orElse(first));
        }

        private Optional<CapturedSegment> fin(boolean ours) {
            return segments.stream()
                    .filter(part ->
                            part.ours() == ours && part.segment().flags().fin() && !part.reset())
                    .findFirst();
        }

        private void sortResets() {
            InOrder ours = new InOrder();
            InOrder theirs = new InOrder();
            for (int i = 0; i < segments.size(); i++) {
                CapturedSegment part = segments.get(i);
                InOrder stream = part.ours() ? ours : theirs;
                if (!part.reset()) {
                    part.feed(stream);
                    continue;
                }
                if (goesOn(part, i)) {
                    ignored.add(part.frame());
                    continue;
                }
                effective.add(part);
                boolean awaited = stream.next().isPresent()
                        && stream.next().getAsInt() == part.segment().sequence();
                boolean refusal =
                        stream.next().isEmpty() && part.segment().flags().ack();
                if (awaited || refusal) {
                    accepted.add(part);
                }
            }
        }

        /// Whether the receiver of a reset lived on behind it. Where the other end falls silent as well, or has
        /// nothing but resets left and copies of what it had said, the receiver only never got this one.
        private boolean goesOn(CapturedSegment reset, int index) {
            if (index + 1 == segments.size()) {
                return false;
            }
            OptionalInt sent = highest(reset.ours(), index);
            long much = Math.max(MUCH_LATER_NANOS, 2 * roundTripNanos());
            OptionalInt sentLater = OptionalInt.empty();
            for (CapturedSegment later : segments.subList(index + 1, segments.size())) {
                if (later.reset()) {
                    continue;
                }
                if (later.ours() == reset.ours()) {
                    boolean again =
                            sent.isPresent() && Sequence.before(later.segment().sequence(), sent.getAsInt());
                    sentLater =
                            again ? sentLater : OptionalInt.of(later.segment().nextSequence());
                    continue;
                }
                boolean opensAnother = later.segment().flags().syn();
                boolean acknowledgesLater = sentLater.isPresent()
                        && later.segment().flags().ack()
                        && later.segment().acknowledgement() == sentLater.getAsInt()
                        && (sent.isEmpty() || Sequence.before(sent.getAsInt(), sentLater.getAsInt()));
                boolean muchLater = sentLater.isPresent() && later.atNanos() - reset.atNanos() > much;
                if (!opensAnother && (acknowledgesLater || muchLater)) {
                    return true;
                }
            }
            return false;
        }

        private OptionalInt highest(boolean ours, int before) {
            OptionalInt highest = OptionalInt.empty();
            for (CapturedSegment part : segments.subList(0, before)) {
                if (part.ours() == ours && !part.reset()) {
                    int end = part.segment().nextSequence();
                    highest = highest.isEmpty() || Sequence.before(highest.getAsInt(), end)
                            ? OptionalInt.of(end)
                            : highest;
                }
            }
            return highest;
        }

        private long roundTripNanos() {
            Optional<CapturedSegment> syn = segments.stream()
                    .filter(part -> part.ours() && part.segment().flags().syn())
                    .findFirst();
            Optional<CapturedSegment> answer = segments.stream()
                    .filter(part -> !part.ours() && part.segment().flags().syn() && !part.reset())
                    .findFirst();
            return syn.isPresent() && answer.isPresent()
                    ? Math.max(0, answer.get().atNanos() - syn.get().atNanos())
                    : 0;
        }

        /// The last thing is something of the client's that it has said before.
        private boolean silent() {
            if (segments.isEmpty() || !segments.getLast().ours()) {
                return false;
            }
            Decoded.Segment last = segments.getLast().segment();
            return last.sequenceLength() > 0
                    && segments.stream()
                                    .filter(part -> part.ours()
                                            && part.segment().sequenceLength() > 0
                                            && part.segment().sequence() == last.sequence())
                                    .count()
                            > 1;
        }
    }
}
