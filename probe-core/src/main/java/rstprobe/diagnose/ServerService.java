package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Whether a server's SSH service is whole: its unit, its program, its keys.
final class ServerService {
    private static final Pattern KEY = Pattern.compile("([0-7]{3,4}) (\\d+) (\\d+) (/\\S+)");
    private static final Pattern OPENSSH = Pattern.compile("OpenSSH_[^,\\s]+(?: [^,]+)?");
    private static final int OTHERS_MAY_READ = 077;

    /// Fedora's sshd reads keys that belong to the group `ssh_keys`, mode 0640.
    private static final int GROUP_MAY_READ = 040;

    /// sshd says why it fails; what does not is no sshd.
    private static final int MUTE = 18;

    private ServerService() {}

    /// What `sshd -V` calls itself.
    static Optional<String> version(Optional<ServerAnswer> answer) {
        return answer.stream()
                .flatMap(ServerAnswer::said)
                .map(OPENSSH::matcher)
                .filter(Matcher::find)
                .map(Matcher::group)
                .findFirst();
    }

    /// Whether sshd, or the part of it that serves a connection, is linked with libwrap; empty where that
    /// could not be told.
    static Optional<Boolean> readsHostsAccess(Optional<ServerAnswer> answer) {
        return answer.filter(said -> said.lines().stream().anyMatch(line -> line.contains("libc.")))
                .map(said -> said.lines().stream().anyMatch(line -> line.contains("libwrap.so")));
    }

    /// What `sshd -t` complains of.
    static Optional<ServerFinding> check(ServerAnswer answer) {
        if (answer.exitCode().orElse(0) == 0) {
            return Optional.empty();
        }
        List<String> why = answer.said().filter(line -> !line.isBlank()).toList();
        String all = String.join("\n", why);
        boolean ourRights = all.contains("Permission denied") || all.contains("Operation not permitted");
        boolean missing = all.contains("No such file") && all.contains("/usr/sbin/sshd");
        if (why.isEmpty() && answer.notRead().isEmpty()) {
            return Optional.of(ServerFinding.state(
                    "check-fails",
                    Cause.SSHD_CANNOT_START,
                    Origin.SERVER_PROCESS,
                    MUTE,
                    answer.command(),
                    List.of(),
                    "what is called sshd fails and says nothing: it is another program"));
        }
        if (why.isEmpty() || ourRights || missing || answer.notRead().isPresent()) {
            return Optional.empty();
        }
        return Optional.of(ServerFinding.state(
                "check-fails",
                Cause.SSHD_CANNOT_START,
                Origin.SERVER_PROCESS,
                20,
                answer.command(),
                why.reversed(),
                "sshd would not start: its own check fails"));
    }

    /// Host keys that sshd refuses (`authfile.c`, `sshkey_perm_ok`): root's own that others may read.
    static Optional<ServerFinding> keys(ServerAnswer answer) {
        List<String> open = new ArrayList<>();
        for (String line : answer.lines()) {
            Matcher key = KEY.matcher(line);
            if (key.matches()) {
                int mode = Integer.parseInt(key.group(1), 8);
                boolean byGroup = (mode & OTHERS_MAY_READ) == GROUP_MAY_READ
                        && !key.group(3).equals("0");
                if ((mode & OTHERS_MAY_READ) != 0 && !byGroup) {
                    open.add(line);
                }
            }
        }
        return open.isEmpty()
                ? Optional.empty()
                : Optional.of(ServerFinding.state(
                        "key-permissions",
                        Cause.SSHD_CANNOT_START,
                        Origin.SERVER_PROCESS,
                        open.size() == answer.lines().size() ? 20 : 6,
                        answer.command(),
                        open,
                        open.size() == answer.lines().size()
                                ? "others may read the host keys: sshd uses none of them"
                                : "others may read a host key: sshd does not use it"));
    }

