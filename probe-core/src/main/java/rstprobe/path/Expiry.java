package rstprobe.path;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Somebody ended a connection without being asked: what is done then to learn why.
///
/// A timer of silence spares an old connection that was spoken on lately; a limit of age does not. The others
/// are let go, so that a server that counts connections ended by its limit counts two or three at most.
final class Expiry {
    /// The others are watched this long: a server that ends every connection at an age adds up to 4 s by
    /// chance (OpenSSH 9.9).
    private static final long WATCHED_NANOS = 5_000_000_000L;

    private final long endedAt;
    private final long silence;
    private final long age;
    private boolean lastWord;

    /// @param silence how long the connection had been silent
    /// @param age     how long ago it was opened
    Expiry(long endedAt, long silence, long age) {
        this.endedAt = endedAt;
        this.silence = silence;
        this.age = age;
    }

    long silence() {
        return silence;
    }

    /// When the watch is over at the latest.
    long latestNanos() {
        return endedAt + 2 * WATCHED_NANOS;
    }

    /// What to do with the connections that are left.
    IdleMove next(List<Held> standing, long now) {
        Optional<Held> found = witness(standing, now);
        if (found.isEmpty()) {
            return new IdleMove.Finish();
        }
        Held witness = found.get();
        long older = Math.max(endedAt, witness.openedAt + age) + WATCHED_NANOS;
        long until = Math.min(older, latestNanos());
        Optional<Held> idle = standing.stream()
                .filter(held -> held != witness && !held.asked)
                .filter(held -> held.spokenAt + silence > until)
                .findFirst();
        if (idle.isPresent()) {
            return new IdleMove.Close(idle.get().number);
        }
        return witness.asked ? new IdleMove.Wait(until) : question(witness, until, now);
    }

    /// It is asked often enough for its silence to stay short, and once more at the end.
    private IdleMove question(Held witness, long until, long now) {
        if (now >= until && lastWord) {
            return new IdleMove.Finish();
        }
        lastWord = now >= until;
        long due = witness.spokenAt + Math.min(silence / 2, WATCHED_NANOS / 2);
        return lastWord || now >= due ? new IdleMove.Ask(witness.number) : new IdleMove.Wait(due);
    }

    /// The oldest of those that have some silence left; where none has much, the one spoken on last.
    private Optional<Held> witness(List<Held> standing, long now) {
        return standing.stream()
                .filter(held -> now - held.spokenAt < silence * 3 / 5)
                .min(Comparator.comparingLong(held -> held.openedAt))
                .or(() -> standing.stream().max(Comparator.comparingLong(held -> held.spokenAt)));
    }
}
