package rstprobe.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import rstprobe.record.SendRate;

/// Reads a rate as people write it: `500pps`, `100mbit`, `1.5gbit`, or one of each with a comma between them.
final class RateWords implements ITypeConverter<SendRate> {
    private static final Pattern WORDS =
            Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?)(pps|kbit|mbit|gbit)(?:/s)?", Pattern.CASE_INSENSITIVE);
    private static final long FASTEST_PPS = 10_000_000;
    private static final long FASTEST_BITS = 400_000_000_000L;
    private static final long SLOWEST_BITS = 16_000;

    @Override
    public SendRate convert(String words) {
        long frames = 0;
        long bits = 0;
        for (String word : words.split(",", -1)) {
            Matcher matcher = WORDS.matcher(word.strip());
            if (!matcher.matches()) {
                throw new CommandLine.TypeConversionException(
                        "'" + words + "' is no rate: write 500pps, 100mbit or 500pps,100mbit");
            }
            double number = Double.parseDouble(matcher.group(1));
            switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
                case "pps" -> frames = within(words, number, 1, FASTEST_PPS);
                case "kbit" -> bits = within(words, number * 1e3, SLOWEST_BITS, FASTEST_BITS);
                case "mbit" -> bits = within(words, number * 1e6, SLOWEST_BITS, FASTEST_BITS);
                default -> bits = within(words, number * 1e9, SLOWEST_BITS, FASTEST_BITS);
            }
        }
        return new SendRate(frames, bits);
    }

    private static long within(String words, double number, long least, long most) {
        if (number < least || number > most) {
            throw new CommandLine.TypeConversionException("the rate '" + words + "' is "
                    + (number < least ? "too slow for any probe to leave" : "faster than any link")
                    + ": write 1pps to 10000000pps, or 16kbit to 400gbit");
        }
        return (long) number;
    }
}
