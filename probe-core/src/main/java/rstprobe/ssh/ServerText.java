package rstprobe.ssh;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Plain text in place of packets: what servers say to a client they cannot make sense of, before they close.
final class ServerText {
    /// The most text taken, in bytes.
    private static final int MAXIMUM_BYTES = 8192;

    private final Course course;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean begun;
    private int taken;

    ServerText(Course course) {
        this.course = course;
    }

    /// Whether text has taken the place of packets.
    boolean begun() {
        return begun;
    }

    /// From here on all is text.
    void begin() {
        begun = true;
    }

    /// Takes the server's bytes.
    void add(byte[] bytes) throws Malformed {
        for (byte next : bytes) {
            if (++taken > MAXIMUM_BYTES) {
                throw new Malformed("text without end where a packet was due");
            }
            line.write(next);
            if (next == '\n') {
                finish();
            }
        }
    }

    /// What there is of a line counts as one.
    void finish() {
        String text = line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
        line.reset();
        if (!text.isEmpty()) {
            course.saw(new Observation.ServerText(text.getBytes(StandardCharsets.ISO_8859_1)));
        }
    }
}
