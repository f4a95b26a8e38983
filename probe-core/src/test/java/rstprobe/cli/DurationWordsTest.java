package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/// A duration is read as people write it, and told so that they see at once how long it is.
class DurationWordsTest {
    @ParameterizedTest
    @CsvSource({"90, 90000", "90s, 90000", "0.25, 250", "5m, 300000", "1.5h, 5400000"})
    void isRead(String words, long millis) {
        assertEquals(Duration.ofMillis(millis), new DurationWords().convert(words));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "-1", "1d", "1 s", "1e9", "9999999"})
    void isNone(String words) {
        assertThrows(TypeConversionException.class, () -> new DurationWords().convert(words));
    }

    @Test
    void isToldInItsTwoLargestUnits() {
        assertEquals("12 s", DurationWords.told(Duration.ofSeconds(12)));
        assertEquals("3 min 20 s", DurationWords.told(Duration.ofSeconds(200)));
        assertEquals("21 h 5 min", DurationWords.told(Duration.ofSeconds(75_923)));
    }
}
