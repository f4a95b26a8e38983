package rstprobe.cli;

import java.io.Console;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.TypeConversionException;
import rstprobe.diagnose.BothSides;
import rstprobe.diagnose.Diagnosis;
import rstprobe.diagnose.ServerAnswer;
import rstprobe.diagnose.ServerClock;
import rstprobe.diagnose.ServerQuestion;
import rstprobe.diagnose.ServerScope;
import rstprobe.diagnose.ServerSide;
import rstprobe.incident.IncidentReader;
import rstprobe.incident.UnreadableIncident;
import rstprobe.record.CannotProbe;
import rstprobe.record.NoTarget;
import rstprobe.record.Recording;
import rstprobe.report.Incident;
import rstprobe.report.ServerJsonReport;
import rstprobe.report.ServerStory;
import rstprobe.report.ServerTextReport;
import rstprobe.server.Access;
import rstprobe.server.Collector;
import rstprobe.server.Local;
import rstprobe.server.Reach;
import rstprobe.server.Remote;
import rstprobe.server.SendResetTrace;
import rstprobe.wire.IpAddress;

/// `rstprobe server`: what the server's side shows, read-only, and the verdict from both sides.
final class ServerCommand implements Callable<Integer> {
    static final String NAME = "server";

    private static final String HERE = "local";
    private static final long MILLIS = 1_000;
    private static final long NANOS = 1_000_000_000;
    private static final long MINUTE = 60;

    /// The log is read from a little before the run.
    private static final long BEFORE_SECONDS = 60;

    private final OutputOptions output = new OutputOptions();

    private String where = HERE;
    private Optional<Path> incident = Optional.empty();
    private Optional<String> client = Optional.empty();
    private Optional<Integer> port = Optional.empty();
    private Optional<Duration> since = Optional.empty();
    private List<Path> identities = List.of();
    private boolean password;
    private boolean sudo;
    private Optional<Integer> trace = Optional.empty();
    private boolean dryRun;

    CommandSpec spec() {
        Vocabulary words = new Vocabulary(
                NAME,
                this,
                "Collect the server's side of the story: its log, settings, packet filter, queues and counters.",
                "It changes nothing there; --dry-run lists every command. With --incident, the folder that rstprobe ssh"
                        + " wrote is diagnosed again with what the server shows, to one verdict from both sides.");
        words.parameter(
                "local|USER@HOST[:PORT]",
                Reading.TEXT,
                host -> where = host,
                "This host, or one to log in to by SSH: with the agent, your keys, or a password you type; its key must"
                        + " be in known_hosts.");
        addQuestions(words);
        addLogin(words);
        words.option(
                "--trace",
                "SECONDS",
                Reading.INTEGER,
                seconds -> trace = Optional.of(seconds),
                "Here and as root only: watch the resets this kernel sends, in a tracing instance that is removed"
                        + " afterwards; 1 to 300.");
        words.flag(
                "--dry-run",
                given -> dryRun = given,
                "List every command with its limit and its reason, and run none.");
        output.addTo(words);
        return words.spec();
    }

    private void addQuestions(Vocabulary words) {
        words.option(
                "--incident",
                "FOLDER",
                Reading.PATH,
                folder -> incident = Optional.of(folder),
                "Join what rstprobe ssh found: the verdict is one from both sides.");
        words.option(
                "--client",
                "ADDRESS",
                Reading.TEXT,
                address -> client = Optional.of(address),
                "Whose connections to look for, as the server sees them (default: the incident's, or anybody's).");
        words.option(
                "--port",
                "PORT",
                Reading.INTEGER,
                number -> port = Optional.of(number),
                "The port to look at (default: the incident's, or the one logged in to, or 22).");
        words.option(
                "--since",
                "TIME",
                Reading.by(ServerCommand::span),
                span -> since = Optional.of(span),
                "How far back to read logs: 90s, 15min, 2h, 1d (default: 15min, or from the incident on).");
    }

    private void addLogin(Vocabulary words) {
        words.repeated(
                "--identity",
                "FILE",
                Reading.FILE,
                files -> identities = files,
                "Log in with this private key, and neither the agent's nor the usual ones.");
        words.flag("--password", given -> password = given, "Ask for a password on the terminal.");
        words.flag(
                "--sudo",
                given -> sudo = given,
                "Where root is needed, ask by sudo -n, which never waits for a password.");
    }

    /// What follows `--since`.
    private static Duration span(String words) {
        if (!words.matches("\\d{1,6}(?:s|sec|m|min|h|d)")) {
            throw new TypeConversionException("'" + words + "' is no time: write 90s, 15min, 2h or 1d");
        }
        String unit = words.replaceAll("\\d", "");
        long number = Long.parseLong(words.replaceAll("\\D", ""));
        return Duration.ofSeconds(number
                * switch (unit) {
                    case "s", "sec" -> 1;
                    case "m", "min" -> MINUTE;
                    case "h" -> MINUTE * MINUTE;
                    default -> 24 * MINUTE * MINUTE;
                });
    }

    @Override
    public Integer call() throws UnreadableIncident, CannotProbe, NoTarget, InterruptedException {
        Screen screen = output.screen();
        Optional<TargetWords> target = where.equals(HERE) ? Optional.empty() : Optional.of(TargetWords.parse(where));
        check(target);
        Optional<IncidentReader.Read> read =
                incident.isPresent() ? Optional.of(IncidentReader.read(incident.get())) : Optional.empty();
        ServerScope scope = scope(target, read.map(IncidentReader.Read::recording));
        if (dryRun) {
            screen.answer(ServerDryRun.of(where, scope, sudo, trace));
            return Exit.WORKS;
        }
        read.flatMap(IncidentReader.Read::caution).ifPresent(screen::warn);
        ServerSide side = read.isPresent()
                ? sideOrNothing(target, scope, read.get(), screen)
                : side(target, scope, Optional.empty(), screen);
        ServerStory story = story(side, read);
        show(story, screen);
        return story.exitCode();
    }

