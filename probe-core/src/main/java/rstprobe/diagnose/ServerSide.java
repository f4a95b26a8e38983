package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/// The server's side of the story: what its answers show.
///
/// A pure function of the answers, like a diagnosis of a recording.
///
/// @param system    kernel, where it says so
/// @param sshd      which OpenSSH, where it says so
/// @param findings  what would explain a failed connection, strongest first
/// @param saw       what its log says of single connections
/// @param facts     what is worth knowing beside
/// @param notRead   what could not be read, and why
/// @param listens   whether something listens on the port for others than the host itself; empty where
///     that could not be read
/// @param running   for how many seconds sshd's listener has been running
/// @param filtered  whether a packet filter rule may meet the connection; empty where the rules could not
///     be read
public record ServerSide(
        ServerScope scope,
        ServerClock clock,
        Optional<String> system,
        Optional<String> sshd,
        List<ServerFinding> findings,
        List<ServerSaw> saw,
        List<ServerFact> facts,
        List<NotRead> notRead,
        Optional<Boolean> listens,
        OptionalLong running,
        Optional<Boolean> filtered) {

    /// Of two alike, what is now comes before what was, and what was lately before what was long ago.
    private static final Comparator<ServerFinding> STRONGEST_FIRST = Comparator.comparingInt(ServerFinding::weight)
            .thenComparingDouble(found -> found.atSeconds().orElse(Double.MAX_VALUE))
            .reversed();

    /// An answer, or a part of one, that could not be read.
    public record NotRead(ServerQuestion question, String command, String why) {
        /// Whether the program is just not installed, or the thing not there.
        public boolean isAbsence() {
            return why.startsWith("not installed") || why.startsWith("not there");
        }
    }

    /// What was collected.
    ///
    /// @param answers in the order of the questions
    /// @param user    whom the client wanted to be, empty for anybody
    /// @param resets  what the kernel's tracepoint printed; empty where it was not read
    public record Collected(
            ServerScope scope,
            ServerClock clock,
            Optional<String> user,
            List<ServerAnswer> answers,
            List<ServerResets> resets) {}

    /// What the answers show.
    public static ServerSide of(Collected collected) {
        Map<ServerQuestion, ServerAnswer> usable = new EnumMap<>(ServerQuestion.class);
        for (ServerAnswer answer : collected.answers()) {
            if (answer.usable()) {
                usable.put(answer.question(), answer);
            }
        }
        return new Reading(collected, usable).side();
    }

    /// The scope once processes were read: which one listens, and how it was started.
    ///
    /// @param listeners the sockets that listen, and who holds them
    public static ServerScope known(
            ServerScope scope, Optional<ServerAnswer> listeners, Optional<ServerAnswer> processes) {
        return ServerProcesses.known(scope, listeners, processes);
    }

    /// The scope once the listener's control groups were read.
    public static ServerScope knownGroups(ServerScope scope, ServerAnswer groups) {
        return scope.withGroups(ServerGroups.files(groups));
    }

    /// The scope once the settings were read.
    public static ServerScope knownSettings(ServerScope scope, ServerAnswer settings) {
        return ServerSettings.of(Optional.of(settings))
                .flatMap(ServerSettings::keysProgram)
                .map(scope::withKeysProgram)
                .orElse(scope);
    }

    /// The findings that are strong enough to be called faults.
    public List<ServerFinding> faults() {
        return findings.stream().filter(ServerFinding::isFault).toList();
    }

    /// The exit code where no connection of a client's is known: that of the strongest fault which may concern whoever
    /// was asked about, 0 where there is none.
    public int exitCode() {
        return faults().stream()
                .filter(fault -> fault.whom() != ServerFinding.Whom.OTHERS)
                .findFirst()
                .map(fault -> fault.cause().exitCode().orElse(fault.origin().exitCode()))
                .orElse(0);
    }

    /// A resolver that says nothing is what sshd waits for where it asks it.
    private static final int RESOLVER_ASKED = 22;

    private static final int RESOLVER_IDLE = 4;

    /// One pass over the answers.
    private record Reading(Collected collected, Map<ServerQuestion, ServerAnswer> usable) {
        ServerSide side() {
            ServerScope scope = ServerProcesses.known(
                    collected.scope(), answer(ServerQuestion.LISTENERS), answer(ServerQuestion.PROCESSES));
            List<ServerLogLine> log = log(scope);
            List<FilterRule> rules = ServerFilters.rules(usable, scope);
            Optional<Boolean> listens = answer(ServerQuestion.LISTENERS)
                    .map(said -> ServerProcesses.sockets(said, scope.port()).stream()
                            .anyMatch(socket -> !socket.loopback() && socket.takes(scope.client())));
            List<ServerFinding> findings = new ArrayList<>(
                    ServerLog.findings(log, scope, ServerProcesses.alone(answer(ServerQuestion.PROCESSES))));
            findings.addAll(service(scope));
            findings.addAll(ServerUnsaid.findings(
                    log,
                    answer(ServerQuestion.PROCESSES),
                    settings().map(ServerSettings::patience).orElse(OptionalLong.empty()),
                    scope,
                    collected.clock().nowSeconds()));
            findings.addAll(names(scope));
            findings.addAll(ServerFilters.findings(rules, scope));
            findings.addAll(ServerResets.findings(collected.resets(), scope, listens.orElse(true)));
            return new ServerSide(
                    scope,
                    collected.clock(),
                    answer(ServerQuestion.SYSTEM)
                            .flatMap(said -> said.lines().stream().findFirst()),
                    ServerService.version(answer(ServerQuestion.VERSION)),
                    findings.stream()
                            .sorted(Comparator.comparingInt(ServerFinding::weight)
                                    .reversed())
                            .toList(),
                    ServerSaw.in(log),
                    facts(log),
                    notRead(),
                    listens,
                    running(scope),
                    answer(ServerQuestion.NFT)
                            .filter(said -> said.exitCode().orElse(1) == 0
                                    && said.notRead().isEmpty())
                            .map(_ -> rules.stream()
                                    .anyMatch(rule -> rule.client().orElse(true))));
        }

        private Optional<ServerAnswer> answer(ServerQuestion question) {
            return Optional.ofNullable(usable.get(question));
        }

        /// For anybody else, sshd reads no host key and says that there is none.
        private boolean askedByRoot(ServerAnswer answer) {
            return answer.command().startsWith("sudo ")
                    || answer(ServerQuestion.WHO)
                            .filter(who -> who.lines().contains("0"))
                            .isPresent();
        }

        private OptionalLong running(ServerScope scope) {
            return ServerProcesses.listener(answer(ServerQuestion.PROCESSES), scope.owners())
                    .map(ServerProcesses::runningSeconds)
                    .orElse(OptionalLong.empty());
        }

        /// Every line of every log once, although journal and files may both have it.
        private List<ServerLogLine> log(ServerScope scope) {
            Set<String> seen = new HashSet<>();
            return usable.values().stream()
                    .filter(answer -> answer.question().isLog())
                    .flatMap(answer -> ServerLogLine.of(answer, scope, collected.clock()).stream())
                    .filter(line ->
                            seen.add(line.text() + "@" + (long) line.atSeconds().orElse(-1)))
                    .toList();
        }

        private List<ServerFinding> service(ServerScope scope) {
            List<ServerFinding> found = new ArrayList<>(ServerProcesses.findings(
                    answer(ServerQuestion.LISTENERS), answer(ServerQuestion.PROCESSES), scope));
            answer(ServerQuestion.LISTENERS)
                    .ifPresent(said -> found.addAll(ServerOwners.findings(
                            said, answer(ServerQuestion.CONNECTIONS), answer(ServerQuestion.FRONT), scope)));
            answer(ServerQuestion.LISTENERS)
                    .ifPresent(said -> found.addAll(ServerFronts.findings(
                            said, answer(ServerQuestion.PROCESSES), answer(ServerQuestion.FRONT), scope)));
            answer(ServerQuestion.KEYS_PROGRAM)
                    .flatMap(said -> ServerProcesses.keysProgram(said, answer(ServerQuestion.PROCESSES)))
                    .ifPresent(found::add);
            found.addAll(
                    answer(ServerQuestion.UNIT).map(ServerService::unitFindings).orElse(List.of()));
            Optional<Boolean> linked = ServerService.readsHostsAccess(answer(ServerQuestion.LIBRARIES));
            Stream.of(
                            answer(ServerQuestion.CHECK)
                                    .filter(this::askedByRoot)
                                    .flatMap(ServerService::check),
                            answer(ServerQuestion.KEYS).flatMap(ServerService::keys),
                            answer(ServerQuestion.PROGRAM).flatMap(ServerService::program),
                            answer(ServerQuestion.ACCESS).flatMap(said -> ServerAccess.finding(said, scope, linked)),
                            answer(ServerQuestion.BANNED)
                                    .flatMap(said -> ServerFilters.banned(said, scope))
                                    .or(() -> answer(ServerQuestion.BANNED_SSHD)
                                            .flatMap(said -> ServerFilters.banned(said, scope))))
                    .flatMap(Optional::stream)
                    .forEach(found::add);
            found.addAll(settings().map(read -> read.findings(collected.user())).orElse(List.of()));
            found.addAll(ServerKernel.findings(answer(ServerQuestion.KERNEL_SETTINGS), answer(ServerQuestion.LIMITS)));
            answer(ServerQuestion.LINKS).flatMap(ServerKernel::links).ifPresent(found::add);
            found.addAll(ServerKernel.counters(answer(ServerQuestion.COUNTERS), answer(ServerQuestion.COUNTERS_AGAIN)));
            return found;
        }

        /// Whether sshd waits for a resolver that does not answer. Only whoever asks by names does.
        private List<ServerFinding> names(ServerScope scope) {
            boolean bySettings = settings()
                    .flatMap(read -> read.value("usedns"))
                    .filter("yes"::equals)
                    .isPresent();
            boolean byAccess = ServerService.readsHostsAccess(answer(ServerQuestion.LIBRARIES))
                            .orElse(true)
                    && answer(ServerQuestion.ACCESS)
                            .filter(said -> ServerAccess.needsNames(said, scope))
                            .isPresent();
            return collected.answers().stream()
                    .filter(said -> said.question() == ServerQuestion.NAMES && said.timedOut())
                    .findFirst()
                    .map(said -> ServerFinding.state(
                            "names-unanswered",
                            Cause.SLOW_DNS,
                            Origin.SERVER_PROCESS,
                            bySettings || byAccess ? RESOLVER_ASKED : RESOLVER_IDLE,
                            said.command(),
                            List.of(),
                            "its resolver says nothing of the client's address within "
                                    + ServerQuestion.LIMIT_SECONDS + " s"
                                    + (bySettings
                                            ? ", and UseDNS has sshd ask it"
                                            : byAccess ? ", and TCP wrappers' rules are about names" : "")))
                    .stream()
                    .toList();
        }

        private Optional<ServerSettings> settings() {
            return ServerSettings.of(answer(ServerQuestion.SETTINGS));
        }

        private List<ServerFact> facts(List<ServerLogLine> log) {
            List<ServerFact> facts =
                    new ArrayList<>(settings().map(ServerSettings::facts).orElse(List.of()));
            ServerService.readsHostsAccess(answer(ServerQuestion.LIBRARIES))
                    .ifPresent(reads -> facts.add(new ServerFact("libwrap", reads ? "linked" : "not linked")));
            if (usable.keySet().stream().anyMatch(ServerQuestion::isLog)) {
                long own = log.stream()
                        .filter(line -> line.program().contains("sshd")
                                || line.program().equals("dropbear"))
                        .count();
                facts.add(new ServerFact("log", own == 0 ? "no line of sshd" : own + " lines of sshd"));
            }
            facts.addAll(ServerKernel.facts(
                    answer(ServerQuestion.KERNEL_SETTINGS),
                    answer(ServerQuestion.LINKS),
                    answer(ServerQuestion.ROUTE)));
            return facts;
        }

        private List<NotRead> notRead() {
            return collected.answers().stream()
                    .flatMap(answer ->
                            answer.notRead().map(why -> new NotRead(answer.question(), answer.command(), why)).stream())
                    .toList();
        }
    }
}
