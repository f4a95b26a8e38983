package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Which program holds a server's port open, where it is not an SSH server, and whose connections it has.
final class ServerOwners {
    private static final Pattern NAME = Pattern.compile("\\(\"([^\"]{1,64})\",pid=");

    /// `ss -t -a -n`: state, two queues, our end, their end.
    private static final Pattern CONNECTION =
            Pattern.compile("(?:ESTAB|CLOSE-WAIT)\\s+\\d+\\s+\\d+\\s+\\S+:(\\d+)\\s+(\\S+):(\\d+)(?:\\s.*)?");

    /// SSH servers, and what starts one for each connection.
    private static final Set<String> SSH = Set.of("sshd", "dropbear", "systemd", "xinetd", "inetd", "tinysshd", "init");

    /// Programs that keep their word only as long as a server stands behind them.
    private static final Set<String> PROXIES =
            Set.of("haproxy", "socat", "envoy", "docker-proxy", "stunnel4", "traefik");

    private static final Set<String> MULTIPLEXERS = Set.of("sslh", "sslh-select", "sslh-ev", "sslh-fork");
    private static final Set<String> TARPITS = Set.of("endlessh", "endlessh-go");

    /// Servers of something else. A name that is none of these may well be another SSH server's.
    private static final Set<String> OTHERS = Set.of(
            "nginx",
            "apache2",
            "httpd",
            "lighttpd",
            "caddy",
            "openssl",
            "msmtpd",
            "exim4",
            "master",
            "dovecot",
            "vsftpd",
            "proftpd",
            "pure-ftpd",
            "mysqld",
            "mariadbd",
            "postgres",
            "redis-server",
            "named",
            "telnetd",
            "openvpn",
            "squid");

    /// `MAX_UNAUTH_PER_IP` of dropbear (its `default_options.h`): so many connections of one address may wait
    /// for authentication.
    private static final int DROPBEAR_ALLOWS = 5;

    /// It is there, and whether it is at fault its log must say.
    private static final int STANDS_THERE = 8;

    private static final int NO_SSH_SERVER = 15;
    private static final int PERHAPS_NONE = 5;
    private static final int SURELY_NONE = 25;
    private static final int HAS_AS_MANY = 18;

    private ServerOwners() {}

    /// @param front what stands in front of sshd is set up to do
    static List<ServerFinding> findings(
            ServerAnswer listeners,
            Optional<ServerAnswer> connections,
            Optional<ServerAnswer> front,
            ServerScope scope) {
        Set<String> names = new TreeSet<>();
        List<String> lines = new ArrayList<>();
        for (ServerProcesses.Socket socket : ServerProcesses.sockets(listeners, scope.port())) {
            Matcher name = NAME.matcher(socket.line());
            while (name.find()) {
                names.add(name.group(1));
            }
            lines.add(socket.line());
        }
        if (names.contains("dropbear")) {
            return connections.flatMap(answer -> asMany(answer, scope)).stream().toList();
        }
        if (names.isEmpty() || names.stream().anyMatch(SSH::contains)) {
            return List.of();
        }
        return List.of(other(names, listeners, lines, scope, ServerFronts.passesOn(front)));
    }

    private static ServerFinding other(
            Set<String> names, ServerAnswer answer, List<String> lines, ServerScope scope, boolean passesOn) {
        String text = String.join(", ", names) + " holds port " + scope.port() + " open";
        if (names.stream().anyMatch(TARPITS::contains)) {
            return state(
                    Cause.TARPIT, Origin.SERVER_PROCESS, SURELY_NONE, answer, lines, text + ": a tarpit, no server");
        }
        if (names.stream().anyMatch(MULTIPLEXERS::contains)) {
            return state(Cause.MULTIPLEXER, Origin.PROXY, STANDS_THERE, answer, lines, text + ", for several servers");
        }
        if (names.stream().anyMatch(PROXIES::contains) || passesOn && names.contains("nginx")) {
            return state(
                    Cause.NO_HEALTHY_BACKEND,
                    Origin.PROXY,
                    STANDS_THERE,
                    answer,
                    lines,
                    text + ", for a server behind it");
        }
        boolean known = names.stream().anyMatch(OTHERS::contains);
        return state(
                Cause.NOT_SSH,
                Origin.SERVER_PROCESS,
                known ? NO_SSH_SERVER : PERHAPS_NONE,
                answer,
                lines,
                text + (known ? ", and is no SSH server" : ", and is no SSH server that is known here"));
    }

    private static ServerFinding state(
            Cause cause, Origin origin, int weight, ServerAnswer answer, List<String> lines, String text) {
        return ServerFinding.state("port-held-by-other", cause, origin, weight, answer.command(), lines, text);
    }

    /// dropbear closes what is above its limit without a word in its log; one who is in counts no more.
    private static Optional<ServerFinding> asMany(ServerAnswer answer, ServerScope scope) {
        Map<String, List<String>> byAddress = answer.lines().stream()
                .map(CONNECTION::matcher)
                .filter(Matcher::matches)
                .filter(line -> Integer.toString(scope.port()).equals(line.group(1)))
                .collect(Collectors.groupingBy(
                        line -> Addresses.plain(line.group(2).replaceAll("[\\[\\]]", "")),
                        Collectors.mapping(line -> line.group().strip(), Collectors.toList())));
        return byAddress.entrySet().stream()
                .filter(held -> held.getValue().size() >= DROPBEAR_ALLOWS)
                .filter(held -> scope.client().isEmpty() || scope.isClient(held.getKey()))
                .findFirst()
                .map(held -> ServerFinding.state(
                                "connections-of-client",
                                Cause.CONNECTION_LIMIT,
                                Origin.SERVER_PROCESS,
                                HAS_AS_MANY,
                                answer.command(),
                                held.getValue(),
                                held.getKey() + " has " + held.getValue().size()
                                        + " connections, and dropbear lets an address have " + DROPBEAR_ALLOWS
                                        + " that wait for authentication")
                        .concerning(ServerFinding.Whom.CLIENT, HAS_AS_MANY));
    }
}
