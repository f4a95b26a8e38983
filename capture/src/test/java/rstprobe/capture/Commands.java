package rstprobe.capture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Programs that tests run, by argument list and never through a shell.
final class Commands {
    private static final long LIMIT_SECONDS = 60;

    private Commands() {}

    /// How a program ended and what it said on both streams.
    record Ended(int code, String said) {}

    /// Runs a program that must succeed.
    static String run(String... words) {
        Ended ended = ending(List.of(words));
        if (ended.code() != 0) {
            throw new AssertionError(String.join(" ", words) + " ended with " + ended.code() + ": " + ended.said());
        }
        return ended.said();
    }

    static Ended ending(List<String> words) {
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(words + " did not end");
            }
            return new Ended(process.exitValue(), said);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", interrupted);
        }
    }

    /// The words that start a fresh JVM on the tests' class path.
    static List<String> java(List<String> options, Class<?> main, String... words) {
        List<String> all = new ArrayList<>();
        all.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        all.add("--enable-native-access=ALL-UNNAMED");
        all.add("-XX:+UseSerialGC");
        all.add("-XX:TieredStopAtLevel=1");
        all.addAll(options);
        all.add("-cp");
        all.add(System.getProperty("java.class.path"));
        all.add(main.getName());
        all.addAll(List.of(words));
        return all;
    }
}
