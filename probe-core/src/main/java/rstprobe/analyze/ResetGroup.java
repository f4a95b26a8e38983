package rstprobe.analyze;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import rstprobe.wire.Endpoint;
import rstprobe.wire.IpAddress;

/// Resets that one person would call the same, counted as they come.
public final class ResetGroup {
    /// Resets of a group whose place is kept.
    static final int MOST_PLACES = 4;

    /// Clients and ports of a group that are told apart; further ones are counted as "more than".
    static final int MOST_NAMED = 1_000;

    /// Where a reset stands.
    ///
    /// @param file counted from 0
    public record Place(int file, int frame) {}

    private final int file;
    private final int frame;
    private final List<Place> places = new ArrayList<>(MOST_PLACES);
    private final Set<IpAddress> clients = new HashSet<>();
    private final Set<Endpoint> servers = new HashSet<>();
    private AttributedReset surest;
    private long resets;
    private long conversations;
    private int conversation;
    private long firstNanos = Long.MAX_VALUE;
    private long lastNanos = Long.MIN_VALUE;

    ResetGroup(AttributedReset first) {
        this.surest = first;
        this.file = first.file();
        this.frame = first.frame();
    }

    void add(AttributedReset reset) {
        resets++;
        if (reset.conversation() != conversation) {
            conversation = reset.conversation();
            conversations++;
        }
        if (places.size() < MOST_PLACES) {
            places.add(new Place(reset.file(), reset.frame()));
        }
        if (clients.size() <= MOST_NAMED) {
            clients.add(reset.client().address());
        }
        if (servers.size() <= MOST_NAMED) {
            servers.add(reset.server());
        }
        if (reset.verdict().confidence() > surest.verdict().confidence()) {
            surest = reset;
        }
        firstNanos = Math.min(firstNanos, reset.atNanos());
        lastNanos = Math.max(lastNanos, reset.atNanos());
    }

    /// The one with the highest confidence; of several the first.
    public AttributedReset surest() {
        return surest;
    }

    /// How many there are.
    public long resets() {
        return resets;
    }

    /// In how many conversations.
    public long conversations() {
        return conversations;
    }

    /// Where the first ones stand, at most [#MOST_PLACES].
    public List<Place> places() {
        return List.copyOf(places);
    }

    /// How many clients they met, as hosts; [#tooMany] where that is more than are counted.
    public int clients() {
        return clients.size();
    }

    /// How many servers, as address and port; [#tooMany] likewise.
    public int servers() {
        return servers.size();
    }

    /// Whether a number of hosts means "more than [#MOST_NAMED]".
    public static boolean tooMany(int hosts) {
        return hosts > MOST_NAMED;
    }

    /// Whether all of those servers are one host.
    public boolean oneHost() {
        return servers.stream().map(Endpoint::address).distinct().count() == 1;
    }

    /// When the first was captured, nanoseconds since 1970 in UTC.
    public long firstNanos() {
        return firstNanos;
    }

    /// When the last was captured.
    public long lastNanos() {
        return lastNanos;
    }

    int file() {
        return file;
    }

    int frame() {
        return frame;
    }
}
