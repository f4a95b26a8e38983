package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import rstprobe.diagnose.Finding.NextStep;
import rstprobe.diagnose.Finding.Where;
import rstprobe.ssh.Stage;
import rstprobe.wire.IpAddress;

/// What a reader is told to do next: right for the server at hand, and nothing that does not work.
class AdviceTest {
    private static final List<String> SERVERS = List.of(
            "",
            "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10",
            "SSH-2.0-OpenSSH_10.0p2 Debian-7+deb13u4",
            "SSH-2.0-OpenSSH_7.6p1 Ubuntu-4ubuntu0.7",
            "SSH-2.0-OpenSSH_8.7",
            "SSH-2.0-OpenSSH_10.3",
            "SSH-2.0-OpenSSH_9.7 FreeBSD-20240806",
            "SSH-2.0-OpenSSH_for_Windows_9.5",
            "SSH-2.0-dropbear_2022.83",
            "SSH-2.0-Cisco-1.25",
            "SSH-2.0-HUAWEI-1.5",
            "SSH-2.0-ROSSSH",
            "SSH-2.0-Tailscale",
            "SSH-2.0-Go");

    private static Site site(String identification) {
        return site(identification, "db7", false);
    }

    private static Site site(String identification, String host, boolean v6) {
        return new Site(
                IpAddress.parse(v6 ? "2001:db8:1::2" : "198.18.1.2"),
                IpAddress.parse(v6 ? "2001:db8:3::2" : "198.18.3.2"),
                2222,
                host,
                ServerSoftware.of(identification));
    }

    private static Stream<NextStep> every(Consumer<List<NextStep>> look) {
        List<NextStep> all = new ArrayList<>();
        for (String server : SERVERS) {
            for (boolean v6 : new boolean[] {false, true}) {
                for (Cause cause : Cause.values()) {
                    for (Origin origin : Origin.values()) {
                        List<NextStep> steps = Advice.of(cause, origin, site(server, "db7", v6));
                        look.accept(steps);
                        all.addAll(steps);
                    }
                }
                for (Advice.Ended ended : Advice.Ended.values()) {
                    List<NextStep> steps = Advice.of(ended, site(server, "db7", v6));
                    look.accept(steps);
                    all.addAll(steps);
                }
            }
        }
        return all.stream();
    }

