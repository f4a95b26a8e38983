package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever is wrong with the words, the machine or the way gives one line and the right exit code, and leaves no
/// folder behind.
@ExtendWith(CableResolver.class)
final class BadInputTest {
    private final Cable cable;
    private final Path into;

    BadInputTest(Cable cable, @TempDir Path into) {
        this.cable = cable;
        this.into = into;
    }

    @ParameterizedTest
    @CsvSource({
        "198.18.50.2:0, port 0 is not between 1 and 65535",
        "198.18.50.2:70000, port 70000 is not between 1 and 65535",
        "198.18.50.2:abc, is not a number",
        "$(id), is no target",
        "-oProxyCommand=id, rstprobe ssh --help",
        "198.18.50.255, is a broadcast address",
        "255.255.255.255, is a broadcast or reserved address",
        "224.0.0.1, is a multicast address",
        "::ffff:224.0.0.1, is a multicast address",
        "ff02::1, is a multicast address",
        "0.0.0.0, is the unspecified address",
        "0.1.2.3, is an address of no host",
        "127.0.0.1, is a loopback address",
        "169.254.169.254, is a link-local address",
        "fe80::1%client0, is a link-local address",
        "2001:db8::2:99999, has no IP address in it",
        "64:ff9b::127.0.0.1, holds 127.0.0.1",
        "::, is the unspecified address"
    })
    void whatIsNoHostIsAUsageError(String target, String words) throws Exception {
        probe().run("ssh", target).oneLine(Exit.USAGE, words);
        assertNothingLeft();
    }

    @ParameterizedTest
    @CsvSource({
        "mtu, 198.18.50.2:abc, is not a number",
        "mtu, '', is no target",
        "server, root@198.18.50.2:abc, is not a number",
        "server, root@, is no target",
        "server, '', is no target"
    })
    void soItIsWhereSeveralMayBeNamedOrNoneNeedsToBe(String command, String target, String words) throws Exception {
        probe().run(command, target).oneLine(Exit.USAGE, words);
        assertNothingLeft();
    }

    @ParameterizedTest
    @CsvSource({
        "--timeout 0, timeout 0 ms",
        "--timeout NaN, timeout 0 ms",
        "--timeout x, is not a double",
        "--budget 0, budget 0",
        "--budget 101, budget 101",
        "--segment -1, segment size -1",
        "--mode shout, is no mode",
        "--color green, expected one of",
        "-4 -6, mutually exclusive"
    })
    void anOptionThatMakesNoSenseIsAUsageError(String option, String words) throws Exception {
        probe().run(Stream.concat(Stream.of("ssh", Cable.SERVER), Stream.of(option.split(" ")))
                        .toArray(String[]::new))
                .oneLine(Exit.USAGE, words);
        assertNothingLeft();
    }

    @ParameterizedTest
    @CsvSource({
        "--rate 0, is no rate",
        "--rate 0pps, too slow for any probe to leave",
        "--rate 0mbit, too slow for any probe to leave",
        "--per-target 0, at least 1 packet a second",
        "--checkpoint /dev/full, is no file that results can be kept in"
    })
    void aSweepThatCanSendOrKeepNothingIsAUsageError(String option, String words) throws Exception {
        probe().run(Stream.concat(Stream.of("mtu", Cable.SERVER, Cable.SERVER6), Stream.of(option.split(" ")))
                        .toArray(String[]::new))
                .oneLine(Exit.USAGE, words);
        assertNothingLeft();
    }

    /// Linux takes the addresses and routes of IPv6 off such a link: all that is left is that no route leads there.
    @Test
    void anInterfaceTooNarrowForIpv6IsNamed() throws Exception {
        cable.ipAtClient("link", "set", Cable.INTERFACE, "mtu", "1279");
        try {
            probe().run("mtu", Cable.SERVER6).oneLine(Exit.UNREACHABLE, Cable.INTERFACE + " has an MTU of 1279");
            assertNothingLeft();
        } finally {
            cable.ipAtClient("link", "set", Cable.INTERFACE, "mtu", "1500");
            cable.ipAtClient("addr", "add", Cable.CLIENT6 + "/64", "dev", Cable.INTERFACE, "nodad");
        }
    }

