package rstprobe.diagnose;

import java.util.Optional;
import rstprobe.ssh.Stage;

/// The sealed result of a diagnosis.
public sealed interface Verdict {
    /// One sentence for a person.
    String summary();

    /// Probability that the verdict is right, 0 to 1.
    double confidence();

    /// The process's exit code for this verdict.
    int exitCode();

    /// The handshake reached the list of authentication methods.
    record Healthy(String summary, double confidence) implements Verdict {
        @Override
        public int exitCode() {
            return 0;
        }
    }

    /// A fault, and who is behind it.
    ///
    /// @param within what broke the one that is broken, where the cause names one way of several
    record Fault(
            Cause cause,
            Origin origin,
            Stage stage,
            double confidence,
            Optional<Hop> hop,
            Optional<Trigger> trigger,
            String summary,
            Optional<Cause> within)
            implements Verdict {
        /// A fault of the only way there is.
        public Fault(
                Cause cause,
                Origin origin,
                Stage stage,
                double confidence,
                Optional<Hop> hop,
                Optional<Trigger> trigger,
                String summary) {
            this(cause, origin, stage, confidence, hop, trigger, summary, Optional.empty());
        }

        @Override
        public int exitCode() {
            return within.orElse(cause).exitCode().orElse(origin.exitCode());
        }
    }

    /// A fault was seen and the evidence does not decide who is behind it; `nextTest` of the diagnosis would.
    record Undetermined(
            Optional<Cause> cause, Stage stage, double confidence, Optional<Trigger> trigger, String summary)
            implements Verdict {
        @Override
        public int exitCode() {
            return 19;
        }
    }
}
