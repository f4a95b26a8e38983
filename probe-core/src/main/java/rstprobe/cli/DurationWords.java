package rstprobe.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;

/// Reads a duration as people write it: `90`, `90s`, `5m`, `1.5h`; and tells one in its two largest units.
final class DurationWords implements ITypeConverter<Duration> {
    private static final Pattern WORDS = Pattern.compile("(\\d{1,6}(?:\\.\\d{1,3})?)(s|m|h)?");
    private static final double MILLIS_A_SECOND = 1000;

    @Override
    public Duration convert(String words) {
        Matcher matcher = WORDS.matcher(words);
        if (!matcher.matches()) {
            throw new CommandLine.TypeConversionException("'" + words + "' is no duration: write 90s, 5m or 1h");
        }
        String unit = matcher.group(2) == null ? "s" : matcher.group(2);
        int seconds = unit.equals("h") ? 3600 : unit.equals("m") ? 60 : 1;
        return Duration.ofMillis((long) (Double.parseDouble(matcher.group(1)) * seconds * MILLIS_A_SECOND));
    }

    /// `21 h 5 min`, `3 min 20 s`, `12 s`.
    static String told(Duration duration) {
        if (duration.toHours() > 0) {
            return duration.toHours() + " h " + duration.toMinutesPart() + " min";
        }
        return duration.toMinutes() > 0
                ? duration.toMinutes() + " min " + duration.toSecondsPart() + " s"
                : duration.toSeconds() + " s";
    }
}
