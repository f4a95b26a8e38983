package rstprobe.record;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import rstprobe.linux.Capabilities;
import rstprobe.linux.Capability;
import rstprobe.linux.LinuxException;
import rstprobe.wire.Conversation;

/// Keeps our own kernel from resetting a connection while a test needs it open: packet filter rules that
/// drop the outgoing resets of single 4-tuples.
///
/// The rules stand in a table of this process alone, named after it, so that they go in one step. They go
/// with [#lift] and [#close]; what a killed process left is removed by the next start, which knows by
/// process id and start time that its owner is gone. A thread of its own keeps `CAP_NET_ADMIN` for that,
/// and reads nothing from the network.
final class QuietRules implements AutoCloseable {
    private static final List<Path> PROGRAMS = List.of(Path.of("/usr/sbin/nft"), Path.of("/sbin/nft"));
    private static final Pattern TABLE = Pattern.compile("table inet (rstprobe-(\\d{1,10})-(\\d{1,20}))\\s*");
    private static final int PATIENCE_SECONDS = 5;
    /// Field 22 of `/proc/PID/stat` is the start time in ticks; 20 fields lie between it and the name's
    /// end.
    private static final int START_TIME_AFTER_NAME = 20;

    private final ExecutorService keeper = Executors.newSingleThreadExecutor(
            work -> Thread.ofPlatform().name("rstprobe-rules").daemon().unstarted(work));
    private final long process;
    private final Optional<String> startTicks;
    private volatile boolean standing;

    private QuietRules(long process) {
        this.process = process;
        this.startTicks = startTicks(process);
    }

    /// Starts the thread, which inherits the capabilities there still are, and removes what dead processes
    /// left.
    static QuietRules open() {
        QuietRules rules = new QuietRules(ProcessHandle.current().pid());
        rules.keeper.execute(rules::begin);
        return rules;
    }

    private void begin() {
        try {
            if (Capabilities.effective().contains(Capability.CAP_NET_ADMIN)) {
                if (Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
                    Capabilities.dropOnThisThread(Set.of(Capability.CAP_NET_ADMIN));
                }
                sweep();
            }
        } catch (IOException | NotPossibleHere _) {
            // Whoever needs a rule later is told; whoever does not need one does not care.
            standing = false;
        }
    }

    /// Removes the tables whose owners are dead.
    private static void sweep() throws NotPossibleHere {
        for (String line : nft("", "list", "tables").lines().toList()) {
            Matcher table = TABLE.matcher(line);
            if (table.matches() && !alive(Long.parseLong(table.group(2)), table.group(3))) {
                nft("delete table inet " + table.group(1) + "\n", "-f", "-");
            }
        }
    }

    private static boolean alive(long process, String ticks) {
        return startTicks(process).filter(ticks::equals).isPresent();
    }

    /// When a process began; empty where there is none of that id.
    private static Optional<String> startTicks(long process) {
        try {
            String stat =
                    Files.readString(Path.of("/proc", Long.toString(process), "stat"), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
            return fields.length > START_TIME_AFTER_NAME - 1
                    ? Optional.of(fields[START_TIME_AFTER_NAME - 1])
                    : Optional.empty();
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /// From now on our kernel sends no reset in this conversation.
    ///
    /// @throws NotPossibleHere without nft or the right to use it
    void quiet(Conversation conversation) throws NotPossibleHere, InterruptedException {
        String version = conversation.ours().address().isV6() ? "ip6" : "ip";
        String text = """
                add table inet %1$s
                add chain inet %1$s quiet { type filter hook output priority raw; policy accept; }
                add rule inet %1$s quiet %2$s saddr %3$s %2$s daddr %4$s tcp sport %5$d tcp dport %6$d \
                tcp flags & rst == rst drop comment "rstprobe %7$d %8$s"
                """.formatted(
                        table(),
                        version,
                        conversation.ours().address(),
                        conversation.theirs().address(),
                        conversation.ours().port(),
                        conversation.theirs().port(),
                        process,
                        startTicks.orElse("0"));
        onKeeper(() -> {
            if (!Capabilities.effective().contains(Capability.CAP_NET_ADMIN)) {
                throw new NotPossibleHere("keeping our own kernel quiet needs CAP_NET_ADMIN");
            }
            standing = true;
            return nft(text, "-f", "-");
        });
    }

    private String table() {
        return "rstprobe-" + process + "-" + startTicks.orElse("0");
    }

    /// Our kernel may speak again.
    void lift() {
        boolean interrupted = Thread.interrupted();
        try {
            onKeeper(this::remove);
        } catch (NotPossibleHere _) {
            // The table stays for now: closing tries again, and so does the next start.
            interrupted |= Thread.interrupted();
        } catch (InterruptedException _) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private String remove() throws NotPossibleHere {
        if (!standing) {
            return "";
        }
        String said = nft("delete table inet " + table() + "\n", "-f", "-");
        standing = false;
        return said;
    }

    private String onKeeper(Callable<String> work) throws NotPossibleHere, InterruptedException {
        try {
            return keeper.submit(work).get(2 * PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException _) {
            throw new NotPossibleHere("nft does not end");
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case NotPossibleHere not -> throw not;
                case LinuxException refused -> throw new NotPossibleHere(refused.getMessage());
                case Throwable bug -> throw new IllegalStateException("a packet filter rule of ours", bug);
            }
        }
    }

    private static String nft(String input, String... words) throws NotPossibleHere {
        String program = PROGRAMS.stream()
                .filter(Files::isExecutable)
                .findFirst()
                .map(Path::toString)
                .orElseThrow(() -> new NotPossibleHere("keeping our own kernel quiet needs nft (package nftables)"));
        List<String> command =
                Stream.concat(Stream.of(program), Stream.of(words)).toList();
        try {
            OtherProgram.Ended ended = new OtherProgram(command, Duration.ofSeconds(PATIENCE_SECONDS)).run(input);
            if (ended.exitCode() != 0) {
                throw new NotPossibleHere("nft refuses the rule that keeps our own kernel quiet: "
                        + ended.said().lines().findFirst().orElse("no reason given"));
            }
            return ended.said();
        } catch (IOException failed) {
            throw new NotPossibleHere("nft cannot be run");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new NotPossibleHere("nft was interrupted");
        }
    }

    /// Removes our rules, and whatever the thread has begun is done when this returns.
    @Override
    public void close() {
        lift();
        keeper.shutdown();
    }
}
