package rstprobe.capture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Settles where JNA and libpcap are loaded from, before pcap4j is touched for the first time.
///
/// Left alone, JNA runs `ldconfig` to learn where libraries live and unpacks its own one into a shared cache folder.
/// Here libpcap is named by its path, and JNA's library is unpacked into a fresh folder only this user may enter,
/// which is gone once it is loaded. A packaged image does better: it sets `jna.boot.library.path` to the folder with
/// `libjnidispatch.so`, and then nothing is unpacked at all.
///
/// A property that is set already is left as it is.
final class NativeLibraries {
    private static final String JNA_UNPACKED = "jna.boot.library.path";
    private static final String JNA_FOLDER = "jna.tmpdir";
    private static final String JNA_SEARCH = "jna.platform.library.path";
    private static final String PCAP_NAME = "org.pcap4j.core.pcapLibName";

    /// Where Linux distributions keep libraries; the loader's own folders on both architectures.
    private static final List<String> LIBRARY_FOLDERS = List.of(
            "/usr/lib/x86_64-linux-gnu",
            "/usr/lib/aarch64-linux-gnu",
            "/lib/x86_64-linux-gnu",
            "/lib/aarch64-linux-gnu",
            "/usr/lib64",
            "/lib64",
            "/usr/local/lib",
            "/usr/lib",
            "/lib");

    /// Debian's soname, everybody else's, and the name a development package adds.
    private static final List<String> LIBPCAP_NAMES = List.of("libpcap.so.0.8", "libpcap.so.1", "libpcap.so");

    private NativeLibraries() {}

    /// Sets the properties, runs `load`, and removes the folder JNA was given.
    static void settled(Runnable load) throws TapFailure {
        set(JNA_SEARCH, String.join(":", LIBRARY_FOLDERS));
        libpcap().ifPresent(file -> set(PCAP_NAME, file.toString()));
        Optional<Path> unpackInto = jnaFolder();
        try {
            load.run();
        } finally {
            if (unpackInto.isPresent()) {
                System.clearProperty(JNA_FOLDER);
                remove(unpackInto.get());
            }
        }
    }

    private static void set(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    static Optional<Path> libpcap() {
        return LIBRARY_FOLDERS.stream()
                .flatMap(folder -> LIBPCAP_NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    /// A new folder of mode 0700 with a random name, on a file system programs may be loaded from.
    private static Optional<Path> jnaFolder() throws TapFailure {
        if (System.getProperty(JNA_UNPACKED) != null || System.getProperty(JNA_FOLDER) != null) {
            return Optional.empty();
        }
        Mounts mounts = Mounts.ofThisProcess();
        IOException last = new IOException("every place for temporary files is mounted noexec");
        for (Path place :
                List.of(Path.of(System.getProperty("java.io.tmpdir")), Path.of("/run"), Path.of("/var/tmp"))) {
            if (mounts.forbidPrograms(place)) {
                continue;
            }
            try {
                Path folder = Files.createTempDirectory(place, "rstprobe-");
                System.setProperty(JNA_FOLDER, folder.toString());
                return Optional.of(folder);
            } catch (IOException failed) {
                last = failed;
            }
        }
        throw new TapFailure(
                TapFailure.Kind.NO_LIBPCAP,
                "the library that reaches libpcap cannot be unpacked: " + last.getMessage(),
                "set TMPDIR or -Djava.io.tmpdir to a folder that is writable and not mounted noexec");
    }

    private static void remove(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
        } catch (IOException _) {
            // An empty folder of ours in a temporary place harms nobody.
        }
    }
}
