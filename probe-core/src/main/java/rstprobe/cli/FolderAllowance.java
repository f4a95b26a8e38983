package rstprobe.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import rstprobe.analyze.AttributedReset;
import rstprobe.analyze.Standing;
import rstprobe.diagnose.Origin;
import rstprobe.ssh.Stage;
import rstprobe.wire.IpAddress;

/// How many incident folders may be written: of one kind a few an hour, and no more than so many in the folder where
/// they go, whoever wrote them. So a storm of resets fills no disk, and whoever takes folders away makes room.
final class FolderAllowance {
    /// Folders of one kind within an hour: the fifth would show what four have shown.
    static final int MOST_OF_A_KIND = 4;

    /// Kinds that are told apart within an hour; the others count as one.
    private static final int MOST_KINDS = 1_024;

    private static final long HOUR_NANOS = TimeUnit.HOURS.toNanos(1);

    /// What makes two resets the same for whoever looks into their folders.
    private record Kind(Standing standing, Origin origin, Optional<IpAddress> server, Optional<Stage> stage) {
        static final Kind OTHERS = new Kind(Standing.AFTER_END, Origin.UNKNOWN, Optional.empty(), Optional.empty());

        static Kind of(AttributedReset reset) {
            return new Kind(
                    reset.standing(), reset.origin(), Optional.of(reset.server().address()), reset.stage());
        }
    }

    private final Path into;
    private final int most;
    private final Map<Kind, Integer> written = new HashMap<>();
    private long hourBegan = Long.MIN_VALUE;

    FolderAllowance(Path into, int most) {
        this.into = into;
        this.most = most;
    }

    /// Whether there may be one more folder; if so, it counts.
    boolean allows(AttributedReset reset) {
        if (hourBegan == Long.MIN_VALUE || Math.abs(reset.atNanos() - hourBegan) >= HOUR_NANOS) {
            hourBegan = reset.atNanos();
            written.clear();
        }
        Kind kind = Kind.of(reset);
        if (!written.containsKey(kind) && written.size() >= MOST_KINDS) {
            kind = Kind.OTHERS;
        }
        int before = written.getOrDefault(kind, 0);
        if (before >= MOST_OF_A_KIND || isFull()) {
            return false;
        }
        written.put(kind, before + 1);
        return true;
    }

    private boolean isFull() {
        try (Stream<Path> entries = Files.list(into)) {
            return entries.filter(entry -> entry.getFileName().toString().startsWith("incident-"))
                            .limit(most)
                            .count()
                    >= most;
        } catch (IOException unreadable) {
            // Writing into it will tell.
            return false;
        }
    }
}
