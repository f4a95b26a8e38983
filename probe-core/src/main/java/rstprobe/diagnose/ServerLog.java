package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rstprobe.diagnose.ServerFinding.Whom;
import rstprobe.diagnose.ServerLogRule.Hit;

/// What a server's logs say.
final class ServerLog {
    private static final List<ServerLogRule> RULES = Stream.of(
                    ServerLogRules.REFUSED,
                    ServerLogRules.DENIED,
                    ServerLogRules.MISREAD,
                    ServerLogRules.BROKEN,
                    OtherLogRules.DROPBEARS,
                    OtherLogRules.AROUND,
                    FrontLogRules.ALL)
            .flatMap(List::stream)
            .toList();

    /// What is left of a weight where the line does not say whom it concerns.
    private static final int SOMEBODYS = 9;

    /// The same for the kernel, which speaks of every process, those of other containers included: measured in 45
    /// networks with others beside them, such a line was about this server in three.
    private static final int SOME_PROCESS = 3;

    /// What is left of a weight where the line names another client.
    private static final int OTHERS = 3;

    /// Forms whose lines never name a client, because they concern all of them.
    private static final Set<String> FOR_EVERYBODY = Set.of(
            "log-startups-throttling",
            "log-no-host-keys",
            "log-key-permissions",
            "log-privsep-directory",
            "log-exec-failed",
            "log-fork-failed",
            "log-chroot-refused",
            "log-cannot-bind",
            "log-listener-stopped",
            "log-unit-died",
            "log-unit-gave-up",
            "log-socket-limit",
            "log-table-full",
            "log-pids-limit",
            "log-syn-flooding",
            "log-haproxy-down",
            "log-xinetd-closed");

    /// Forms that come after a login, from a process that never names the client.
    private static final Set<String> OF_SESSIONS = Set.of("log-no-more-sessions", "log-root-directory");

    private static final String CHILD_DIED = "log-child-died";
    private static final String FOR_CRASH = "penalty: caused crash";
    private static final Pattern LET_IN = Pattern.compile("^Accepted \\S+ for ");

    private ServerLog() {}

    /// @param alone whether the host runs one sshd only, so that a line of the kernel's about one is about this
    static List<ServerFinding> findings(List<ServerLogLine> lines, ServerScope scope, boolean alone) {
        Map<String, List<Hit>> alike = new LinkedHashMap<>();
        Map<String, ServerSaw> served = served(lines);
        Map<String, String> groups = groups(lines);
        for (ServerLogLine line : lines) {
            hit(line, scope)
                    .map(hit -> afterLogin(inSession(tied(hit, served), lines), lines))
                    .filter(hit -> !lifted(hit, lines))
                    .ifPresent(hit -> alike.computeIfAbsent(
                                    hit.rule().id() + " " + whom(hit, scope, groups), _ -> new ArrayList<>())
                            .add(hit));
        }
        return crashesFirst(alike.values().stream()
                .map(hits -> finding(hits, whom(hits.getLast(), scope, groups), scope, alone))
                .toList());
    }

    /// A penalty for a crash says itself what was before it: the crash is told as strongly, and first.
    private static List<ServerFinding> crashesFirst(List<ServerFinding> findings) {
        return findings.stream()
                .map(found -> findings.stream()
                        .filter(_ -> found.id().equals(CHILD_DIED))
                        .filter(other -> other.id().equals("log-penalty-drop") && other.whom() == found.whom())
                        .filter(other -> other.lines().stream().allMatch(line -> line.contains(FOR_CRASH)))
                        .findFirst()
                        .map(penalty -> found.concerning(found.whom(), Math.max(found.weight(), penalty.weight())))
                        .orElse(found))
                .toList();
    }

    /// Whom each process serves: sshd has one for each connection, which says once whose it is.
    private static Map<String, ServerSaw> served(List<ServerLogLine> lines) {
        Map<String, ServerSaw> served = new HashMap<>();
        for (ServerLogLine line : lines) {
            line.process()
                    .ifPresent(process -> ServerSaw.in(List.of(line)).stream()
                            .findFirst()
                            .ifPresent(saw -> served.put(process, saw)));
        }
        return served;
    }

    /// In which control group each process ran that the kernel killed.
    private static Map<String, String> groups(List<ServerLogLine> lines) {
        Map<String, String> groups = new HashMap<>();
        lines.forEach(line ->
                line.group().ifPresent(group -> line.processes().forEach(process -> groups.put(process, group))));
        return groups;
    }

    /// A line that names nobody is about whom its process serves, unless it is about everybody.
    private static Hit tied(Hit hit, Map<String, ServerSaw> served) {
        if (hit.address().isPresent() || FOR_EVERYBODY.contains(hit.rule().id())) {
            return hit;
        }
        return Stream.concat(hit.line().process().stream(), hit.line().processes())
                .map(served::get)
                .filter(Objects::nonNull)
                .findFirst()
                .map(saw -> new Hit(hit.rule(), hit.line(), Optional.of(saw.address()), saw.port(), hit.served()))
                .orElse(hit);
    }

    /// A session's own process says what is wrong with it: of whoever was let in last.
    private static Hit inSession(Hit hit, List<ServerLogLine> lines) {
        if (hit.address().isPresent() || !OF_SESSIONS.contains(hit.rule().id())) {
            return hit;
        }
        return lines.subList(0, lines.indexOf(hit.line())).stream()
                .filter(line -> line.text().startsWith("Accepted "))
                .flatMap(line -> ServerSaw.in(List.of(line)).stream())
                .reduce((_, later) -> later)
                .map(saw -> new Hit(hit.rule(), hit.line(), Optional.of(saw.address()), saw.port(), hit.served()))
                .orElse(hit);
    }

