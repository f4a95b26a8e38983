package rstprobe.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// A link that takes some lengths and no others, and one whose queue is full: both say the same.
final class LinkQueueTest {
    private final List<Integer> taken = new ArrayList<>();
    private int tries;
    private int pauses;

    /// @param takes whether it takes a frame of so many bytes now
    private LinkQueue over(IntPredicate takes) {
        return new LinkQueue(
                frames -> {
                    int count = 0;
                    tries++;
                    while (count < frames.size() && takes.test(frames.get(count).length)) {
                        taken.add(frames.get(count).length);
                        count++;
                    }
                    return count;
                },
                () -> pauses++);
    }

    private static List<byte[]> frames(int... bytes) {
        return IntStream.of(bytes).mapToObj(byte[]::new).toList();
    }

    @Test
    void whatTheLinkRefusesForItsLengthIsLostAndAllElseIsSentInOrder() throws NotPossibleHere {
        LinkQueue queue = over(bytes -> bytes <= 1418);
        queue.send(frames(1514, 200, 1419, 1418, 1419, 1514, 200));
        assertEquals(List.of(200, 1418, 200), taken);
        assertEquals(OptionalInt.of(1419), queue.tooLong());
        assertEquals(2 * (LinkQueue.REFUSALS - 1), pauses, "each new length is waited for, once");
        queue.send(frames(1419, 1418));
        assertEquals(2 * (LinkQueue.REFUSALS - 1), pauses);
        assertEquals(List.of(200, 1418, 200, 1418), taken);
    }

    @Test
    void eachFrameAloneIsTheSame() throws NotPossibleHere {
        LinkQueue queue = over(bytes -> bytes <= 1418);
        for (int bytes : List.of(1514, 1419, 1418, 200)) {
            queue.send(frames(bytes));
        }
        assertEquals(List.of(1418, 200), taken);
        assertEquals(OptionalInt.of(1419), queue.tooLong());
    }

    @Test
    void aLinkThatTakesNothingLongHasARoundOfItTriedToTheEnd() throws NotPossibleHere {
        LinkQueue queue = over(bytes -> bytes <= 100);
        queue.send(frames(IntStream.range(0, 90).map(i -> 1514 - 10 * i).toArray()));
        queue.send(frames(100));
        assertEquals(List.of(100), taken);
    }

    @Test
    void aQueueThatDrainsHasEverythingTaken() throws NotPossibleHere {
        LinkQueue queue = over(_ -> tries % 7 == 0);
        queue.send(frames(1514, 1419, 1418, 200, 1514));
        assertEquals(List.of(1514, 1419, 1418, 200, 1514), taken);
        assertEquals(OptionalInt.empty(), queue.tooLong());
    }

    @Test
    void aQueueThatNeverDrainsEndsIt() {
        LinkQueue queue = over(_ -> false);
        assertThrows(NotPossibleHere.class, () -> {
            for (int i = 0; i < LinkQueue.MOST_REFUSALS; i++) {
                queue.send(frames(1514, 200));
            }
        });
        assertEquals(List.of(), taken);
        assertEquals(LinkQueue.MOST_REFUSALS, tries);
    }

    /// It drains so slowly that the first frame is given up: the next shows that it was no matter of length.
    @Test
    void aQueueThatDrainsSlowlyIsNotTakenForANarrowLink() {
        LinkQueue queue = over(_ -> tries % (LinkQueue.REFUSALS + 5) == 0);
        assertThrows(NotPossibleHere.class, () -> queue.send(frames(1514, 200, 1514)));
        assertEquals(List.of(200, 1514), taken);
        assertEquals(OptionalInt.empty(), queue.tooLong());
    }

    @Test
    void aLengthThatIsTakenAfterAllWasNotTooLong() throws NotPossibleHere {
        Deque<Integer> limits = new ArrayDeque<>(List.of(1418));
        LinkQueue queue = over(bytes -> bytes <= limits.getLast());
        queue.send(frames(1514, 200));
        limits.add(1514);
        assertThrows(NotPossibleHere.class, () -> queue.send(frames(1514, 200)));
        taken.clear();
        queue.send(frames(1514, 200));
        assertEquals(List.of(1514, 200), taken);
    }
}
