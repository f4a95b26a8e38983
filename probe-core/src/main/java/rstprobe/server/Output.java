package rstprobe.server;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import rstprobe.diagnose.Secrets;

/// What a program prints, up to a limit; whoever prints more is told by an action, and the rest is dropped.
final class Output extends OutputStream {
    /// The most bytes of one answer that are kept.
    static final int MAX_BYTES = 1 << 20;

    /// The most bytes of complaints.
    static final int MAX_COMPLAINT_BYTES = 1 << 16;

    /// The most characters of one line.
    static final int MAX_LINE = 8_192;

    private static final String CUT = "...";

    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final int limit;
    private final Runnable full;
    private boolean cut;

    /// @param full what to do once when the limit is reached
    Output(int limit, Runnable full) {
        this.limit = limit;
        this.full = full;
    }

    @Override
    public void write(int one) {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        int room = Math.min(length, limit - kept.size());
        kept.write(bytes, offset, room);
        if (room < length && !cut) {
            cut = true;
            full.run();
        }
    }

    /// Whether there was more.
    synchronized boolean cut() {
        return cut;
    }

    /// The lines so far, without secrets. Bytes that are not UTF-8 show as U+FFFD.
    synchronized List<String> lines() {
        List<String> lines = new ArrayList<>();
        kept.toString(StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.length() > MAX_LINE ? line.substring(0, MAX_LINE) + CUT : line)
                .forEach(lines::add);
        return Secrets.redacted(lines);
    }
}
