package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rstprobe.path.PathSurvey;
import rstprobe.record.CannotProbe;
import rstprobe.record.SweepTarget;
import rstprobe.record.Swept;
import rstprobe.report.SweptPath;

/// What a killed sweep leaves, and what the next one makes of it.
final class CheckpointTest {
    private static final SweptPath ONE = path("a");
    private static final SweptPath TWO = path("b");

    @TempDir
    private Path folder;

    private static SweptPath path(String host) {
        return SweptPath.of(Swept.measured(
                new SweepTarget(host, 22), "198.18.0.1", PathSurvey.notBegun().finding()));
    }

    private Path file() {
        return folder.resolve("sweep.checkpoint");
    }

    private Path written() throws CannotProbe {
        try (Checkpoint checkpoint = Checkpoint.open(file(), "these")) {
            assertEquals(List.of(), checkpoint.done());
            checkpoint.add(ONE);
            checkpoint.add(TWO);
        }
        return file();
    }

    private List<SweptPath> again() throws CannotProbe {
        try (Checkpoint checkpoint = Checkpoint.open(file(), "these")) {
            return checkpoint.done();
        }
    }

    @Test
    void whatWasMeasuredIsKnownAgainToTheLastWord() throws IOException, CannotProbe {
        written();
        assertEquals(List.of(ONE, TWO), again());
        assertEquals(PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(file()));
    }

    @Test
    void aKillAtAnyByteLosesTheLastLineAtMost() throws IOException, CannotProbe {
        byte[] whole = Files.readAllBytes(written());
        int afterOne = new String(whole, StandardCharsets.UTF_8).indexOf("\"b\"");
        String text = new String(whole, StandardCharsets.UTF_8);
        for (int length = 0; length <= whole.length; length++) {
            boolean atEnd = text.substring(Math.max(0, length - 2), Math.min(whole.length, length + 2))
                    .contains("\n");
            if (!atEnd && length % 41 != 0) {
                continue;
            }
            Files.write(file(), java.util.Arrays.copyOf(whole, length));
            List<SweptPath> done = again();
            List<SweptPath> expected =
                    length == whole.length ? List.of(ONE, TWO) : length > afterOne ? List.of(ONE) : done;
            assertEquals(expected, done, "cut at " + length);
            try (Checkpoint checkpoint = Checkpoint.open(file(), "these")) {
                checkpoint.add(TWO);
            }
            assertEquals(TWO, again().getLast(), "goes on after a cut at " + length);
        }
    }

    @Test
    void anotherSweepsCheckpointIsRefusedAndSoIsAnyOtherFile() throws IOException, CannotProbe {
        written();
        WrongWords other = assertThrows(WrongWords.class, () -> Checkpoint.open(file(), "those"));
        assertTrue(other.getMessage().contains("another list of targets"), other.getMessage());
        Path diary = Files.writeString(folder.resolve("diary"), "Dear diary\nno checkpoint\n");
        assertThrows(WrongWords.class, () -> Checkpoint.open(diary, "these"));
        assertEquals("Dear diary\nno checkpoint\n", Files.readString(diary));
        Path link = Files.createSymbolicLink(folder.resolve("link"), file());
        assertThrows(WrongWords.class, () -> Checkpoint.open(link, "these"));
    }

    @Test
    void aDamagedLineIsNamed() throws IOException, CannotProbe {
        String text = Files.readString(written());
        Files.writeString(file(), text.replace("\"a\"", "\"a"));
        WrongWords wrong = assertThrows(WrongWords.class, () -> Checkpoint.open(file(), "these"));
        assertTrue(wrong.getMessage().contains("sweep.checkpoint:2: this line is damaged"), wrong.getMessage());
    }

    @Test
    void twoSweepsDoNotShareOne() throws CannotProbe {
        try (Checkpoint first = Checkpoint.open(file(), "these")) {
            assertEquals(Optional.empty(), first.trouble());
            assertThrows(WrongWords.class, () -> Checkpoint.open(file(), "these"));
        }
    }

    @Test
    void aPlaceThatTakesNoFileIsTroubleOfThisMachine() {
        CannotProbe cannot =
                assertThrows(CannotProbe.class, () -> Checkpoint.open(folder.resolve("missing/sweep"), "these"));
        assertTrue(cannot.what().endsWith("there is no such file"), cannot.what());
        assertTrue(cannot.fix().contains("--checkpoint"), cannot.fix());
    }

    @Test
    void aDeviceOrAFolderIsNoCheckpoint() throws CannotProbe {
        assertThrows(WrongWords.class, () -> Checkpoint.open(Path.of("/dev/full"), "these"));
        assertThrows(WrongWords.class, () -> Checkpoint.open(folder, "these"));
    }
}
