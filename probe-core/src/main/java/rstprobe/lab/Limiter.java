package rstprobe.lab;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import rstprobe.lab.Scenario.Obstacle;
import rstprobe.lab.Scenario.Server;

/// What shuts out whoever connects too often, as a server's host has it when nobody has changed a setting: it can be
/// put in front of the server of any practice network, and read afterwards.
public enum Limiter {
    /// OpenSSH 10.0's penalties: a connection without an attempt to authenticate costs a second, one that
    /// LoginGraceTime ends costs ten, and fifteen shut out. That time is shorter than usual, to see its end.
    PENALTIES(15) {
        @Override
        Server server() {
            return Services.openSsh(Release.TRIXIE, "LoginGraceTime " + GRACE_SECONDS);
        }

        @Override
        Reading read(Lab lab) throws IOException {
            awaitEnds(lab);
            List<String> log = log(lab, "auth.log");
            return new Reading(
                    (int) count(log, "srclimit_penalise:.*penalty"),
                    log.stream()
                            .filter(line -> line.contains("new active") || line.contains("activating"))
                            .toList());
        }
    },

    /// fail2ban as Debian sets it up: five failures in ten minutes.
    FAIL2BAN(5) {
        @Override
        Server server() {
            return Services.beside(BanLabs.JAIL, BanLabs.FAIL2BAN);
        }

        @Override
        Reading read(Lab lab) throws IOException {
            return jail(lab);
        }
    },

    /// The same, which also counts connections that end before anybody has tried to log in.
    FAIL2BAN_AGGRESSIVE(5) {
        @Override
        Server server() {
            return Services.beside(aggressive(), BanLabs.FAIL2BAN);
        }

        @Override
        Reading read(Lab lab) throws IOException {
            return jail(lab);
        }
    },

    /// The same, where the server names itself late, as a busy one does.
    FAIL2BAN_AGGRESSIVE_LATE(5) {
        @Override
        Server server() {
            return Services.beside(aggressive(), BanLabs.FAIL2BAN);
        }

        @Override
        List<Obstacle> rules() {
            return List.of(new Obstacle.PacketFilter(Node.SERVER, FIRST_COPY_LOST));
        }

        @Override
        Reading read(Lab lab) throws IOException {
            return jail(lab);
        }
    },

    /// `ufw limit`: five openings in half a minute.
    UFW_LIMIT(BanLabs.UFW_ALLOWS + 1) {
        @Override
        Server server() {
            return Services.openSsh(Release.BOOKWORM, Map.of("/etc/ufw/user.rules", BanLabs.UFW));
        }

        @Override
        List<Obstacle> rules() {
            return List.of(BanLabs.UFW_RULES);
        }

        @Override
        Reading read(Lab lab) throws IOException {
            String seen = said(lab, "/bin/cat", "/proc/net/xt_recent/DEFAULT");
            String ruleset = said(lab, Program.NFT.found().map(Path::toString).orElse("nft"), "list", "ruleset");
            List<String> rejected = new ArrayList<>();
            Matcher rule = Pattern.compile("counter packets (\\d+) bytes \\d+ (?:reject|xt target \"REJECT\").*")
                    .matcher(ruleset);
            while (rule.find()) {
                if (!rule.group(1).equals("0")) {
                    rejected.add(rule.group());
                }
            }
            return new Reading(
                    seen.lines()
                            .filter(line -> line.contains(Topology.CLIENT4))
                            .mapToInt(line -> line.split("oldest_pkt: \\d+ ", 2)[1].split(",").length)
                            .sum(),
                    rejected);
        }
    },

    /// dropbear's own: five connections of an address before authentication.
    DROPBEAR(5) {
        @Override
        Server server() {
            return Services.alone(LimitLabs.DROPBEAR_KEYS, LimitLabs.DROPBEAR);
        }

        @Override
        Reading read(Lab lab) throws IOException {
            return new Reading((int) established(lab), List.of());
        }
    };

    private static final int GRACE_SECONDS = 20;
    private static final String JAIL_FILE = "/etc/fail2ban/jail.local";
    /// `SSH-` at the start of a segment: the first of each connection is dropped, and its retransmission passes.
    private static final String FIRST_COPY_LOST = """
            table inet late {
              chain out {
                type filter hook output priority 0; policy accept;
                tcp sport 22 @ih,0,32 0x5353482d ct mark 0 ct mark set 1 drop
              }
            }
            """;

