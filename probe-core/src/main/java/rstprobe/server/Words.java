package rstprobe.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rstprobe.diagnose.ServerQuestion;

/// Command lines as words, and as text.
public final class Words {
    private static final String PLAIN = "[A-Za-z0-9_./:=,@%+-]+";

    private Words() {}

    /// One line that a POSIX shell parts into the same words again: the only place that quotes.
    public static String quoted(List<String> words) {
        return words.stream().map(Words::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        return word.matches(PLAIN) ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /// The words as a person would type them.
    public static String shown(List<String> words) {
        return quoted(words);
    }

    /// The words with the program's whole path, from [Reach#PATH]; empty where it is in none of its folders.
    static Optional<List<String>> inPath(List<String> words) {
        String program = words.getFirst();
        if (program.startsWith("/")) {
            return Optional.of(words);
        }
        return Stream.of(Reach.PATH.split(":"))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst()
                .map(found -> {
                    List<String> whole = new ArrayList<>(words);
                    whole.set(0, found.toString());
                    return List.copyOf(whole);
                });
    }

    /// The words for another host's shell: with our search path and language, and stopped there at the limit,
    /// too.
    static List<String> elsewhere(List<String> words, int seconds) {
        List<String> whole = new ArrayList<>(
                List.of("env", "PATH=" + Reach.PATH, "LC_ALL=" + Reach.LANGUAGE, "timeout", Integer.toString(seconds)));
        whole.addAll(words);
        return whole;
    }

    /// The words run as root by sudo, which asks nothing. Whoever is not root cannot stop a program of root's, so the
    /// limit is kept there, by root.
    public static List<String> asRoot(List<String> words) {
        List<String> whole =
                new ArrayList<>(List.of("sudo", "-n", "timeout", Integer.toString(ServerQuestion.LIMIT_SECONDS)));
        whole.addAll(words);
        return whole;
    }
}
