package rstprobe.cli;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import rstprobe.wire.IpAddress;

/// A target as the user writes it: `[USER@]HOST[:PORT]`, an IPv6 address with a port in brackets.
///
/// @param user empty where none was named
record TargetWords(Optional<String> user, String host, int port) {
    static final int SSH_PORT = 22;
    private static final int MAX_LENGTH = 512;
    private static final int MAX_PORT = 65_535;

    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*");
    private static final Pattern HOST_AND_PORT = Pattern.compile("([^:\\[\\]]+)(?::(.*))?");
    private static final Pattern BRACKETED = Pattern.compile("\\[([0-9A-Fa-f:.]+(?:%[A-Za-z0-9._-]+)?)](?::(.*))?");
    private static final Pattern IPV6 =
            Pattern.compile("[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%[A-Za-z0-9._-]+)?");
    private static final Pattern ZONE = Pattern.compile("%.*");
    private static final Pattern USER = Pattern.compile("[^\\s@\\p{Cntrl}-][^\\s@\\p{Cntrl}]*");

    static TargetWords parse(String words) {
        int at = words.lastIndexOf('@');
        Optional<String> user = at < 0 ? Optional.empty() : Optional.of(words.substring(0, at));
        String rest = words.substring(at + 1);
        if (words.length() > MAX_LENGTH
                || user.filter(name -> !USER.matcher(name).matches()).isPresent()) {
            throw wrong(words);
        }
        if (IPV6.matcher(rest).matches()) {
            requireAddress(words, rest);
            return new TargetWords(user, rest, SSH_PORT);
        }
        Matcher bracketed = BRACKETED.matcher(rest);
        if (bracketed.matches()) {
            requireAddress(words, bracketed.group(1));
            return new TargetWords(user, bracketed.group(1), port(words, bracketed.group(2)));
        }
        Matcher plain = HOST_AND_PORT.matcher(rest);
        if (!plain.matches()
                || plain.group(2) != null && plain.group(2).contains(":")
                || !HOST.matcher(plain.group(1)).matches()) {
            throw wrong(words);
        }
        return new TargetWords(user, plain.group(1), port(words, plain.group(2)));
    }

    private static void requireAddress(String words, String host) {
        try {
            IpAddress.parse(ZONE.matcher(host).replaceFirst(""));
        } catch (IllegalArgumentException _) {
            throw new CommandLine.TypeConversionException("'" + words + "' has no IP address in it: '" + host
                    + "' is none; with a port it is [ADDRESS]:PORT");
        }
    }

    private static int port(String words, String digits) {
        if (digits == null) {
            return SSH_PORT;
        }
        try {
            int port = Integer.parseInt(digits);
            if (port >= 1 && port <= MAX_PORT) {
                return port;
            }
        } catch (NumberFormatException _) {
            throw new CommandLine.TypeConversionException("the port in '" + words + "' is not a number");
        }
        throw new CommandLine.TypeConversionException("port " + digits + " is not between 1 and " + MAX_PORT);
    }

    private static CommandLine.TypeConversionException wrong(String words) {
        return new CommandLine.TypeConversionException("'" + words
                + "' is no target: write [USER@]HOST[:PORT], an IPv6 address with a port as [ADDRESS]:PORT");
    }
}
