package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a server's kernel says of itself: queues, tables, counters, pressure, MTUs.
final class ServerKernel {
    private static final Pattern VALUE = Pattern.compile("(/[^:]+):(.*)");
    private static final Pattern LINK = Pattern.compile("\\d+: ([^:@]+)(?:@[^:]+)?: <([^>]*)> mtu (\\d+).*");
    private static final Pattern PRESSURE = Pattern.compile("some avg10=(\\d+\\.\\d+) .*");
    private static final Pattern HELD_MTU = Pattern.compile(".*\\bmtu (?:lock )?(\\d+).*");
    private static final List<String> COUNTED = List.of(
            "ListenOverflows",
            "ListenDrops",
            "TCPReqQFullDrop",
            "TCPAbortOnMemory",
            "SyncookiesSent",
            "TCPAbortOnData");

    /// Measured in 53 networks on a busy machine in which it was not the cause, and in one in which it was.
    private static final int OF_PROCESSOR = 1;

    private static final int NO_LINK = 25;

    private ServerKernel() {}

    /// Every file that was read, by its last name; of those with several lines the first.
    static Map<String, String> files(Optional<ServerAnswer> answer) {
        Map<String, String> files = new HashMap<>();
        for (String line : answer.map(ServerAnswer::lines).orElse(List.of())) {
            Matcher value = VALUE.matcher(line);
            if (value.matches()) {
                files.putIfAbsent(value.group(1), value.group(2).strip());
            }
        }
        return files;
    }

    static List<ServerFact> facts(
            Optional<ServerAnswer> settings, Optional<ServerAnswer> links, Optional<ServerAnswer> route) {
        List<ServerFact> facts = new ArrayList<>();
        Map<String, String> files = files(settings);
        Optional.ofNullable(files.get("/proc/sys/net/netfilter/nf_conntrack_count"))
                .ifPresent(count -> facts.add(new ServerFact(
                        "conntrack", count + " of " + files.get("/proc/sys/net/netfilter/nf_conntrack_max"))));
        for (String name : List.of("ipv4/tcp_mtu_probing", "ipv4/tcp_abort_on_overflow", "core/somaxconn")) {
            Optional.ofNullable(files.get("/proc/sys/net/" + name))
                    .ifPresent(value -> facts.add(new ServerFact(name.substring(name.indexOf('/') + 1), value)));
        }
        Optional.ofNullable(files.get("/proc/loadavg")).ifPresent(load -> facts.add(new ServerFact("load", load)));
        for (String line : links.map(ServerAnswer::lines).orElse(List.of())) {
            Matcher link = LINK.matcher(line);
            if (link.matches() && link.group(2).contains("UP")) {
                facts.add(new ServerFact("mtu", link.group(1) + " " + link.group(3)));
            }
        }
        for (String line : route.map(ServerAnswer::lines).orElse(List.of())) {
            Matcher held = HELD_MTU.matcher(line);
            if (held.matches()) {
                facts.add(new ServerFact("mtu-to-client", held.group(1)));
            }
        }
        return facts;
    }

    static List<ServerFinding> findings(Optional<ServerAnswer> settings, Optional<ServerAnswer> limits) {
        List<ServerFinding> found = new ArrayList<>();
        settings.ifPresent(answer -> {
            table(answer, found);
            pressure(answer, found);
        });
        limits.ifPresent(answer -> found.addAll(ServerGroups.findings(answer)));
        return found;
    }

    private static void table(ServerAnswer answer, List<ServerFinding> found) {
        Map<String, String> files = files(Optional.of(answer));
        long count = number(files.get("/proc/sys/net/netfilter/nf_conntrack_count"));
        long most = number(files.get("/proc/sys/net/netfilter/nf_conntrack_max"));
        if (most > 0 && count * 10 >= most * 9) {
            found.add(ServerFinding.state(
                    "conntrack-full",
                    Cause.CONNECTION_TABLE_FULL,
                    Origin.SERVER_KERNEL,
                    count * 100 >= most * 99 ? 20 : 9,
                    "sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max",
                    List.of("nf_conntrack_count " + count, "nf_conntrack_max " + most),
                    "the connection table holds " + count + " of at most " + most));
        }
    }

