package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Lists of targets as people have them, and what is wrong with them, named by line.
final class TargetListTest {
    @TempDir
    private Path folder;

    private TargetList read(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        TargetList list = new TargetList();
        TargetFile.read(file, list);
        return list;
    }

    private static String hosts(TargetList list) {
        assertEquals(List.of(), list.broken());
        return list.targets().stream()
                .map(target -> target.host() + " " + target.port())
                .collect(Collectors.joining(", "));
    }

    private String broken(String name, String text) throws IOException {
        return read(name, text).broken().stream()
                .map(line -> line.toString().replace(folder + "/", ""))
                .collect(Collectors.joining("\n"));
    }

    @Test
    void aLineHasATargetACommentOrNothing() throws IOException {
        TargetList list = read("hosts", """
                \uFEFF# the routers
                db7\r
                  198.18.3.2:2222   # behind the firewall

                2001:db8::7
                [2001:db8::8]:2200
                DB7
                2001:DB8:0::7
                """);
        assertEquals("db7 22, 198.18.3.2 2222, 2001:db8::7 22, 2001:db8::8 2200", hosts(list));
        assertEquals(2, list.duplicates(), "in any case, in any spelling");
    }

    @Test
    void aTableSaysWhichFieldIsTheHost() throws IOException {
        assertEquals("db7 22, db8 2222", hosts(read("hosts.csv", """
                site,Host,port
                "Kiel, north",db7,
                Ulm,"db8",2222
                """)));
        assertEquals("db7 22, db8 22", hosts(read("semicolons", "db7;Kiel\ndb8;Ulm\n")), "no headings");
        assertEquals("db7 22", hosts(read("hosts.tsv", "name\thost\nx\tdb7\n")));
    }

    @Test
    void jsonHasTextsOrMappingsOrLinesOrWhatASweepPrinted() throws IOException {
        assertEquals("a 22, b 2222, c 22", hosts(read("hosts.json", """
                ["a", {"host": "b", "port": 2222},
                 {"hostname": "c", "site": "Ulm"}]
                """)));
        assertEquals("a 22, b 22", hosts(read("lines", "{\"host\":\"a\"}\n{\"host\":\"b\",\"port\":22}\n")));
        assertEquals(
                "a 22",
                hosts(read(
                        "document.json",
                        "{\"schema\":\"rstprobe.mtu/1\",\"targets\":[{\"host\":\"a\",\"port\":22}]}")));
        assertEquals("a 22, b 22", hosts(read("guessed", "[\"a\",\n\"b\"]")));
    }

    @Test
    void yamlHasAListOrAnInventory() throws IOException {
        assertEquals("a 22, 2001:db8::1 22, b 2200", hosts(read("hosts.yaml", """
                # routers
                - a
                - '2001:db8::1'
                - host: b
                  port: 2200
                """)));
        assertEquals("web1 22, web2 22, 198.18.0.9 2222, db 22", hosts(read("inventory", """
                all:
                  vars: {ansible_user: root}
                  hosts:
                    web[1:2]:
                  children:
                    dbs:
                      hosts:
                        db1: {ansible_host: 198.18.0.9, ansible_port: 2222}
                        db:
                """)));
    }

