package rstprobe.cli;

import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import rstprobe.diagnose.Diagnosis;
import rstprobe.diagnose.Finding;
import rstprobe.diagnose.Manners;
import rstprobe.diagnose.NextProbe;
import rstprobe.incident.IncidentFolder;
import rstprobe.linux.Capabilities;
import rstprobe.linux.Capability;
import rstprobe.linux.LinuxException;
import rstprobe.record.ActiveTest;
import rstprobe.record.CannotProbe;
import rstprobe.record.LoginPlan;
import rstprobe.record.Mode;
import rstprobe.record.NoTarget;
import rstprobe.record.Plan;
import rstprobe.record.PreparedShares;
import rstprobe.record.Recorder;
import rstprobe.record.Recording;
import rstprobe.record.Target;
import rstprobe.report.Incident;

/// `rstprobe ssh`: record, diagnose, render.
final class SshCommand implements Callable<Integer> {
    static final String NAME = "ssh";

    private static final int DEFAULT_TIMEOUT_SECONDS = Plan.DEFAULT_TIMEOUT_MILLIS / 1000;

    private final OutputOptions output = new OutputOptions();
    private final VantageOptions vantage = new VantageOptions();
    private final LoginOptions login = new LoginOptions();
    private final AlgorithmOptions algorithms = new AlgorithmOptions();

    private Optional<TargetWords> named = Optional.empty();
    private Optional<String> bind = Optional.empty();
    private Optional<String> alsoFrom = Optional.empty();
    private double timeoutSeconds = DEFAULT_TIMEOUT_SECONDS;
    private int budget = Plan.DEFAULT_BUDGET;
    private Optional<String> mode = Optional.empty();
    private int segmentBytes;
    private boolean passive;
    private List<String> without = List.of();
    private boolean hurry;
    private boolean dryRun;

    /// The login that was asked for.
    private Optional<LoginPlan> entry = Optional.empty();

    CommandSpec spec() {
        Vocabulary words = new Vocabulary(
                NAME, this, "Diagnose an SSH connection: who ended it, where on the path, at which byte.");
        words.parameter(
                "[USER@]HOST[:PORT]",
                Reading.by(TargetWords::parse),
                target -> named = Optional.of(target),
                "The server. The user is only named to the server, and logged in only with --login; default: you.");
        output.addTo(words);
        vantage.addTo(words);
        addWays(words);
        addLimits(words);
        addTests(words);
        login.addTo(words);
        words.flag(
                "--hurry",
                given -> hurry = given,
                "Do not spread connections, at the risk that a limit shuts this address out for a while, such as 'ufw"
                        + " limit' does with the sixth in half a minute.");
        algorithms.addTo(words);
        words.flag("--dry-run", given -> dryRun = given, "Say what would be sent, and send nothing.");
        return words.spec();
    }

    private void addWays(Vocabulary words) {
        words.option(
                "--bind",
                "ADDRESS",
                Reading.TEXT,
                address -> bind = Optional.of(address),
                "Connect from this address of ours (default: the kernel's choice).");
        words.option(
                "--also-from",
                "ADDRESS",
                Reading.TEXT,
                address -> alsoFrom = Optional.of(address),
                "Allow one control connection from this other address of ours where we are refused.");
    }

    private void addLimits(Vocabulary words) {
        words.option(
                "--timeout",
                "SECONDS",
                Reading.DECIMAL,
                seconds -> timeoutSeconds = seconds,
                "Longest wait for one answer (default: " + DEFAULT_TIMEOUT_SECONDS + ").");
        words.option(
                "--budget",
                "N",
                Reading.INTEGER,
                connections -> budget = connections,
                "Connections the run may open, 1 to 100 (default: " + Plan.DEFAULT_BUDGET + ").");
    }

    private void addTests(Vocabulary words) {
        words.option(
                "--mode",
                "MODE",
                Reading.TEXT,
                word -> mode = Optional.of(word),
                "Make one attempt only: talk, listen, bytes, nonssh, after, small or unmarked.");
        words.option(
                "--segment",
                "BYTES",
                Reading.INTEGER,
                bytes -> segmentBytes = bytes,
                "Send our messages in segments of this size (default: whole messages).");
        words.flag(
                "--passive",
                given -> passive = given,
                "Send no crafted packets: connect as any client does, and watch.");
        words.listed(
                "--without",
                "TEST",
                Reading.TEXT,
                tests -> without = tests,
                "Leave out these tests with crafted packets, comma separated: reference, record-route, echo, liveness,"
                        + " bad-checksum, mirror, sweep or prefix.");
    }

    @Override
    public Integer call() throws CannotProbe, NoTarget {
        Plan plan = plan();
        Optional<Mode> only = mode.map(SshCommand::mode);
        Screen screen = output.screen();
        login.check();
        algorithms.check(only, login.wanted());
        if (dryRun) {
            screen.answer(DryRun.of(plan, only, forbidden(), new DryRun.Sources(bind, alsoFrom))
                    + login.told(plan)
                    + algorithms.told(plan));
            return Exit.WORKS;
        }
        if (!login.wanted()) {
            return watched(plan, only, screen);
        }
        if (only.filter(alone -> alone != Mode.TALK).isPresent()) {
            throw new WrongWords("--login talks: leave out --mode");
        }
        try (KeyOptions.Opened opened = login.open(plan)) {
            entry = Optional.of(opened.plan());
            return watched(plan, only, screen);
        }
    }

