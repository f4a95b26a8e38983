package rstprobe.path;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Somebody ended a connection without being asked: what is done then to learn why.
///
/// A timer of silence spares an old connection that was spoken on lately, and leaves none that was silent for
/// longer; a limit of age does neither. So one connection that tells the two apart is watched, beside it at
/// most one that a timer would end next, and the others are let go: a server that counts connections ended by
/// its limit counts two or three.
final class Expiry {
    /// A server that ends every connection at an age adds up to 4 s by chance (OpenSSH 9.9).
    private static final long WATCHED_NANOS = 5_000_000_000L;
    /// Timers differ by less from one connection to the next, or by a thirtieth.
    private static final long SAME_NANOS = 1_000_000_000L;

    private static final int SAME_PART = 30;

    private final long endedAt;
    private final long silence;
    private final long age;
    private Optional<Held> witness = Optional.empty();
    private Optional<Held> next = Optional.empty();
    private boolean begun;
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
        if (!begun) {
            begun = true;
            choose(standing, now);
        }
        if (witness.isEmpty() || !witness.get().live) {
            return new IdleMove.Finish();
        }
        Held watched = witness.get();
        Optional<Held> idle = standing.stream()
                .filter(held -> held != watched && !held.asked)
                .filter(held -> next.filter(held::equals).isEmpty())
                .findFirst();
        if (idle.isPresent()) {
            return new IdleMove.Close(idle.get().number);
        }
        long until = Math.min(Math.max(endedAt, watched.openedAt + age) + WATCHED_NANOS, latestNanos());
        return watched.asked ? new IdleMove.Wait(until) : question(watched, until, now);
    }

    private void choose(List<Held> standing, long now) {
        long longer = silence + Math.max(SAME_NANOS, silence / SAME_PART);
        witness = oldest(standing.stream()
                        .filter(held -> now - held.spokenAt > longer)
                        .toList())
                .or(() -> oldest(standing.stream()
                        .filter(held -> now - held.spokenAt < silence * 3 / 5)
                        .toList()))
                .or(() -> standing.stream().max(Comparator.comparingLong(held -> held.spokenAt)));
        if (witness.filter(held -> now - held.spokenAt <= silence).isPresent()) {
            next = standing.stream()
                    .filter(held -> held != witness.get() && held.spokenAt + silence <= latestNanos())
                    .min(Comparator.comparingLong(held -> held.spokenAt));
        }
    }

    private static Optional<Held> oldest(List<Held> held) {
        return held.stream().min(Comparator.comparingLong(each -> each.openedAt));
    }

    /// It is asked often enough for its silence to stay short, and once more at the end.
    private IdleMove question(Held watched, long until, long now) {
        if (now >= until && lastWord) {
            return new IdleMove.Finish();
        }
        lastWord = now >= until;
        long due = watched.spokenAt + Math.min(silence / 2, WATCHED_NANOS / 2);
        return lastWord || now >= due ? new IdleMove.Ask(watched.number) : new IdleMove.Wait(due);
    }
}
