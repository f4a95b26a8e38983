package rstprobe.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Runs many command lines in one process, so that the JVM can record in one go what all of them load.
/// Building the image starts it; a user never meets it.
public final class Rehearsal {
    private Rehearsal() {}

    /// Runs every line of the files named; words are parted by blanks, and a line that starts with `#` is a comment.
    /// What the commands answer does not matter here, only that they return.
    public static void main(String[] files) throws IOException {
        for (String file : files) {
            for (String line : Files.readAllLines(Path.of(file))) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    Main.run(line.strip().split("\\s+"));
                }
            }
        }
    }
}
