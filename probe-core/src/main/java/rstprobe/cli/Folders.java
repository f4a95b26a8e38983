package rstprobe.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Takes back a folder in which nothing was recorded.
final class Folders {
    private Folders() {}

    /// Removes a folder that holds nothing but files that were begun and never filled.
    static void removeEmpty(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(name -> name.toString().endsWith(".part")).toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException left) {
            System.err.println("rstprobe: " + folder + " could not be removed: " + left.getMessage());
        }
    }
}
