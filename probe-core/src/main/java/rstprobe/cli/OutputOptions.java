package rstprobe.cli;

import java.util.Optional;
import picocli.CommandLine.Option;
import rstprobe.report.IdleIncident;
import rstprobe.report.IdleJson;
import rstprobe.report.IdleReport;
import rstprobe.report.Incident;
import rstprobe.report.JsonReport;
import rstprobe.report.MtuIncident;
import rstprobe.report.MtuJson;
import rstprobe.report.MtuReport;
import rstprobe.report.TextReport;

/// How a command shows its answer.
final class OutputOptions {
    @Option(names = "--json", description = "Print one JSON document on stdout and nothing else.")
    private boolean json;

    @Option(names = "--quiet", description = "No progress, and only the verdict line.")
    private boolean quiet;

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            defaultValue = "auto",
            description = "auto, always or never (default: auto; NO_COLOR is honoured).")
    private Screen.Colour colour;

    Screen screen() {
        return new Screen(colour, quiet || json);
    }

    boolean json() {
        return json;
    }

    void show(Screen screen, IdleIncident incident, Optional<String> folder) {
        if (json) {
            screen.answer(IdleJson.of(incident));
            return;
        }
        String text = IdleReport.text(incident, screen.colour(), folder);
        screen.answer(quiet ? text.lines().findFirst().orElse("") + "\n" : text);
    }

    void show(Screen screen, MtuIncident incident, Optional<String> folder) {
        if (json) {
            screen.answer(MtuJson.of(incident));
            return;
        }
        String text = MtuReport.text(incident, screen.colour(), folder);
        screen.answer(quiet ? text.lines().findFirst().orElse("") + "\n" : text);
    }

    boolean quiet() {
        return quiet;
    }

    void show(Screen screen, Incident incident, Optional<String> folder) {
        if (json) {
            screen.answer(JsonReport.of(incident));
            return;
        }
        String text = TextReport.of(incident, screen.colour(), folder);
        screen.answer(quiet ? text.lines().findFirst().orElse("") + "\n" : text);
    }
}
