package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The control groups that a server's listener runs in, and what they say of its limits (cgroups(7)).
final class ServerGroups {
    private static final String ROOT = "/sys/fs/cgroup";
    private static final List<String> TASKS = List.of("pids.current", "pids.max", "pids.events");
    private static final List<String> PROCESSOR = List.of("cpu.stat");
    private static final List<String> MEMORY = List.of("memory.current", "memory.max", "memory.events");
    private static final List<String> OLD_MEMORY =
            List.of("memory.usage_in_bytes", "memory.limit_in_bytes", "memory.oom_control");

    /// The files where systemd keeps the service, for whoever finds no listener.
    static final List<String> OF_THE_SERVICE = Stream.of("ssh.service", "sshd.service")
            .flatMap(unit -> both(ROOT + "/system.slice/" + unit).stream())
            .toList();

    /// `/proc/7/cgroup:0::/system.slice/ssh.service`, or with the old hierarchies
    /// `/proc/7/cgroup:8:pids:/group`.
    private static final Pattern GROUP = Pattern.compile("(?:/proc/\\d+/cgroup:)?\\d+:([a-z_,]*):(/[\\w./@:+-]*)");

    private static final Pattern VALUE = Pattern.compile("(/[^:]+?)/([a-z_.]+):(\\S+) ?(\\d{0,18})");

    /// A limit that had an effect.
    private static final int MET = 12;

    private ServerGroups() {}

    private static List<String> both(String folder) {
        return Stream.of(TASKS, MEMORY, PROCESSOR)
                .flatMap(List::stream)
                .map(file -> folder + "/" + file)
                .toList();
    }

    /// The files to read; the usual ones where its groups are not told.
    static List<String> files(ServerAnswer answer) {
        List<String> files = new ArrayList<>();
        for (String line : answer.lines()) {
            Matcher group = GROUP.matcher(line);
            if (!group.matches() || group.group(2).contains("/..")) {
                continue;
            }
            String path = group.group(2).equals("/") ? "" : group.group(2);
            Set<String> controllers = Set.of(group.group(1).split(","));
            if (controllers.contains("pids")) {
                TASKS.forEach(file -> files.add(ROOT + "/pids" + path + "/" + file));
            } else if (controllers.contains("memory")) {
                OLD_MEMORY.forEach(file -> files.add(ROOT + "/memory" + path + "/" + file));
            } else if (controllers.contains("cpu")) {
                PROCESSOR.forEach(file -> files.add(ROOT + "/cpu" + path + "/" + file));
            } else if (group.group(1).isEmpty()) {
                files.addAll(both(ROOT + path));
            }
        }
        return files.isEmpty() ? OF_THE_SERVICE : files;
    }

    /// A group that had to wait in most of its periods had no processor to speak of.
    private static Optional<ServerFinding> throttled(ServerAnswer answer) {
        Map<String, Long> counted = new HashMap<>();
        for (String line : answer.lines()) {
            Matcher value = VALUE.matcher(line);
            if (value.matches()
                    && value.group(2).equals("cpu.stat")
                    && value.group(4).length() > 0) {
                counted.put(value.group(3), Long.parseLong(value.group(4)));
            }
        }
        long periods = counted.getOrDefault("nr_periods", 0L);
        long waited = counted.getOrDefault("nr_throttled", 0L);
        return periods == 0 || waited * 2 < periods
                ? Optional.empty()
                : Optional.of(ServerFinding.state(
                        "group-processor",
                        Cause.LISTENER_STALLED,
                        Origin.SERVER_PROCESS,
                        MET,
                        answer.command(),
                        List.of("nr_periods " + periods, "nr_throttled " + waited),
                        "the service's limit on processor time held it up in " + waited + " of " + periods
                                + " periods"));
    }

    static List<ServerFinding> findings(ServerAnswer answer) {
        List<ServerFinding> found = new ArrayList<>();
        throttled(answer).ifPresent(found::add);
        for (String line : answer.lines()) {
            Matcher value = VALUE.matcher(line);
            if (!value.matches() || value.group(4).isEmpty() || value.group(4).matches("0+")) {
                continue;
            }
            String counter = value.group(2) + " " + value.group(3);
            boolean refused = counter.equals("pids.events max");
            boolean killed = counter.equals("memory.events oom_kill") || counter.equals("memory.oom_control oom_kill");
            if (refused || killed) {
                found.add(ServerFinding.state(
                        refused ? "group-tasks" : "group-memory",
                        refused ? Cause.SSHD_CANNOT_START : Cause.SESSION_PROCESS_DIED,
                        Origin.SERVER_PROCESS,
                        MET,
                        "cat " + value.group(1) + "/" + value.group(2),
                        List.of(value.group(3) + " " + value.group(4)),
                        refused
                                ? "since the service started, its limit on tasks kept it from making a process "
                                        + value.group(4) + " times"
                                : "since the service started, the kernel killed " + value.group(4)
                                        + " processes of it for want of memory"));
            }
        }
        return found;
    }
}
