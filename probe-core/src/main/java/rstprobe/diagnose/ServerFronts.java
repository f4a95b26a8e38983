package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A program that stands in front of a server's sshd: where it passes connections on, by its command line or its
/// settings, and whether anything is there.
final class ServerFronts {
    private static final Pattern NAME = Pattern.compile("\\(\"([^\"]{1,64})\",pid=(\\d{1,10})");

    /// `grep -H`: the file, and the line that was found.
    private static final Pattern SETTING = Pattern.compile("(/[^:]+):\\s*(.*)");

    /// sslh's command line and its file; socat's; HAProxy's and nginx's settings.
    ///
    /// sslh takes its own words apart: what was `127.0.0.1:22` shows as two.
    private static final Pattern SSLH = Pattern.compile("--ssh[ =](\\S+?)[: ](\\d{1,5})(?=\\s|$)");

    private static final Pattern SSLH_FILE =
            Pattern.compile("name: *\"ssh\";.*?host: *\"([^\"]+)\";.*?port: *\"(\\d{1,5})\"");
    private static final Pattern SOCAT = Pattern.compile("\\bTCP[46]?(?:-CONNECT)?:(\\[[^\\]]+]|[^\\s:,]+):(\\d{1,5})");
    private static final Pattern HAPROXY =
            Pattern.compile("server\\s+\\S+\\s+(?:ipv[46]@)?(\\S+):(\\d{1,5})(?=\\s|$).*");
    private static final Pattern NGINX = Pattern.compile("proxy_pass\\s+(\\[[^\\]]+]|[^\\s:/;]+):(\\d{1,5});.*");

    private static final Pattern LISTENS =
            Pattern.compile("LISTEN\\s+\\d+\\s+\\d+\\s+(\\S+):(\\d{1,5})\\s+\\S+(?:\\s+users:\\(\\((.*)\\)\\))?\\s*");

    /// All it passes connections on to is on this host, and nothing listens there.
    private static final int NOBODY_BEHIND = 25;

    /// A rule without a condition meets whoever connects.
    private static final int REJECTS_ALL = 22;

    private static final int SENDS_HEADER = 20;

    /// Where connections are passed on to.
    private record Target(String host, int port, String line) {
        /// Whether it is this very host, by an address that no other host has.
        boolean here() {
            return host.startsWith("127.")
                    || Set.of("localhost", "[::1]", "::1").contains(host);
        }
    }

    private final ServerAnswer listeners;
    private final List<ServerProcesses.Running> processes;
    private final List<String> settings;
    private final ServerScope scope;

    private ServerFronts(
            ServerAnswer listeners,
            Optional<ServerAnswer> processes,
            Optional<ServerAnswer> settings,
            ServerScope scope) {
        this.listeners = listeners;
        this.processes = processes.map(ServerProcesses::all).orElse(List.of());
        this.settings = settings.map(ServerAnswer::lines).orElse(List.of());
        this.scope = scope;
    }

    static List<ServerFinding> findings(
            ServerAnswer listeners,
            Optional<ServerAnswer> processes,
            Optional<ServerAnswer> settings,
            ServerScope scope) {
        return new ServerFronts(listeners, processes, settings, scope).findings();
    }

    /// Whether nginx passes TCP connections on to a server, and is none itself.
    static boolean passesOn(Optional<ServerAnswer> settings) {
        return settings.stream()
                .flatMap(answer -> answer.lines().stream())
                .map(SETTING::matcher)
                .anyMatch(line -> line.matches()
                        && line.group(1).contains("nginx")
                        && NGINX.matcher(line.group(2)).find());
    }

    private List<ServerFinding> findings() {
        List<ServerFinding> found = new ArrayList<>();
        for (ServerProcesses.Socket socket : ServerProcesses.sockets(listeners, scope.port())) {
            Matcher owner = NAME.matcher(socket.line());
            if (found.isEmpty() && owner.find()) {
                found.addAll(of(owner.group(1), Long.parseLong(owner.group(2))));
            }
        }
        return found;
    }

