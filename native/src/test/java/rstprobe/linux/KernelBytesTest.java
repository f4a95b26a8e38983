package rstprobe.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Structures the kernel hands over, read from bytes: right ones, cut ones and random ones.
class KernelBytesTest {
    private static final int ROUNDS = 200_000;

    @Test
    void anExtendedErrorIsFoundBehindOtherControlMessages() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment control = arena.allocate(24 + 48, 8);
            control.set(JAVA_LONG, 0, 20); // an IP_TTL message first
            control.set(JAVA_INT, 12, 2);
            control.set(JAVA_LONG, 24, 48);
            control.set(JAVA_INT, 36, 11);
            control.set(JAVA_INT, 40, Errno.EHOSTUNREACH.number());
            control.set(JAVA_BYTE, 44, (byte) 2);
            control.set(JAVA_BYTE, 45, (byte) 3);
            control.set(JAVA_BYTE, 46, (byte) 13);
            control.set(JAVA_INT, 48, 1234);
            control.asSlice(56, 16).copyFrom(SocketAddress.of(arena, InetAddress.getByName("198.18.1.1"), 0));
            assertEquals(
                    Optional.of(new QueuedError(
                            Errno.EHOSTUNREACH,
                            QueuedError.Origin.ICMP,
                            3,
                            13,
                            1234,
                            Optional.of(InetAddress.getByName("198.18.1.1")),
                            Optional.empty())),
                    ErrorQueue.find(control, Optional.empty()));
            for (int cut = 0; cut < 56; cut++) {
                assertEquals(Optional.empty(), ErrorQueue.find(control.asSlice(0, cut), Optional.empty()));
            }
        }
    }

    @Test
    void randomBytesNeverStopAReader() {
        long seed = System.nanoTime();
        System.out.println("random kernel bytes: seed " + seed);
        Random random = new Random(seed);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment room = arena.allocate(128, 8);
            for (int i = 0; i < ROUNDS; i++) {
                byte[] bytes = new byte[random.nextInt(128)];
                random.nextBytes(bytes);
                if (bytes.length > 16 && random.nextBoolean()) {
                    ByteBuffer.wrap(bytes)
                            .order(ByteOrder.nativeOrder())
                            .putLong(0, random.nextInt(160))
                            .putInt(8, 0)
                            .putInt(12, 11);
                }
                MemorySegment.copy(bytes, 0, room, JAVA_BYTE, 0, bytes.length);
                ErrorQueue.find(room.asSlice(0, bytes.length), Optional.empty());
                SocketAddress.read(room.asSlice(0, bytes.length));
                Netlink.attributes(ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()), random.nextInt(32));
            }
        }
    }

    @Test
    void addressesSurviveTheirCForm() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            for (String text : new String[] {"198.18.0.1", "2001:db8::1", "fe80::1%1", "255.255.255.255"}) {
                InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(text), 65_535);
                MemorySegment form = SocketAddress.of(arena, address.getAddress(), address.getPort());
                assertEquals(Optional.of(address), SocketAddress.read(form));
                assertEquals(Optional.empty(), SocketAddress.read(form.asSlice(0, form.byteSize() - 1)));
            }
        }
    }

    @Test
    void aMacAddressIsSixBytesAndReadsLikeOne() {
        byte[] bytes = {2, 0, 0x5e, 0x10, (byte) 0xff, 1};
        assertEquals("02:00:5e:10:ff:01", MacAddress.of(bytes).toString());
        assertArrayEquals(bytes, MacAddress.of(bytes).bytes());
        assertThrows(IllegalArgumentException.class, () -> MacAddress.of(new byte[8]));
        assertThrows(IllegalArgumentException.class, () -> new MacAddress(1L << 48));
    }

    @Test
    void aDescriptorIsClosedOnceAndNeverUsedAfter() throws Exception {
        Descriptor kept = new Descriptor(Libc.socket(SocketAddress.AF_INET, 2, 0));
        int number = kept.release();
        kept.close();
        assertThrows(IllegalStateException.class, kept::number);
        assertThrows(IllegalStateException.class, kept::release);
        Descriptor owned = new Descriptor(number);
        assertEquals(number, owned.number());
        owned.close();
        assertEquals(-Errno.EBADF.number(), Libc.close(number));
        assertThrows(IllegalArgumentException.class, () -> new Descriptor(-1));
    }

    @Test
    void aStateNumberOutOfRangeIsOther() {
        assertEquals(TcpInfo.State.ESTABLISHED, TcpInfo.State.numbered(1));
        assertEquals(TcpInfo.State.NEW_SYN_RECEIVED, TcpInfo.State.numbered(12));
        for (int number : new int[] {-1, 0, 13, 255}) {
            assertEquals(TcpInfo.State.OTHER, TcpInfo.State.numbered(number));
        }
        assertTrue(TcpInfo.State.values().length == 13);
    }
}
