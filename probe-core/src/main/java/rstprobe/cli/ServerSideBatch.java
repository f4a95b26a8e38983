package rstprobe.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import rstprobe.lab.CannotBuild;
import rstprobe.lab.Conditions;
import rstprobe.lab.Lab;
import rstprobe.lab.OtherRelease;
import rstprobe.lab.Release;
import rstprobe.lab.Scenario;

/// Practice networks diagnosed from both sides: by the client, then on the server, each with the sshd of
/// several releases.
///
/// @param jobs how many stand at a time
/// @param json whether one document is printed at the end, and nothing else
record ServerSideBatch(List<Conditions> conditions, int runs, int jobs, boolean json) {
    /// One run to come.
    private record Planned(LabBatch.Planned network, Release release) {}

    /// Where nothing was recorded there is nothing to join.
    private record Done(Optional<ServerSideScores.Row> row, String network) {}

    int run(List<Scenario> scenarios, List<String> releases, Optional<Path> into, Screen screen)
            throws CannotBuild, IOException, InterruptedException, LabRun.Stopped {
        List<Release> asked = releases.isEmpty()
                ? List.of(Release.BOOKWORM)
                : releases.stream().map(ServerSideBatch::release).toList();
        List<Planned> planned = asked.stream()
                .flatMap(release -> scenarios.stream()
                        .flatMap(scenario -> OtherRelease.of(scenario, release).stream())
                        .flatMap(scenario -> LabBatch.plan(List.of(scenario), conditions, runs).stream())
                        .map(network -> new Planned(network, release)))
                .toList();
        List<ServerSideScores.Row> rows = new ArrayList<>();
        LabBatch.inOrder(planned, jobs, one -> once(one, into), done -> {
            done.row().ifPresent(rows::add);
            String text = done.row()
                    .map(ServerSideScores.Row::text)
                    .orElse(done.network() + ": the client recorded nothing\n");
            if (json) {
                screen.progress(text.lines().findFirst().orElse(""));
            } else {
                screen.answer(text);
            }
        });
        ServerSideScores scores = ServerSideScores.of(rows);
        screen.answer(json ? document(scores) : scores.text());
        return scores.good() ? Exit.WORKS : LabCommand.MISSED;
    }

    private static Release release(String number) {
        return Stream.of(Release.values())
                .filter(release -> release.openSsh().equals(number))
                .findFirst()
                .orElseThrow(() -> new WrongWords("--release takes 8.4, 9.2 or 10.0, not '" + number + "'"));
    }

    private static Done once(Planned planned, Optional<Path> into)
            throws CannotBuild, IOException, InterruptedException, LabRun.Stopped {
        LabBatch.Planned network = planned.network();
        try (Lab lab = LabBatch.build(network)) {
            LabRun.Answer answer = LabRun.probe(lab, false, into);
            if (answer.folder().isEmpty()) {
                return new Done(Optional.empty(), network.scenario().name());
            }
            LabServerSide.Said said =
                    LabServerSide.look(lab, planned.release(), answer.folder().get());
            ScoredRun run = ScoredRun.of(network.scenario(), network.conditions(), answer, Optional.empty());
            return new Done(
                    Optional.of(ServerSideScores.Row.of(run, planned.release().openSsh(), said)), run.network());
        }
    }

    private static String document(ServerSideScores scores) {
        try {
            return new JsonMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(scores) + "\n";
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
