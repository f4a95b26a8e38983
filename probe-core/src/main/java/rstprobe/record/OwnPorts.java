package rstprobe.record;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import rstprobe.path.SurveyFlow;
import rstprobe.wire.Conversation;
import rstprobe.wire.Endpoint;

/// The ports that crafted flows start from: outside those that the kernel gives to connections by itself, so
/// that no connection of this host's has the 4-tuple of a test.
///
/// @param first the lowest of them
/// @param count how many there are
record OwnPorts(int first, int count) {
    /// Above the range that Linux comes with, 32768 to 60999.
    static final OwnPorts USUAL = new OwnPorts(61_000, 4_536);

    private static final Path RANGE = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    private static final Pattern TWO_NUMBERS = Pattern.compile("\\s*(\\d{1,5})\\s+(\\d{1,5})\\s*");
    private static final int LOWEST = 10_000;
    private static final int HIGHEST = 65_535;
    /// Fewer would be drawn twice in a run too often.
    private static final int LEAST = 512;

    OwnPorts {
        if (first < 1 || count < 1 || first + count - 1 > HIGHEST) {
            throw new IllegalArgumentException(count + " ports from " + first);
        }
    }

    /// Outside the range of the network namespace this thread is in.
    static OwnPorts here() {
        try {
            return outside(Files.readString(RANGE, StandardCharsets.US_ASCII));
        } catch (IOException unreadable) {
            return USUAL;
        }
    }

    /// Outside a range as the kernel writes it: above it, or below where that leaves too few. Where neither
    /// leaves enough there are no ports of one's own, and the usual ones are taken.
    static OwnPorts outside(String range) {
        Matcher numbers = TWO_NUMBERS.matcher(range);
        if (!numbers.matches()) {
            return USUAL;
        }
        int low = Integer.parseInt(numbers.group(1));
        int high = Integer.parseInt(numbers.group(2));
        int above = Math.max(high + 1, LOWEST);
        if (HIGHEST - above + 1 >= LEAST) {
            int first = Math.max(above, USUAL.first);
            return HIGHEST - first + 1 >= LEAST
                    ? new OwnPorts(first, HIGHEST - first + 1)
                    : new OwnPorts(above, HIGHEST - above + 1);
        }
        int below = Math.min(low, HIGHEST + 1) - LOWEST;
        return below >= LEAST
                ? new OwnPorts(LOWEST + Math.max(0, below - USUAL.count), Math.min(below, USUAL.count))
                : USUAL;
    }

    /// One of them, by lot.
    int draw(RandomGenerator random) {
        return first + random.nextInt(count);
    }

    /// The flows of a survey beside a connection that stands, each from a port of its own.
    SurveyFlow flow(Conversation connection, RandomGenerator random) {
        List<Integer> drawn = new ArrayList<>(Stream.generate(() -> draw(random))
                .distinct()
                .limit(1 + SurveyFlow.PORTS)
                .toList());
        Endpoint stray = new Endpoint(connection.ours().address(), drawn.removeFirst());
        return new SurveyFlow(
                connection, new Conversation(stray, connection.theirs()), drawn, random.nextInt(1 << Short.SIZE));
    }
}
