package rstprobe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import rstprobe.lab.Conditions;
import rstprobe.lab.Lab;
import rstprobe.lab.Labs;

/// The image needs a kernel, a shell, libc and libpcap, and nothing else; and it writes nowhere but where it is told
/// to.
final class EmptyRootStory {
    private static final Path SHELL = Path.of("/bin/dash");
    private static final Pattern LIBRARY = Pattern.compile("(?m)^\\s*(?:\\S+ => )?(/\\S+) \\(0x");

    /// Runs `$2...` in the root `$1`, with the image at `/opt`, and prints every file that is new in it.
    private static final String INSIDE = """
            root=$1 image=$2
            shift 2
            mount --bind "$image" "$root/opt"
            mount -o remount,bind,ro "$root/opt"
            mount -t proc proc "$root/proc"
            mount -t tmpfs -o noexec,nosuid,nodev,mode=1777 tmpfs "$root/tmp"
            mount -t tmpfs -o mode=755 tmpfs "$root/dev"
            for device in null urandom random; do
                touch "$root/dev/$device"
                mount --bind "/dev/$device" "$root/dev/$device"
            done
            status=0
            chroot "$root" /bin/sh -c 'cd / && exec /opt/bin/rstprobe "$@"' sh "$@" || status=$?
            find "$root/tmp" "$root/var" "$root/home" "$root/root" -mindepth 1 >&2
            exit "$status"
            """;

    @Test
    void itProbesFromARootThatHasAlmostNothing() throws Exception {
        Path root = Folder.scratch("root");
        furnish(root);
        try (Lab lab = Lab.build(Labs.named("healthy").orElseThrow(), Conditions.plain())) {
            Command ran = inside(lab, root, "ssh", "--json", "--into", "/into", lab.serverAddress())
                    .mustEndWith(0);
            assertEquals("", ran.err(), "said or left lying about");
            JsonNode report = Folder.json(ran.out());
            assertEquals("healthy", report.at("/verdict/status").asText());
        }
        Folder.below(root.resolve("into")).mustBeWhole();
    }

    @Test
    void withoutLibpcapItSaysSoInOneLineAndHowToMendIt() throws Exception {
        Path root = Folder.scratch("root");
        furnish(root);
        try (Stream<Path> files = Files.walk(root)) {
            for (Path library : files.filter(
                            file -> file.getFileName().toString().startsWith("libpcap"))
                    .toList()) {
                Files.delete(library);
            }
        }
        try (Lab lab = Lab.build(Labs.named("healthy").orElseThrow(), Conditions.plain())) {
            Command ran = inside(lab, root, "ssh", "--hurry", "--json", "--into", "/into", lab.serverAddress())
                    .mustEndWith(3);
            assertEquals(2, ran.err().lines().count(), ran::toString);
            assertTrue(ran.err().contains("libpcap"), ran::toString);
        }
    }

    private static Command inside(Lab lab, Path root, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "/usr/bin/unshare",
                "--mount",
                "--pid",
                "--fork",
                "sh",
                "-euc",
                INSIDE,
                "sh",
                root.toString(),
                Image.folder().toString()));
        command.addAll(List.of(words));
        return Command.run(lab.inClient(command));
    }

    private static void furnish(Path root) throws IOException, InterruptedException {
        for (String folder : List.of("bin", "opt", "proc", "dev", "tmp", "into", "var", "home", "root", "etc")) {
            Files.createDirectory(root.resolve(folder));
        }
        Files.copy(SHELL, root.resolve("bin/sh"));
        Set<Path> libraries = new TreeSet<>();
        libraries.addAll(needed(SHELL));
        Path libpcap = libpcap();
        libraries.add(libpcap);
        libraries.addAll(needed(libpcap));
        libraries.addAll(needed(Image.folder().resolve("runtime/bin/java")));
        libraries.addAll(needed(Image.folder().resolve("runtime/lib/server/libjvm.so")));
        for (Path library : libraries) {
            if (!library.startsWith(Image.folder())) {
                Path copy = root.resolve(Path.of("/").relativize(library));
                Files.createDirectories(copy.getParent());
                Files.copy(library, copy);
            }
        }
    }

    private static Path libpcap() throws IOException, InterruptedException {
        Matcher found = Pattern.compile("=> (/\\S*/libpcap\\.so\\.0\\.8)")
                .matcher(Command.run("ldconfig", "-p").mustEndWith(0).out());
        assertTrue(found.find(), "no libpcap.so.0.8 on this machine");
        return Path.of(found.group(1));
    }

    /// The libraries a program or library asks for, at the paths the loader would look.
    private static Set<Path> needed(Path binary) throws IOException, InterruptedException {
        Set<Path> libraries = new TreeSet<>();
        Matcher line = LIBRARY.matcher(Command.run("ldd", binary.toString()).out());
        while (line.find()) {
            libraries.add(Path.of(line.group(1)));
        }
        return libraries;
    }
}
