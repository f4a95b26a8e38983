package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Weighing.Kind;
import rstprobe.diagnose.Weighing.Said;

/// The table of weights: what it gives, and that no text breaks it.
class WeightTableTest {
    private static final String TABLE = """
            # from a test
            limit  attempts-alike                               0.75   10    8
            weight reset-ttl-differs                              15    9   12    1
            weight reset-ttl-differs                               5    2    3    0
            weight server-still-knows-connection                  40   40    4    0
            """;

    @Test
    void aFactWeighsWhatWasFittedAndANewOneItsGuess() {
        WeightTable table = WeightTable.read(TABLE);
        assertEquals(List.of(), table.problems());
        assertEquals(9, table.weight("reset-ttl-differs", 15));
        assertEquals(2, table.weight("reset-ttl-differs", 5));
        assertEquals(12, table.weight("reset-ttl-differs", 12));
        assertEquals(7, table.weight("found-tomorrow", 7));
    }

    @Test
    void whatIsConclusiveOrOnlyToldIsNoMatterOfFitting() {
        WeightTable table = WeightTable.read(TABLE + "weight told 0 9 1 0\nweight proof 40 3 1 0\n");
        assertEquals(40, table.weight("proof", 40));
        assertEquals(0, table.weight("told", 0));
        assertEquals(List.of("weight proof 40 3 1 0"), table.problems());
    }

    @Test
    void aClassHasItsLimitAndOneThatIsNotThereItsGuess() {
        WeightTable table = WeightTable.read(TABLE);
        assertEquals(.75, table.limit(Proof.ATTEMPTS_ALIKE));
        assertEquals(Proof.CONCLUSIVE.guess(), table.limit(Proof.CONCLUSIVE));
    }

    @Test
    void theTextIsTheTable() {
        assertEquals(TABLE, WeightTable.read(TABLE).text());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "weight",
                "weight one 5 5 1",
                "weight one 5 -5 1 0",
                "weight one 5 5 1 99999999999",
                "weight one five 5 1 0",
                "limit attempts-alike 1.75 10 8",
                "limit attempts-alike 0.99 10 8",
                "limit attempts-alike NaN 10 8",
                "limit nothing 0.75 10 8",
                "Limit attempts-alike 0.75 10 8"
            })
    void aLineThatIsNoneIsAProblemAndChangesNothing(String line) {
        WeightTable table = WeightTable.read(line);
        assertEquals(List.of(line), table.problems());
        assertEquals("", table.text());
    }

    @Test
    void noTextBreaksIt() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            StringBuilder text = new StringBuilder(TABLE);
            for (int change = random.nextInt(20); change >= 0; change--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.setCharAt(at, (char) random.nextInt(0x250));
                    case 1 -> text.deleteCharAt(at);
                    case 2 -> text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(30))));
                    default -> throw new IllegalStateException();
                }
            }
            WeightTable table = WeightTable.read(text.toString());
            int weight = table.weight("reset-ttl-differs", 15);
            assertTrue(weight >= 0 && weight < Weights.CONCLUSIVE, "seed " + seed + ": " + text);
            for (Proof proof : Proof.values()) {
                assertTrue(table.limit(proof) >= 0 && table.limit(proof) <= proof.ceiling(), "seed " + seed);
            }
        }
    }

    @Test
    void thePosteriorFollowsTheFittedWeights() {
        Weighing weighing = new Weighing(
                Kind.REFUSED,
                true,
                List.of(new Said("reset-ttl-differs", Family.TTL, 15, Set.of(Origin.IN_PATH, Origin.ON_PATH), false)));
        // Nine decibans are odds of 7.943 to 1, and a proxy starts at -8 (0.158): 7.943 / (2 * 7.943 + 2 + 0.158);
        // fifteen are 31.623 to 1.
        assertEquals(0.4402, weighing.posterior(WeightTable.read(TABLE)).first().probability(), 1e-4);
        assertEquals(0.4835, weighing.posterior(WeightTable.read("")).first().probability(), 1e-4);
    }
}
