package rstprobe.capture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.Native;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A tap in a fresh process: what it needs of the machine, and what it leaves there. Needs root.
class TapProcessTest {
    private static final String LIBPCAP = "/usr/lib/x86_64-linux-gnu/libpcap.so.0.8";

    @TempDir
    Path temporary;

    @Test
    void a_process_without_the_capability_is_told_which() {
        assertEquals(
                "NO_PERMISSION|capturing on lo needs the capability CAP_NET_RAW, which this process lacks"
                        + "|run it as root, or with sudo",
                said(List.of("setpriv", "--inh-caps=-net_raw", "--bounding-set=-net_raw"), List.of()));
    }

    @Test
    void a_machine_without_libpcap_is_told_what_to_install() {
        String said = said(List.of(), List.of("-Dorg.pcap4j.core.pcapLibName=pcap-that-is-absent"));
        assertTrue(said.startsWith("NO_LIBPCAP|libpcap cannot be loaded: "), said);
        assertTrue(said.endsWith("|install it: apt install libpcap0.8, dnf install libpcap or apk add libpcap"), said);
        assertEquals(1, said.lines().count());
    }

    @Test
    void a_broken_libpcap_is_no_stack_trace_either() {
        String said = said(
                List.of("unshare", "-m", "sh", "-c", "mount --bind /etc/hostname " + LIBPCAP + " && exec \"$@\"", "sh"),
                List.of());
        assertTrue(said.startsWith("NO_LIBPCAP|libpcap cannot be loaded: "), said);
        assertEquals(1, said.lines().count());
    }

    @Test
    void nothing_stays_in_the_folder_for_temporary_files() throws IOException {
        assertTrue(said(List.of(), List.of()).startsWith("opened in "));
        try (var left = Files.list(temporary)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void a_temporary_folder_that_runs_no_programs_is_passed_over() {
        String said = said(
                List.of(
                        "unshare",
                        "-m",
                        "sh",
                        "-c",
                        "mount -t tmpfs -o noexec tmpfs " + temporary + " && exec \"$@\"",
                        "sh"),
                List.of());
        assertTrue(said.startsWith("opened in "), said);
    }

    @Test
    void an_image_that_ships_the_library_unpacked_unpacks_nothing() throws IOException {
        Path shipped = Files.createDirectory(temporary.resolve("lib"));
        try (InputStream library = Native.class.getResourceAsStream("/com/sun/jna/linux-x86-64/libjnidispatch.so")) {
            Files.copy(library, shipped.resolve("libjnidispatch.so"));
        }
        byte[] before = Files.readAllBytes(shipped.resolve("libjnidispatch.so"));
        String said = said(List.of(), List.of("-Djna.boot.library.path=" + shipped, "-Djna.nounpack=true"));
        assertTrue(said.startsWith("opened in "), said);
        assertArrayEquals(before, Files.readAllBytes(shipped.resolve("libjnidispatch.so")));
        try (var left = Files.list(temporary)) {
            assertEquals(List.of(shipped), left.toList());
        }
    }

    private String said(List<String> before, List<String> options) {
        List<String> all = new ArrayList<>(options);
        all.add("-Djava.io.tmpdir=" + temporary);
        List<String> words = new ArrayList<>(before);
        words.addAll(Commands.java(all, OpenOnce.class, "lo"));
        return Commands.ending(words).said().strip();
    }
}