    private void check(Optional<TargetWords> target) {
        if (target.isPresent() && trace.isPresent()) {
            throw new WrongWords("--trace works on this host only: run rstprobe server local --trace there");
        }
        if (trace.filter(seconds -> seconds < 1 || seconds > SendResetTrace.MAX_SECONDS)
                .isPresent()) {
            throw new WrongWords("--trace takes 1 to " + SendResetTrace.MAX_SECONDS + " seconds");
        }
        if (target.isEmpty() && (password || !identities.isEmpty())) {
            throw new WrongWords("--identity and --password are for logging in, and " + HERE + " needs no login");
        }
        if (target.filter(words -> words.user().isEmpty()).isPresent()) {
            throw new WrongWords("name the user to log in as: USER@" + where);
        }
        if (port.filter(number -> number < 1 || number > 65_535).isPresent()) {
            throw new WrongWords("port " + port.get() + " is not between 1 and 65535");
        }
        if (client.filter(address -> !inFigures(address)).isPresent()) {
            throw new WrongWords("--client takes an address in figures, not '" + client.get() + "'");
        }
    }

    private static boolean inFigures(String address) {
        try {
            IpAddress.parse(address);
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private ServerScope scope(Optional<TargetWords> target, Optional<Recording> recording) {
        long now = System.currentTimeMillis() / MILLIS;
        long from = since.map(span -> now - span.toSeconds())
                .or(() -> recording.map(made -> made.startedNanos() / NANOS - BEFORE_SECONDS))
                .orElse(now - Duration.ofMinutes(15).toSeconds());
        int looked = port.or(() -> recording.map(made -> made.plan().port()))
                .or(() -> target.map(TargetWords::port))
                .orElse(TargetWords.SSH_PORT);
        return ServerScope.of(
                from, looked, client.or(() -> recording.map(made -> made.host().address())));
    }

    /// Where the server's side cannot be had, the client's stands, and what is missing is named.
    private ServerSide sideOrNothing(
            Optional<TargetWords> target, ServerScope scope, IncidentReader.Read read, Screen screen)
            throws InterruptedException {
        String why;
        try {
            return side(target, scope, Optional.of(read), screen);
        } catch (CannotProbe cannot) {
            screen.warn("the server's side was not read: " + cannot.what());
            screen.list("  fix: " + cannot.fix());
            why = cannot.what();
        } catch (NoTarget none) {
            screen.warn("the server's side was not read: " + none.getMessage());
            why = none.getMessage();
        }
        ServerAnswer none = new ServerAnswer(
                ServerQuestion.WHO,
                "ssh " + where,
                new ServerAnswer.Ended.NotStarted(why),
                List.of(),
                List.of(),
                false);
        ServerClock clock = new ServerClock(System.currentTimeMillis() / MILLIS, "+00:00", 0);
        return ServerSide.of(new ServerSide.Collected(scope, clock, Optional.empty(), List.of(none), List.of()));
    }

    private ServerSide side(
            Optional<TargetWords> target, ServerScope scope, Optional<IncidentReader.Read> read, Screen screen)
            throws CannotProbe, NoTarget, InterruptedException {
        target.ifPresent(words -> screen.progress("connecting to " + words.host() + " port " + words.port()
                + ", at most " + Remote.CONNECT_SECONDS + " s"));
        try (Reach reach = target.isPresent() ? Remote.open(access(target.get())) : new Local()) {
            Optional<String> user = read.map(known -> known.recording().plan().user());
            return ServerSide.of(new Collector(reach, scope, sudo, screen::progress).collect(user, trace));
        }
    }

    private Access access(TargetWords target) throws CannotProbe {
        return new Access(
                target.user().orElseThrow(),
                target.host(),
                target.port(),
                identities,
                password ? Optional.of(typed(target)) : Optional.empty(),
                Optional.ofNullable(System.getenv("SSH_AUTH_SOCK"))
                        .filter(socket -> !socket.isEmpty())
                        .map(Path::of),
                Path.of(System.getProperty("user.home")));
    }

    private static String typed(TargetWords target) throws CannotProbe {
        Console console = System.console();
        if (console == null || !console.isTerminal()) {
            throw new CannotProbe("a password is typed on a terminal, and there is none", "use a key or the agent");
        }
        char[] typed = console.readPassword("%s@%s's password: ", target.user().orElseThrow(), target.host());
        if (typed == null) {
            throw new CannotProbe("no password was typed", "use a key or the agent");
        }
        return new String(typed);
    }

    private ServerStory story(ServerSide side, Optional<IncidentReader.Read> read) {
        if (read.isEmpty()) {
            return new ServerStory(where, side, Optional.empty(), Optional.empty());
        }
        Recording recording = read.get().recording();
        BothSides.Joined joined =
                BothSides.of(Diagnosis.of(recording), recording, side, System.currentTimeMillis() / MILLIS);
        return new ServerStory(
                where,
                side,
                Optional.of(joined),
                Optional.of(new Incident(read.get().name(), recording, joined.finding())));
    }

    private void show(ServerStory story, Screen screen) {
        if (output.json()) {
            screen.answer(ServerJsonReport.of(story));
            return;
        }
        String text = ServerTextReport.of(story, screen.colour(), incident.map(Path::toString));
        screen.answer(output.quiet() ? text.lines().findFirst().orElse("") + "\n" : text);
    }
}
