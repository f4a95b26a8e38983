package rstprobe.cli;

import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
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
@Command(
        name = SshCommand.NAME,
        description = "Diagnose an SSH connection: who ended it, where on the path, at which byte.",
        sortOptions = false)
final class SshCommand implements Callable<Integer> {
    static final String NAME = "ssh";

    @Parameters(
            paramLabel = "[USER@]HOST[:PORT]",
            description =
                    "The server. The user is only named to the server, and logged in only with --login; default: you.",
            converter = TargetConverter.class)
    private TargetWords target;

    @Mixin
    private OutputOptions output;

    @Option(
            names = "--into",
            paramLabel = "DIR",
            defaultValue = ".",
            description = "Where the incident folder goes (default: here).")
    private Path into;

    @Option(
            names = {"-i", "--interface"},
            paramLabel = "IFACE",
            description = "Capture on this interface (default: where the route leaves).")
    private Optional<String> interfaceName;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            description = "Connect from this address of ours (default: the kernel's choice).")
    private Optional<String> bind;

    @Option(
            names = "--also-from",
            paramLabel = "ADDRESS",
            description = "Allow one control connection from this other address of ours where we are refused.")
    private Optional<String> alsoFrom;

    @ArgGroup
    private FamilyOptions family = new FamilyOptions();

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "" + Plan.DEFAULT_TIMEOUT_MILLIS / 1000,
            description = "Longest wait for one answer (default: ${DEFAULT-VALUE}).")
    private double timeoutSeconds;

    @Option(
            names = "--budget",
            paramLabel = "N",
            defaultValue = "" + Plan.DEFAULT_BUDGET,
            description = "Connections the run may open, 1 to 100 (default: ${DEFAULT-VALUE}).")
    private int budget;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description = "Make one attempt only: talk, listen, bytes, nonssh, after, small or unmarked.")
    private Optional<String> mode;

    @Option(
            names = "--segment",
            paramLabel = "BYTES",
            defaultValue = "0",
            description = "Send our messages in segments of this size (default: whole messages).")
    private int segmentBytes;

    @Option(names = "--passive", description = "Send no crafted packets: connect as any client does, and watch.")
    private boolean passive;

    @Option(
            names = "--without",
            paramLabel = "TEST",
            split = ",",
            description = "Leave out these tests with crafted packets, comma separated: reference, record-route, echo,"
                    + " liveness, bad-checksum, mirror, sweep or prefix.")
    private List<String> without = List.of();

    @Mixin
    private LoginOptions login;

    @Option(
            names = "--hurry",
            description =
                    "Do not spread connections, at the risk that a limit shuts this address out for a while, such as"
                            + " 'ufw limit' does with the sixth in half a minute.")
    private boolean hurry;

    @Mixin
    private AlgorithmOptions algorithms;

    @Option(names = "--dry-run", description = "Say what would be sent, and send nothing.")
    private boolean dryRun;

    /// The login that was asked for.
    private Optional<LoginPlan> entry = Optional.empty();

    /// One family or the other.
    static final class FamilyOptions {
        @Option(names = "-4", description = "IPv4 only.")
        private boolean four;

        @Option(names = "-6", description = "IPv6 only.")
        private boolean six;

        Optional<Plan.Family> family() {
            if (four) {
                return Optional.of(Plan.Family.IPV4);
            }
            return six ? Optional.of(Plan.Family.IPV6) : Optional.empty();
        }
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
        String user = target.user().orElseGet(() -> System.getProperty("user.name"));
        try {
            return new Plan(
                    target.host(),
                    user,
                    target.port(),
                    family.family(),
                    interfaceName,
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
        Path trusted = Folders.trusted(into);
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
