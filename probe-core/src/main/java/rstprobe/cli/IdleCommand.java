package rstprobe.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rstprobe.diagnose.IdleDiagnosis;
import rstprobe.incident.IncidentFolder;
import rstprobe.path.IdleLimits;
import rstprobe.record.CannotProbe;
import rstprobe.record.IdleRecorder;
import rstprobe.record.LoginPlan;
import rstprobe.record.NoTarget;
import rstprobe.record.Plan;
import rstprobe.record.Target;
import rstprobe.report.IdleIncident;

/// `rstprobe idle`: hold connections in silence, find the timer that kills them, say what survives it.
@Command(
        name = IdleCommand.NAME,
        description = "Find the idle timeout that kills connections, to within a second.",
        sortOptions = false)
final class IdleCommand implements Callable<Integer> {
    static final String NAME = "idle";

    private static final Duration LONGEST = Duration.ofHours(2);

    @Parameters(
            paramLabel = "[USER@]HOST[:PORT]",
            description = "The server. Nobody is logged in without --login.",
            converter = TargetConverter.class)
    private TargetWords target;

    @Option(
            names = "--up-to",
            paramLabel = "TIME",
            defaultValue = "1h",
            converter = DurationWords.class,
            description = "The longest silence to look at, such as 90s, 5m or 1h (default: 1h). Most servers end a"
                    + " connection on which nobody logs in after two minutes; without --login the search then ends before"
                    + " that.")
    private Duration upTo;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "8",
            description = "Connections open at a time, 2 to 64 (default: 8; sshd begins to refuse at 10).")
    private int connections;

    @Mixin
    private KeyOptions keys;

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

    @ArgGroup
    private SshCommand.FamilyOptions family = new SshCommand.FamilyOptions();

    @Option(names = "--dry-run", description = "Say what would be sent, and send nothing.")
    private boolean dryRun;

    @Override
    public Integer call() throws CannotProbe, NoTarget {
        IdleLimits limits = limits();
        Plan plan = plan(limits);
        Screen screen = output.screen();
        keys.check();
        if (dryRun) {
            screen.answer(IdleDryRun.of(plan, limits, keys));
            return Exit.WORKS;
        }
        if (!keys.wanted()) {
            return watched(plan, limits, Optional.empty(), screen);
        }
        try (KeyOptions.Opened opened = keys.open(plan, 0, LoginPlan.Marking.CS0)) {
            return watched(plan, limits, Optional.of(opened.plan()), screen);
        }
    }

    private int watched(Plan plan, IdleLimits limits, Optional<LoginPlan> login, Screen screen)
            throws CannotProbe, NoTarget {
        Interruption interruption = Interruption.watch();
        try {
            return run(plan, limits, login, screen, interruption);
        } finally {
            interruption.finished();
        }
    }

    private IdleLimits limits() {
        if (upTo.compareTo(LONGEST) > 0) {
            throw new WrongWords("--up-to takes at most 2h");
        }
        try {
            return new IdleLimits(upTo.toNanos(), LONGEST.multipliedBy(2).toNanos(), connections);
        } catch (IllegalArgumentException wrong) {
            throw new WrongWords(wrong.getMessage());
        }
    }

    private Plan plan(IdleLimits limits) {
        try {
            return new Plan(
                    target.host(),
                    target.user().orElseGet(() -> System.getProperty("user.name")),
                    target.port(),
                    family.family(),
                    interfaceName,
                    limits.total(),
                    Plan.HURRIED_SPACING_MILLIS,
                    Plan.DEFAULT_TIMEOUT_MILLIS,
                    Plan.ECHOED_TYPE_OF_SERVICE,
                    0);
        } catch (IllegalArgumentException wrong) {
            throw new WrongWords(wrong.getMessage());
        }
    }

    private int run(Plan plan, IdleLimits limits, Optional<LoginPlan> login, Screen screen, Interruption interruption)
            throws CannotProbe, NoTarget {
        Path trusted = Folders.trusted(into);
        SshCommand.requireCapabilities();
        Target resolved = Target.resolve(plan.host(), plan.family());
        interruption.begin();
        IncidentFolder folder = IncidentFolder.create(trusted, Instant.now(), plan.host(), plan.port());
        boolean opened = false;
        try (folder;
                IdleRecorder recorder =
                        IdleRecorder.open(plan, resolved, limits, login, folder.liveCapture(), folder::append)) {
            opened = true;
            return record(recorder, folder, screen, interruption);
        } finally {
            if (!opened) {
                Folders.removeEmpty(folder.path());
            }
        }
    }

    private int record(IdleRecorder recorder, IncidentFolder folder, Screen screen, Interruption interruption) {
        IdleProgress progress = new IdleProgress(screen);
        return new RecordedRun(recorder.kept(), folder, screen, interruption)
                .recording(
                        () -> {
                            try {
                                recorder.run(progress::show);
                            } finally {
                                progress.over();
                            }
                        },
                        recorder::interrupted)
                .concluding(recording -> {
                    IdleIncident incident = new IdleIncident(folder.name(), recording, IdleDiagnosis.of(recording));
                    return new RecordedRun.Conclusion(
                            () -> folder.finish(incident),
                            written -> output.show(screen, incident, written),
                            incident.finding().exitCode());
                });
    }
}