    private static SequencedSet<String> commands() {
        return every(_ -> {}).map(NextStep::command).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    @ParameterizedTest
    @EnumSource(Cause.class)
    void everyCauseHasOneToFiveStepsWhoseFirstSaysWhatToLookForAndOneOfWhichRepairs(Cause cause) {
        for (String server : SERVERS) {
            List<NextStep> steps = Advice.of(cause, Origin.UNKNOWN, site(server));
            assertTrue(!steps.isEmpty() && steps.size() <= Advice.MOST, cause + " " + steps.size());
            assertTrue(steps.getFirst().lookFor().isPresent(), cause.id());
            assertEquals(steps.size(), steps.stream().distinct().count(), cause.id());
            boolean linux = server.isEmpty() || server.contains("-OpenSSH_") && !server.matches(".*(Windows|BSD).*");
            assertTrue(!linux || steps.stream().anyMatch(step -> step.fix().isPresent()), cause.id());
        }
    }

    @Test
    void aServerWithoutAShellIsAskedInItsOwnWords() {
        for (Cause cause : Cause.values()) {
            for (NextStep step : Advice.of(cause, Origin.UNKNOWN, site("SSH-2.0-OpenSSH_for_Windows_9.5"))) {
                assertTrue(
                        step.where() != Where.SERVER || step.command().matches("(Get-|sshd\\.exe).*"), step.command());
            }
            for (NextStep step : Advice.of(cause, Origin.UNKNOWN, site("SSH-2.0-Cisco-1.25"))) {
                assertTrue(step.where() != Where.SERVER || step.command().startsWith("show "), step.command());
            }
            for (NextStep step : Advice.of(cause, Origin.UNKNOWN, site("SSH-2.0-OpenSSH_9.7 FreeBSD-20240806"))) {
                assertTrue(
                        step.where() != Where.SERVER || !step.command().matches("(ss|ip|nft|systemctl|journalctl) .*"),
                        step.command());
            }
            for (NextStep step : Advice.of(cause, Origin.UNKNOWN, site("SSH-2.0-OpenSSH_for_Windows_9.5"))) {
                assertTrue(step.where() != Where.NETWORK || !step.command().contains("Get-"), step.command());
            }
        }
    }

    @Test
    void noListIsLongerThanFiveWhateverIsOpen() {
        assertTrue(every(steps -> assertTrue(!steps.isEmpty() && steps.size() <= Advice.MOST))
                        .count()
                > 0);
    }

    @Test
    void whereNothingIsWrongNothingIsToBeDone() {
        assertEquals(List.of(), Advice.of(new Verdict.Healthy("it works", 0.99), Advice.Ended.CLOSED, site("")));
    }

    @Test
    void whatArticlesGetWrongIsNowhere() {
        Pattern wrong = Pattern.compile(
                "-o ?MTU|MTUDiscovery|MaxStartups 10:30:60|>> */etc/ssh/sshd_config|-p tcp --dport \\d+ -j DROP");
        Pattern plainAlternation = Pattern.compile("(?<!p)grep (-[a-zA-DF-Z]+ )*(['\"])[^'\"]*\\|");
        every(_ -> {}).forEach(step -> {
            String text = step.toString();
            assertFalse(wrong.matcher(text).find(), text);
            assertFalse(plainAlternation.matcher(text).find(), text);
        });
        assertTrue(
                plainAlternation
                        .matcher("dmesg | grep -i \"out of memory|oom\"")
                        .find(),
                "the pattern finds it");
    }

    @Test
    void theUnitIsTheOneOfTheDistribution() {
        for (String server : SERVERS) {
            boolean debian = server.contains("Debian") || server.contains("Ubuntu");
            for (Cause cause : Cause.values()) {
                String text = Advice.of(cause, Origin.UNKNOWN, site(server)).toString();
                Matcher restart = Pattern.compile("systemctl (?:re)?(?:start|load) sshd(.{0,10})")
                        .matcher(text);
                while (restart.find()) {
                    assertFalse(debian, text);
                    assertEquals(" (the unit", restart.group(1), "where it is not known both are named");
                }
                assertFalse(debian && text.contains("-u sshd"), text);
            }
        }
    }

    @Test
    void theLogIsAskedForTheNamesOfTheRelease() {
        assertTrue(log("SSH-2.0-OpenSSH_9.2p1 Debian-2").startsWith("journalctl -t sshd --since"));
        assertTrue(log("SSH-2.0-OpenSSH_9.8").startsWith("journalctl -t sshd -t sshd-session --since"));
        assertTrue(log("").startsWith("journalctl -t sshd -t sshd-session -t sshd-auth --since"));
        assertTrue(log("SSH-2.0-OpenSSH_9.7 FreeBSD-20240806").contains("/var/log/auth.log"));
        assertTrue(log("SSH-2.0-OpenSSH_for_Windows_9.5").startsWith("Get-WinEvent"));
        assertTrue(log("SSH-2.0-dropbear_2022.83").contains("dropbear"));
    }

    private static String log(String server) {
        return site(server).logOfUs();
    }

    @Test
    void maxStartupsIsRaisedAndNotLowered() {
        List<NextStep> steps = Advice.of(Cause.MAX_STARTUPS, Origin.SERVER_PROCESS, site(SERVERS.get(1)));
        assertEquals(
                "sshd -T | grep -E '^(maxstartups|persource|logingracetime)'",
                steps.getFirst().command());
        String fix = steps.getFirst().fix().orElseThrow();
        assertTrue(fix.contains("MaxStartups 100:30:300") && fix.contains("Not 10:30:60"), fix);
        assertTrue(
                fix.contains("sshd_config.d") && fix.contains("Match block") && fix.contains("systemctl reload ssh"),
                fix);
        assertFalse(steps.toString().contains("leaked"), "9.2 does not lose slots");
        String ten = Advice.of(Cause.MAX_STARTUPS, Origin.SERVER_PROCESS, site("SSH-2.0-OpenSSH_10.0"))
                .toString();
        assertTrue(ten.contains("leaked"), ten);
    }

    @Test
    void aBlackHoleIsRepairedOnThePathAndNotInSsh() {
        String steps = Advice.of(Cause.MTU_BLACK_HOLE, Origin.PATH, site("")).toString();
        for (String word : List.of(
                "clamp-mss-to-pmtu", "maxseg size set rt mtu", "tcp_mtu_probing=1", "mtu lock", "no MTU option")) {
            assertTrue(steps.contains(word), word);
        }
    }

    /// Routes that are pasted must be whole, and no link of IPv6 may be shorter than 1280 (RFC 8200 section 5).
    @Test
    void aShorterRouteIsAWholeCommandOfItsFamily() {
        for (boolean v6 : new boolean[] {false, true}) {
            String steps = Advice.of(Cause.MTU_BLACK_HOLE, Origin.PATH, site("", "db7", v6))
                    .toString();
            assertTrue(
                    steps.contains(
                            v6
                                    ? "ip -6 route replace 2001:db8:3::2/128 via GATEWAY dev IFACE mtu lock 1280"
                                    : "ip route replace 198.18.3.2/32 via GATEWAY dev IFACE mtu lock 1200"),
                    steps);
        }
    }

    /// A list of those who may log in, set where there was none, shuts out everybody else.
    @Test
    void noRepairShutsOthersOut() {
        every(_ -> {}).flatMap(step -> step.fix().stream()).forEach(fix -> {
            assertFalse(fix.matches("(?s).*put (Allow|Deny)(Users|Groups) .*"), fix);
            assertFalse(fix.contains("ufw insert 1 allow from 2001"), "ufw refuses that: " + fix);
        });
    }

    @Test
    void whereNoSynLeftTheHostIsAskedWhatItHasTooLittleOf() {
        Verdict shortOfPorts = new Verdict.Fault(
                Cause.LOCAL_NO_SOCKET, Origin.THIS_HOST, Stage.CONNECT, 0.89, Optional.empty(), Optional.empty(), "");
        String asked =
                Advice.of(shortOfPorts, Advice.Ended.UNANSWERED, site("")).toString();
        assertTrue(asked.contains("ip_local_port_range") && !asked.contains("be_liberal"), asked);
        String reset = Advice.of(shortOfPorts, Advice.Ended.RESET, site("")).toString();
        assertTrue(reset.contains("be_liberal"), reset);
    }

    @Test
    void theSideFollowsWhoRefuses() {
        assertEquals(
                Where.SERVER,
                Advice.of(Cause.REJECTED_WITH_RESET, Origin.SERVER_FIREWALL, site(""))
                        .getFirst()
                        .where());
        assertEquals(
                Where.NETWORK,
                Advice.of(Cause.REJECTED_WITH_RESET, Origin.IN_PATH, site(""))
                        .getFirst()
                        .where());
        assertEquals(
                Where.CLIENT,
                Advice.of(Cause.LOCAL_FIREWALL, Origin.THIS_HOST, site(""))
                        .getFirst()
                        .where());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"db7; reboot", "$(reboot)", "-oProxyCommand=reboot", "a b", "'", "`reboot`", "db7\nreboot", ""})
    void aNameThatAShellWouldObeyIsNotInACommand(String host) {
        for (Cause cause : Cause.values()) {
            for (NextStep step : Advice.of(cause, Origin.UNKNOWN, site("", host, false))) {
                assertFalse(step.command().contains("reboot"), step.command());
                assertTrue(step.command().indexOf('\n') < 0, step.command());
            }
        }
        assertEquals("-p 2222 198.18.3.2", site("", host, false).sshTarget());
    }