    private static void pressure(ServerAnswer answer, List<ServerFinding> found) {
        Map<String, String> files = files(Optional.of(answer));
        for (String what : List.of("memory", "io", "cpu")) {
            String line = files.getOrDefault("/proc/pressure/" + what, "");
            Matcher some = PRESSURE.matcher(line);
            if (some.matches() && Double.parseDouble(some.group(1)) >= (what.equals("cpu") ? 80 : 30)) {
                found.add(ServerFinding.state(
                        "pressure-" + what,
                        Cause.LISTENER_STALLED,
                        Origin.SERVER_PROCESS,
                        what.equals("memory") ? 8 : what.equals("io") ? 5 : OF_PROCESSOR,
                        "cat /proc/pressure/" + what,
                        List.of(line),
                        "in the last 10 s, tasks waited for " + what + " during " + some.group(1) + " % of the time"));
            }
        }
    }

    /// Whether every interface but the loopback one is down.
    static Optional<ServerFinding> links(ServerAnswer answer) {
        List<String> lines = answer.lines().stream()
                .filter(line -> LINK.matcher(line).matches() && !line.contains("<LOOPBACK"))
                .toList();
        boolean down = !lines.isEmpty()
                && lines.stream().noneMatch(line -> {
                    Matcher link = LINK.matcher(line);
                    return link.matches() && List.of(link.group(2).split(",")).contains("UP");
                });
        return down
                ? Optional.of(ServerFinding.state(
                        "links-down",
                        Cause.HOST_UNREACHABLE,
                        Origin.SERVER_KERNEL,
                        NO_LINK,
                        answer.command(),
                        lines,
                        "every interface of the server's is down"))
                : Optional.empty();
    }

    /// What rose while we looked; what only stood above 0 happened at some time since the start.
    static List<ServerFinding> counters(Optional<ServerAnswer> before, Optional<ServerAnswer> after) {
        Map<String, Long> first = counters(before);
        Map<String, Long> last = counters(after);
        long rose = last.getOrDefault("ListenOverflows", 0L) - first.getOrDefault("ListenOverflows", 0L);
        long all = Math.max(last.getOrDefault("ListenOverflows", 0L), first.getOrDefault("ListenOverflows", 0L));
        if (all == 0) {
            return List.of();
        }
        boolean now = !first.isEmpty() && rose > 0;
        return List.of(ServerFinding.state(
                "listen-overflows",
                Cause.ACCEPT_QUEUE_OVERFLOW,
                Origin.SERVER_KERNEL,
                now ? 15 : 3,
                "nstat -as TcpExtListenOverflows",
                List.of("ListenOverflows " + all),
                now
                        ? "a listen queue overflowed " + rose + " times while we looked; which port's, it does not say"
                        : "a listen queue overflowed " + all + " times since the host started"));
    }

    static Map<String, Long> counters(Optional<ServerAnswer> answer) {
        Map<String, Long> counters = new HashMap<>();
        List<String> lines = answer.map(ServerAnswer::lines).orElse(List.of());
        for (int i = 0; i + 1 < lines.size(); i += 2) {
            String[] names = lines.get(i).strip().split("\\s+");
            String[] values = lines.get(i + 1).strip().split("\\s+");
            for (int at = 1; at < Math.min(names.length, values.length); at++) {
                if (COUNTED.contains(names[at])) {
                    counters.put(names[at], number(values[at]));
                }
            }
        }
        return counters;
    }

    private static long number(String digits) {
        return digits != null && digits.matches("\\d{1,18}") ? Long.parseLong(digits) : 0;
    }
}
