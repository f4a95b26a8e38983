package rstprobe.cli;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import rstprobe.lab.HopInterval;

/// Scores and the runs they come from as one JSON document.
final class ScoresJson {
    private static final String SCHEMA = "rstprobe.lab/1";

    private ScoresJson() {}

    /// The document. Keys are the names of the records' components.
    @JsonPropertyOrder({"schema", "scores", "runs"})
    record Document(String schema, Scores scores, List<Run> runs) {}

    /// One run.
    ///
    /// @param folder its incident folder, which stays where the runs were told to keep theirs
    record Run(
            String network,
            String half,
            int delayMillis,
            double loss,
            long seed,
            boolean ipv6,
            String judgement,
            Said truth,
            Said verdict,
            double confidence,
            List<LabRun.Answer.Claim> alternatives,
            boolean causeRight,
            boolean causeFits,
            boolean causeInFirstThree,
            Optional<HopInterval> trueHops,
            Optional<HopInterval> hop,
            Optional<LabCost> cost,
            Optional<String> folder) {
        private static Run of(ScoredRun run) {
            return new Run(
                    run.network(),
                    run.half().name().toLowerCase(Locale.ROOT),
                    run.conditions().delayMillis(),
                    run.conditions().loss(),
                    run.conditions().seed(),
                    run.conditions().ipv6(),
                    run.judgement().word(),
                    new Said(
                            run.truth().cause(),
                            run.truth().origin(),
                            run.truth().stage(),
                            run.truth().exitCode()),
                    new Said(
                            run.answer().cause(),
                            run.answer().origin(),
                            run.answer().stage(),
                            run.answer().exitCode()),
                    run.answer().confidence(),
                    run.answer().alternatives(),
                    run.causeRight(),
                    run.causeFits(),
                    run.causeInFirstThree(),
                    run.truth().proof().hops(),
                    run.answer().hop(),
                    run.cost(),
                    run.answer().folder().map(Object::toString));
        }
    }

    /// A truth or a verdict; words are empty where there is nothing to name.
    record Said(String cause, String origin, String stage, int exitCode) {}

    static String of(Scores scores, List<ScoredRun> runs) {
        try {
            return JsonMapper.builder()
                            .addModule(new Jdk8Module())
                            .enable(SerializationFeature.INDENT_OUTPUT)
                            .build()
                            .writeValueAsString(new Document(
                                    SCHEMA, scores, runs.stream().map(Run::of).toList()))
                    + "\n";
        } catch (JsonProcessingException bug) {
            throw new IllegalStateException("scores have no JSON form", bug);
        }
    }
}