    private static final String OTHER = "203.0.113.9";
    private static final int OTHER_FAILURES = 6;
    private static final long PATIENCE_SECONDS = 30;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final int limit;

    Limiter(int limit) {
        this.limit = limit;
    }

    /// What a limiter has counted.
    ///
    /// @param spent   seconds, failures, openings or connections, as it counts them
    /// @param tripped what shows that it shut somebody out; empty where it did not
    public record Reading(int spent, List<String> tripped) {

        /// Keeps its own copy.
        public Reading {
            tripped = List.copyOf(tripped);
        }
    }

    /// So much of what it counts shuts an address out.
    public int limit() {
        return limit;
    }

    /// A network with the same fault, whose server this limiter guards.
    public Scenario guarding(Scenario broken) {
        return new Scenario(
                broken.name(),
                broken.story(),
                broken.truth(),
                broken.group(),
                broken.numbers(),
                broken.rows(),
                server(),
                Stream.concat(broken.obstacles().stream(), rules().stream()).toList());
    }

    /// What it has counted in a lab, once it has seen everything that happened until now.
    public Reading reading(Lab lab) throws IOException {
        return read(lab);
    }

    /// Connections to the server's port that the server has not ended yet.
    public static long established(Lab lab) throws IOException {
        return said(lab, "/bin/cat", "/proc/net/tcp", "/proc/net/tcp6")
                .lines()
                .filter(line -> line.matches(".*:0016 [0-9A-F:]+ 01 .*"))
                .count();
    }

    abstract Server server();

    abstract Reading read(Lab lab) throws IOException;

    List<Obstacle> rules() {
        return List.of();
    }

    private static Map<String, String> aggressive() {
        Map<String, String> files = new HashMap<>(BanLabs.JAIL);
        files.compute(JAIL_FILE, (_, jail) -> jail + "mode = aggressive\n");
        return files;
    }

    private static List<String> log(Lab lab, String name) throws IOException {
        Path log = lab.folder().resolve("log").resolve(name);
        return Files.exists(log) ? Files.readAllLines(log, ISO_8859_1) : List.of();
    }

    private static long count(List<String> lines, String pattern) {
        Pattern wanted = Pattern.compile(pattern);
        return lines.stream().filter(line -> wanted.matcher(line).find()).count();
    }

    /// Somebody else's failures are put behind ours: once they are banned for, ours have been read.
    private static Reading jail(Lab lab) throws IOException {
        List<String> ours = log(lab, "auth.log");
        String stamp = ours.isEmpty() ? "" : ours.getLast().substring(0, 15);
        StringBuilder theirs = new StringBuilder();
        for (int i = 1; i <= OTHER_FAILURES && !stamp.isEmpty(); i++) {
            theirs.append(stamp).append(" server sshd[").append(i).append("]: Failed password for root from ");
            theirs.append(OTHER).append(" port ").append(50_000 + i).append(" ssh2\n");
        }
        Files.writeString(
                lab.folder().resolve("log").resolve("auth.log"), theirs, ISO_8859_1, StandardOpenOption.APPEND);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!stamp.isEmpty() && count(log(lab, "fail2ban.log"), " Ban " + OTHER) == 0) {
            if (System.nanoTime() > deadline) {
                throw new IOException("fail2ban does not read its log: " + log(lab, "fail2ban.log"));
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        List<String> said = log(lab, "fail2ban.log");
        return new Reading(
                (int) count(said, " Found " + Topology.CLIENT4),
                said.stream()
                        .filter(line -> line.contains(" Ban ") && !line.contains(OTHER))
                        .toList());
    }

    /// Waits until the server has ended every connection.
    private static void awaitEnds(Lab lab) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (established(lab) > 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private static String said(Lab lab, String... command) throws IOException {
        Process asked = lab.inside(Node.SERVER, List.of(command))
                .redirectErrorStream(true)
                .start();
        return new String(asked.getInputStream().readAllBytes(), ISO_8859_1);
    }
}
