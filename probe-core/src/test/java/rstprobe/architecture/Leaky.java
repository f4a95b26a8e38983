package rstprobe.architecture;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/// A class with leaks of every kind, and one behind it, to show that they are found.
final class Leaky {
    private Leaky() {}

    static boolean file() {
        return Files.exists(Path.of("x"));
    }

    static long clock() {
        return System.nanoTime() + Instant.now().getNano();
    }

    static LongSupplier clockByReference() {
        return System::currentTimeMillis;
    }

    static String address() {
        return URI.create("x").getHost();
    }

    static int randomness() {
        return new SecureRandom().nextInt();
    }

    /// Randomness that is handed in is none of its own.
    static int handedIn(SecureRandom random) {
        return random.nextInt();
    }

    static String thread() {
        return Thread.currentThread().getName();
    }

    static int lock(Object held) {
        synchronized (held) {
            return held.hashCode();
        }
    }

    static String environment() {
        return System.getProperty("user.dir") + System.getenv("PATH");
    }

    static String locale(String text) {
        return text.toLowerCase() + text.toUpperCase(Locale.ROOT);
    }

    static Object reflection() throws ReflectiveOperationException {
        return Class.forName("x");
    }

    static long several(List<String> texts) {
        return texts.parallelStream().count() + Friend.processors();
    }

    /// Reached from the class above alone.
    static final class Friend {
        private Friend() {}

        static int processors() {
            return Runtime.getRuntime().availableProcessors();
        }
    }
}
