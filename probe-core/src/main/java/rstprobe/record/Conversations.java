package rstprobe.record;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import rstprobe.record.Event.ClientTold;
import rstprobe.wire.Conversation;
import rstprobe.wire.Decoded;
import rstprobe.wire.Endpoint;

/// The conversations of a capture, counted frame by frame as a file is read, without keeping any frame.
final class Conversations {
    /// The most conversations that are told apart; of further ones only the number is known.
    static final int MOST_CONVERSATIONS = 250_000;

    private static final int SSH_PORT = 22;
    private static final int FIRST_PORT_FOR_ANYBODY = 1_024;

    /// Two ends, whichever spoke.
    private record Pair(Endpoint one, Endpoint other) {
        static Pair of(Endpoint from, Endpoint to) {
            int order = from.address().compareTo(to.address());
            boolean first = order < 0 || order == 0 && from.port() <= to.port();
            return first ? new Pair(from, to) : new Pair(to, from);
        }

        // As of an address: every segment's is looked up.
        @Override
        public boolean equals(Object that) {
            return that instanceof Pair(Endpoint first, Endpoint second) && one.equals(first) && other.equals(second);
        }

        @Override
        public int hashCode() {
            return 31 * one.hashCode() + other.hashCode();
        }
    }

    private final Map<Pair, List<Tally>> known = new HashMap<>();
    private int count;
    private long beyond;

    /// Counts a segment.
    void add(int frame, Decoded.Segment segment) {
        Pair pair = Pair.of(segment.source(), segment.destination());
        List<Tally> same = known.get(pair);
        if (same == null || same.getLast().endsBefore(segment)) {
            if (count == MOST_CONVERSATIONS) {
                beyond++;
                return;
            }
            count++;
            if (same == null) {
                same = new ArrayList<>(1);
                known.put(pair, same);
            } else {
                same.getLast().before = frame;
            }
            same.add(new Tally(frame, segment.source(), segment.destination()));
        }
        same.getLast().add(frame, segment);
    }

    /// Segments of conversations that were too many to be told apart.
    long beyond() {
        return beyond;
    }

    /// All that were counted, in no order.
    List<FoundConversation> all() {
        return known.values().stream().flatMap(List::stream).map(Tally::found).toList();
    }

    /// Those between two ends, in order of time.
    List<FoundConversation> between(Endpoint one, Endpoint other) {
        return known.getOrDefault(Pair.of(one, other), List.of()).stream()
                .map(Tally::found)
                .toList();
    }

    /// One conversation while it is being counted.
    private static final class Tally {
        private final int firstFrame;
        private final Endpoint from;
        private final Endpoint to;
        private Optional<Endpoint> opener = Optional.empty();
        private Optional<Endpoint> answerer = Optional.empty();
        private OptionalInt opening = OptionalInt.empty();
        private OptionalInt firstReset = OptionalInt.empty();
        private int before = Integer.MAX_VALUE;
        private int frames;
        private int resets;
        private boolean fin;
        private boolean closedFirst;
        private boolean moved;
        private long bytes;

        private Tally(int firstFrame, Endpoint from, Endpoint to) {
            this.firstFrame = firstFrame;
            this.from = from;
            this.to = to;
        }

        /// A SYN with another number opens another conversation, and so does one behind anything but SYNs.
        private boolean endsBefore(Decoded.Segment segment) {
            boolean opens = segment.flags().syn()
                    && !segment.flags().ack()
                    && !segment.flags().rst();
            return opens
                    && (opening.isPresent() ? opening.getAsInt() != segment.sequence() && !crosses(segment) : moved);
        }

        /// Both ends may open at once (RFC 9293 section 3.5).
        private boolean crosses(Decoded.Segment segment) {
            return !moved && !opener.equals(Optional.of(segment.source()));
        }

        private void add(int frame, Decoded.Segment segment) {
            frames++;
            bytes += segment.payloadLength();
            boolean syn = segment.flags().syn();
            moved |= !syn;
            if (syn
                    && segment.flags().ack()
                    && answerer.isEmpty()
                    && !segment.flags().rst()) {
                answerer = Optional.of(segment.source());
            } else if (syn && opening.isEmpty() && !segment.flags().ack()) {
                opener = Optional.of(segment.source());
                opening = OptionalInt.of(segment.sequence());
            }
            if (segment.flags().rst()) {
                closedFirst |= resets == 0 && fin;
                resets++;
                firstReset = firstReset.isPresent() ? firstReset : OptionalInt.of(frame);
            }
            fin |= segment.flags().fin();
        }

        private FoundConversation found() {
            ClientTold told = told();
            Endpoint client = switch (told) {
                case BY_SYN -> opener.orElse(from);
                case BY_SYN_ACK -> answerer.equals(Optional.of(from)) ? to : from;
                case BY_PORT -> isService(from.port(), to.port()) ? to : from;
                case BY_FIRST_FRAME -> from;
            };
            return new FoundConversation(
                    new Conversation(client, client.equals(from) ? to : from),
                    told,
                    firstFrame,
                    before,
                    frames,
                    firstReset,
                    resets,
                    closedFirst,
                    bytes);
        }

        private ClientTold told() {
            if (opener.isPresent()) {
                return ClientTold.BY_SYN;
            }
            if (answerer.isPresent()) {
                return ClientTold.BY_SYN_ACK;
            }
            return isService(from.port(), to.port()) || isService(to.port(), from.port())
                    ? ClientTold.BY_PORT
                    : ClientTold.BY_FIRST_FRAME;
        }

        private static boolean isService(int port, int other) {
            return port != other
                    && (port == SSH_PORT
                            || other != SSH_PORT && port < FIRST_PORT_FOR_ANYBODY && other >= FIRST_PORT_FOR_ANYBODY);
        }
    }
}