    /// A process that dies once it has let somebody in is a session's.
    private static Hit afterLogin(Hit hit, List<ServerLogLine> lines) {
        boolean letIn = hit.rule().id().equals(CHILD_DIED)
                && hit.line().process().isPresent()
                && lines.subList(0, lines.indexOf(hit.line())).stream()
                        .filter(line -> line.process().equals(hit.line().process()))
                        .anyMatch(line -> LET_IN.matcher(line.text()).find());
        return letIn
                ? new Hit(ServerLogRules.SESSION_KILLED, hit.line(), hit.address(), hit.port(), hit.served())
                : hit;
    }

    /// The first form that a line has; one about another port of this server is none.
    private static Optional<Hit> hit(ServerLogLine line, ServerScope scope) {
        return RULES.stream()
                .flatMap(rule -> rule.in(line).stream())
                .findFirst()
                .filter(hit -> hit.served() == 0 || hit.served() == scope.port());
    }

    /// A ban that was taken back later, in a line of the same log; a refused key of one who was let in later.
    private static boolean lifted(Hit hit, List<ServerLogLine> lines) {
        if (hit.address().isEmpty()) {
            return false;
        }
        if (ServerLogRules.DENIED.contains(hit.rule())) {
            String whose = " from " + hit.address().get() + " port " + hit.port() + " ";
            return lines.stream()
                    .anyMatch(line -> line.text().startsWith("Accepted ") && (line.text() + " ").contains(whose));
        }
        if (hit.rule().cause() != Cause.BANNED) {
            return false;
        }
        String bare = hit.address().get().replaceFirst("/\\d+$", "");
        int at = lines.indexOf(hit.line());
        return lines.subList(at + 1, lines.size()).stream()
                .anyMatch(later -> later.text().contains("] Unban " + bare)
                        || later.text().matches("\"?" + java.util.regex.Pattern.quote(bare) + "\\S*\"?: unblocking.*"));
    }

    private static Whom whom(Hit hit, ServerScope scope, Map<String, String> groups) {
        if (hit.address().isEmpty() && FOR_EVERYBODY.contains(hit.rule().id())) {
            return Whom.EVERYBODY;
        }
        if (hit.address().isEmpty()) {
            return hit.line()
                    .processes()
                    .map(groups::get)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .map(group ->
                            scope.isGroup(group) ? Whom.EVERYBODY : scope.knowsGroups() ? Whom.OTHERS : Whom.SOMEBODY)
                    .orElse(Whom.SOMEBODY);
        }
        String address = hit.address().get();
        boolean ours = scope.client()
                .filter(client -> Addresses.holds(address, client))
                .isPresent();
        if (ours) {
            return Whom.CLIENT;
        }
        return scope.client().isPresent() ? Whom.OTHERS : Whom.SOMEBODY;
    }

    private static ServerFinding finding(List<Hit> hits, Whom whom, ServerScope scope, boolean alone) {
        Hit last = hits.stream()
                .max(Comparator.comparingDouble(hit -> hit.line().atSeconds().orElse(Double.NEGATIVE_INFINITY)))
                .orElse(hits.getLast());
        ServerLogRule rule = last.rule();
        List<String> cited = Stream.concat(
                        Stream.of(last.line().whole()),
                        hits.stream().map(hit -> hit.line().whole()))
                .distinct()
                .limit(ServerFinding.MAX_LINES)
                .toList();
        return new ServerFinding(
                rule.id(),
                rule.cause(),
                rule.origin(),
                weight(last, whom, scope, alone),
                whom,
                last.line().command(),
                cited,
                rule.text() + addresses(hits, whom) + (hits.size() > 1 ? ", " + hits.size() + " times" : ""),
                last.line().atSeconds(),
                hits.stream().map(Hit::port).filter(port -> port > 0).collect(Collectors.toSet()));
    }

    private static int weight(Hit hit, Whom whom, ServerScope scope, boolean alone) {
        ServerLogRule rule = hit.rule();
        boolean someProcess = hit.line().processes().findAny().isPresent();
        return switch (whom) {
            case CLIENT, EVERYBODY -> rule.weight();
            // Where nobody was named to look for, whoever it hit may be meant.
            case SOMEBODY ->
                scope.client().isEmpty()
                        ? Math.min(rule.weight(), 15)
                        : Math.min(rule.weight(), someProcess && !alone ? SOME_PROCESS : SOMEBODYS);
            case OTHERS -> Math.min(rule.weight(), OTHERS);
        };
    }

    private static String addresses(List<Hit> hits, Whom whom) {
        List<String> named =
                hits.stream().flatMap(hit -> hit.address().stream()).distinct().toList();
        if (named.isEmpty()) {
            return "";
        }
        String shown = named.stream().limit(ServerFinding.MAX_LINES).collect(Collectors.joining(", "));
        String more = named.size() > ServerFinding.MAX_LINES
                ? " and " + (named.size() - ServerFinding.MAX_LINES) + " more"
                : "";
        return (whom == Whom.OTHERS ? " for others: " : ": ") + shown + more;
    }

    /// When the newest of several findings happened.
    static OptionalDouble latest(Stream<ServerFinding> findings) {
        return findings.flatMapToDouble(finding -> finding.atSeconds().stream()).max();
    }
}
