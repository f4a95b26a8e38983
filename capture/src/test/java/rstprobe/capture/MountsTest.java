package rstprobe.capture;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The closest mount decides whether programs may be loaded from a folder.
class MountsTest {
    @Test
    void the_closest_mount_decides_and_of_two_on_one_place_the_later() {
        Mounts mounts = Mounts.of(List.of(
                "/dev/vda1 / ext4 rw,relatime 0 0",
                "tmpfs /tmp tmpfs rw,nosuid,noexec 0 0",
                "tmpfs /tmp/with\\040space tmpfs rw 0 0",
                "tmpfs /run tmpfs rw,noexec 0 0",
                "tmpfs /run tmpfs rw 0 0",
                "nonsense"));
        assertTrue(mounts.forbidPrograms(Path.of("/tmp/a")));
        assertFalse(mounts.forbidPrograms(Path.of("/tmp/with space/a")));
        assertFalse(mounts.forbidPrograms(Path.of("/var/tmp")));
        assertFalse(mounts.forbidPrograms(Path.of("/tmpx")));
        assertFalse(mounts.forbidPrograms(Path.of("/run")));
    }
}
