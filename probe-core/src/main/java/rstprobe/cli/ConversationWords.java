package rstprobe.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import rstprobe.wire.Endpoint;
import rstprobe.wire.IpAddress;

/// A conversation as the user writes it: `198.18.0.1:40000-198.18.0.2:22`, the ends in either order, with a comma
/// or as tshark prints it (`198.18.0.1:40000 <-> 198.18.0.2:22`); IPv6 addresses in brackets.
record ConversationWords(Endpoint one, Endpoint other) {
    private static final int MAX_LENGTH = 200;
    private static final Pattern SEPARATOR = Pattern.compile("\\s*(?:<->|->|,|-|>|\\s)\\s*");
    private static final Pattern END =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([0-9.]+)|([0-9A-Fa-f:]+:[0-9A-Fa-f:.]*)):([0-9]{1,5})");

    static ConversationWords parse(String words) {
        String[] ends = words.length() > MAX_LENGTH ? new String[0] : SEPARATOR.split(words.strip());
        if (ends.length != 2) {
            throw wrong(words);
        }
        return new ConversationWords(end(words, ends[0]), end(words, ends[1]));
    }

    private static Endpoint end(String words, String end) {
        Matcher matcher = END.matcher(end);
        if (!matcher.matches()) {
            throw wrong(words);
        }
        String address = matcher.group(1) != null
                ? matcher.group(1)
                : matcher.group(2) != null ? matcher.group(2) : matcher.group(3);
        try {
            return new Endpoint(IpAddress.parse(address), Integer.parseInt(matcher.group(4)));
        } catch (IllegalArgumentException _) {
            throw wrong(words);
        }
    }

    private static CommandLine.TypeConversionException wrong(String words) {
        return new CommandLine.TypeConversionException(
                "'" + words + "' is no conversation: write ADDRESS:PORT-ADDRESS:PORT, an IPv6 address in brackets");
    }
}
