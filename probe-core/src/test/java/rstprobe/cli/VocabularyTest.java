package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/// What becomes of words: which field they set, and which make no sense.
class VocabularyTest {
    private boolean wanted;
    private boolean four;
    private boolean six;
    private int number = 7;
    private double share = 0.5;
    private Duration time = Duration.ofSeconds(3);
    private Screen.Colour colour = Screen.Colour.auto;
    private List<Path> files = List.of();
    private List<Integer> ports = List.of(22);
    private Optional<String> target = Optional.empty();
    private List<String> others = List.of();

    private void read(String... words) {
        Vocabulary vocabulary = new Vocabulary("test", () -> Exit.WORKS);
        vocabulary.flag("--wanted", given -> wanted = given, "");
        vocabulary.either(
                new Vocabulary.Flag("-4", given -> four = given, ""),
                new Vocabulary.Flag("-6", given -> six = given, ""));
        vocabulary.option("--number", "N", Reading.INTEGER, value -> number = value, "");
        vocabulary.option("--share", "SHARE", Reading.DECIMAL, value -> share = value, "");
        vocabulary.option("--time", "TIME", Reading.by(new DurationWords()), value -> time = value, "");
        vocabulary.option("--color", "WHEN", Reading.oneOf(Screen.Colour.values()), value -> colour = value, "");
        vocabulary.repeated("-f --file", "FILE", Reading.FILE, values -> files = values, "");
        vocabulary.listed("--port", "PORT", Reading.INTEGER, values -> ports = values, "");
        vocabulary.parameter("TARGET", Reading.TEXT, value -> target = Optional.of(value), "");
        vocabulary.parameters("OTHERS", "0..*", Reading.TEXT, values -> others = values, "");
        new CommandLine(vocabulary.spec()).parseArgs(words);
    }

    @Test
    void whatIsNotSaidStaysAsItWas() {
        read("host");
        assertFalse(wanted || four || six);
        assertEquals(7, number);
        assertEquals(0.5, share);
        assertEquals(Duration.ofSeconds(3), time);
        assertEquals(Screen.Colour.auto, colour);
        assertEquals(List.of(), files);
        assertEquals(List.of(22), ports);
        assertEquals(Optional.of("host"), target);
    }

    @Test
    void whatIsSaidIsSet() {
        read("--wanted", "-6", "--number=3", "--share", "0.25", "--time", "5m", "--color", "NEVER", "host");
        assertTrue(wanted && six);
        assertFalse(four);
        assertEquals(3, number);
        assertEquals(0.25, share);
        assertEquals(Duration.ofMinutes(5), time);
        assertEquals(Screen.Colour.never, colour);
    }

    @Test
    void aListGrowsAndItsDefaultGoes() {
        read("-f", "a", "--file=b", "-fc", "--port", "1,2", "--port", "3", "host");
        assertEquals(List.of(Path.of("a"), Path.of("b"), Path.of("c")), files);
        assertEquals(List.of(1, 2, 3), ports);
    }

    @Test
    void behindTwoDashesNothingIsAnOption() {
        read("host", "--", "--wanted", "-4");
        assertFalse(wanted || four);
        assertEquals(List.of("--wanted", "-4"), others.subList(others.size() - 2, others.size()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "host --nonsense",
                "host -4 -6",
                "host -46",
                "host --wanted --wanted",
                "host --wanted=perhaps",
                "host --number",
                "host --number three",
                "host --number 1 --number 2",
                "host --number 99999999999",
                "host --share much",
                "host --time soon",
                "host --port 1,,2",
                "host --port x",
                "--wanted",
                "--file a"
            })
    void whatMakesNoSenseIsRefused(String words) {
        assertThrows(ParameterException.class, () -> read(words.split(" ")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "host --color sometimes | expected one of [auto, always, never] (case-insensitive) but was 'sometimes'",
                "host --number three | 'three' is not an int",
                "host -4 -6 | -4, -6 are mutually exclusive (specify only one)",
                "host --wanted --wanted | option '--wanted' should be specified only once",
                "--wanted | Missing required parameter: 'TARGET'"
            })
    void whatIsWrongIsNamed(String words, String what) {
        String message = assertThrows(ParameterException.class, () -> read(words.split(" ")))
                .getMessage();
        assertTrue(message.contains(what), message);
    }

    @Test
    void aPathThatTheSystemCannotNameIsAMistakeOfTheUsers() {
        String message = assertThrows(ParameterException.class, () -> read("host", "-f", "a\0b"))
                .getMessage();
        assertTrue(message.contains("cannot convert 'a\0b' to interface java.nio.file.Path"), message);
    }

    @Test
    void withoutWhatIsRequiredNothingIsRun() {
        Vocabulary vocabulary = new Vocabulary("test", () -> Exit.WORKS);
        vocabulary.required("--into", "DIR", Reading.FILE, value -> files = List.of(value), "");
        CommandLine line = new CommandLine(vocabulary.spec());
        String message =
                assertThrows(ParameterException.class, () -> line.parseArgs()).getMessage();
        assertEquals("Missing required option: '--into=DIR'", message);
        assertTrue(line.parseArgs("--help").isUsageHelpRequested());
        line.parseArgs("--into", "there");
        assertEquals(List.of(Path.of("there")), files);
    }
}
