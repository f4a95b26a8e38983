package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Of many resets the one that counts is the first at the number our TCP waits for, however the data before it came.
class AcceptedResetTest {
    private static final String HANDSHAKE = """
            talk
            0.0  > SYN
            10.0 < SYN,ACK
            10.1 > ACK
            10.2 > ACK data=23 msg=identification
            """;
    private static final int FIRST_FRAME_BEHIND = 5;
    private static final int PIECES = 12;
    private static final int MOST_BYTES = 4;

    @Test
    void whateverTheOrderTheFirstAtTheNumberWaitedForCounts() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int found = 0;
        for (int round = 0; round < 300; round++) {
            Story story = Story.of(random);
            Attempt attempt = Attempts.of(PacketScript.of(story.script)
                            .numberedFrom(-7, -1 - random.nextInt(40))
                            .recording())
                    .getFirst();
            assertEquals(story.expected, attempt.reset().orElseThrow().frame(), () -> seed + "\n" + story.script);
            found += story.expected > FIRST_FRAME_BEHIND ? 1 : 0;
        }
        assertTrue(found > 30, "in most rounds the first reset is not the one");
    }

    @Test
    void whereNoneIsAtThatNumberTheFirstCounts() {
        String script = HANDSHAKE + "20.0 < RST seq=70\n20.1 < RST seq=50\n= reset kexinit\n";
        assertEquals(
                FIRST_FRAME_BEHIND,
                Attempts.of(PacketScript.of(script).recording())
                        .getFirst()
                        .reset()
                        .orElseThrow()
                        .frame());
    }

    /// @param expected the frame of the reset that counts
    private record Story(String script, int expected) {
        static Story of(Random random) {
            List<String> lines = new ArrayList<>();
            int place = 0;
            for (int i = 0; i < PIECES; i++) {
                int bytes = 1 + random.nextInt(MOST_BYTES);
                lines.add("< ACK seq=" + place + " data=" + bytes);
                place += bytes;
            }
            for (int i = 0; i < PIECES; i++) {
                lines.add("< RST seq=" + random.nextInt(place));
            }
            Collections.shuffle(lines, random);
            lines.add("< RST seq=" + place);
            StringBuilder script = new StringBuilder(HANDSHAKE);
            for (int i = 0; i < lines.size(); i++) {
                script.append(String.format(Locale.ROOT, "%.1f %s%n", 20 + i * 0.1, lines.get(i)));
            }
            return new Story(script + "= reset kexinit\n", FIRST_FRAME_BEHIND + counts(lines));
        }

        /// Byte by byte, as RFC 9293 has it: what has come without a gap.
        private static int counts(List<String> lines) {
            BitSet come = new BitSet();
            for (int i = 0; i < lines.size(); i++) {
                String[] fields =
                        lines.get(i).replaceAll("[^0-9 ]", " ").strip().split(" +");
                int from = Integer.parseInt(fields[0]);
                if (fields.length > 1) {
                    come.set(from, from + Integer.parseInt(fields[1]));
                } else if (from == come.nextClearBit(0)) {
                    return i;
                }
            }
            throw new IllegalStateException("the last reset is at the end");
        }
    }
}
