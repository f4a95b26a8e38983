package rstprobe.report;

import java.util.List;
import java.util.Optional;
import rstprobe.diagnose.Finding.ServerFacts;
import rstprobe.diagnose.Habits;
import rstprobe.diagnose.ServerSoftware;

/// What the server's identification lets a reader know of it, in words of ours.
///
/// @param title     product, release and system
/// @param sentences what that release does where it refuses, waits and marks, at least one
record KnownSoftware(String title, List<String> sentences) {
    /// Empty where the server sent no identification, or one of which nothing is known.
    static Optional<KnownSoftware> of(ServerFacts server) {
        return server.software()
                .map(KnownSoftware::of)
                .filter(known -> !known.sentences().isEmpty());
    }

    private static KnownSoftware of(ServerSoftware software) {
        return new KnownSoftware("known of " + software.told(), new Habits(software).told());
    }
}
