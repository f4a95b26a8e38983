package rstprobe.report;

import java.util.Optional;
import rstprobe.diagnose.Cause;
import rstprobe.diagnose.Hop;
import rstprobe.diagnose.Origin;
import rstprobe.diagnose.Trigger;
import rstprobe.diagnose.Verdict;
import rstprobe.ssh.Stage;

/// A verdict laid flat: the same fields whatever it is, as every report prints them.
///
/// @param status  which of the three verdicts it is
/// @param origin  empty where nobody ended anything
/// @param stage   empty where it works
record Headline(
        Status status,
        String summary,
        double confidence,
        Optional<Cause> cause,
        Optional<Origin> origin,
        Optional<Stage> stage,
        Optional<Hop> hop,
        Optional<Trigger> trigger) {

    /// The three verdicts.
    enum Status {
        HEALTHY("healthy"),
        FAULT("fault"),
        UNDETERMINED("undetermined");

        private final String word;

        Status(String word) {
            this.word = word;
        }

        /// The word in JSON and reports.
        String word() {
            return word;
        }
    }

    /// The fields of a verdict.
    static Headline of(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Healthy healthy ->
                new Headline(
                        Status.HEALTHY,
                        healthy.summary(),
                        healthy.confidence(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty());
            case Verdict.Fault fault ->
                new Headline(
                        Status.FAULT,
                        fault.summary(),
                        fault.confidence(),
                        Optional.of(fault.cause()),
                        Optional.of(fault.origin()),
                        Optional.of(fault.stage()),
                        fault.hop(),
                        fault.trigger());
            case Verdict.Undetermined open ->
                new Headline(
                        Status.UNDETERMINED,
                        open.summary(),
                        open.confidence(),
                        open.cause(),
                        Optional.of(Origin.UNKNOWN),
                        Optional.of(open.stage()),
                        Optional.empty(),
                        open.trigger());
        };
    }
}
