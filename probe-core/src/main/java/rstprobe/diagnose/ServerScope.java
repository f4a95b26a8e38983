package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What of a server is looked at.
///
/// @param sinceSeconds logs from here on, in seconds since the Unix epoch, by the server's clock
/// @param port         the port that is served, 1 to 65535
/// @param client       the client's address as the server sees it; empty for anybody's
/// @param listener     process id of the listener, known once processes were read
/// @param startedWith  the options which that listener was started with and which bear on its settings
public record ServerScope(
        long sinceSeconds, int port, Optional<String> client, OptionalLong listener, List<String> startedWith) {
    public ServerScope {
        startedWith = List.copyOf(startedWith);
    }

    /// The scope before anything was read.
    public static ServerScope of(long sinceSeconds, int port, Optional<String> client) {
        return new ServerScope(sinceSeconds, port, client.map(Addresses::plain), OptionalLong.empty(), List.of());
    }

    /// The same, knowing which process listens.
    public ServerScope withListener(long process, List<String> options) {
        return new ServerScope(sinceSeconds, port, client, OptionalLong.of(process), options);
    }

    /// The same, with the start of the logs put on the server's clock.
    public ServerScope withSince(long seconds) {
        return new ServerScope(seconds, port, client, listener, startedWith);
    }

    /// Whether an address is the client's.
    boolean isClient(String address) {
        return client.filter(Addresses.plain(address)::equals).isPresent();
    }

    /// A word with its braces filled; empty where it needs what is not known.
    String fill(String word) {
        if (word.contains("{pid}")) {
            return listener.isPresent() ? word.replace("{pid}", Long.toString(listener.getAsLong())) : "";
        }
        if (word.contains("{trace}")) {
            return "";
        }
        if (word.contains("{client}")) {
            return client.map(address -> word.replace("{client}", address)).orElse("");
        }
        return word.replace("{port}", Integer.toString(port)).replace("{since}", Long.toString(sinceSeconds));
    }
}