    private List<ServerFinding> of(String name, long process) {
        if (name.startsWith("sslh")) {
            List<Target> targets = inWords(process, SSLH);
            return nobody(name, targets.isEmpty() ? inFiles("sslh", SSLH_FILE) : targets).stream()
                    .toList();
        }
        return switch (name) {
            case "socat" -> nobody(name, inWords(process, SOCAT)).stream().toList();
            case "nginx" -> nobody(name, inFiles("nginx", NGINX)).stream().toList();
            case "haproxy" ->
                Stream.of(nobody(name, inFiles("haproxy", HAPROXY)), rejects(), header())
                        .flatMap(Optional::stream)
                        .toList();
            default -> List.of();
        };
    }

    private List<Target> inWords(long process, Pattern form) {
        return processes.stream()
                .filter(running -> running.process() == process)
                .flatMap(running -> targets(running.command(), form))
                .toList();
    }

    private List<Target> inFiles(String program, Pattern form) {
        return of(program).flatMap(line -> targets(line, form)).toList();
    }

    private Stream<String> of(String program) {
        return settings.stream()
                .map(SETTING::matcher)
                .filter(line -> line.matches() && line.group(1).contains(program))
                .map(line -> line.group(2).strip());
    }

    private static Stream<Target> targets(String text, Pattern form) {
        return form.matcher(text)
                .results()
                .map(found -> new Target(found.group(1), Integer.parseInt(found.group(2)), text));
    }

    /// Only where it has no other way: one target of another host may serve.
    private Optional<ServerFinding> nobody(String name, List<Target> targets) {
        boolean none = !targets.isEmpty() && targets.stream().allMatch(target -> target.here() && !listens(target));
        return none
                ? Optional.of(state(
                        "front-without-server",
                        Cause.NO_HEALTHY_BACKEND,
                        NOBODY_BEHIND,
                        targets.stream().map(Target::line).distinct().toList(),
                        name + " passes connections on to port "
                                + targets.getFirst().port() + " of this host, and nothing listens there"))
                : Optional.empty();
    }

    private boolean listens(Target target) {
        return listeners.lines().stream()
                .map(line -> LISTENS.matcher(line.strip()))
                .anyMatch(line -> line.matches() && Integer.parseInt(line.group(2)) == target.port);
    }

    private Optional<ServerFinding> rejects() {
        return of("haproxy")
                .filter(line -> line.matches("tcp-request\\s+connection\\s+(?:silent-drop|reject)"))
                .findFirst()
                .map(line -> state(
                        "front-rejects",
                        Cause.NO_HEALTHY_BACKEND,
                        REJECTS_ALL,
                        List.of(line),
                        "a rule of HAProxy's rejects whoever connects, and logs nothing"));
    }

    /// sshd knows no PROXY protocol.
    private Optional<ServerFinding> header() {
        return of("haproxy")
                .filter(line -> line.matches(".*\\ssend-proxy(?:-v2)?(?:\\s.*)?"))
                .filter(line -> targets(line, HAPROXY).anyMatch(target -> target.here() && isSshd(target)))
                .findFirst()
                .map(line -> state(
                        "front-sends-header",
                        Cause.PROXY_PROTOCOL_MISMATCH,
                        SENDS_HEADER,
                        List.of(line),
                        "HAProxy speaks the PROXY protocol to sshd, which does not know it"));
    }

    private boolean isSshd(Target target) {
        return listeners.lines().stream()
                .map(line -> LISTENS.matcher(line.strip()))
                .anyMatch(line -> line.matches()
                        && Integer.parseInt(line.group(2)) == target.port
                        && line.group(3) != null
                        && line.group(3).contains("\"sshd\""));
    }

    private ServerFinding state(String id, Cause cause, int weight, List<String> lines, String text) {
        return ServerFinding.state(id, cause, Origin.PROXY, weight, listeners.command(), lines, text);
    }
}
