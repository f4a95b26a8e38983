package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import rstprobe.diagnose.ServerFinding.Whom;

/// The processes of a server's SSH service and the sockets they listen on.
final class ServerProcesses {
    private static final Pattern PROCESS =
            Pattern.compile("\\s*(\\d{1,10})\\s+(\\d{1,10})\\s+(\\d+)\\s+(\\S+)\\s+(\\d{1,18})\\s+(.*)");

    /// The title of a listener (`sshd.c`, `main`): how it was started, and how many connections wait of how
    /// many.
    private static final Pattern LISTENER =
            Pattern.compile("sshd: (/\\S+|sshd)(.*?) \\[listener] (\\d+) of (\\d+)-(\\d+) startups");

    /// Options that change what `sshd -T` and `sshd -t` say, with values that are plain.
    private static final Pattern STARTED_WITH = Pattern.compile("(?<= )-(f|h|o|p)\\s?([\\w./=:,@%+-]+)(?= |$)");

    private static final Pattern OWN_LOG = Pattern.compile("(?<= )-E\\s?(/[\\w./=:,@%+-]+)(?= |$)");

    private static final Pattern OWNER = Pattern.compile("pid=(\\d{1,10})");

    private static final Pattern SOCKET =
            Pattern.compile("LISTEN\\s+(\\d+)\\s+(\\d+)\\s+(\\S+):(\\d+)\\s+\\S+(?:\\s+users:\\(\\((.*)\\)\\))?\\s*");

    /// A listener as its title shows it.
    ///
    /// @param state as in `ps`: S sleeps, T is stopped, D waits for a device
    record Listener(long process, String state, String line, List<String> options, int waiting, int start, int full) {}

    /// A listening socket on the port.
    record Socket(long queued, long limit, String address, String line) {
        boolean loopback() {
            return address.startsWith("127.") || address.equals("[::1]");
        }

        /// Whether it can be reached over IPv4 only, as far as its address goes: `*` takes both, and so may `[::]`.
        boolean overIpv4() {
            return address.matches("[\\d.]+(?:%.*)?")
                    || address.toLowerCase(Locale.ROOT).startsWith("[::ffff:");
        }

        /// Whether a client's address is of a family that it takes.
        boolean takes(Optional<String> client) {
            return !overIpv4() || client.filter(from -> from.contains(":")).isEmpty();
        }
    }

    /// A process as `ps` shows it.
    record Running(long process, long parent, long seconds, String command) {}

    private static final int SLOW_SECONDS = 2;
    private static final int WAITS = 20;

    private ServerProcesses() {}

    /// sshd's listener; only root's is believed, anybody may choose a title. Where it is known who holds the
    /// port open, it is the one of them: a host sees the processes of its containers, too, and each may have
    /// an sshd.
    ///
    /// @param owners process ids; empty where they are not known
    static Optional<Listener> listener(Optional<ServerAnswer> answer, Set<Long> owners) {
        for (String line : answer.map(ServerAnswer::lines).orElse(List.of())) {
            Matcher process = PROCESS.matcher(line);
            Matcher title = LISTENER.matcher(process.matches() ? process.group(6) : "");
            if (title.matches()
                    && process.group(3).equals("0")
                    && (owners.isEmpty() || owners.contains(Long.parseLong(process.group(1))))) {
                return Optional.of(new Listener(
                        Long.parseLong(process.group(1)),
                        process.group(4),
                        line.strip(),
                        options(title.group(2)),
                        number(title.group(3)),
                        number(title.group(4)),
                        number(title.group(5))));
            }
        }
        return Optional.empty();
    }

    /// Every process that was shown.
    static List<Running> all(ServerAnswer answer) {
        return answer.lines().stream()
                .map(PROCESS::matcher)
                .filter(Matcher::matches)
                .map(line -> new Running(
                        Long.parseLong(line.group(1)),
                        Long.parseLong(line.group(2)),
                        number(line.group(5)),
                        line.group(6)))
                .toList();
    }

    /// The numbers of all that were shown.
    static Set<Long> alive(ServerAnswer answer) {
        return all(answer).stream().map(Running::process).collect(Collectors.toSet());
    }

    /// Whether one listener of sshd's runs, and no other.
    static boolean alone(Optional<ServerAnswer> answer) {
        return answer.filter(said -> all(said).stream()
                                .filter(running ->
                                        LISTENER.matcher(running.command()).matches())
                                .count()
                        == 1)
                .isPresent();
    }

    /// The scope once the listener is known.
    static ServerScope known(ServerScope scope, Optional<ServerAnswer> listeners, Optional<ServerAnswer> processes) {
        ServerScope owned = listeners
                .map(answer -> scope.withOwners(owners(answer, scope.port())))
                .orElse(scope);
        return listener(processes, owned.owners())
                .map(found -> owned.withListener(found.process(), found.options(), log(found.line())))
                .orElse(owned);
    }

    /// Who holds the port open; as anybody but root, `ss` shows one's own processes only.
    private static Set<Long> owners(ServerAnswer answer, int port) {
        return sockets(answer, port).stream()
                .flatMap(socket -> OWNER.matcher(socket.line()).results())
                .map(owner -> Long.parseLong(owner.group(1)))
                .collect(Collectors.toSet());
    }

    private static Optional<String> log(String line) {
        Matcher file = OWN_LOG.matcher(line);
        return file.find() ? Optional.of(file.group(1)) : Optional.empty();
    }

