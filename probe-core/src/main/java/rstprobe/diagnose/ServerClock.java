package rstprobe.diagnose;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A server's clock.
///
/// @param nowSeconds what it showed when it was asked, seconds since the Unix epoch
/// @param zone       its time zone as `+01:00`
/// @param ahead      by how many seconds it is ahead of ours
public record ServerClock(long nowSeconds, String zone, long ahead) {
    private static final Pattern DATE = Pattern.compile("(\\d{9,11}) ([+-]\\d\\d)(\\d\\d)");

    /// Reads the answer to [ServerQuestion#CLOCK]; a server that does not say is taken to have our clock.
    ///
    /// @param oursSeconds our clock when it was asked
    public static ServerClock of(Optional<ServerAnswer> answer, long oursSeconds) {
        return answer.stream()
                .flatMap(said -> said.lines().stream())
                .map(DATE::matcher)
                .filter(Matcher::matches)
                .map(date -> new ServerClock(
                        Long.parseLong(date.group(1)),
                        date.group(2) + ":" + date.group(3),
                        Long.parseLong(date.group(1)) - oursSeconds))
                .findFirst()
                .orElseGet(() -> new ServerClock(oursSeconds, "+00:00", 0));
    }
}
