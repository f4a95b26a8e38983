package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// sshd's settings in force (`sshd -T`), as far as they end connections.
final class ServerSettings {
    private static final List<String> WORTH_SHOWING = List.of(
            "port",
            "maxstartups",
            "persourcemaxstartups",
            "persourcepenalties",
            "logingracetime",
            "maxauthtries",
            "maxsessions",
            "clientaliveinterval",
            "clientalivecountmax",
            "usedns",
            "ipqos",
            "loglevel",
            "refuseconnection");

    private final ServerAnswer answer;
    private final Map<String, List<String>> values = new HashMap<>();

    private ServerSettings(ServerAnswer answer) {
        this.answer = answer;
        for (String line : answer.lines()) {
            String[] parts = line.strip().split(" ", 2);
            values.computeIfAbsent(parts[0].toLowerCase(Locale.ROOT), _ -> new ArrayList<>())
                    .add(parts.length > 1 ? parts[1] : "");
        }
    }

    /// Empty where the answer holds no settings.
    static Optional<ServerSettings> of(Optional<ServerAnswer> answer) {
        return answer.map(ServerSettings::new).filter(read -> read.values.containsKey("maxstartups"));
    }

    /// The program that sshd asks for authorized keys, without its folder.
    Optional<String> keysProgram() {
        return value("authorizedkeyscommand")
                .map(command -> command.split("\\s+")[0])
                .filter(program -> program.matches("/[\\w./+-]{1,255}"))
                .map(program -> program.substring(program.lastIndexOf('/') + 1));
    }

    /// `LoginGraceTime` in seconds, 0 for no limit.
    OptionalLong patience() {
        return value("logingracetime").stream()
                .filter(seconds -> seconds.matches("\\d{1,9}"))
                .mapToLong(Long::parseLong)
                .findFirst();
    }

    Optional<String> value(String key) {
        return values.getOrDefault(key, List.of()).stream().findFirst();
    }

    List<ServerFact> facts() {
        return WORTH_SHOWING.stream()
                .flatMap(key -> value(key).map(value -> new ServerFact(key, value)).stream())
                .toList();
    }

    List<ServerFinding> findings(Optional<String> user) {
        return Stream.of(fewStartups(), slowNames(), refuseAll(), user.flatMap(this::userRefused))
                .flatMap(Optional::stream)
                .toList();
    }

    /// `start:rate:full`: from `start` waiting connections on, some are refused; from `full` on, all.
    private Optional<ServerFinding> fewStartups() {
        String[] parts = value("maxstartups").orElse("").split(":");
        int start = parts[0].matches("\\d{1,6}") ? Integer.parseInt(parts[0]) : Integer.MAX_VALUE;
        boolean few = start < 5;
        return few
                ? Optional.of(found(
                        "setting-maxstartups",
                        Cause.MAX_STARTUPS,
                        9,
                        "maxstartups",
                        "MaxStartups refuses connections while only " + start
                                + " wait for authentication (default 10)"))
                : Optional.empty();
    }

    private Optional<ServerFinding> slowNames() {
        return value("usedns")
                .filter("yes"::equals)
                .map(_ -> found(
                        "setting-usedns",
                        Cause.SLOW_DNS,
                        3,
                        "usedns",
                        "UseDNS is on: a resolver that does not answer delays every login"));
    }

    private Optional<ServerFinding> refuseAll() {
        return value("refuseconnection")
                .filter("yes"::equals)
                .map(_ -> found(
                        "setting-refuseconnection",
                        Cause.USER_REFUSED,
                        22,
                        "refuseconnection",
                        "RefuseConnection is on: sshd ends every connection at authentication"));
    }

    private Optional<ServerFinding> userRefused(String user) {
        for (String denied : words("denyusers")) {
            if (Glob.matches(denied.replaceFirst("@.*", ""), user)) {
                return Optional.of(found(
                        "setting-denyusers",
                        Cause.USER_REFUSED,
                        denied.contains("@") ? 8 : 15,
                        "denyusers",
                        "DenyUsers names the user"));
            }
        }
        List<String> allowed = words("allowusers");
        boolean listed = allowed.isEmpty()
                || allowed.stream().anyMatch(name -> Glob.matches(name.replaceFirst("@.*", ""), user));
        return listed
                ? Optional.empty()
                : Optional.of(found(
                        "setting-allowusers",
                        Cause.USER_REFUSED,
                        15,
                        "allowusers",
                        "AllowUsers does not name the user"));
    }

    private List<String> words(String key) {
        return values.getOrDefault(key, List.of()).stream()
                .flatMap(value -> Stream.of(value.split("\\s+")))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private ServerFinding found(String id, Cause cause, int weight, String key, String text) {
        List<String> lines = values.getOrDefault(key, List.of()).stream()
                .map(value -> key + " " + value)
                .toList();
        return ServerFinding.state(id, cause, Origin.SERVER_PROCESS, weight, answer.command(), lines, text);
    }

    /// Patterns of `ssh_config(5)`: `*` and `?`.
    private static final class Glob {
        static boolean matches(String pattern, String name) {
            StringBuilder expression = new StringBuilder();
            for (char c : pattern.toCharArray()) {
                expression.append(
                        switch (c) {
                            case '*' -> ".*";
                            case '?' -> ".";
                            default -> java.util.regex.Pattern.quote(String.valueOf(c));
                        });
            }
            return name.matches(expression.toString());
        }
    }
}
