package rstprobe.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/// tcpdump inside a lab: what another program than ours sees on the wire, one line a packet.
final class Capture implements AutoCloseable {

    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);

    private final Process tcpdump;
    private final List<String> packets = new ArrayList<>();

    private Capture(Process tcpdump) {
        this.tcpdump = tcpdump;
    }

    /// Captures on a node's `eth0` and returns when the capture is live.
    static Capture on(Lab lab, Node node, String filter) throws IOException {
        List<String> command = List.of(
                "/usr/bin/tcpdump", "-i", "eth0", "-nn", "-v", "-tt", "-l", "-Z", "root", "--immediate-mode", filter);
        Process tcpdump = lab.inside(node, command).redirectErrorStream(true).start();
        BufferedReader lines = tcpdump.inputReader(StandardCharsets.ISO_8859_1);
        String line = lines.readLine();
        while (line != null && !line.contains("listening on")) {
            line = lines.readLine();
        }
        if (line == null) {
            throw new IOException("tcpdump ended before it listened");
        }
        Capture capture = new Capture(tcpdump);
        Thread.ofPlatform().daemon().start(() -> capture.collect(lines));
        return capture;
    }

    private void collect(BufferedReader lines) {
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                add(line);
            }
        } catch (IOException ended) {
            // The capture was closed.
        }
    }

    /// tcpdump -v breaks a packet into lines; all but the first are indented.
    private synchronized void add(String line) {
        if (!packets.isEmpty() && line.startsWith("\t") || line.startsWith("    ")) {
            packets.set(packets.size() - 1, packets.getLast() + " " + line.strip());
        } else {
            packets.add(line);
        }
    }

    synchronized List<String> packets() {
        return List.copyOf(packets);
    }

    /// The first packet that looks so, waited for; fails with everything seen when none comes.
    String await(Predicate<String> like) {
        return await(like, 0);
    }

    /// The same, among the packets after the first `skipped`.
    String await(Predicate<String> like, int skipped) {
        long deadline = System.nanoTime() + PATIENCE;
        while (System.nanoTime() < deadline) {
            for (String packet : packets().stream().skip(skipped).toList()) {
                if (like.test(packet)) {
                    return packet;
                }
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        throw new AssertionError("no such packet in:\n" + String.join("\n", packets()));
    }

    /// Seconds since the epoch at which a packet was seen.
    static double seconds(String packet) {
        return Double.parseDouble(packet.substring(0, packet.indexOf(' ')));
    }

    @Override
    public void close() {
        tcpdump.destroy();
    }
}
