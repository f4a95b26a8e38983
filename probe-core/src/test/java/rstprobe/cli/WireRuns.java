package rstprobe.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import rstprobe.incident.IncidentReader;

/// Runs of `rstprobe ssh` at the client's end of a cable, and the traffic that their folders hold.
record WireRuns(Cable cable, Path into) {
    Traffic against(SmallServer.Part part, String... options) throws Exception {
        try (SmallServer _ = new SmallServer(cable, part)) {
            probe(options).noTrace();
            Traffic traffic = traffic();
            forget();
            return traffic;
        }
    }

    Probe.Ran probe(String... options) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("ssh", Cable.SERVER, "--hurry", "--into", into.toString()));
        words.addAll(List.of(options));
        return Probe.at(cable).run(words.toArray(String[]::new));
    }

    /// Of the one folder that there is.
    Traffic traffic() throws Exception {
        return Traffic.of(IncidentReader.read(Probe.incident(into)).recording());
    }

    /// Removes that folder, so that the next run's is the one.
    void forget() throws IOException {
        Path folder = Probe.incident(into);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
