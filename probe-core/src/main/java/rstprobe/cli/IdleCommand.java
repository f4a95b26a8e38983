package rstprobe.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
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
final class IdleCommand implements Callable<Integer> {
    static final String NAME = "idle";

    private static final Duration LONGEST = Duration.ofHours(2);

    private static final Duration DEFAULT_LONGEST = Duration.ofHours(1);
    private static final int DEFAULT_CONNECTIONS = 8;

    private final KeyOptions keys = new KeyOptions();
    private final OutputOptions output = new OutputOptions();
    private final VantageOptions vantage = new VantageOptions();

    private Optional<TargetWords> named = Optional.empty();
    private Duration upTo = DEFAULT_LONGEST;
    private int connections = DEFAULT_CONNECTIONS;
    private boolean dryRun;

    CommandSpec spec() {
        Vocabulary words =
                new Vocabulary(NAME, this, "Find the idle timeout that kills connections, to within a second.");
        words.parameter(
                "[USER@]HOST[:PORT]",
                Reading.by(TargetWords::parse),
                target -> named = Optional.of(target),
                "The server. Nobody is logged in without --login.");
        words.option(
                "--up-to",
                "TIME",
                Reading.by(new DurationWords()),
                time -> upTo = time,
                "The longest silence to look at, such as 90s, 5m or 1h (default: 1h). Most servers end a connection"
                        + " on which nobody logs in after two minutes; without --login the search then ends before"
                        + " that.");
        words.option(
                "--connections",
                "N",
                Reading.INTEGER,
                number -> connections = number,
                "Connections open at a time, 2 to 64 (default: 8; sshd begins to refuse at 10).");
        keys.addTo(words);
        output.addTo(words);
        vantage.addTo(words);
        words.flag("--dry-run", given -> dryRun = given, "Say what would be sent, and send nothing.");
        return words.spec();
    }

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
        TargetWords target = named.orElseThrow();
        try {
            return new Plan(
                    target.host(),
                    target.user().orElseGet(() -> System.getProperty("user.name")),
                    target.port(),
                    vantage.family(),
                    vantage.interfaceName(),
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
        Path trusted = Folders.trusted(vantage.into());
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