    static Optional<ServerFinding> program(ServerAnswer answer) {
        return answer.lines().stream()
                .filter(line -> line.endsWith(" (deleted)"))
                .findFirst()
                .map(line -> ServerFinding.state(
                        "program-replaced",
                        Cause.SSHD_CANNOT_START,
                        Origin.SERVER_PROCESS,
                        9,
                        answer.command(),
                        List.of(line),
                        "sshd's program was replaced under the running listener: restart it, from the console"));
    }

    /// The units that exist, by name.
    static Map<String, Map<String, String>> units(ServerAnswer answer) {
        Map<String, Map<String, String>> units = new HashMap<>();
        Map<String, String> unit = new HashMap<>();
        for (String line : answer.lines()) {
            String[] parts = line.split("=", 2);
            if (line.isBlank()) {
                unit = new HashMap<>();
            } else if (parts.length == 2) {
                unit.put(parts[0], parts[1]);
                if (parts[0].equals("Id")) {
                    units.put(parts[1], unit);
                }
            }
        }
        units.values().removeIf(values -> !values.getOrDefault("LoadState", "").equals("loaded"));
        return units;
    }

    static List<ServerFinding> unitFindings(ServerAnswer answer) {
        List<ServerFinding> found = new ArrayList<>();
        units(answer).forEach((name, unit) -> {
            String active = unit.getOrDefault("ActiveState", "");
            String result = unit.getOrDefault("Result", "success");
            if (active.equals("failed") || active.equals("activating")) {
                found.add(state(
                        "unit-" + active,
                        Cause.NO_LISTENER,
                        20,
                        answer,
                        List.of(name + ": ActiveState=" + active + ", Result=" + result + ", ExecMainStatus="
                                + unit.getOrDefault("ExecMainStatus", "?")),
                        "the unit " + name + " is " + active + " (" + result + ")"));
            }
            limit(answer, name, unit, found);
            number(unit, "NRestarts")
                    .filter(times -> times > 0)
                    .ifPresent(times -> found.add(state(
                            "unit-restarted",
                            Cause.LISTENER_DIED,
                            times > 3 ? 9 : 5,
                            answer,
                            List.of(name + ": NRestarts=" + times),
                            "systemd restarted " + name + " " + times + (times == 1 ? " time" : " times"))));
            number(unit, "NRefused")
                    .filter(times -> times > 0)
                    .ifPresent(times -> found.add(state(
                            "socket-refused",
                            Cause.CONNECTION_LIMIT,
                            15,
                            answer,
                            List.of(name + ": NRefused=" + times + ", MaxConnections="
                                    + unit.getOrDefault("MaxConnections", "?") + ", MaxConnectionsPerSource="
                                    + unit.getOrDefault("MaxConnectionsPerSource", "?")),
                            "the socket unit " + name + " refused " + times
                                    + (times == 1 ? " connection" : " connections"))));
        });
        return found;
    }

    private static void limit(ServerAnswer answer, String name, Map<String, String> unit, List<ServerFinding> found) {
        Optional<Long> tasks = number(unit, "TasksCurrent");
        Optional<Long> most = number(unit, "TasksMax");
        if (tasks.isPresent() && most.isPresent() && tasks.get() >= most.get() - 2) {
            found.add(state(
                    "unit-tasks",
                    Cause.SSHD_CANNOT_START,
                    18,
                    answer,
                    List.of(name + ": TasksCurrent=" + tasks.get() + ", TasksMax=" + most.get()),
                    "the unit " + name + " has as many tasks as it may: sshd cannot make another process"));
        }
    }

    private static Optional<Long> number(Map<String, String> unit, String key) {
        String value = unit.getOrDefault(key, "");
        return value.matches("\\d{1,18}") ? Optional.of(Long.parseLong(value)) : Optional.empty();
    }

    private static ServerFinding state(
            String id, Cause cause, int weight, ServerAnswer answer, List<String> lines, String text) {
        Origin origin = cause == Cause.NO_LISTENER ? Origin.SERVER_KERNEL : Origin.SERVER_PROCESS;
        return ServerFinding.state(id, cause, origin, weight, answer.command(), lines, text);
    }
}
