package rstprobe.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import rstprobe.diagnose.MtuDiagnosis;
import rstprobe.incident.IncidentFolder;
import rstprobe.path.SurveyScope;
import rstprobe.record.CannotProbe;
import rstprobe.record.MtuRecorder;
import rstprobe.record.NoTarget;
import rstprobe.record.Plan;
import rstprobe.record.SweepPlan;
import rstprobe.record.SweepTarget;
import rstprobe.record.Target;
import rstprobe.report.MtuIncident;

/// `rstprobe mtu`: the exact path MTU to a target and back, and what becomes of what is too long; or to thousands.
final class MtuCommand implements Callable<Integer> {
    static final String NAME = "mtu";

    /// Lines of a list that are shown; whoever wrote a hundred like them sees it by then.
    private static final int MOST_SHOWN = 20;

    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(3);

    private final OutputOptions output = new OutputOptions();
    private final SweepOptions sweep = new SweepOptions();
    private final VantageOptions vantage = new VantageOptions();

    /// Read later: where picocli cannot read one of several words, it only says that there is one too many.
    private List<String> named = List.of();

    private Duration timeout = DEFAULT_TIMEOUT;
    private boolean oneWay;
    private boolean dryRun;

    CommandSpec spec() {
        Vocabulary words =
                new Vocabulary(NAME, this, "Measure the exact path MTU both ways, and find MTU black holes.");
        words.parameters(
                "HOST[:PORT]",
                "0..*",
                Reading.TEXT,
                given -> named = given,
                "The targets; a port where TCP answers serves best (default: 22). Nobody logs in.");
        output.addTo(words);
        sweep.addTo(words);
        vantage.addTo(words);
        words.option(
                "--timeout",
                "TIME",
                Reading.by(new DurationWords()),
                time -> timeout = time,
                "How long the connection may take to stand (default: 3s).");
        words.flag(
                "--one-way",
                given -> oneWay = given,
                "Only the way there, in half the packets or fewer: no way back, no place of a limit.");
        words.flag("--dry-run", given -> dryRun = given, "Say what would be sent, and send nothing.");
        return words.spec();
    }

    @Override
    public Integer call() throws CannotProbe, NoTarget {
        Screen screen = output.screen();
        List<TargetWords> targets = named.stream().map(TargetWords::parse).toList();
        if (targets.size() != 1 || sweep.wantSweep()) {
            return sweep(targets, screen);
        }
        Plan plan = plan(targets.getFirst());
        if (dryRun) {
            screen.answer(MtuDryRun.of(plan, scope()));
            return Exit.WORKS;
        }
        Interruption interruption = Interruption.watch();
        try {
            return run(plan, screen, interruption);
        } finally {
            interruption.finished();
        }
    }

    private int sweep(List<TargetWords> targets, Screen screen) throws CannotProbe {
        sweep.check(output.json());
        TargetList list = sweep.targets(targets);
        list.broken().stream().limit(MOST_SHOWN).forEach(line -> screen.warn(line.toString()));
        if (list.broken().size() > MOST_SHOWN) {
            screen.warn("and " + (list.broken().size() - MOST_SHOWN) + " more lines name no target");
        }
        if (!list.broken().isEmpty() && !sweep.keepsGoing()) {
            throw new WrongWords("nothing was started: mend the list, or sweep the rest of it with --keep-going");
        }
        if (list.targets().isEmpty()) {
            throw new WrongWords("there is no target: name one, or a file of them with -f");
        }
        if (list.duplicates() > 0) {
            screen.announce(list.duplicates() + " targets are named more than once, and measured once");
        }
        if (dryRun) {
            screen.answer(MtuDryRun.of(planOf(list.targets())));
            return Exit.WORKS;
        }
        SshCommand.requireCapabilities();
        Interruption interruption = Interruption.watch();
        try {
            return new SweepRun(sweep, output, screen, list.targets()).run(this::planOf, interruption);
        } finally {
            interruption.finished();
        }
    }

    private SweepPlan planOf(List<SweepTarget> some) {
        return new SweepPlan(
                some,
                scope(),
                vantage.family(),
                vantage.interfaceName(),
                Math.toIntExact(timeout.toMillis()),
                sweep.rate(),
                sweep.perTarget(),
                sweep.perNetwork());
    }

    private SurveyScope scope() {
        return oneWay ? SurveyScope.THERE : SurveyScope.WHOLE;
    }

    private Plan plan(TargetWords target) {
        try {
            return new Plan(
                    target.host(),
                    target.user().orElse(""),
                    target.port(),
                    vantage.family(),
                    vantage.interfaceName(),
                    SweepPlan.MOST_CONNECTIONS,
                    Plan.DEFAULT_SPACING_MILLIS,
                    Math.toIntExact(timeout.toMillis()),
                    Plan.ECHOED_TYPE_OF_SERVICE,
                    0);
        } catch (IllegalArgumentException | ArithmeticException wrong) {
            throw new WrongWords(wrong.getMessage());
        }
    }

    private int run(Plan plan, Screen screen, Interruption interruption) throws CannotProbe, NoTarget {
        Path trusted = Folders.trusted(vantage.into());
        SshCommand.requireCapabilities();
        Target resolved = Target.resolve(plan.host(), plan.family());
        interruption.begin();
        IncidentFolder folder = IncidentFolder.create(trusted, Instant.now(), plan.host(), plan.port());
        boolean opened = false;
        try (folder;
                MtuRecorder recorder =
                        MtuRecorder.open(plan, resolved, scope(), folder.liveCapture(), folder::append)) {
            opened = true;
            return record(recorder, folder, screen, interruption);
        } finally {
            if (!opened) {
                Folders.removeEmpty(folder.path());
            }
        }
    }

    private int record(MtuRecorder recorder, IncidentFolder folder, Screen screen, Interruption interruption) {
        return new RecordedRun(recorder.kept(), folder, screen, interruption)
                .recording(() -> recorder.run(HeadStart::waiting), recorder::interrupted)
                .concluding(recording -> {
                    MtuIncident incident = new MtuIncident(folder.name(), recording, MtuDiagnosis.of(recording));
                    return new RecordedRun.Conclusion(
                            () -> folder.finish(incident),
                            written -> output.show(screen, incident, written),
                            incident.finding().exitCode());
                });
    }
}
