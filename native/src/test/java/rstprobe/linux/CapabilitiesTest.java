package rstprobe.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CapabilitiesTest {
    private static String status(String field) throws Exception {
        return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
                .filter(line -> line.startsWith(field + ":"))
                .findFirst()
                .orElseThrow()
                .substring(field.length() + 1)
                .strip();
    }

    @Test
    void theEffectiveSetIsTheOneProcShows() throws Exception {
        long shown = Long.parseUnsignedLong(status("CapEff"), 16);
        for (Capability capability : Capability.values()) {
            boolean has = Capabilities.effective().contains(capability);
            assertEquals((shown >>> capability.ordinal() & 1) != 0, has, capability.name());
        }
        assertTrue(Capabilities.effective().contains(Capability.CAP_NET_RAW), "these tests need root");
    }

    @Test
    void aThreadThatDroppedCannotGoBackAndItsChildrenCannotEither() throws Exception {
        Set<Capability> keep = Set.of(Capability.CAP_NET_RAW);
        Namespaces.freshThread(() -> {
            Capabilities.dropOnThisThread(keep);
            assertEquals(keep, Capabilities.effective());
            assertEquals(keep, Capabilities.permitted());
            assertFalse(Capabilities.bounding().contains(Capability.CAP_NET_ADMIN));
            assertEquals("1", status("NoNewPrivs"));
            Set<Capability> child = Namespaces.freshThread(Capabilities::effective);
            assertEquals(keep, child, "a thread started later inherits the drop");
            LinuxException refused =
                    assertThrows(LinuxException.class, () -> NetworkNamespace.enter(Path.of("/proc/self/ns/net")));
            assertEquals(Errno.EPERM, refused.errno(), "setns needs CAP_SYS_ADMIN, which is gone");
            return null;
        });
        assertTrue(Capabilities.effective().contains(Capability.CAP_NET_ADMIN), "other threads keep what they had");
    }

    @Test
    void withoutCapNetRawAPacketSocketIsRefusedByName() throws Exception {
        Namespaces.freshThread(() -> {
            Capabilities.dropOnThisThread(Set.of());
            assertEquals(Set.of(), Capabilities.effective());
            LinuxException packet = assertThrows(LinuxException.class, () -> PacketSocket.open(1, false));
            assertEquals("socket AF_PACKET: EPERM (Operation not permitted)", packet.getMessage());
            LinuxException raw = assertThrows(LinuxException.class, () -> RawSocket.open(RawSocket.Kind.ICMP6));
            assertEquals(Errno.EPERM, raw.errno());
            return null;
        });
    }

    @Test
    void droppingTwiceIsAllowed() throws Exception {
        Namespaces.freshThread(() -> {
            Capabilities.dropOnThisThread(Set.of(Capability.CAP_NET_RAW, Capability.CAP_NET_ADMIN));
            Capabilities.dropOnThisThread(Set.of(Capability.CAP_NET_RAW));
            assertEquals(Set.of(Capability.CAP_NET_RAW), Capabilities.effective());
            return null;
        });
    }
}