    @Test
    void aHostWithoutAnAddressIsUnreachable() throws Exception {
        probe().run("ssh", "no-such-host.invalid").oneLine(Exit.UNREACHABLE, "cannot resolve no-such-host.invalid");
        probe().run("ssh", "-6", Cable.SERVER).oneLine(Exit.UNREACHABLE, "has no IPv6 address");
        assertNothingLeft();
    }

    @Test
    void anAddressWithoutARouteIsUnreachable() throws Exception {
        probe().run("ssh", "198.19.1.1").oneLine(Exit.UNREACHABLE, "no route to 198.19.1.1");
        cable.ipAtClient("route", "add", "prohibit", "198.19.2.0/24");
        probe().run("ssh", "198.19.2.1").oneLine(Exit.UNREACHABLE, "no route to 198.19.2.1");
        assertNothingLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nosuch0", "an-interface-name-longer-than-linux-takes", "", "a/b"})
    void anInterfaceThatIsNotThereIsNamed(String name) throws Exception {
        probe().run("ssh", "-i", name, Cable.SERVER).oneLine(Exit.CANNOT_PROBE, "there is no interface " + name);
        assertNothingLeft();
    }

    @Test
    void anInterfaceThatIsDownIsNamed() throws Exception {
        cable.ipAtClient("link", "add", "down0", "type", "veth", "peer", "name", "down1");
        probe().run("ssh", "-i", "down0", Cable.SERVER).oneLine(Exit.CANNOT_PROBE, "interface down0 is down");
        assertNothingLeft();
    }

    @Test
    void withoutTheCapabilityItIsNamed() throws Exception {
        Probe.at(cable)
                .under("setpriv", "--bounding-set=-all", "--inh-caps=-all")
                .in(into)
                .run("ssh", Cable.SERVER)
                .oneLine(Exit.CANNOT_PROBE, "CAP_NET_RAW");
        assertNothingLeft();
    }

    @Test
    void withoutLibpcapThePackageIsNamed() throws Exception {
        Probe.Ran ran = Probe.at(cable)
                .under("unshare", "--mount", "sh", "-c", HIDE_LIBPCAP + "exec \"$@\"", "sh")
                .in(into)
                .run("ssh", Cable.SERVER);
        ran.oneLine(Exit.CANNOT_PROBE, "libpcap");
        assertNothingLeft();
    }

    private static final String HIDE_LIBPCAP =
            "for file in $(find /usr/lib /lib -name 'libpcap.so*'); do mount --bind /dev/null \"$file\"; done; ";

    @Test
    void aFolderThatCannotBeWrittenToIsNamed() throws Exception {
        Path file = Files.createFile(into.resolve("file"));
        probe().run("ssh", Cable.SERVER, "--into", file.toString()).oneLine(Exit.CANNOT_PROBE, "is not a folder");
        probe().run("ssh", Cable.SERVER, "--into", into.resolve("none").toString())
                .oneLine(Exit.CANNOT_PROBE, "is not a folder");
        Files.delete(file);
        Probe.at(cable)
                .under(
                        "unshare",
                        "--mount",
                        "sh",
                        "-c",
                        "mount --bind -o ro \"$0\" \"$0\"; exec \"$@\"",
                        into.toString())
                .run("ssh", Cable.SERVER, "--into", into.toString())
                .oneLine(Exit.CANNOT_PROBE, "cannot write into");
        assertNothingLeft();
    }

    @Test
    void aFullDiskBeforeTheRunIsNamed() throws Exception {
        Probe.Ran ran = onSmallDisk(0).run("ssh", Cable.SERVER, "--into", into.toString());
        ran.oneLine(Exit.CANNOT_PROBE, "space");
    }

    /// The run happened and its report is worth having, wherever the disk filled up.
    @ParameterizedTest
    @ValueSource(ints = {4, 8, 16})
    void aDiskThatFillsUpDuringTheRunCostsTheFolderAndNotTheReport(int freeKibibytes) throws Exception {
        try (SmallServer _ = new SmallServer(cable, peer -> SmallServer.say(peer, "Exceeded MaxStartups\r\n"))) {
            Probe.Ran ran = onSmallDisk(freeKibibytes).run("ssh", Cable.SERVER, "--into", into.toString());
            assertEquals(Exit.CANNOT_PROBE, ran.exit(), ran::toString);
            ran.noTrace();
            assertTrue(ran.out().contains("MaxStartups"), ran::toString);
            assertTrue(ran.err().contains("is incomplete"), ran::toString);
        }
    }

    /// Three pages are left, and a handshake's capture takes three besides the events: the frames in memory still make
    /// the verdict.
    @Test
    void aCaptureThatCannotBeWrittenOnStaysInMemory() throws Exception {
        try (OpenSsh _ = new OpenSsh(cable)) {
            Probe.Ran ran = onSmallDisk(12).run("ssh", Cable.SERVER, "--into", into.toString(), "--json");
            assertEquals(Exit.CANNOT_PROBE, ran.exit(), ran::toString);
            assertTrue(ran.err().contains("capture.pcapng.part lacks frames"), ran::toString);
            assertTrue(ran.out().contains("\"status\": \"healthy\""), ran::toString);
            int frames = Integer.parseInt(ran.out().replaceAll("(?s).*\"frames\": (\\d+),\\s*\"dropped\".*", "$1"));
            assertTrue(frames > 20, ran::toString);
        }
    }

    private Probe onSmallDisk(int freeKibibytes) {
        String fill = "mount -t tmpfs -o size=1m tmpfs \"$0\"; dd if=/dev/zero of=\"$0/full\" bs=1k count="
                + (1024 - freeKibibytes) + " 2>/dev/null; exec \"$@\"";
        return Probe.at(cable).under("unshare", "--mount", "sh", "-c", fill, into.toString());
    }

    @Test
    void doctorSaysWhatIsMissing() throws Exception {
        assertEquals(Exit.WORKS, Probe.at(cable).run("doctor").exit());
        Probe.Ran ran = Probe.at(cable)
                .under("setpriv", "--bounding-set=-all", "--inh-caps=-all")
                .run("doctor");
        assertEquals(Exit.CANNOT_PROBE, ran.exit(), ran::toString);
        assertTrue(ran.out().contains("MISSING  CAP_NET_RAW"), ran::toString);
        assertTrue(ran.out().contains("without  CAP_NET_ADMIN (for connections of crafted packets"), ran::toString);
    }

    @Test
    void aFolderThatOthersMayTakeAwayIsRefused() throws Exception {
        Path open = Files.createDirectory(into.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        probe().run("ssh", Cable.SERVER, "--into", open.toString()).oneLine(Exit.USAGE, "no sticky bit");
        Path link = Files.createSymbolicLink(into.resolve("link"), Files.createDirectory(into.resolve("real")));
        probe().run("ssh", Cable.SERVER, "--into", link.toString()).oneLine(Exit.USAGE, "is a symbolic link");
    }

    private Probe probe() {
        return Probe.at(cable).in(into);
    }

    private void assertNothingLeft() throws IOException {
        try (Stream<Path> left = Files.list(into)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void nobodyElseMayReadTheFolderWhateverTheUmask() throws Exception {
        try (SmallServer _ = new SmallServer(cable, peer -> SmallServer.say(peer, "Exceeded MaxStartups\r\n"))) {
            Probe.at(cable)
                    .under("sh", "-c", "umask 000; exec \"$@\"", "sh")
                    .run("ssh", Cable.SERVER, "--into", into.toString());
        }
        Path folder = Probe.incident(into);
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                assertEquals(
                        "rw-------",
                        PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
                        file::toString);
            }
        }
        Files.createSymbolicLink(into.resolve("elsewhere"), into);
        assertEquals(13, Probe.at(cable).run("replay", folder.toString()).exit(), "the manifest fits what was written");
    }
}
