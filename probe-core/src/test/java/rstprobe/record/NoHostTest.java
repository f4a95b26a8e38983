package rstprobe.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which addresses may be probed, in every form they are written in.
class NoHostTest {
    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, unspecified",
        "0.1.2.3, of no host",
        "0.255.255.255, of no host",
        "127.0.0.1, loopback",
        "127.255.255.254, loopback",
        "169.254.0.1, link-local",
        "169.254.169.254, link-local",
        "169.254.255.255, link-local",
        "224.0.0.1, multicast",
        "239.255.255.250, multicast",
        "240.0.0.1, reserved",
        "250.1.2.3, reserved",
        "255.255.255.255, reserved",
        "::, unspecified",
        "::1, loopback",
        "::2, holds 0.0.0.2",
        "::127.0.0.1, holds 127.0.0.1",
        "::ffff:127.0.0.1, loopback",
        "::ffff:0.0.0.0, unspecified",
        "::ffff:169.254.1.1, link-local",
        "::ffff:224.0.0.1, multicast",
        "::ffff:255.255.255.255, reserved",
        "fe80::1, link-local",
        "febf:ffff::1, link-local",
        "ff02::1, multicast",
        "ff0e::1, multicast",
        "64:ff9b::127.0.0.1, holds 127.0.0.1",
        "64:ff9b::0.0.0.0, holds 0.0.0.0",
        "64:ff9b::10.0.0.0, ''",
        "64:ff9b::169.254.169.254, holds 169.254.169.254",
        "64:ff9b::e000:1, multicast",
        "64:ff9b::255.255.255.255, reserved",
        "2002:7f00:1::1, holds 127.0.0.1",
        "2002:e000:1::1, multicast",
        "2001:db8:1:2::, anycast",
        "2001:db8:1:2:fdff:ffff:ffff:ff80, anycast",
        "2001:db8:1:2:fdff:ffff:ffff:fffe, anycast",
        "198.18.0.2, ''",
        "10.0.0.1, ''",
        "192.168.1.1, ''",
        "100.64.0.1, ''",
        "223.255.255.254, ''",
        "::ffff:198.18.0.2, ''",
        "2001:db8::1, ''",
        "2001:db8:1:2:fdff:ffff:ffff:ff7f, ''",
        "fd00::1, ''",
        "64:ff9b::198.18.0.2, ''",
        "2002:c612:2::1, ''"
    })
    void everyFormIsToldForWhatItIs(String text, String expected) throws Exception {
        Optional<String> what = NoHost.what(InetAddress.getByName(text));
        assertEquals(!expected.isEmpty(), what.isPresent(), what::toString);
        assertTrue(what.orElse("").contains(expected), what::toString);
    }

    /// What the system's resolver reads as 127.0.0.1.
    @ParameterizedTest
    @ValueSource(
            strings = {"2130706433", "127.1", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "localhost"})
    void otherSpellingsAreNoWayAround(String spelled) {
        assertThrows(NoTarget.class, () -> Target.resolve(spelled, Optional.empty()));
    }
}
