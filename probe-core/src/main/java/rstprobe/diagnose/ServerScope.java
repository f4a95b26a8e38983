package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// What of a server is looked at.
///
/// @param sinceSeconds logs from here on, in seconds since the Unix epoch, by the server's clock
/// @param port         the port that is served, 1 to 65535
/// @param client       the client's address as the server sees it; empty for anybody's
/// @param listener     process id of the listener, known once processes were read
/// @param startedWith  the options which that listener was started with and which bear on its settings
/// @param log          the file it writes its log to in place of the system's (`sshd -E`)
/// @param owners       process ids of whoever holds the port open, known once sockets were read
/// @param groups       the files that tell of the listener's limits on tasks and memory, known once its
///     control groups were read
/// @param keysProgram  the program that sshd asks for authorized keys, without its folder, known once
///     settings were read
public record ServerScope(
        long sinceSeconds,
        int port,
        Optional<String> client,
        OptionalLong listener,
        List<String> startedWith,
        Optional<String> log,
        Set<Long> owners,
        List<String> groups,
        Optional<String> keysProgram) {
    public ServerScope {
        startedWith = List.copyOf(startedWith);
        owners = Set.copyOf(owners);
        groups = List.copyOf(groups);
    }

    /// The scope before anything was read.
    public static ServerScope of(long sinceSeconds, int port, Optional<String> client) {
        return new ServerScope(
                sinceSeconds,
                port,
                client.map(Addresses::plain),
                OptionalLong.empty(),
                List.of(),
                Optional.empty(),
                Set.of(),
                ServerGroups.OF_THE_SERVICE,
                Optional.empty());
    }

    /// The same, knowing which process listens.
    ///
    /// @param logs to which file it writes its log
    ServerScope withListener(long process, List<String> options, Optional<String> logs) {
        return new ServerScope(
                sinceSeconds, port, client, OptionalLong.of(process), options, logs, owners, groups, keysProgram);
    }

    /// The same, knowing who holds the port open.
    ServerScope withOwners(Set<Long> processes) {
        return new ServerScope(sinceSeconds, port, client, listener, startedWith, log, processes, groups, keysProgram);
    }

    /// The same, knowing where the listener's limits are.
    ServerScope withGroups(List<String> files) {
        return new ServerScope(sinceSeconds, port, client, listener, startedWith, log, owners, files, keysProgram);
    }

    /// The same, knowing which program is asked for keys.
    ServerScope withKeysProgram(String name) {
        return new ServerScope(
                sinceSeconds, port, client, listener, startedWith, log, owners, groups, Optional.of(name));
    }

    /// The same, with the start of the logs put on the server's clock.
    public ServerScope withSince(long seconds) {
        return new ServerScope(seconds, port, client, listener, startedWith, log, owners, groups, keysProgram);
    }

    /// Whether an address is the client's.
    boolean isClient(String address) {
        return client.filter(Addresses.plain(address)::equals).isPresent();
    }

    /// Whether the listener runs in a control group, or in one inside it.
    ///
    /// @param path as the kernel names it, such as `/system.slice/ssh.service`
    boolean isGroup(String path) {
        return path.length() > 1 && groups.stream().anyMatch(file -> file.contains(path + "/"));
    }

    /// Whether it is known in which control groups the listener runs.
    boolean knowsGroups() {
        return !groups.equals(ServerGroups.OF_THE_SERVICE);
    }

    /// A word with its braces filled; empty where it needs what is not known.
    String fill(String word) {
        if (word.contains("{pid}")) {
            OptionalLong process = listener.isPresent()
                    ? listener
                    : owners.stream().mapToLong(owner -> owner).min();
            return process.isPresent() ? word.replace("{pid}", Long.toString(process.getAsLong())) : "";
        }
        if (word.contains("{log}")) {
            return log.map(file -> word.replace("{log}", file)).orElse("");
        }
        if (word.contains("{trace}")) {
            return "";
        }
        if (word.contains("{keys}")) {
            return keysProgram.map(name -> word.replace("{keys}", name)).orElse("");
        }
        if (word.contains("{client}")) {
            return client.map(address -> word.replace("{client}", address)).orElse("");
        }
        return word.replace("{port}", Integer.toString(port)).replace("{since}", Long.toString(sinceSeconds));
    }
}
