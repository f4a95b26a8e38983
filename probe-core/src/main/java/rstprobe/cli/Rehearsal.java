package rstprobe.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Runs many command lines in one process, so that the JVM can record in one go what all of them load.
/// Building the image starts it; a user never meets it.
public final class Rehearsal {
    private Rehearsal() {}

    /// Runs every line of the files named; words are parted by blanks, and a line that starts with `#` is a comment.
    /// A line whose command fails is named on stderr: what it would have loaded later is not in the cache.
    public static void main(String[] files) throws IOException {
        for (String file : files) {
            for (String line : Files.readAllLines(Path.of(file))) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    int exit = Main.run(line.strip().split("\\s+"));
                    if (exit != 0) {
                        System.err.println("rehearsal: exit code " + exit + " from: rstprobe " + line.strip());
                    }
                }
            }
        }
    }
}