    @Test
    void everyCommandIsOneThatAShellTakes() throws Exception {
        for (String command : commands()) {
            assertEquals("", run("sh", "-n", "-c", command), command);
        }
    }

    @Test
    void everyFilterOfTcpdumpCompiles() throws Exception {
        requireInstalled("tcpdump");
        assertTrue(each("tcpdump [^']*'([^']+)'", filter -> run("tcpdump", "-y", "EN10MB", "-d", filter)) > 4);
    }

    @Test
    void everyExpressionOfGrepCompiles() throws Exception {
        assertTrue(each("grep -[a-zA-Z]*E[a-zA-Z]* '([^']+)'", expression -> run("grep", "-E", expression, "/dev/null"))
                > 20);
    }

    @Test
    void everyQuestionToTheSocketTableIsAnswered() throws Exception {
        requireInstalled("ss");
        assertTrue(
                each("(ss -[a-zA-Z]+(?: state established)?(?: 'sport = :\\d+')?)", line -> run("sh", "-c", line)) > 2);
    }

    /// What sshd 9.2 prints only where it is set, or does not know yet.
    private static final Set<String> NOT_PRINTED = Set.of("allow", "deny", "refuse", "channeltimeout");

    @Test
    void everySettingAskedForIsOneOfSshd() throws Exception {
        String printed = output("sh", "-c", "PATH=$PATH:/usr/sbin sshd -T 2>/dev/null");
        assertTrue(printed.contains("maxstartups"), "sshd -T must run here: install openssh-server, and as root");
        List<String> names = commands().stream()
                .flatMap(command -> Pattern.compile("sshd -T[^|]*\\| grep -E '\\^\\(([a-z|]+)\\)'")
                        .matcher(command)
                        .results())
                .flatMap(found -> Stream.of(found.group(1).split("\\|")))
                .distinct()
                .filter(name -> !NOT_PRINTED.contains(name))
                .toList();
        assertTrue(names.size() > 10, names.toString());
        for (String name : names) {
            assertTrue(printed.lines().anyMatch(line -> line.startsWith(name)), name);
        }
    }

