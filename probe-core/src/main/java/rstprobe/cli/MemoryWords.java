package rstprobe.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;

/// Reads an amount of memory as people write it: `64m`, `1g`, `65536k`.
final class MemoryWords implements ITypeConverter<Long> {
    private static final Pattern WORDS = Pattern.compile("(\\d{1,9})([kmg])i?b?");

    @Override
    public Long convert(String words) {
        Matcher matcher = WORDS.matcher(words.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new CommandLine.TypeConversionException("'" + words + "' is no amount of memory: write 64m or 1g");
        }
        int shift = switch (matcher.group(2)) {
            case "k" -> 10;
            case "m" -> 20;
            default -> 30;
        };
        return Long.parseLong(matcher.group(1)) << shift;
    }
}
