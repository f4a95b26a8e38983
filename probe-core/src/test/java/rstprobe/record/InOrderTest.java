package rstprobe.record;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// One direction of a conversation, put together again.
class InOrderTest {
    private record Cut(int at, int length) {}

    @Test
    void howeverItWasSentTheStreamIsTheSame() {
        long seed = System.nanoTime();
        System.out.println("InOrderTest seed " + seed);
        Random random = new Random(seed);
        for (int time = 0; time < 200; time++) {
            byte[] stream = new byte[1 + random.nextInt(5_000)];
            random.nextBytes(stream);
            int first = random.nextInt();
            InOrder order = new InOrder();
            order.beginAt(first);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (Cut cut : cuts(stream.length, random)) {
                byte[] bytes = Arrays.copyOfRange(stream, cut.at, cut.at + cut.length);
                order.on(first + cut.at, bytes, cut.length).forEach(piece -> {
                    assertEquals(out.size(), piece.offset());
                    assertTrue(piece.whole());
                    assertFalse(piece.behindHole());
                    out.writeBytes(piece.bytes());
                });
            }
            assertArrayEquals(stream, out.toByteArray(), "seed " + seed);
            assertEquals(0, order.holes(), "seed " + seed);
            assertEquals(first + stream.length, order.next().orElseThrow());
        }
    }

    /// Every byte at least once, some twice, in any order.
    private static List<Cut> cuts(int length, Random random) {
        List<Cut> cuts = new ArrayList<>();
        for (int at = 0; at < length; ) {
            int size = Math.min(length - at, 1 + random.nextInt(700));
            cuts.add(new Cut(at, size));
            if (random.nextInt(3) == 0) {
                int from = Math.max(0, at - random.nextInt(50));
                cuts.add(new Cut(from, Math.min(length - from, 1 + random.nextInt(900))));
            }
            at += size;
        }
        Collections.shuffle(cuts, random);
        return cuts;
    }

    @Test
    void whatNeverCameIsAHoleAndTheRestFollows() {
        InOrder order = new InOrder();
        order.beginAt(100);
        assertEquals(1, order.on(100, new byte[10], 10).size());
        assertEquals(0, order.on(120, new byte[10], 10).size());
        List<InOrder.Piece> rest = order.rest();
        assertEquals(1, rest.size());
        assertTrue(rest.getFirst().behindHole());
        assertEquals(20, rest.getFirst().offset());
        assertEquals(1, order.holes());
    }

    @Test
    void aSnapLengthLeavesZerosThatAreMarked() {
        InOrder order = new InOrder();
        order.beginAt(0);
        InOrder.Piece piece = order.on(0, new byte[] {1, 2}, 1_448).getFirst();
        assertEquals(1_448, piece.bytes().length);
        assertFalse(piece.whole());
    }

    @Test
    void aForgedSegmentFarAwayIsNoPartOfIt() {
        InOrder order = new InOrder();
        order.beginAt(0);
        assertEquals(0, order.on(900_000_000, new byte[10], 10).size());
        assertEquals(1, order.on(0, new byte[10], 10).size());
        assertEquals(0, order.rest().size());
        assertEquals(0, order.holes());
    }

    @Test
    void aLengthThatNoFrameHasSizesNothing() {
        InOrder order = new InOrder();
        order.beginAt(0);
        int bytes = order.on(0, new byte[4], Integer.MAX_VALUE).stream()
                .mapToInt(piece -> piece.bytes().length)
                .sum();
        assertEquals(262_144, bytes);
    }

    @Test
    void waitingForeverIsBounded() {
        InOrder order = new InOrder();
        order.beginAt(0);
        int given = 0;
        for (int i = 0; i < 3 * InOrder.MOST_WAITING; i++) {
            given += order.on(10 + 20 * i, new byte[10], 10).size();
        }
        assertTrue(given > InOrder.MOST_WAITING);
        assertTrue(order.holes() > 0);
    }
}
