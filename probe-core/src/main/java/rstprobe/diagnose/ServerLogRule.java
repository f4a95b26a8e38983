package rstprobe.diagnose;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A form of log line that names a cause.
///
/// The forms are those of OpenSSH 5.9 to 10.3, dropbear, libwrap, systemd, xinetd, fail2ban, sshguard and
/// Linux. A pattern may name groups: `ip` and `port` of the client, `net` for a network it is in, `dpt` for
/// the server's own port.
///
/// @param id      stable name, such as `log-refused-connect`
/// @param program who writes it, as a pattern
/// @param line    what it says, found anywhere in the text
/// @param weight  in decibans where it names the client, or concerns everybody
/// @param text    one sentence for a person
record ServerLogRule(String id, Pattern program, Pattern line, Cause cause, Origin origin, int weight, String text) {
    private static final Pattern IP = Pattern.compile("[0-9A-Fa-f:.]{2,45}(?:%\\w+)?");

    /// A line that has the form.
    ///
    /// @param address the address that it names
    /// @param port    the port of that address, 0 where it names none
    /// @param served  the port of the server that it names, 0 where it names none
    record Hit(ServerLogRule rule, ServerLogLine line, Optional<String> address, int port, int served) {}

    static ServerLogRule of(
            String id, String program, String line, Cause cause, Origin origin, int weight, String text) {
        return new ServerLogRule(id, Pattern.compile(program), Pattern.compile(line), cause, origin, weight, text);
    }

    Optional<Hit> in(ServerLogLine seen) {
        if (!program.matcher(seen.program()).matches()) {
            return Optional.empty();
        }
        Matcher found = line.matcher(seen.text());
        if (!found.find()) {
            return Optional.empty();
        }
        Optional<String> address = group(found, "ip")
                .or(() -> group(found, "net"))
                .filter(written ->
                        IP.matcher(written.replaceFirst("/\\d+$", "")).matches());
        return Optional.of(new Hit(this, seen, address, number(found, "port"), number(found, "dpt")));
    }

    private static int number(Matcher found, String name) {
        return group(found, name)
                .filter(digits -> digits.length() <= 5)
                .map(Integer::parseInt)
                .orElse(0);
    }

    private static Optional<String> group(Matcher found, String name) {
        return found.namedGroups().containsKey(name) ? Optional.ofNullable(found.group(name)) : Optional.empty();
    }
}
