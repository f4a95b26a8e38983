package rstprobe.diagnose;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import rstprobe.diagnose.ServerFinding.Whom;

/// Connections of the client's that sshd's log shows to begin and never to end, while the process that served them is
/// gone: sshd logs every end that it lives to see.
///
/// From outside, a process that was killed or crashed says nothing, and neither does OpenSSH where Debian 12 ends a
/// connection for `LoginGraceTime`: how long that is tells them apart.
final class ServerUnsaid {
    private static final Pattern SSHD = Pattern.compile("sshd|sshd-session");
    private static final String FROM = " from (?<ip>[0-9A-Fa-f:.]+(?:%\\w+)?) port (?<port>\\d{1,5})";
    private static final Pattern ARRIVED = Pattern.compile("^Connection" + FROM + " on ");
    private static final Pattern ACCEPTED = Pattern.compile("^Accepted \\S+ for \\S+" + FROM);

    private static final Pattern NAMED = Pattern.compile("([0-9A-Fa-f:.]+) port (\\d{1,5})");

    /// What a connection's process says of its course, none of it an end.
    private static final Pattern COURSE = Pattern.compile(
            "^(?:Connection from |Accepted |Postponed |Partial |Failed |Starting session: |Close session: |User child is on pid "
                    + "|pam_unix\\(sshd:session\\): session opened|Found matching |Set /proc|reverse mapping "
                    + "|Address \\S+ maps to |Invalid user )");

    /// The process is gone, it said nothing, and its patience was not over yet.
    private static final int DIED = 20;

    /// The same where a patience of seconds was over: that is what it is for.
    private static final int OUT_OF_PATIENCE = 18;

    /// The same where the usual patience was over: one or the other.
    private static final int EITHER = 9;

    /// What is no usual `LoginGraceTime` any more, in seconds; OpenSSH's own is 120.
    private static final long SHORT_SECONDS = 60;

    private static final int MOST_PROCESSES = 10_000;

    /// A connection.
    ///
    /// @param accepted whether somebody was let in
    private record Begun(
            String address, int port, boolean accepted, ServerLogLine line, Optional<Long> process, boolean ended) {}

    private ServerUnsaid() {}

    /// @param processes sshd's, as `ps` showed them before the log was read; without them nothing is said
    /// @param patience  `LoginGraceTime` in seconds, 0 for no limit; empty where settings were not read
    static List<ServerFinding> findings(
            List<ServerLogLine> log,
            Optional<ServerAnswer> processes,
            OptionalLong patience,
            ServerScope scope,
            double nowSeconds) {
        if (processes.isEmpty() || scope.client().isEmpty()) {
            return List.of();
        }
        Set<Long> alive = ServerProcesses.alive(processes.get());
        return begun(log).stream()
                .filter(one -> !one.ended && scope.isClient(one.address))
                .filter(one -> one.process.filter(alive::contains).isEmpty())
                .collect(Collectors.groupingBy(
                        one -> one.accepted + " " + weight(one, patience, nowSeconds)
                                + cause(one, patience, nowSeconds),
                        LinkedHashMap::new,
                        Collectors.toList()))
                .values()
                .stream()
                .map(alike -> finding(alike, patience, nowSeconds))
                .toList();
    }

    /// Every connection that began, by its process; a number that comes again is another process.
    private static List<Begun> begun(List<ServerLogLine> log) {
        Map<String, Begun> open = new LinkedHashMap<>();
        Map<String, String> processes = new HashMap<>();
        for (ServerLogLine line : log) {
            if (!SSHD.matcher(line.program()).matches() || line.process().isEmpty()) {
                continue;
            }
            String process = line.process().get();
            Optional<Begun> begins = begins(line, ARRIVED, false).or(() -> begins(line, ACCEPTED, true));
            if (begins.isPresent() && open.size() < MOST_PROCESSES) {
                open.put(process, begins.get());
                processes.put(begins.get().address + " " + begins.get().port, process);
            } else if (!COURSE.matcher(line.text()).find()) {
                open.computeIfPresent(process, (_, known) -> ended(known));
                // A process of its own may say the end of what another one began.
                Matcher named = NAMED.matcher(line.text());
                while (named.find()) {
                    String other = processes.getOrDefault(
                            Addresses.plain(named.group(1)) + " " + Integer.parseInt(named.group(2)), "");
                    open.computeIfPresent(other, (_, known) -> ended(known));
                }
            }
        }
        return List.copyOf(open.values());
    }

    private static Begun ended(Begun known) {
        return new Begun(known.address, known.port, known.accepted, known.line, known.process, true);
    }

    private static Optional<Begun> begins(ServerLogLine line, Pattern how, boolean accepted) {
        Matcher found = how.matcher(line.text());
        return found.find()
                ? Optional.of(new Begun(
                        Addresses.plain(found.group("ip")),
                        Integer.parseInt(found.group("port")),
                        accepted,
                        line,
                        line.process().map(name -> Long.parseLong(name.substring(name.lastIndexOf(' ') + 1))),
                        false))
                : Optional.empty();
    }

    private static boolean couldBeImpatience(Begun one, OptionalLong patience, double nowSeconds) {
        OptionalDouble began = one.line.atSeconds();
        return !one.accepted
                && patience.orElse(0) > 0
                && (began.isEmpty() || nowSeconds - began.getAsDouble() >= patience.getAsLong());
    }

    private static Cause cause(Begun one, OptionalLong patience, double nowSeconds) {
        if (one.accepted) {
            return Cause.SESSION_KILLED;
        }
        return couldBeImpatience(one, patience, nowSeconds) && patience.orElse(0) <= SHORT_SECONDS
                ? Cause.GRACE_TIME_EXCEEDED
                : Cause.SESSION_PROCESS_DIED;
    }

    private static int weight(Begun one, OptionalLong patience, double nowSeconds) {
        if (!couldBeImpatience(one, patience, nowSeconds)) {
            return patience.isPresent() || one.accepted ? DIED : EITHER;
        }
        return patience.orElse(0) <= SHORT_SECONDS ? OUT_OF_PATIENCE : EITHER;
    }

    private static ServerFinding finding(List<Begun> alike, OptionalLong patience, double nowSeconds) {
        Begun last = alike.getLast();
        Cause cause = cause(last, patience, nowSeconds);
        String what = (last.accepted ? "a session" : "a connection") + " of " + last.address
                + " began, and the process that served it is gone without a word of its end";
        String why = switch (cause) {
            case GRACE_TIME_EXCEEDED ->
                ": LoginGraceTime is " + patience.orElse(0)
                        + " s, and some releases say nothing when it is over; or it was killed or crashed";
            case SESSION_PROCESS_DIED ->
                couldBeImpatience(last, patience, nowSeconds)
                        ? ": it was killed or crashed, or LoginGraceTime was over"
                        : ": it was killed or crashed";
            default -> ": it was killed or crashed";
        };
        return new ServerFinding(
                "log-end-unsaid",
                cause,
                Origin.SERVER_PROCESS,
                weight(last, patience, nowSeconds),
                Whom.CLIENT,
                last.line.command(),
                alike.stream()
                        .map(one -> one.line.whole())
                        .limit(ServerFinding.MAX_LINES)
                        .toList(),
                what + why + (alike.size() > 1 ? ", " + alike.size() + " times" : ""),
                last.line.atSeconds(),
                alike.stream().map(Begun::port).collect(Collectors.toSet()));
    }
}
