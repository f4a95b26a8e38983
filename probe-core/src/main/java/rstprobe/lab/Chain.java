package rstprobe.lab;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Several devices in a row on the link, from the client's side to the server's.
///
/// What one of them sends by itself goes straight to its receiver: the others do not see it.
record Chain(List<Rule> devices) implements Rule {

    /// Keeps its own copy of the devices.
    Chain {
        devices = List.copyOf(devices);
    }

    @Override
    public Outcome on(Direction direction, byte[] frame) throws IOException {
        List<Injection> injected = new ArrayList<>();
        Optional<byte[]> onward = Optional.of(frame);
        for (Rule device : direction == Direction.TO_SERVER ? devices : devices.reversed()) {
            if (onward.isEmpty()) {
                break;
            }
            Outcome outcome = device.on(direction, onward.get());
            injected.addAll(outcome.injected());
            onward = outcome.onward();
        }
        return new Outcome(onward, injected);
    }

    @Override
    public List<Injection> at(long nowNanos) {
        return devices.stream().flatMap(device -> device.at(nowNanos).stream()).toList();
    }
}
