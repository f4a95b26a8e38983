package rstprobe.cli;

import java.util.Optional;
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
    private boolean json;
    private boolean quiet;
    private Screen.Colour colour = Screen.Colour.auto;

    void addTo(Vocabulary words) {
        words.flag("--json", given -> json = given, "Print one JSON document on stdout and nothing else.");
        words.flag("--quiet", given -> quiet = given, "No progress, and only the verdict line.");
        words.option(
                "--color",
                "WHEN",
                Reading.oneOf(Screen.Colour.values()),
                when -> colour = when,
                "auto, always or never (default: auto; NO_COLOR is honoured).");
    }

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
