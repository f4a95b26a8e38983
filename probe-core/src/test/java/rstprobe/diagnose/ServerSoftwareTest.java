package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import rstprobe.diagnose.ServerSoftware.Product;

/// What an identification line lets one know of the server.
class ServerSoftwareTest {
    @ParameterizedTest
    @CsvSource({
        "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10, OpenSSH 9.2 (Debian 12)",
        "SSH-2.0-OpenSSH_10.0p2 Debian-7+deb13u4, OpenSSH 10.0 (Debian 13)",
        "SSH-2.0-OpenSSH_8.4p1 Raspbian-5+deb11u1, OpenSSH 8.4 (Raspberry Pi OS 11)",
        "SSH-2.0-OpenSSH_9.6p1 Ubuntu-3ubuntu13.13, OpenSSH 9.6 (Ubuntu 24.04)",
        "SSH-2.0-OpenSSH_9.9p1 Ubuntu-3ubuntu3, OpenSSH 9.9 (Ubuntu)",
        "SSH-2.0-OpenSSH_9.7 FreeBSD-20240806, OpenSSH 9.7 (FreeBSD)",
        "SSH-2.0-OpenSSH_8.7, OpenSSH 8.7",
        "SSH-1.99-OpenSSH_3.9p1, OpenSSH 3.9",
        "SSH-2.0-OpenSSH_for_Windows_9.5, OpenSSH for Windows 9.5",
        "SSH-2.0-OpenSSH_, OpenSSH",
        "SSH-2.0-dropbear_2022.83, dropbear 2022.83",
        "SSH-2.0-dropbear, dropbear",
        "SSH-2.0-libssh_0.9.6, libssh 0.9",
        "SSH-2.0-APACHE-SSHD-2.17.1, Apache MINA SSHD 2.17",
        "SSH-2.0-Tailscale, Tailscale SSH",
        "SSH-2.0-Cisco-1.25, Cisco 1.25",
        "SSH-2.0-Go, Go x/crypto/ssh",
        "SSH-2.0-paramiko_3.4.0, paramiko 3.4",
        "SSH-2.0-AsyncSSH_2.14.2, AsyncSSH 2.14",
        "SSH-2.0-ROSSSH, MikroTik RouterOS",
    })
    void productReleaseAndDistribution(String line, String told) {
        assertEquals(told, ServerSoftware.of(line).told());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "SSH-2.0-",
                "SSH-2.0- OpenSSH_9.2",
                "SSH-3.0-OpenSSH_9.2p1",
                "HTTP/1.1 400 Bad Request",
                "SSH-2.0-OpenSSH_9.2p1 \033[2J",
                "SSH-2.0-OpenSSH_9.2p1\r",
                "SSH-2.0-GoAnywhere",
                "SSH-2.0-openssh_9.2",
                "\u202ESSH-2.0-OpenSSH_9.2"
            })
    void aLineThatIsNotOneTellsNothing(String line) {
        assertSame(ServerSoftware.UNKNOWN, ServerSoftware.of(line));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "99999.1",
                "9.99999",
                "99999999999999999999999999.2",
                "9.18446744073709551616",
                "p1",
                ".2",
                "0.0",
                "-1.2",
                "x"
            })
    void aNumberThatNoReleaseHadIsNone(String number) {
        assertEquals(
                Optional.empty(), ServerSoftware.of("SSH-2.0-OpenSSH_" + number).release());
    }

    @Test
    void aLineLongerThanTheProtocolAllowsTellsNothing() {
        String line = "SSH-2.0-OpenSSH_9.2p1 Debian-2";
        assertSame(ServerSoftware.UNKNOWN, ServerSoftware.of(line + "x".repeat(8_192)));
        assertEquals(
                Product.OPENSSH,
                ServerSoftware.of(line + "x".repeat(255 - line.length())).product());
        assertSame(ServerSoftware.UNKNOWN, ServerSoftware.of(line + "x".repeat(256 - line.length())));
    }

    @Test
    void anyLineTellsSomethingThatIsSafeToSay() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<String> parts = List.of(
                "SSH-2.0-",
                "OpenSSH_",
                "9",
                ".",
                "2",
                "p1",
                " ",
                "Debian-",
                "dropbear_",
                "Cisco-",
                "9999",
                "\033[2J",
                "'; reboot; '",
                "$(reboot)",
                "\u202E",
                "\0",
                "for_Windows_",
                "x".repeat(300));
        for (int i = 0; i < 20_000; i++) {
            StringBuilder line = new StringBuilder();
            for (int n = random.nextInt(9); n > 0; n--) {
                line.append(parts.get(random.nextInt(parts.size())));
            }
            check(line.toString(), "seed " + seed);
        }
    }

    /// Whatever a line holds, what is told of it has words and digits of ours alone.
    static void check(String line, String about) {
        ServerSoftware software = ServerSoftware.of(line);
        String told = software.told() + String.join(" ", new Habits(software).told());
        assertTrue(told.matches("[\\x20-\\x7e]{1,1200}"), about + ": " + told);
        assertFalse(told.contains("reboot") || told.contains("$"), about + ": " + told);
        assertTrue(new Habits(software).told().size() <= 7, about);
    }

    @ParameterizedTest
    @CsvSource({
        "6.6, , true, false, sshd",
        "8.1, , true, false, sshd",
        "8.2, Exceeded MaxStartups, true, false, sshd",
        "9.7, Exceeded MaxStartups, true, false, sshd",
        "9.8, Not allowed at this time, false, true, 'sshd, sshd-session'",
        "9.9, Not allowed at this time, false, true, 'sshd, sshd-session'",
        "10.0, Not allowed at this time, false, true, 'sshd, sshd-session, sshd-auth'",
        "10.3, Not allowed at this time, false, true, 'sshd, sshd-session, sshd-auth'",
    })
    void whatAReleaseSaysAndDoesWhereItRefuses(
            String release, String text, boolean withoutPenalties, boolean penalties, String names) {
        ServerSoftware software = ServerSoftware.of("SSH-2.0-OpenSSH_" + release);
        Habits habits = new Habits(software);
        assertEquals(Optional.ofNullable(text), habits.refusalText());
        assertEquals(withoutPenalties, software.precedes(OpenSshChange.SOURCE_PENALTIES));
        assertEquals(penalties, software.has(OpenSshChange.SOURCE_PENALTIES));
        assertEquals(names, String.join(", ", habits.logNames()));
    }

    @Test
    void anUnknownReleaseNeitherHasAChangeNorLacksIt() {
        for (String line : List.of("SSH-2.0-OpenSSH_", "SSH-2.0-dropbear_2022.83", "SSH-2.0-unheard.of_1.0", "")) {
            ServerSoftware software = ServerSoftware.of(line);
            for (OpenSshChange change : OpenSshChange.values()) {
                assertFalse(software.has(change) || software.precedes(change), line + " " + change);
            }
        }
        assertEquals(
                List.of("sshd", "sshd-session", "sshd-auth"),
                new Habits(ServerSoftware.UNKNOWN).logNames(),
                "where nothing is known every name is asked for");
    }

    /// Seen: Debian 12 and 13 delay a wrapped refusal by 5 s; Red Hat's and upstream's do not know hosts.deny.
    @ParameterizedTest
    @CsvSource({
        "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10, true",
        "SSH-2.0-OpenSSH_10.0p2 Debian-7, true",
        "SSH-2.0-OpenSSH_9.6p1 Ubuntu-3ubuntu13.13, true",
        "SSH-2.0-OpenSSH_8.7, false",
        "SSH-2.0-dropbear_2022.83, false",
        "SSH-2.0-OpenSSH_6.6.1, ",
        "SSH-2.0-OpenSSH_9.7 FreeBSD-20240806, ",
        "SSH-2.0-unheard.of, ",
    })
    void whoReadsHostsDeny(String line, Boolean reads) {
        assertEquals(Optional.ofNullable(reads), new Habits(ServerSoftware.of(line)).tcpWrappers());
    }

    /// Seen: Debian 12 marks 0x10 and 0x08, Debian 13 0xb8 from its first byte, dropbear 0x48.
    @ParameterizedTest
    @CsvSource({
        "SSH-2.0-OpenSSH_7.7, 0x10",
        "SSH-2.0-OpenSSH_9.2, AF21",
        "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10, 0x10",
        "SSH-2.0-OpenSSH_9.6p1 Ubuntu-3, ''",
        "SSH-2.0-OpenSSH_10.0, AF21",
        "SSH-2.0-OpenSSH_10.0p2 Debian-7, EF",
        "SSH-2.0-OpenSSH_10.1, EF",
        "SSH-2.0-dropbear_2022.83, 0x48",
        "SSH-2.0-Go, ''",
    })
    void howItMarksItsPackets(String line, String beginning) {
        String marking = new Habits(ServerSoftware.of(line)).marking().orElse("");
        assertTrue(beginning.isEmpty() ? marking.isEmpty() : marking.startsWith(beginning), marking);
    }

    @Test
    void whatDebianTwelveIsKnownToDo() {
        assertEquals(
                List.of(
                        "above MaxStartups (10:30:100 by default) it says \"Exceeded MaxStartups\"",
                        "knows no penalties by source, which came with 9.8",
                        "honours /etc/hosts.deny: a refusal is 5.0 s of silence and then the end",
                        "ends a login after LoginGraceTime, 120 s by default, and logs nothing of it",
                        "its defaults begin with sntrup761x25519-sha512, for which the client sends 1208 bytes at once",
                        "logs as sshd",
                        "marks its packets 0x10 for a terminal and 0x08 for the rest, after authentication"),
                new Habits(ServerSoftware.of("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10")).told());
    }

    @Test
    void theTableOfReleasesIsInOrder() {
        List<Release> releases =
                Arrays.stream(OpenSshChange.values()).map(OpenSshChange::since).toList();
        assertEquals(releases.stream().sorted().toList(), releases);
        assertTrue(Arrays.stream(OpenSshChange.values())
                .noneMatch(change -> change.what().isBlank()));
    }
}
