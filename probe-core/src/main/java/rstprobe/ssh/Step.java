package rstprobe.ssh;

import java.util.List;
import java.util.Optional;

/// What one input led to: messages to send in this order, what was learnt, and how it ended, if it did. After an
/// outcome every further step is empty; messages beside an outcome are still to be sent.
public record Step(List<Message> sends, List<Observation> observations, Optional<Outcome> outcome) {
    public Step {
        sends = List.copyOf(sends);
        observations = List.copyOf(observations);
    }
}
