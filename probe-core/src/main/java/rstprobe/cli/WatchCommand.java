package rstprobe.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import rstprobe.analyze.FlightPlan;
import rstprobe.analyze.FlightRehearsal;
import rstprobe.capture.InterfaceFacts;
import rstprobe.capture.RingTap;
import rstprobe.capture.TapFailure;
import rstprobe.capture.TapPlan;
import rstprobe.linux.Capabilities;
import rstprobe.linux.Kernel;
import rstprobe.linux.LinuxException;
import rstprobe.linux.NetworkInterfaceFacts;
import rstprobe.linux.Route;
import rstprobe.record.CannotProbe;

/// `rstprobe watch`: the flight recorder. It listens to other programs' connections, keeps the headers of the last
/// minutes in memory, and writes an incident folder when one of them is reset.
final class WatchCommand implements Callable<Integer> {
    static final String NAME = "watch";

    /// Every interface that is up.
    private static final String ANY = "any";

    /// Taps at a time.
    private static final int MOST_TAPS = 32;

    /// All of the headers, and of what SSH says in clear: the longest messages of a key exchange, glued together by
    /// receive offload.
    static final int SNAP_LENGTH = 4_096;

    /// What the kernel fills while nobody looks, of all taps together, and the least of one: a quarter of a second of
    /// 850 000 frames a second. A sixteenth was too little when another program took the processor.
    private static final int BUFFER_BYTES = 64 << 20, LEAST_BUFFER_BYTES = 8 << 20;

    private static final Duration SHORTEST_KEPT = Duration.ofSeconds(1);

    /// What still comes behind a reset is evidence: a retransmission comes within a second or so.
    private static final Duration WAIT = Duration.ofMillis(1_500);

    /// Nobody's addresses (RFC 5737, RFC 3849): only a default route leads there.
    private static final List<String> ELSEWHERE = List.of("192.0.2.1", "2001:db8::1");

    private static final int DEFAULT_MOST_FOLDERS = 500;
    private static final long DEFAULT_MEMORY = 64 << 20;
    private static final Duration DEFAULT_KEPT = Duration.ofMinutes(5);

    private final OutputOptions output = new OutputOptions();

    private List<String> interfaces = List.of();
    private List<Integer> ports = List.of(TargetWords.SSH_PORT);
    private Path into = Path.of(".");
    private int mostFolders = DEFAULT_MOST_FOLDERS;
    private long memory = DEFAULT_MEMORY;
    private Duration keep = DEFAULT_KEPT;
    private Optional<Path> metrics = Optional.empty();
    private Optional<Duration> lasting = Optional.empty();
    private boolean dryRun;

    CommandSpec spec() {
        Vocabulary words = new Vocabulary(
                NAME, this, "Flight recorder: attribute the resets of other programs' connections as they happen.");
        words.repeated(
                "-i --interface",
                "IFACE",
                Reading.TEXT,
                names -> interfaces = names,
                "Watch this interface, and each that is named so; 'any' is all that are up (default: that of the"
                        + " default route).");
        words.listed(
                "--port",
                "PORT",
                Reading.INTEGER,
                numbers -> ports = numbers,
                "Watch servers on this port, or on these, parted by commas (default: 22).");
        addFolders(words);
        addLimits(words);
        output.addTo(words);
        words.flag("--dry-run", given -> dryRun = given, "Say what would be captured and kept, and do nothing.");
        words.footer(
                "Exit code",
                "130  a signal ended it (Ctrl-C, SIGTERM), as is usual",
                " 10 to 15, 19, 0   with --for: that of the worst reset, as of 'analyze'; 0 without one",
                "  3  it cannot capture (any more), or something could not be written");
        return words.spec();
    }

    private void addFolders(Vocabulary words) {
        words.option(
                "--into", "DIR", Reading.FILE, folder -> into = folder, "Where incident folders go (default: here).");
        words.option(
                "--most-folders",
                "N",
                Reading.INTEGER,
                number -> mostFolders = number,
                "Write no folder where there are so many already (default: 500), and four of a kind an hour.");
    }

    private void addLimits(Vocabulary words) {
        words.option(
                "--memory",
                "SIZE",
                Reading.by(new MemoryWords()),
                bytes -> memory = bytes,
                "Memory for headers (default: 64m, which holds some 600 000), beside the 64m that the kernel fills.");
        words.option(
                "--keep",
                "TIME",
                Reading.by(new DurationWords()),
                time -> keep = time,
                "Look back no farther than this (default: 5m), though the memory may reach farther.");
        words.option(
                "--metrics",
                "FILE",
                Reading.PATH,
                file -> metrics = Optional.of(file),
                "Write counters there every 15 s, for the node exporter's textfile collector.");
        words.option(
                "--for",
                "TIME",
                Reading.by(new DurationWords()),
                time -> lasting = Optional.of(time),
                "End after this time (default: when a signal comes).");
    }

    @Override
    public Integer call() throws CannotProbe {
        Screen screen = output.screen();
        FlightPlan plan = plan();
        if (dryRun) {
            screen.answer(WatchDryRun.of(plan, BUFFER_BYTES, interfaces, into, mostFolders, metrics));
            return Exit.WORKS;
        }
        Path trusted = Folders.made(into);
        SshCommand.requireCapabilities();
        List<String> names = names(screen);
        Interruption interruption = Interruption.watch();
        try {
            return watch(plan, trusted, names, screen, interruption);
        } finally {
            interruption.finished();
        }
    }

