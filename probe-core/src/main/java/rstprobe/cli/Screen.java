package rstprobe.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import rstprobe.report.Sanitizer;

/// The two outputs of a command: the answer on stdout, progress and warnings on stderr.
///
/// Whatever goes to stderr passes the sanitizer; the reports on stdout did so when they were rendered.
final class Screen {
    /// When to use colours.
    enum Colour {
        auto,
        always,
        never
    }

    private final PrintStream out = utf8(System.out);
    private final PrintStream err = utf8(System.err);
    private final boolean progress;
    private final boolean quiet;
    private final boolean colour;

    Screen(Colour wish, boolean quiet) {
        this.quiet = quiet;
        this.progress = !quiet && terminal(2);
        this.colour = switch (wish) {
            case always -> true;
            case never -> false;
            case auto -> terminal(1) && System.getenv("NO_COLOR") == null;
        };
    }

    private static PrintStream utf8(PrintStream stream) {
        return new PrintStream(stream, true, StandardCharsets.UTF_8);
    }

    private static boolean terminal(int descriptor) {
        try {
            Path where = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor));
            return where.startsWith("/dev/pts") || where.toString().startsWith("/dev/tty") || where.endsWith("console");
        } catch (IOException _) {
            return false;
        }
    }

    boolean colour() {
        return colour;
    }

    void answer(String text) {
        out.print(text);
        out.flush();
    }

    /// One line that only a person at a terminal sees.
    void progress(String line) {
        if (progress) {
            err.println(Sanitizer.terminal(line));
        }
    }

    /// One line that everybody sees who did not ask for quiet.
    void announce(String line) {
        if (!quiet) {
            err.println(Sanitizer.terminal(line));
        }
    }

    /// One line that only a person at a terminal sees, in place of the one before.
    void overwrite(String line) {
        if (progress) {
            err.print("\r" + Sanitizer.terminal(line) + "\033[K");
            err.flush();
        }
    }

    /// The line that was written over last is done.
    void overwritten() {
        if (progress) {
            err.println();
        }
    }

    /// One line of a list that everybody sees.
    void list(String line) {
        err.println(Sanitizer.terminal(line));
    }

    /// One line that everybody sees.
    void warn(String line) {
        err.println("rstprobe: " + Sanitizer.terminal(line));
    }
}
