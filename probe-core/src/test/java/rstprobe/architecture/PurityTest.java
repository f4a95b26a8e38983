package rstprobe.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import rstprobe.capture.Frame;
import rstprobe.linux.Errno;
import rstprobe.wire.Decoder;

/// The deciding packages see only values: a recording says the same on any machine, in any year.
class PurityTest {
    private static final Set<String> DECIDING =
            Set.of("rstprobe/wire", "rstprobe/ssh", "rstprobe/path", "rstprobe/diagnose", "rstprobe/report");

    @Test
    void theDecidingPackagesAndAllTheyReachTouchNothing() {
        ClassFiles classes = ClassFiles.beside(Decoder.class, Frame.class, Errno.class);
        assertTrue(classes.byName().keySet().stream().anyMatch(name -> name.startsWith("rstprobe/linux/")));
        Set<String> leaks = World.leaks(classes, name -> DECIDING.contains(ClassFiles.packageOf(name)));
        assertEquals("", String.join("\n", leaks), leaks.size() + " leaks:\n" + String.join("\n", leaks));
    }

    @Test
    void everyLeakOfAPlantedClassIsNamed() {
        Set<String> leaks = World.leaks(ClassFiles.beside(Leaky.class), name -> name.endsWith("/Leaky"));
        Set<String> members = leaks.stream()
                .map(leak -> leak.substring(leak.lastIndexOf('/', leak.indexOf(' ')) + 1, leak.indexOf(' ')))
                .collect(Collectors.toSet());
        assertEquals(
                Set.of(
                        "Leaky.file",
                        "Leaky.clock",
                        "Leaky.clockByReference",
                        "Leaky.address",
                        "Leaky.randomness",
                        "Leaky.thread",
                        "Leaky.lock",
                        "Leaky.environment",
                        "Leaky.locale",
                        "Leaky.reflection",
                        "Leaky.several",
                        "Leaky$Friend.processors"),
                members);
        for (String what : List.of(
                "java/nio/file/Files.exists",
                "java/lang/System.nanoTime",
                "java/time/Instant.now",
                "java/lang/System.currentTimeMillis",
                "java/lang/System.getenv",
                "java/lang/String.toLowerCase")) {
            assertTrue(leaks.stream().anyMatch(leak -> leak.endsWith(" uses " + what)), what + " in " + leaks);
        }
    }
}
