package rstprobe.lab;

import java.util.Objects;

/// What is really wrong in a practice network, in the words a verdict uses.
///
/// @param cause id of the cause, such as `injected-reset`; empty where nothing is wrong
/// @param origin who ended the connection, such as `on-path`; empty where nobody did
/// @param stage the stage at which it ends, such as `connect` or `identification`; empty where it does not end
/// @param exitCode what `rstprobe ssh` should exit with
/// @param explanation what was built and what a right answer rests on, one or two sentences
/// @param undeterminedIsHonest whether "a fault, its cause undetermined" (exit code 19) is also a right answer, because
///   what the client can see does not tell this cause from another one
public record Truth(
        String cause, String origin, String stage, int exitCode, String explanation, boolean undeterminedIsHonest) {

    /// The exit code for a fault whose cause stays open.
    public static final int UNDETERMINED = 19;

    /// Checks that every word is there.
    public Truth {
        Objects.requireNonNull(cause);
        Objects.requireNonNull(origin);
        Objects.requireNonNull(stage);
        Objects.requireNonNull(explanation);
    }

    /// Whether an exit code is a right answer here, the undetermined one included where that is honest.
    public boolean allows(int answer) {
        return answer == exitCode || (undeterminedIsHonest && answer == UNDETERMINED);
    }

    static Truth healthy(String explanation) {
        return new Truth("", "", "", 0, explanation, false);
    }

    static Truth fault(String cause, String origin, String stage, int exitCode, String explanation) {
        return new Truth(cause, origin, stage, exitCode, explanation, false);
    }

    Truth orUndetermined() {
        return new Truth(cause, origin, stage, exitCode, explanation, true);
    }
}