    private FlightPlan plan() {
        if (mostFolders < 0 || keep.compareTo(SHORTEST_KEPT) < 0) {
            throw new WrongWords("--most-folders is at least 0, and --keep at least 1s");
        }
        try {
            return new FlightPlan(new TreeSet<>(ports), memory, keep.toNanos(), WAIT.toNanos());
        } catch (IllegalArgumentException wrong) {
            throw new WrongWords(wrong.getMessage());
        }
    }

    private List<String> names(Screen screen) throws CannotProbe {
        try {
            if (interfaces.isEmpty()) {
                return List.of(byDefault());
            }
            if (!interfaces.contains(ANY)) {
                return List.copyOf(new LinkedHashSet<>(interfaces));
            }
            List<String> up = NetworkInterfaceFacts.list().stream()
                    .filter(NetworkInterfaceFacts::up)
                    .map(NetworkInterfaceFacts::name)
                    .toList();
            if (up.size() > MOST_TAPS) {
                screen.warn((up.size() - MOST_TAPS) + " of " + up.size() + " interfaces are not watched: name those"
                        + " that matter with -i");
            }
            return up.stream().limit(MOST_TAPS).toList();
        } catch (IOException failed) {
            throw new CannotProbe("cannot look at the interfaces: " + failed.getMessage(), "name one with -i IFACE");
        }
    }

    private static String byDefault() throws CannotProbe, IOException {
        for (String address : ELSEWHERE) {
            try {
                Route route = Route.to(InetAddress.ofLiteral(address));
                if (!route.interfaceName().isEmpty()) {
                    return route.interfaceName();
                }
            } catch (LinuxException none) {
                // The other family may have a default route.
                continue;
            }
        }
        String there = NetworkInterfaceFacts.list().stream()
                .filter(NetworkInterfaceFacts::up)
                .map(NetworkInterfaceFacts::name)
                .collect(Collectors.joining(", "));
        throw new CannotProbe(
                "there is no default route, so no interface to choose; "
                        + (there.isEmpty() ? "none is up" : "up are " + there),
                "name one: -i IFACE, or any");
    }

    private int watch(FlightPlan plan, Path trusted, List<String> names, Screen screen, Interruption interruption)
            throws CannotProbe {
        String filter = TapPlan.filterForPorts(plan.ports());
        List<RingTap> opened = new ArrayList<>();
        try {
            for (String name : names) {
                open(name, filter, BUFFER_BYTES / names.size(), screen).ifPresent(opened::add);
            }
            someOf(opened);
            FlightRehearsal.play();
            List<RingTap> taps = started(opened, screen);
            someOf(taps);
            Capabilities.dropOnThisThread(Set.of());
            interruption.begin();
            List<InterfaceFacts> facts = taps.stream()
                    .map(tap -> new InterfaceFacts(tap.interfaceName(), tap.link(), SNAP_LENGTH, filter))
                    .toList();
            String where = taps.stream().map(RingTap::interfaceName).collect(Collectors.joining(", ")) + ", port "
                    + plan.ports().stream().sorted().map(String::valueOf).collect(Collectors.joining(", "));
            screen.announce("watching " + where + "; headers of " + keep.toSeconds() + " s at most in " + (memory >> 20)
                    + " MiB; folders go into " + trusted);
            WatchWriter.Plan writing = new WatchWriter.Plan(
                    trusted, mostFolders, metrics, facts, Optional.of("Linux " + Kernel.release()), output.json());
            try (WatchRun run = new WatchRun(plan, taps, writing, screen)) {
                return run.run(lasting, interruption, where);
            }
        } catch (LinuxException failed) {
            throw new CannotProbe(failed.getMessage(), "run it as root");
        } finally {
            opened.forEach(RingTap::close);
        }
    }

    private Optional<RingTap> open(String name, String filter, int bufferBytes, Screen screen) throws CannotProbe {
        try {
            return Optional.of(
                    RingTap.open(new TapPlan(name, filter, SNAP_LENGTH, Math.max(LEAST_BUFFER_BYTES, bufferBytes))));
        } catch (TapFailure failed) {
            leftOut(name, failed, screen);
            return Optional.empty();
        } catch (IllegalArgumentException wrong) {
            throw new WrongWords(wrong.getMessage());
        }
    }

    /// Those that hear something from now on.
    private List<RingTap> started(List<RingTap> taps, Screen screen) throws CannotProbe {
        List<RingTap> live = new ArrayList<>(taps.size());
        for (RingTap tap : taps) {
            try {
                tap.start();
                live.add(tap);
            } catch (TapFailure failed) {
                leftOut(tap.interfaceName(), failed, screen);
            }
        }
        return live;
    }

    /// Among all interfaces one that cannot be watched is left out; one that was named must be there.
    private void leftOut(String name, TapFailure failed, Screen screen) throws CannotProbe {
        if (!interfaces.contains(ANY) || failed.kind() == TapFailure.Kind.NO_PERMISSION) {
            throw new CannotProbe(failed.what(), failed.fix());
        }
        screen.warn(name + " is not watched: " + failed.what());
    }

    private static void someOf(List<RingTap> taps) throws CannotProbe {
        if (taps.isEmpty()) {
            throw new CannotProbe("there is no interface that can be watched", "name one with -i IFACE");
        }
    }
}