    private int watched(Plan plan, Optional<Mode> only, Screen screen) throws CannotProbe, NoTarget {
        Interruption interruption = Interruption.watch();
        try {
            return run(plan, only, screen, interruption);
        } finally {
            interruption.finished();
        }
    }

    private Set<ActiveTest> forbidden() {
        Set<ActiveTest> forbidden = passive ? EnumSet.allOf(ActiveTest.class) : EnumSet.noneOf(ActiveTest.class);
        for (String word : without) {
            forbidden.add(ActiveTest.named(word)
                    .orElseThrow(() -> new WrongWords("there is no test '" + word + "' (rstprobe ssh --help)")));
        }
        return forbidden;
    }

    private Plan plan() {
        TargetWords target = named.orElseThrow();
        String user = target.user().orElseGet(() -> System.getProperty("user.name"));
        try {
            return new Plan(
                    target.host(),
                    user,
                    target.port(),
                    vantage.family(),
                    vantage.interfaceName(),
                    budget,
                    hurry || algorithms.paced() ? Plan.HURRIED_SPACING_MILLIS : Plan.DEFAULT_SPACING_MILLIS,
                    (int) Math.min(Integer.MAX_VALUE, timeoutSeconds * 1000),
                    Plan.ECHOED_TYPE_OF_SERVICE,
                    segmentBytes);
        } catch (IllegalArgumentException wrong) {
            throw new WrongWords(wrong.getMessage());
        }
    }

    private static Mode mode(String word) {
        for (Mode mode : Mode.values()) {
            if (mode.alwaysPossible() && mode.word().equals(word)) {
                return mode;
            }
        }
        throw new WrongWords("'" + word + "' is no mode: talk, listen, bytes, nonssh, after, small or unmarked");
    }

    private int run(Plan plan, Optional<Mode> only, Screen screen, Interruption interruption)
            throws CannotProbe, NoTarget {
        SourceOptions sources = SourceOptions.of(bind, alsoFrom);
        Path trusted = Folders.trusted(vantage.into());
        requireCapabilities();
        PreparedShares shares = HeadStart.shares();
        Target resolved = sources.resolved(plan);
        interruption.begin();
        IncidentFolder folder = IncidentFolder.create(trusted, Instant.now(), plan.host(), plan.port());
        boolean opened = false;
        try (folder;
                Recorder recorder = Recorder.open(
                        plan,
                        resolved,
                        sources.alsoFrom(),
                        forbidden(),
                        shares,
                        folder.liveCapture(),
                        folder::append)) {
            opened = true;
            return record(recorder, folder, only, screen, interruption);
        } finally {
            if (!opened) {
                Folders.removeEmpty(folder.path());
            }
        }
    }

    /// Opening the tap is the only thing that needs a privilege.
    static void requireCapabilities() throws CannotProbe {
        try {
            if (!Capabilities.effective().contains(Capability.CAP_NET_RAW)) {
                throw new CannotProbe(
                        "this process lacks CAP_NET_RAW, without which no packet can be captured",
                        "run it as root, or: setpriv --inh-caps +net_raw --ambient-caps +net_raw rstprobe ...");
            }
        } catch (LinuxException failed) {
            throw new CannotProbe(
                    "the kernel does not tell our capabilities: " + failed.getMessage(), "run it as root");
        }
    }

    private int record(
            Recorder recorder, IncidentFolder folder, Optional<Mode> only, Screen screen, Interruption interruption) {
        return new RecordedRun(recorder.kept(), folder, screen, interruption)
                .recording(() -> attempts(recorder, only, screen), recorder::interrupted)
                .concluding(recording -> {
                    Incident incident = new Incident(folder.name(), recording, Diagnosis.of(recording));
                    return new RecordedRun.Conclusion(
                            () -> folder.finish(incident),
                            written -> output.show(screen, incident, written),
                            incident.finding().verdict().exitCode());
                });
    }

    private void attempts(Recorder recorder, Optional<Mode> only, Screen screen) throws InterruptedException {
        if (only.isPresent() && entry.isEmpty()) {
            recorder.attempt(only.get());
            return;
        }
        Optional<NextProbe> next = Optional.of(new NextProbe.Connect(Mode.TALK, false));
        int attempts = 0;
        if (entry.isPresent()) {
            recorder.attemptLogin(entry.get());
            attempts++;
            next = only.isPresent() ? Optional.empty() : next(recorder);
        }
        while (next.isPresent()) {
            switch (next.get()) {
                case NextProbe.Connect(Mode mode, boolean quietly) -> {
                    if (++attempts > 1) {
                        screen.progress("attempt " + attempts + ": " + mode.word());
                    }
                    if (quietly) {
                        recorder.attemptQuietly(mode);
                    } else {
                        recorder.attempt(mode);
                    }
                }
                case NextProbe.Ask(ActiveTest test) -> {
                    screen.progress("test: " + test.word());
                    recorder.test(test);
                }
            }
            next = next(recorder);
        }
        algorithms.compare(recorder, screen);
    }

    private static Optional<NextProbe> next(Recorder recorder) {
        Recording soFar = recorder.kept().soFar();
        Finding finding = Diagnosis.of(soFar);
        recorder.keepDistance(Manners.spacingMillis(soFar, finding));
        recorder.allowFailures(Manners.failuresLeft(soFar));
        return NextProbe.of(soFar, finding);
    }
}
