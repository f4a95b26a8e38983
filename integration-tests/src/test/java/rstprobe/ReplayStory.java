package rstprobe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import rstprobe.PracticeRuns.Asked;

/// A folder alone gives the verdict again, to anybody who can read it: no root, no capability, no network, and a `/tmp`
/// in which nothing may be executed and nothing is left.
@ResourceLock(PracticeRuns.MACHINE)
final class ReplayStory {
    /// The image where everybody can reach it, then everything is given up that can be.
    private static final String AS_NOBODY = """
            mount --bind "$1" /mnt
            mount --bind "$2" /media
            mount -t tmpfs -o noexec,nosuid,nodev,mode=1777 tmpfs /tmp
            cd /
            status=0
            setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs \\
                /mnt/bin/rstprobe replay "/media/$3" --json || status=$?
            find /tmp -mindepth 1 >&2
            exit "$status"
            """;

    static List<Asked> networks() {
        return PracticeRuns.all();
    }

    @ParameterizedTest
    @MethodSource("networks")
    void nobodyReadsTheSameReportFromTheFolderByteForByte(Asked asked) throws IOException, InterruptedException {
        Folder folder = PracticeRuns.of(asked).folder();
        Path open = Files.createTempDirectory(Path.of("/var/tmp"), "rstprobe-replay-");
        try {
            Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
            Folder copy = folder.readableByAll(open);
            Command replayed = Command.run(
                    "unshare",
                    "--mount",
                    "--net",
                    "sh",
                    "-euc",
                    AS_NOBODY,
                    "sh",
                    Image.folder().toString(),
                    open.toString(),
                    copy.path().getFileName().toString());
            assertEquals("", replayed.err(), replayed::toString);
            assertEquals(folder.reportText(), replayed.out());
            replayed.mustEndWith(exitCode(asked));
        } finally {
            Folder.delete(open);
        }
    }

    /// As `lab verify` printed it after the verdict.
    private static int exitCode(Asked asked) throws InterruptedException {
        String said = PracticeRuns.of(asked).said();
        String verdict = said.substring(said.indexOf(" verdict "));
        return Integer.parseInt(verdict.replaceFirst("(?s).*?, exit (\\d+).*", "$1"));
    }
}
