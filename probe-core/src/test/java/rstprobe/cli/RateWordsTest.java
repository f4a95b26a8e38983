package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;
import rstprobe.record.SendRate;

/// Rates as people write them, and those that mean nothing.
final class RateWordsTest {
    @Test
    void packetsBitsOrBoth() {
        RateWords words = new RateWords();
        assertEquals(new SendRate(500, 0), words.convert("500pps"));
        assertEquals(new SendRate(0, 100_000_000), words.convert("100mbit"));
        assertEquals(new SendRate(0, 1_500_000_000), words.convert("1.5Gbit/s"));
        assertEquals(new SendRate(500, 64_000), words.convert("500pps,64kbit"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "0pps",
                "0mbit",
                "0.5pps",
                "",
                "fast",
                "100",
                "-1pps",
                "1kbit",
                "500pps,0mbit",
                "5pps,",
                "900tbit"
            })
    void nothingAtAllIsNoRate(String words) {
        assertThrows(TypeConversionException.class, () -> new RateWords().convert(words));
    }
}
