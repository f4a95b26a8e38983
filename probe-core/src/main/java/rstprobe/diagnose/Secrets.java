package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Takes out of a server's lines what must not be shown or kept: private keys, passwords, tokens, and names
/// of users who do not exist, which may be passwords typed in the wrong place.
public final class Secrets {
    /// `Invalid user NAME from ADDRESS`, `invalid user NAME ADDRESS port N`: the name is whatever somebody
    /// typed, blanks included, so it reaches to the last address. Where none follows the first of these words none
    /// follows the others, so they are not tried.
    private static final List<Pattern> INVALID_USER = List.of(
            Pattern.compile("(?s)^((?>.*?[Ii](?:nvalid|llegal) user ))(.*)(?= from [0-9A-Fa-f.:]++(?:\\s|$))"),
            Pattern.compile("(?s)^((?>.*?[Ii](?:nvalid|llegal) user ))(.*)(?= [0-9A-Fa-f.:]++ port \\d)"),
            Pattern.compile("([Ii](?:nvalid|llegal) user )(.+?)(?= \\[preauth]|$)"),
            Pattern.compile("(nonexistent user )('[^']*'|\\S+)(?= from)"));

    /// A word begins where no sign of a word is before it, and what was taken is not given back: otherwise a line of
    /// thousands of equal signs, which anybody may put into a log, is looked at from each of them to its end.
    private static final Pattern NAMED = Pattern.compile(
            "(?i)((?<![\\w.-])[\\w.-]*(?:passwd|password|passphrase|secret|token|api[_-]?key|credential)"
                    + "[\\w.-]*+[\"']?\\s*+[=:]\\s*+)(\"[^\"]*\"|'[^']*'|[^\\s,;&]+)");

    /// Words of a command line: `--token VALUE`, `-pass pass:VALUE`.
    private static final Pattern OPTION = Pattern.compile(
            "(?i)((?:^|\\s)--?[\\w-]*(?:passwd|password|passphrase|secret|token|api[_-]?key|credential|passin|passout)"
                    + "[\\w-]*+\\s++)(?!-)(\\S+)");

    private static final Pattern PASS = Pattern.compile("((?<![\\w])pass:)(\\S+)");

    private static final Pattern BEARER = Pattern.compile("(?i)((?:bearer|basic)\\s+)([A-Za-z0-9+/=._~-]{8,})");
    /// What no address follows is taken too, and given back as it is: otherwise a line of thousands of `://a` is looked
    /// at from each of them to its end.
    private static final Pattern IN_ADDRESS = Pattern.compile("(://[^\\s:/@]*+:)([^\\s@]++)(@?+)");

    /// Longer than any fingerprint (43 signs for SHA-256): keys, certificates, signatures.
    private static final Pattern ENCODED = Pattern.compile("()([A-Za-z0-9+/]{60,}={0,2})");

    private static final Pattern KEY_BEGINS = Pattern.compile("-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----");
    private static final Pattern KEY_ENDS = Pattern.compile("-----END [A-Z0-9 ]*PRIVATE KEY-----");

    private static final Pattern DONE = Pattern.compile("<\\d+ characters>");

    private Secrets() {}

    /// The lines with what is secret replaced by how long it was; as many lines as before.
    public static List<String> redacted(List<String> lines) {
        List<String> shown = new ArrayList<>(lines.size());
        boolean inKey = false;
        for (String line : lines) {
            boolean begins = KEY_BEGINS.matcher(line).find();
            boolean ends = KEY_ENDS.matcher(line).find();
            shown.add(inKey || begins ? "<private key>" : redacted(line));
            inKey = (inKey || begins) && !ends;
        }
        return List.copyOf(shown);
    }

    /// One line with what is secret replaced by how long it was.
    static String redacted(String line) {
        String shown = line;
        for (Pattern pattern : INVALID_USER) {
            shown = replaced(pattern, shown);
        }
        shown = replaced(NAMED, shown);
        shown = replaced(OPTION, shown);
        shown = replaced(PASS, shown);
        shown = replaced(BEARER, shown);
        shown = IN_ADDRESS
                .matcher(shown)
                .replaceAll(found -> found.group(3).isEmpty()
                        ? Matcher.quoteReplacement(found.group())
                        : hidden(found) + found.group(3));
        return replaced(ENCODED, shown);
    }

    private static String replaced(Pattern pattern, String line) {
        return pattern.matcher(line).replaceAll(Secrets::hidden);
    }

    private static String hidden(MatchResult found) {
        String secret = found.group(2);
        String hidden = DONE.matcher(secret).lookingAt() ? secret : "<" + secret.length() + " characters>";
        return Matcher.quoteReplacement(found.group(1) + hidden);
    }
}
