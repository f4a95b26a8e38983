package rstprobe.diagnose;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// One line of a log, parted.
///
/// @param command   what was run to read it; for one of several files, with the file's name
/// @param whole     the line as it was, without secrets
/// @param atSeconds when, in seconds since the Unix epoch by the server's clock; empty where it does not say
/// @param program   who wrote it, such as `sshd`; `kernel` for the kernel, empty where it does not say
/// @param text      what it says
record ServerLogLine(String command, String whole, OptionalDouble atSeconds, String program, String text) {
    /// `journalctl -o short-unix`: `1761234567.123456 host sshd[123]: text`.
    private static final Pattern JOURNAL = Pattern.compile("(\\d{9,11}\\.\\d+) \\S+ ([^\\s\\[:]+)(?:\\[\\d+])?: ?(.*)");

    /// RFC 3164 as syslog daemons write files: `Nov  3 14:15:02 host sshd[123]: text`.
    private static final Pattern CLASSIC =
            Pattern.compile("([A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d) \\S+ ([^\\s\\[:]+)(?:\\[\\d+])?: ?(.*)");

    /// RFC 5424 times, and those of `dmesg --time-format iso`, which has no host:
    /// `2026-11-03T14:15:02,123456+00:00 text`.
    private static final Pattern ISO = Pattern.compile(
            "(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d)(?:[.,](\\d{1,9}))?(Z|[+-]\\d\\d:?\\d\\d) (.*)");

    private static final Pattern AFTER_ISO = Pattern.compile("\\S+ ([^\\s\\[:]+)(?:\\[\\d+])?: ?(.*)");

    /// fail2ban's own file: `2026-11-03 14:15:02,123 fail2ban.actions [77]: NOTICE [sshd] Ban 198.18.0.1`.
    private static final Pattern FAIL2BAN = Pattern.compile(
            "(\\d{4}-\\d\\d-\\d\\d) (\\d\\d:\\d\\d:\\d\\d),(\\d{3}) (fail2ban\\.\\w+)\\s*(?:\\[\\d+])?: (.*)");

    /// nginx's: `2026/11/03 14:15:02 [error] 77#77: *1 connect() failed`.
    private static final Pattern NGINX =
            Pattern.compile("(\\d{4})/(\\d\\d)/(\\d\\d) (\\d\\d:\\d\\d:\\d\\d) \\[\\w+] \\d+#\\d+: (?:\\*\\d+ )?(.*)");

    private static final Pattern FILE = Pattern.compile("==> (/\\S+) <==");
    /// `Killed process 77 (sshd)`, `comm="sshd" pid=77`, `sshd[77]: segfault`.
    private static final Pattern MEANT = Pattern.compile("(?:Kill(?:ed)? process |\\bpid=|sshd[\\w-]*\\[)(\\d{1,10})");

    /// `oom-kill:constraint=…,task_memcg=/system.slice/ssh.service,task=sshd,pid=77`.
    private static final Pattern GROUP = Pattern.compile("\\btask_memcg=(/[^,\\s]+),task=sshd");

    private static final Pattern PROCESS = Pattern.compile(" [^\\s\\[:]+\\[(\\d{1,10})]: ");
    private static final DateTimeFormatter CLASSIC_TIME =
            DateTimeFormatter.ofPattern("yyyy MMM d HH:mm:ss", Locale.ROOT);
    private static final long DAY_SECONDS = 86_400;

    /// The lines of a log that are of the scope's time, or do not say when.
    ///
    /// @param clock the server's clock
    static List<ServerLogLine> of(ServerAnswer answer, ServerScope scope, ServerClock clock) {
        List<ServerLogLine> lines = new ArrayList<>();
        String command = answer.command();
        for (String line : answer.lines()) {
            Matcher file = FILE.matcher(line);
            if (file.matches()) {
                command = file.group(1);
            } else if (!line.isBlank() && !line.startsWith("-- ")) {
                ServerLogLine parted = parted(answer, command, line, clock);
                if (parted.atSeconds.orElse(scope.sinceSeconds()) >= scope.sinceSeconds()) {
                    lines.add(parted);
                }
            }
        }
        return List.copyOf(lines);
    }

