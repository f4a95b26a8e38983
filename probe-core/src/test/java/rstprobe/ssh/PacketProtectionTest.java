package rstprobe.ssh;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What one side seals the other opens, whole and in pieces, and nothing but that.
class PacketProtectionTest {
    private static final SessionKeys KEYS = new SessionKeys(Hash.SHA512, new byte[36], new byte[64]);

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("rstprobe.ssh.HandshakeWithOpenSshTest#suites")
    void packets_of_any_size_arrive_in_order_however_they_are_cut(String cipher, String mac) throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        PacketWriter writer = writer(cipher, mac);
        PacketReader reader = reader(cipher, mac);
        for (int round = 0; round < 100; round++) {
            byte[] payload = new byte[1 + random.nextInt(round % 10 == 0 ? 40_000 : 300)];
            random.nextBytes(payload);
            byte[] wire = writer.packet(payload);
            int cut = random.nextInt(wire.length);
            reader.add(Arrays.copyOf(wire, cut), 0);
            assertTrue(reader.next().isEmpty(), "seed " + seed);
            reader.add(wire, cut);
            PacketReader.Packet packet = reader.next().orElseThrow();
            assertArrayEquals(payload, packet.payload(), "seed " + seed);
            assertEquals(wire.length, packet.wireBytes());
            assertEquals(round, packet.sequence());
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("rstprobe.ssh.HandshakeWithOpenSshTest#suites")
    void a_flipped_bit_is_never_taken_for_a_packet(String cipher, String mac) {
        int size = writer(cipher, mac).packet(new byte[40]).length;
        for (int at = 0; at < size; at++) {
            byte[] wire = Arrays.copyOf(writer(cipher, mac).packet(new byte[40]), 300_000);
            wire[at] ^= 4;
            PacketReader reader = reader(cipher, mac);
            reader.add(wire, 0);
            assertThrows(Malformed.class, reader::next, "byte " + at);
        }
    }

    private static PacketWriter writer(String cipher, String mac) {
        PacketWriter writer = new PacketWriter(new SeededRandom(1));
        writer.protect(Suite.protection(cipher, mac, KEYS, "ACE"), true);
        return writer;
    }

    private static PacketReader reader(String cipher, String mac) {
        PacketReader reader = new PacketReader();
        reader.protect(Suite.protection(cipher, mac, KEYS, "ACE"), true);
        return reader;
    }
}
