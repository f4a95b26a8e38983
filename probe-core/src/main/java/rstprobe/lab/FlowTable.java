package rstprobe.lab;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import rstprobe.wire.Conversation;
import rstprobe.wire.Decoded;
import rstprobe.wire.Decoder;
import rstprobe.wire.LinkType;

/// What a device remembers of each conversation whose SYN it saw; the oldest is forgotten for the
/// newest.
///
/// @param <T> what is remembered
final class FlowTable<T> {

    private static final int MOST_CONVERSATIONS = 256;

    private final Function<Decoded.Segment, T> start;
    private final Map<Conversation, Known<T>> known = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Conversation, Known<T>> eldest) {
            return size() > MOST_CONVERSATIONS;
        }
    };

    private record Known<T>(int start, T remembered) {}

    /// @param start what is remembered when a client's SYN goes by
    FlowTable(Function<Decoded.Segment, T> start) {
        this.start = start;
    }

    /// The TCP segment in a frame, if there is one.
    static Optional<Decoded.Segment> segment(byte[] frame) {
        return Decoder.decode(LinkType.ETHERNET, frame, frame.length) instanceof Decoded.Segment segment
                ? Optional.of(segment)
                : Optional.empty();
    }

    /// What is remembered of a segment's conversation; a SYN of the client's starts it anew, a repeated
    /// one does not.
    Optional<T> of(Direction direction, Decoded.Segment segment) {
        Conversation conversation = switch (direction) {
            case TO_SERVER -> new Conversation(segment.source(), segment.destination());
            case TO_CLIENT -> new Conversation(segment.destination(), segment.source());
        };
        Optional<Known<T>> old = Optional.ofNullable(known.get(conversation));
        boolean opens = direction == Direction.TO_SERVER && segment.flags().syn();
        if (!opens || old.isPresent() && old.get().start == segment.sequence()) {
            return old.map(Known::remembered);
        }
        Known<T> opened = new Known<>(segment.sequence(), start.apply(segment));
        known.put(conversation, opened);
        return Optional.of(opened.remembered);
    }

    /// Everything that is remembered.
    Stream<T> all() {
        return known.values().stream().map(Known::remembered);
    }
}
