package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What a server's log says happened to one connection of the client's, whoever's doing it was.
///
/// @param port    the client's port
/// @param command what was run to read it
/// @param line    the line that says so, without secrets
public record ServerSaw(Kind kind, String address, int port, String command, String line, OptionalDouble atSeconds) {
    private static final String WHO = "(?: (?:invalid|illegal|authenticating) user .*)?";
    private static final String FROM = " (?<ip>[0-9A-Fa-f:.]+(?:%\\w+)?) port (?<port>\\d{1,5})";
    private static final Pattern PROGRAM = Pattern.compile("sshd|sshd-session|sshd-auth|dropbear|");

    private static final List<Form> FORMS = List.of(
            new Form(Kind.RESET_BY_CLIENT, "Connection reset by" + WHO + FROM),
            new Form(
                    Kind.RESET_BY_CLIENT,
                    "(?:ssh_dispatch_run_fatal|banner exchange): Connection from (?:user .* )?" + FROM.strip()
                            + ": (?:Connection reset by peer|Broken pipe)"),
            new Form(Kind.CLOSED_BY_CLIENT, "(?:Connection closed by|Received disconnect from)" + WHO + FROM),
            new Form(Kind.CLOSED_BY_CLIENT, "Did not receive identification string from" + FROM),
            new Form(Kind.CLOSED_BY_CLIENT, "Disconnected from" + "(?: (?:invalid |authenticating )?user .*)?" + FROM),
            new Form(
                    Kind.RESET_BY_CLIENT,
                    "Exit before auth from <(?<ip>[0-9A-Fa-f:.]+):(?<port>\\d+)>: .*Error reading: Connection reset"),
            new Form(
                    Kind.CLOSED_BY_CLIENT,
                    "Exit before auth from <(?<ip>[0-9A-Fa-f:.]+):(?<port>\\d+)>: (?:Exited normally|.*Remote closed)"),
            new Form(Kind.ARRIVED, "Child connection from (?<ip>[0-9A-Fa-f:.]+):(?<port>\\d+)"),
            new Form(Kind.ARRIVED, "(?:Connection|Accepted \\S+ for \\S+) from" + FROM));

    /// What happened.
    public enum Kind {
        /// The connection reached the server's process.
        ARRIVED,
        /// The server read an end that came in the client's name.
        CLOSED_BY_CLIENT,
        /// The server read a reset that came in the client's name.
        RESET_BY_CLIENT
    }

    private record Form(Kind kind, Pattern pattern) {
        Form(Kind kind, String pattern) {
            this(kind, Pattern.compile("^(?:(?:fatal|error): )?(?:" + pattern + ")"));
        }
    }

    static List<ServerSaw> in(List<ServerLogLine> lines) {
        return lines.stream()
                .filter(line -> PROGRAM.matcher(line.program()).matches())
                .flatMap(line -> seen(line).stream())
                .toList();
    }

    private static Optional<ServerSaw> seen(ServerLogLine line) {
        return FORMS.stream()
                .flatMap(form -> Stream.of(form.pattern.matcher(line.text()))
                        .filter(Matcher::find)
                        .map(found -> new ServerSaw(
                                form.kind,
                                Addresses.plain(found.group("ip")),
                                Integer.parseInt(found.group("port")),
                                line.command(),
                                line.whole(),
                                line.atSeconds())))
                .findFirst();
    }
}
