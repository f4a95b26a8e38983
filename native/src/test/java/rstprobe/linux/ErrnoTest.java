package rstprobe.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ErrnoTest {
    @Test
    void aRefusalReadsAsAnEngineerWouldWriteIt() {
        LinuxException refused = new LinuxException("connect", Errno.ECONNREFUSED);
        assertEquals("connect: ECONNREFUSED (Connection refused)", refused.getMessage());
        assertEquals("connect", refused.call());
        assertEquals(Errno.ECONNREFUSED, refused.errno());
    }

    @Test
    void anUnknownNumberStaysReadable() {
        assertEquals("E999 (Unknown error 999)", new Errno(999).toString());
        assertThrows(IllegalArgumentException.class, () -> new Errno(0));
    }

    @Test
    void everyConstantCarriesItsOwnName() throws IllegalAccessException {
        int constants = 0;
        for (var field : Errno.class.getFields()) {
            assertEquals(field.getName(), ((Errno) field.get(null)).name());
            constants++;
        }
        assertTrue(constants > 30);
    }

    @Test
    void closeOfADescriptorThatIsNotOpenIsEbadf() {
        assertEquals(-Errno.EBADF.number(), Libc.close(1 << 30));
    }
}
