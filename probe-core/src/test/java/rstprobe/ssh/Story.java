package rstprobe.ssh;

import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// All that came of a handshake.
final class Story {
    private final List<Message> sends = new ArrayList<>();
    private final List<Observation> observations = new ArrayList<>();
    private Optional<Outcome> outcome = Optional.empty();

    /// Adds a step and sends its messages.
    void add(Step step, Peer peer) {
        add(step);
        step.sends().forEach(message -> peer.send(message.bytes()));
    }

    /// Adds a step.
    Story add(Step step) {
        sends.addAll(step.sends());
        observations.addAll(step.observations());
        if (step.outcome().isPresent()) {
            outcome = step.outcome();
        }
        return this;
    }

    List<Message> sends() {
        return sends;
    }

    Optional<Outcome> outcome() {
        return outcome;
    }

    /// The only observation of a kind.
    <T extends Observation> T the(Class<T> kind) {
        List<T> found = all(kind);
        if (found.size() != 1) {
            throw new AssertionError(kind.getSimpleName() + ": " + found.size() + " in\n" + this);
        }
        return found.getFirst();
    }

    /// All observations of a kind.
    <T extends Observation> List<T> all(Class<T> kind) {
        return observations.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /// One line an observation, byte arrays spelt out; times left out.
    @Override
    public String toString() {
        StringBuilder lines = new StringBuilder();
        observations.forEach(each -> lines.append(spell(each)).append('\n'));
        outcome.ifPresent(end -> lines.append(spell(end)));
        return lines.toString();
    }

    /// A record with its byte arrays readable.
    static String spell(Object each) {
        StringBuilder text = new StringBuilder(each.getClass().getSimpleName());
        for (RecordComponent part : each.getClass().getRecordComponents()) {
            if (!part.getName().equals("atNanos")) {
                text.append(' ').append(part.getName()).append('=').append(value(each, part));
            }
        }
        return text.toString();
    }

    private static String value(Object each, RecordComponent part) {
        try {
            Object value = part.getAccessor().invoke(each);
            if (value instanceof byte[] bytes) {
                String text = new String(bytes, StandardCharsets.ISO_8859_1);
                return text.chars().allMatch(c -> c >= ' ' && c <= '~')
                        ? "'" + text + "'"
                        : HexFormat.of().formatHex(bytes);
            }
            return String.valueOf(value);
        } catch (ReflectiveOperationException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
