package rstprobe.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which frames the filters let through, judged by libpcap itself on frames made by hand.
class TapPlanTest {
    private static final String TARGET4 = "198.18.3.2";
    private static final String ROUTER4 = "198.18.1.1";
    private static final String SELF4 = "198.18.1.2";
    private static final String TARGET6 = "2001:db8:3::2";
    private static final String ROUTER6 = "2001:db8:1::1";
    private static final String SELF6 = "2001:db8:1::2";

    @TempDir
    Path folder;

    private int files;

    @Test
    void the_conversation_passes_both_ways_in_both_families() throws IOException {
        assertPasses(ip4(SELF4, TARGET4, 6, 0, ports(40_000, 22)));
        assertPasses(ip4(TARGET4, SELF4, 6, 0, ports(22, 40_000)));
        assertPasses(ip6(SELF6, TARGET6, 6, ports(40_000, 22)));
        assertPasses(ip6(TARGET6, SELF6, 6, ports(22, 40_000)));
    }

    @Test
    void fragments_and_extension_headers_of_the_target_pass_though_they_hide_the_port() throws IOException {
        assertPasses(ip4(TARGET4, SELF4, 6, 185, new byte[64]));
        for (int header : new int[] {0, 43, 44, 51, 60}) {
            assertPasses(ip6(TARGET6, SELF6, header, new byte[64]));
        }
        assertStaysOut(ip4(ROUTER4, SELF4, 6, 185, new byte[64]));
        assertStaysOut(ip6(ROUTER6, SELF6, 44, new byte[64]));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 11, 12})
    void icmp_errors_pass_from_any_router(int type) throws IOException {
        assertPasses(ip4(ROUTER4, SELF4, 1, 0, new byte[] {(byte) type, 1, 0, 0, 0, 0, 0, 0}));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 127})
    void icmp6_errors_pass_from_any_router(int type) throws IOException {
        assertPasses(ip6(ROUTER6, SELF6, 58, new byte[] {(byte) type, 1, 0, 0, 0, 0, 0, 0}));
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 129, 130, 133, 134, 135, 136, 137, 143})
    void echoes_neighbour_discovery_and_listener_reports_stay_out(int type) throws IOException {
        assertStaysOut(ip6(TARGET6, SELF6, 58, new byte[] {(byte) type, 0, 0, 0, 0, 0, 0, 0}));
        assertStaysOut(ip6(SELF6, TARGET6, 58, new byte[] {(byte) type, 0, 0, 0, 0, 0, 0, 0}));
    }

    @Test
    void everything_else_stays_out() throws IOException {
        assertStaysOut(arp(SELF4, TARGET4));
        assertStaysOut(ip4(SELF4, TARGET4, 1, 0, new byte[] {8, 0, 0, 0, 0, 0, 0, 0}));
        assertStaysOut(ip4(SELF4, TARGET4, 6, 0, ports(40_000, 23)));
        assertStaysOut(ip4(SELF4, ROUTER4, 6, 0, ports(40_000, 22)));
        assertStaysOut(ip4(SELF4, TARGET4, 17, 0, ports(40_000, 22)));
        assertStaysOut(ip6(SELF6, TARGET6, 6, ports(40_000, 23)));
        assertStaysOut(ip6(SELF6, ROUTER6, 6, ports(40_000, 22)));
        assertStaysOut(ip6(SELF6, TARGET6, 17, ports(40_000, 22)));
    }

    @Test
    void the_filter_for_hosts_takes_every_datagram_of_theirs_but_no_neighbour_discovery() throws IOException {
        String filter = TapPlan.filterForHosts(targets(TARGET4, TARGET6));
        assertEquals(1, count(filter, ip4(SELF4, TARGET4, 1, 0, new byte[] {8, 0, 0, 0, 0, 0, 0, 0})));
        assertEquals(1, count(filter, ip4(SELF4, TARGET4, 17, 0, ports(1, 33_434))));
        assertEquals(1, count(filter, ip6(SELF6, TARGET6, 58, new byte[] {(byte) 128, 0, 0, 0, 0, 0, 0, 0})));
        assertEquals(1, count(filter, ip6(ROUTER6, SELF6, 58, new byte[] {2, 0, 0, 0, 0, 0, 5, 0})));
        assertEquals(0, count(filter, ip6(TARGET6, SELF6, 58, new byte[] {(byte) 136, 0, 0, 0, 0, 0, 0, 0})));
        assertEquals(0, count(filter, arp(SELF4, TARGET4)));
        assertEquals(0, count(filter, ip4(SELF4, ROUTER4, 17, 0, ports(1, 53))));
    }

    @Test
    void one_family_alone_still_gets_the_errors_of_both() throws UnknownHostException {
        String filter = TapPlan.filterFor(targets(TARGET4), 22);
        assertTrue(filter.contains("ip host " + TARGET4) && !filter.contains("ip6 host"));
        assertTrue(filter.contains("ip6[40] < 128"));
    }

    @Test
    void the_largest_filter_fits_the_kernel() throws UnknownHostException {
        Set<InetAddress> most = new LinkedHashSet<>();
        for (int i = 1; i <= TapPlan.MAX_TARGETS; i++) {
            most.add(InetAddress.getByName("2001:db8::" + Integer.toHexString(i)));
        }
        String compiled = Commands.run("tcpdump", "-y", "EN10MB", "-d", TapPlan.filterFor(most, 22));
        assertTrue(compiled.lines().count() < 4_096);
        most.add(InetAddress.getByName("2001:db8::ffff"));
        assertThrows(IllegalArgumentException.class, () -> TapPlan.filterFor(most, 22));
    }

    @Test
    void a_link_local_target_loses_its_zone_and_a_mapped_one_is_ipv4() throws UnknownHostException {
        InetAddress local =
                InetAddress.getByAddress("x", InetAddress.getByName("fe80::1").getAddress());
        assertTrue(TapPlan.filterFor(Set.of(local), 22).contains("ip6 host fe80:0:0:0:0:0:0:1)"));
        InetAddress mapped = InetAddress.getByName("::ffff:198.18.3.2");
        assertTrue(TapPlan.filterFor(Set.of(mapped), 22).contains("ip host 198.18.3.2"));
    }

    @Test
    void what_no_tap_can_be_is_refused() {
        assertThrows(IllegalArgumentException.class, () -> new TapPlan("", ""));
        assertThrows(IllegalArgumentException.class, () -> new TapPlan("sixteencharacter", ""));
        assertThrows(IllegalArgumentException.class, () -> new TapPlan("lo", "", 0, TapPlan.BUFFER_BYTES));
        assertThrows(IllegalArgumentException.class, () -> new TapPlan("lo", "", 262_145, TapPlan.BUFFER_BYTES));
        assertThrows(IllegalArgumentException.class, () -> new TapPlan("lo", "", 96, 0));
        for (int port : new int[] {0, -1, 65_536}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> TapPlan.filterFor(Set.of(InetAddress.getLoopbackAddress()), port));
        }
    }

    private void assertPasses(byte[] frame) throws IOException {
        assertEquals(1, count(TapPlan.filterFor(targets(TARGET4, TARGET6), 22), frame));
    }

    private void assertStaysOut(byte[] frame) throws IOException {
        assertEquals(0, count(TapPlan.filterFor(targets(TARGET4, TARGET6), 22), frame));
    }

    /// How many of the one frame tcpdump finds behind the filter.
    private long count(String filter, byte[] frame) throws IOException {
        files++;
        Path file = folder.resolve("frame-" + files);
        try (PcapngWriter writer = PcapngWriter.create(file, SectionFacts.NONE)) {
            writer.addInterface(new InterfaceFacts("eth0", LinkType.ETHERNET, 262_144, ""));
            writer.write(new Frame(1, 1, LinkType.ETHERNET, frame, frame.length, 0));
        }
        return Commands.run("tcpdump", "-nr", file.toString(), filter)
                .lines()
                .filter(line -> Character.isDigit(line.charAt(0)))
                .count();
    }

    private static Set<InetAddress> targets(String... addresses) {
        return List.of(addresses).stream().map(TapPlanTest::address).collect(Collectors.toSet());
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException impossible) {
            throw new AssertionError(text, impossible);
        }
    }

    private static byte[] ports(int from, int to) {
        return ByteBuffer.allocate(20)
                .putShort((short) from)
                .putShort((short) to)
                .array();
    }

    private static byte[] ethernet(int type, ByteBuffer payload) {
        byte[] frame = new byte[14 + payload.capacity()];
        ByteBuffer.wrap(frame).putShort(12, (short) type).put(14, payload.array());
        return frame;
    }

    private static byte[] ip4(String from, String to, int protocol, int fragment, byte[] payload) {
        return ethernet(
                0x0800,
                ByteBuffer.allocate(20 + payload.length)
                        .put((byte) 0x45)
                        .put((byte) 0)
                        .putShort((short) (20 + payload.length))
                        .putShort((short) 1)
                        .putShort((short) fragment)
                        .put((byte) 64)
                        .put((byte) protocol)
                        .putShort((short) 0)
                        .put(address(from).getAddress())
                        .put(address(to).getAddress())
                        .put(payload));
    }

    private static byte[] ip6(String from, String to, int next, byte[] payload) {
        return ethernet(
                0x86DD,
                ByteBuffer.allocate(40 + payload.length)
                        .putInt(0x6000_0000)
                        .putShort((short) payload.length)
                        .put((byte) next)
                        .put((byte) 64)
                        .put(address(from).getAddress())
                        .put(address(to).getAddress())
                        .put(payload));
    }

    private static byte[] arp(String from, String to) {
        return ethernet(
                0x0806,
                ByteBuffer.allocate(28)
                        .putShort((short) 1)
                        .putShort((short) 0x0800)
                        .put((byte) 6)
                        .put((byte) 4)
                        .putShort((short) 1)
                        .put(new byte[6])
                        .put(address(from).getAddress())
                        .put(new byte[6])
                        .put(address(to).getAddress()));
    }
}