    /// Who wrote it, as program and process id; empty where it does not say.
    Optional<String> process() {
        Matcher process = PROCESS.matcher(whole);
        return process.find() ? Optional.of(program + " " + process.group(1)) : Optional.empty();
    }

    /// Processes of sshd's that the kernel may mean where it names one by its number.
    Stream<String> processes() {
        Matcher process = MEANT.matcher(text);
        return program.equals("kernel") && process.find()
                ? Stream.of("sshd", "sshd-session", "sshd-auth").map(name -> name + " " + process.group(1))
                : Stream.empty();
    }

    /// The control group that the kernel names for the process it killed.
    Optional<String> group() {
        Matcher named = GROUP.matcher(text);
        return program.equals("kernel") && named.find() ? Optional.of(named.group(1)) : Optional.empty();
    }

    private static ServerLogLine parted(ServerAnswer answer, String command, String line, ServerClock clock) {
        Matcher journal = JOURNAL.matcher(line);
        if (journal.matches()) {
            return new ServerLogLine(
                    command,
                    line,
                    OptionalDouble.of(Double.parseDouble(journal.group(1))),
                    journal.group(2),
                    journal.group(3));
        }
        Matcher classic = CLASSIC.matcher(line);
        if (classic.matches()) {
            return new ServerLogLine(
                    command, line, classicTime(classic.group(1), clock), classic.group(2), classic.group(3));
        }
        Matcher banned = FAIL2BAN.matcher(line);
        if (banned.matches()) {
            String time = banned.group(1) + "T" + banned.group(2) + "." + banned.group(3);
            return new ServerLogLine(command, line, isoTime(time, clock.zone()), banned.group(4), banned.group(5));
        }
        Matcher web = NGINX.matcher(line);
        if (web.matches()) {
            String time = web.group(1) + "-" + web.group(2) + "-" + web.group(3) + "T" + web.group(4);
            return new ServerLogLine(command, line, isoTime(time, clock.zone()), "nginx", web.group(5));
        }
        return iso(command, line)
                .orElseGet(() -> new ServerLogLine(
                        command, line, OptionalDouble.empty(), answer.question().isLog() ? "" : "kernel", line));
    }

    private static Optional<ServerLogLine> iso(String command, String line) {
        Matcher iso = ISO.matcher(line);
        if (!iso.matches()) {
            return Optional.empty();
        }
        String fraction = iso.group(2) == null ? "0" : iso.group(2);
        String zone = iso.group(3).equals("Z") ? "+00:00" : iso.group(3);
        OptionalDouble at = isoTime(iso.group(1) + "." + fraction, zone.length() == 5 ? zone(zone) : zone);
        Matcher named = AFTER_ISO.matcher(iso.group(4));
        return Optional.of(
                named.matches() && !command.matches("(?:sudo .*)?dmesg .*")
                        ? new ServerLogLine(command, line, at, named.group(1), named.group(2))
                        : new ServerLogLine(command, line, at, "kernel", iso.group(4)));
    }

    private static String zone(String digits) {
        return digits.substring(0, 3) + ":" + digits.substring(3);
    }

    private static OptionalDouble isoTime(String time, String zone) {
        try {
            OffsetDateTime at = OffsetDateTime.parse(time + zone);
            return OptionalDouble.of(at.toEpochSecond() + at.getNano() / 1e9);
        } catch (DateTimeParseException _) {
            return OptionalDouble.empty();
        }
    }

    /// The form without a year is of this year, or of the last one where this year's date is more than a day
    /// away.
    private static OptionalDouble classicTime(String written, ServerClock clock) {
        try {
            ZoneOffset zone = ZoneOffset.of(clock.zone());
            int year = java.time.Instant.ofEpochSecond(clock.nowSeconds())
                    .atOffset(zone)
                    .getYear();
            String date = written.replaceAll(" +", " ");
            long at = java.time.LocalDateTime.parse(year + " " + date, CLASSIC_TIME)
                    .toEpochSecond(zone);
            return OptionalDouble.of(
                    at > clock.nowSeconds() + DAY_SECONDS
                            ? java.time.LocalDateTime.parse(year - 1 + " " + date, CLASSIC_TIME)
                                    .toEpochSecond(zone)
                            : at);
        } catch (DateTimeException _) {
            return OptionalDouble.empty();
        }
    }
}
