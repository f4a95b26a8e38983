package rstprobe.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Addresses have one text form each, the one of RFC 5952.
class IpAddressTest {
    @ParameterizedTest
    @CsvSource({
        "198.18.0.1, 198.18.0.1",
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
        "2001:0db8:0000:0000:0000:0000:0000:0001, 2001:db8::1",
        "2001:DB8::A, 2001:db8::a",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "::, ::",
        "::1, ::1",
        "1::, 1::",
        "fe80:0:0:0:0:0:0:0, fe80::",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "::ffff:198.18.0.1, ::ffff:198.18.0.1",
        "::ffff:c612:1, ::ffff:198.18.0.1",
        "64:ff9b::198.18.0.1, 64:ff9b::c612:1"
    })
    void aLiteralHasOneForm(String literal, String canonical) {
        IpAddress address = IpAddress.parse(literal);
        assertEquals(canonical, address.toString());
        assertEquals(address, IpAddress.of(address.toBytes()));
        assertEquals(address, IpAddress.parse(canonical));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1.2.3",
                "1.2.3.4.5",
                "256.1.1.1",
                "01.2.3.4",
                "1.2.3.4 ",
                ":",
                ":::",
                "1:2:3:4:5:6:7",
                "1::2::3",
                "1:2:3:4:5:6:7:8:9",
                "::12345",
                "fe80::1%eth0",
                "1:2:3:4:5:6:7:1.2.3.4",
                "::1.2.3",
                "db7",
                "1:",
                "1:2:3:4::5:6:7:8"
            })
    void whatIsNoLiteralIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> IpAddress.parse(text));
    }

    @Test
    void bytesComeInNetworkOrder() {
        assertArrayEquals(
                new byte[] {(byte) 198, 18, 0, 1}, IpAddress.parse("198.18.0.1").toBytes());
        assertEquals(16, IpAddress.parse("2001:db8::1").toBytes().length);
        assertThrows(IllegalArgumentException.class, () -> IpAddress.of(new byte[5]));
    }

    @Test
    void orderIsByVersionThenNumber() {
        assertTrue(IpAddress.parse("198.18.0.1").compareTo(IpAddress.parse("198.18.0.2")) < 0);
        assertTrue(IpAddress.parse("255.0.0.0").compareTo(IpAddress.parse("::")) < 0);
        assertTrue(IpAddress.parse("fe80::").compareTo(IpAddress.parse("2001:db8::")) > 0);
    }
}