    /// Checked and not applied, which takes a privilege all the same.
    @Test
    void everyRuleOfNftablesThatRepairsIsOneTheKernelTakes() throws Exception {
        assertTrue(run("nft", "list", "tables").isEmpty(), "nft must answer here: install nftables, and as root");
        List<String> rules = every(_ -> {})
                .flatMap(step -> step.fix().stream())
                .flatMap(fix -> Pattern.compile("nft ((?:add|insert) rule inet [^;(]+)")
                        .matcher(fix)
                        .results())
                .map(found -> found.group(1).strip())
                .distinct()
                .toList();
        assertEquals(2, rules.size(), rules.toString());
        for (String rule : rules) {
            String chains = "add table inet filter; add chain inet filter input; add chain inet filter forward; ";
            assertEquals("", run("nft", "-c", chains + rule), rule);
        }
    }

    private interface Attempted {
        String on(String text) throws Exception;
    }

    /// How many different pieces were tried, none of which drew a complaint.
    private static int each(String pattern, Attempted tried) throws Exception {
        SequencedSet<String> pieces = commands().stream()
                .flatMap(command -> Pattern.compile(pattern).matcher(command).results())
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        for (String piece : pieces) {
            assertEquals("", tried.on(piece), piece);
        }
        return pieces.size();
    }

    private static void requireInstalled(String tool) throws Exception {
        assertTrue(
                run("sh", "-c", "command -v " + tool + " >/dev/null || echo none")
                        .isEmpty(),
                tool + " must be installed");
    }

    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    /// What a command complains of; empty where it does not. Filters that do not hold any line end with 1.
    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.PIPE)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String complaint = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        return code > 1 || (code == 1 && !complaint.isEmpty()) || output.startsWith("none")
                ? Arrays.toString(command) + " ended with " + code + ": " + complaint
                : "";
    }
}
