package rstprobe.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import rstprobe.diagnose.Diagnosis;
import rstprobe.incident.IncidentReader;
import rstprobe.incident.UnreadableIncident;
import rstprobe.report.Incident;

/// `rstprobe replay`: diagnose an incident folder again, offline and without privileges.
@Command(name = "replay", description = "Diagnose an incident folder again, offline.", sortOptions = false)
final class ReplayCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FOLDER", description = "An incident folder.")
    private Path folder;

    @Mixin
    private OutputOptions output;

    @Override
    public Integer call() throws UnreadableIncident {
        Screen screen = output.screen();
        IncidentReader.Read read = IncidentReader.read(folder);
        read.caution().ifPresent(screen::warn);
        Incident incident = new Incident(read.name(), read.recording(), Diagnosis.of(read.recording()));
        output.show(screen, incident, Optional.of(folder.toString()));
        return incident.finding().verdict().exitCode();
    }
}
