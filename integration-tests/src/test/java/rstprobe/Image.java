package rstprobe;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The program as it is handed to a user: the folder that `make image` builds.
final class Image {
    private Image() {}

    /// The folder; without it no story can be told, and that is a failure.
    static Path folder() {
        Path image =
                Path.of(System.getProperty("rstprobe.image")).toAbsolutePath().normalize();
        assertTrue(Files.isExecutable(image.resolve("bin/rstprobe")), "no image at " + image + ": run `make image`");
        return image;
    }

    /// A command line of rstprobe.
    static List<String> words(String... words) {
        List<String> command = new ArrayList<>();
        command.add(folder().resolve("bin/rstprobe").toString());
        command.addAll(List.of(words));
        return command;
    }
}
