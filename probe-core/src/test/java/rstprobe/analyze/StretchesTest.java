package rstprobe.analyze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Wherever a capture is cut into stretches, and however many threads look at them, what is found is what one thread
/// finds that reads it from its beginning to its end.
final class StretchesTest {
    private static final int CAPTURES = 40, SPLITS = 6, FRAMES = 150, LARGEST = 300;
    private static final int SMALLEST_STRETCH = 16, LARGEST_STRETCH = 6_000;
    private static final int HEADER = 24, RECORD_HEADER = 16;

    @Test
    void anySplitOfACaptureFindsWhatNoSplitDoes() throws ScanFailure {
        long seed = System.nanoTime();
        System.out.println("StretchesTest seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        int accused = 0;
        for (int i = 0; i < CAPTURES; i++) {
            byte[] whole = capture(random);
            accused += compared(whole, random, seed);
            compared(Arrays.copyOf(whole, random.nextInt(whole.length)), random, seed);
            byte[] flipped = whole.clone();
            flipped[HEADER + random.nextInt(whole.length - HEADER)] ^= (byte) (1 << random.nextInt(8));
            compared(flipped, random, seed);
        }
        assertTrue(accused > CAPTURES, "resets were found at all: " + accused);
    }

    private static int compared(byte[] capture, SplittableRandom random, long seed) throws ScanFailure {
        try (CaptureScan serial = scan(capture, 1, Passes.STRETCH)) {
            for (int i = 0; i < SPLITS; i++) {
                long stretch = random.nextInt(SMALLEST_STRETCH, LARGEST_STRETCH);
                try (CaptureScan split = scan(capture, 1 + random.nextInt(3), stretch)) {
                    String which = "seed " + seed + ", stretches of " + stretch;
                    assertEquals(serial.files(), split.files(), which);
                    assertEquals(
                            serial.conversations().toList(),
                            split.conversations().toList(),
                            which);
                }
            }
            return serial.accused();
        }
    }

    private static CaptureScan scan(byte[] capture, int threads, long stretch) throws ScanFailure {
        ScanPlan plan = new ScanPlan(Optional.empty(), threads, ScanProgress.NONE);
        return CaptureScan.of(List.of(Crafted.source("crafted", capture)), plan, stretch);
    }

    /// Conversations of few ports, so that tuples come again; some of them carry what looks like records of a capture.
    private static byte[] capture(SplittableRandom random) {
        Crafted crafted = new Crafted(1);
        int[] flags = {Crafted.SYN, Crafted.SYN | Crafted.ACK, Crafted.ACK, Crafted.PSH | Crafted.ACK, Crafted.RST};
        for (int i = 0; i < FRAMES; i++) {
            byte[] payload = random.nextInt(5) == 0 ? decoys(random) : noise(random);
            boolean fromClient = random.nextBoolean();
            int port = 2_000 + random.nextInt(8);
            int what = flags[random.nextInt(flags.length)];
            byte[] segment = fromClient
                    ? crafted.tcp(1, port, 2, 22, what, random.nextInt(), random.nextInt(), payload)
                    : crafted.tcp(2, 22, 1, port, what, random.nextInt(), random.nextInt(), payload);
            crafted.frame(Crafted.ethernet(0x0800, segment));
        }
        return crafted.bytes();
    }

    private static byte[] noise(SplittableRandom random) {
        byte[] noise = new byte[random.nextInt(LARGEST)];
        random.nextBytes(noise);
        return noise;
    }

    /// Record after record that a walk would take for frames of this capture.
    private static byte[] decoys(SplittableRandom random) {
        int count = 1 + random.nextInt(12);
        int length = 1 + random.nextInt(20);
        ByteBuffer decoys =
                ByteBuffer.allocate(count * (RECORD_HEADER + length)).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            decoys.putInt(1_760_000_000).putInt(random.nextInt(1_000_000));
            decoys.putInt(length).putInt(length).put(new byte[length]);
        }
        return decoys.array();
    }
}