    private static List<String> options(String started) {
        List<String> options = new ArrayList<>();
        Matcher option = STARTED_WITH.matcher(started);
        while (option.find()) {
            options.add("-" + option.group(1));
            options.add(option.group(2));
        }
        return options;
    }

    private static int number(String digits) {
        return digits.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(digits);
    }

    static List<Socket> sockets(ServerAnswer answer, int port) {
        List<Socket> sockets = new ArrayList<>();
        for (String line : answer.lines()) {
            Matcher socket = SOCKET.matcher(line.strip());
            if (socket.matches() && number(socket.group(4)) == port) {
                sockets.add(
                        new Socket(number(socket.group(1)), number(socket.group(2)), socket.group(3), line.strip()));
            }
        }
        return sockets;
    }

    /// When the process began, by the seconds it has run.
    static OptionalLong runningSeconds(Listener listener) {
        Matcher process = PROCESS.matcher(listener.line());
        return process.matches() ? OptionalLong.of(Long.parseLong(process.group(5))) : OptionalLong.empty();
    }

    static List<ServerFinding> findings(
            Optional<ServerAnswer> listeners, Optional<ServerAnswer> processes, ServerScope scope) {
        List<ServerFinding> found = new ArrayList<>();
        listeners.ifPresent(answer -> sockets(answer, scope, found));
        listener(processes, scope.owners())
                .ifPresent(
                        listener -> listener(listener, processes.orElseThrow().command(), found));
        return found;
    }

    /// The program that sshd asks for keys, where sshd has waited for it longer than anybody should.
    static Optional<ServerFinding> keysProgram(ServerAnswer answer, Optional<ServerAnswer> processes) {
        Set<Long> servers = processes.map(ServerProcesses::alive).orElse(Set.of());
        return all(answer).stream()
                .filter(running -> servers.contains(running.parent()) && running.seconds() >= SLOW_SECONDS)
                .findFirst()
                .map(running -> state(
                        "keys-program-hangs",
                        Cause.SLOW_AUTHENTICATION,
                        Origin.SERVER_PROCESS,
                        WAITS,
                        answer,
                        List.of(running.command()),
                        "sshd has waited for the program that it asks for keys (AuthorizedKeysCommand) for "
                                + running.seconds() + " s"));
    }

    private static void sockets(ServerAnswer answer, ServerScope scope, List<ServerFinding> found) {
        List<Socket> sockets = sockets(answer, scope.port());
        if (sockets.isEmpty()) {
            found.add(state(
                    "nothing-listens",
                    Cause.NO_LISTENER,
                    Origin.SERVER_KERNEL,
                    25,
                    answer,
                    List.of(),
                    "nothing listens on port " + scope.port()));
        } else if (sockets.stream().allMatch(Socket::loopback)) {
            found.add(state(
                    "listens-on-loopback",
                    Cause.NO_LISTENER,
                    Origin.SERVER_KERNEL,
                    22,
                    answer,
                    sockets.stream().map(Socket::line).toList(),
                    "port " + scope.port() + " is listened on from this host only"));
        }
        if (!sockets.isEmpty() && sockets.stream().noneMatch(socket -> socket.takes(scope.client()))) {
            found.add(state(
                    "listens-over-other-family",
                    Cause.ONE_FAMILY_BROKEN,
                    Origin.SERVER_KERNEL,
                    22,
                    answer,
                    sockets.stream().map(Socket::line).toList(),
                    "nothing listens on port " + scope.port() + " over IPv6, which the client uses"));
        }
        for (Socket socket : sockets) {
            boolean full = socket.queued() > 0 && socket.queued() >= socket.limit();
            if (socket.queued() > 0) {
                found.add(state(
                        full ? "queue-full" : "queue-not-empty",
                        full ? Cause.ACCEPT_QUEUE_OVERFLOW : Cause.LISTENER_STALLED,
                        full ? Origin.SERVER_KERNEL : Origin.SERVER_PROCESS,
                        full ? 25 : 12,
                        answer,
                        List.of(socket.line()),
                        socket.queued() + " connections wait to be accepted, of at most " + socket.limit()
                                + ": the listener does not keep up"));
            }
        }
    }

    private static void listener(Listener listener, String command, List<ServerFinding> found) {
        if (listener.state().startsWith("T") || listener.state().startsWith("D")) {
            found.add(ServerFinding.state(
                    "listener-stopped",
                    Cause.LISTENER_STALLED,
                    Origin.SERVER_PROCESS,
                    25,
                    command,
                    List.of(listener.line()),
                    listener.state().startsWith("T")
                            ? "sshd's listener is stopped (SIGSTOP): it accepts nothing"
                            : "sshd's listener waits for a device: it accepts nothing meanwhile"));
        }
        if (listener.waiting() >= listener.start()) {
            boolean all = listener.waiting() >= listener.full();
            found.add(ServerFinding.state(
                            "startups-waiting",
                            Cause.MAX_STARTUPS,
                            Origin.SERVER_PROCESS,
                            all ? 25 : 18,
                            command,
                            List.of(listener.line()),
                            listener.waiting() + " connections wait for authentication: sshd refuses "
                                    + (all ? "every new one" : "some new ones") + " now (MaxStartups "
                                    + listener.start() + ", all from " + listener.full() + " on)")
                    .concerning(Whom.EVERYBODY, all ? 25 : 18));
        }
    }

    private static ServerFinding state(
            String id, Cause cause, Origin origin, int weight, ServerAnswer answer, List<String> lines, String text) {
        return ServerFinding.state(id, cause, origin, weight, answer.command(), lines, text);
    }
}
