package rstprobe.diagnose;

import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import rstprobe.diagnose.ServerSoftware.Product;
import rstprobe.record.Event;
import rstprobe.record.Recording;
import rstprobe.ssh.Observation;

/// When the next connection of a comparison may be opened, so that no limit of the server's shuts us out.
///
/// OpenSSH 9.8 and newer counts a second of penalty for each connection without a login, forgets one a second, and
/// refuses from fifteen on. fail2ban's aggressive mode reads the log of OpenSSH or dropbear and bans for five
/// connections in ten minutes that end before a login. `ufw limit` refuses the sixth in half a minute.
public final class AlgorithmManners {
    /// One less than fail2ban's usual limit.
    public static final int IN_TEN_MINUTES = 4;

    /// Two such openings are so far apart as to keep below `ufw limit`.
    public static final long APART_MILLIS = 8_000;

    /// Penalties go as fast as they come.
    public static final long LEAST_MILLIS = 1_100;

    private static final long TEN_MINUTES_MILLIS = 601_000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    /// Devices and programs whose logs nobody has fail2ban read for us: its filters know none of their words.
    private static final Set<Product> NOT_WATCHED =
            Set.of(Product.OPENSSH_FOR_WINDOWS, Product.CISCO, Product.HUAWEI, Product.MIKROTIK, Product.TAILSCALE);

    private AlgorithmManners() {}

    /// The earliest time for the next connection, in nanoseconds on the clock of the events.
    ///
    /// @param everyMillis what the user chose; empty for what trips no limit at all
    public static long earliestNanos(Recording recording, OptionalLong everyMillis) {
        List<Long> openings = recording.events(Event.Opened.class).stream()
                .map(Event::atNanos)
                .toList();
        if (openings.isEmpty()) {
            return 0;
        }
        long apart = Math.max(LEAST_MILLIS, everyMillis.orElse(APART_MILLIS));
        long next = openings.getLast() + apart * NANOS_PER_MILLI;
        if (everyMillis.isPresent() || !watched(recording) || openings.size() < IN_TEN_MINUTES) {
            return next;
        }
        long oldest = openings.get(openings.size() - IN_TEN_MINUTES);
        return Math.max(next, oldest + TEN_MINUTES_MILLIS * NANOS_PER_MILLI);
    }

    /// How long so many more connections take at least, in milliseconds.
    ///
    /// @param before connections that were opened already
    public static long millis(int before, int more, boolean watched, OptionalLong everyMillis) {
        long apart = Math.max(LEAST_MILLIS, everyMillis.orElse(APART_MILLIS));
        long straight = more * apart;
        return everyMillis.isPresent() || !watched
                ? straight
                : Math.max(straight, (before + more - 1) / IN_TEN_MINUTES * TEN_MINUTES_MILLIS);
    }

    /// Whether the server's log may be one that fail2ban reads.
    public static boolean watched(Recording recording) {
        return recording.events(Event.Observed.class).stream()
                .map(Event.Observed::observation)
                .filter(Observation.ServerIdentification.class::isInstance)
                .map(seen -> ServerSoftware.of(new String(
                        ((Observation.ServerIdentification) seen).line(),
                        java.nio.charset.StandardCharsets.ISO_8859_1)))
                .findFirst()
                .filter(software -> NOT_WATCHED.contains(software.product()))
                .isEmpty();
    }
}