    @Test
    void anAliasOfYamlStandsForItsAnchorAndABombForNothing() throws IOException {
        assertEquals("a 22", hosts(read("alias.yml", "one:\n  hosts: &h\n    a:\ntwo:\n  hosts: *h\n")));
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 20; i++) {
            String before = ("*a" + (i - 1) + ", ").repeat(9) + "*a" + (i - 1);
            bomb.append("a")
                    .append(i)
                    .append(": &a")
                    .append(i)
                    .append(" [")
                    .append(before)
                    .append("]\n");
        }
        assertTrue(broken("bomb.yaml", bomb.toString()).contains("more than 50 aliases"));
        assertTrue(broken("deep.json", "[".repeat(5_000)).contains("nested more than 32 deep"));
    }

    @Test
    void anInventoryOfAnsibleHasGroupsRangesAndVariables() throws IOException {
        assertEquals(
                "mail 22, www01.example 22, www02.example 22, 198.18.0.7 2222, db-a 22, db-b 22",
                hosts(read("hosts.ini", """
                mail
                [web]
                www[01:02].example   http_port=80
                [dbs]
                db7 ansible_host=198.18.0.7 ansible_port=2222 ; the old one
                db-[a:b]
                [dbs:vars]
                ansible_user=root
                [all:children]
                web
                """)));
        assertEquals("a 22, 198.18.0.2 22", hosts(read("list.json", """
                {"_meta": {"hostvars": {"b": {"ansible_host": "198.18.0.2"}}},
                 "all": {"children": ["ungrouped", "web"]},
                 "web": {"hosts": ["a", "b"]}}
                """)));
    }

    @Test
    void addressesOfIpv6AreReadInEveryForm() throws IOException {
        String both = "2001:db8::2 22, 2001:db8::3 2200";
        String zoned = both + ", 2001:db8::4%eth0 22";
        assertEquals(zoned, hosts(read("lines", "2001:db8::2\n[2001:db8::3]:2200\n2001:db8::4%eth0\n")));
        assertEquals(zoned, hosts(read("bare", "[2001:db8::2]\n[2001:db8::3]:2200\n[2001:db8::4%eth0] # zone\n")));
        assertEquals(zoned, hosts(read("t.csv", """
                host,port
                2001:db8::2,
                "2001:db8::3",2200
                [2001:db8::4%eth0]:22,
                """)));
        assertEquals(zoned, hosts(read("t.json", """
                ["2001:db8::2", {"host": "2001:db8::3", "port": 2200}, "[2001:db8::4%eth0]:22"]
                """)));
        assertEquals(zoned, hosts(read("t.yaml", """
                - 2001:db8::2
                - "[2001:db8::3]:2200"
                - host: 2001:db8::4%eth0
                """)));
        assertEquals(both, hosts(read("t.ini", """
                [v6]
                [2001:db8::2]:22
                a ansible_host=2001:db8::3 ansible_port=2200
                """)));
        assertEquals(both, hosts(read("inventory.yaml", """
                v6:
                  hosts:
                    2001:db8::2:
                    a: {ansible_host: "2001:db8::3", ansible_port: 2200}
                """)));
    }

    @Test
    void whatOnlyLooksLikeAnAddressOfIpv6IsNoTarget() throws IOException {
        for (String words : List.of("2001:db8::zz", "2001:db8::2:99999", "[2001:db8::2", "[2001:db8::2]22", "1:2:3")) {
            String said = broken("l", words + "\n");
            assertTrue(said.startsWith("l:1: '" + words + "'") && said.contains("[ADDRESS]:PORT"), said);
        }
        assertTrue(broken("z", "fe80::1%eth0\n").startsWith("z:1: fe80::1%eth0 is a link-local address"));
        assertEquals(
                "y.yaml:1: this is no YAML: expected <block end>, but found '<scalar>'",
                broken("y.yaml", "- [2001:db8::2]:22\n"));
    }

    @Test
    void whatNamesNoTargetIsNamedByItsLine() throws IOException {
        assertEquals(
                "hosts:2: 'not a host' is no target: write [USER@]HOST[:PORT], an IPv6 address with a port as"
                        + " [ADDRESS]:PORT\nhosts:4: port 99999 is not between 1 and 65535",
                broken("hosts", "a\nnot a host\nb\nc:99999\n"));
        assertTrue(broken("l", "127.0.0.1\n").startsWith("l:1: 127.0.0.1 is a loopback address"));
        assertTrue(broken("o", "a\n198.18.0.010\n").startsWith("o:2: 198.18.0.010 is read in two ways"));
        assertTrue(broken("t.csv", "host,port\na,22\n,22\n").startsWith("t.csv:3: there is no target"));
        assertTrue(broken("j.json", "[\n\"a\",\n[1]]").startsWith("j.json:3: a target is a text"));
        assertTrue(broken("s.json", "[\"a\",\n oops]").startsWith("s.json:2: this is no JSON"));
        assertTrue(broken("s.yaml", "- a\n- 'b\n").startsWith("s.yaml:"));
        assertTrue(broken("y.yaml", "web:\n  hots:\n    a:\n").startsWith("y.yaml:2: 'web' is neither"));
        assertTrue(broken("r.ini", "[g]\nweb[1:900000]\n").startsWith("r.ini:2: 'web[1:900000]' is a range"));
        assertTrue(broken("dash", "-oProxyCommand=x\n").startsWith("dash:1:"), "no option in disguise");
    }

    @Test
    void aFileThatIsNoTextIsRefusedWhole() throws IOException {
        Path file = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, 0, 1});
        WrongWords wrong = assertThrows(WrongWords.class, () -> TargetFile.read(file, new TargetList()));
        assertTrue(wrong.getMessage().endsWith("is no text in UTF-8"), wrong.getMessage());
        assertThrows(WrongWords.class, () -> TargetFile.read(folder.resolve("none"), new TargetList()));
    }

    @Test
    void commentsBlanksAndDuplicatesAmongAHundredThousandLinesCostNothing() throws IOException {
        String text = IntStream.range(0, 100_000)
                .mapToObj(i -> i % 4 == 0
                        ? "# " + i
                        : i % 4 == 1 ? "" : i % 4 == 2 ? "db7 # again" : "host" + i + ".example:2222")
                .collect(Collectors.joining("\n"));
        TargetList list = read("many", text + "\none broken line");
        assertEquals(25_001, list.targets().size());
        assertEquals(24_999, list.duplicates());
        assertEquals(
                List.of(100_001),
                list.broken().stream()
                        .map(line -> Integer.parseInt(line.place().replaceFirst(".*:", "")))
                        .toList());
    }

    @Test
    void aHundredThousandLinesAreRead() throws IOException {
        String text = IntStream.range(0, 100_000)
                .mapToObj(i -> "198.19." + i / 250 % 250 + "." + (i % 250 + 1) + ":" + (1 + i / 62_500))
                .collect(Collectors.joining("\n"));
        TargetList list = read("many", text);
        assertEquals(100_000, list.targets().size());
        assertEquals(0, list.duplicates());
    }
}
