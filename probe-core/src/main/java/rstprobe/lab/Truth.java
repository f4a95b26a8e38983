package rstprobe.lab;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/// What is really wrong in a practice network, in the words a verdict uses.
///
/// @param cause id of the cause, such as `injected-reset`; empty where nothing is wrong
/// @param origin who ended the connection, such as `on-path`; empty where nobody did
/// @param stage the stage at which it ends, such as `connect` or `identification`; empty where it does not end
/// @param exitCode what `rstprobe ssh` should exit with
/// @param explanation what was built and what a right answer rests on, one or two sentences
/// @param undeterminedIsHonest whether "a fault, its cause undetermined" (exit code 19) is also a right answer, because
///   what the client can see does not tell this cause from another one
/// @param hops where the sender sits, where that can be found out
/// @param triggerByte the byte of the client's first message that draws the reset, counted from 1, where one does
/// @param needsActiveEvidence whether listening alone cannot convince: it takes a probe after the reset, a sweep or
///   repetition
public record Truth(
        String cause,
        String origin,
        String stage,
        int exitCode,
        String explanation,
        boolean undeterminedIsHonest,
        Optional<HopInterval> hops,
        OptionalInt triggerByte,
        boolean needsActiveEvidence) {

    /// The exit code for a fault whose cause stays open.
    public static final int UNDETERMINED = 19;

    /// Checks that every word is there.
    public Truth {
        Objects.requireNonNull(cause);
        Objects.requireNonNull(origin);
        Objects.requireNonNull(stage);
        Objects.requireNonNull(explanation);
        Objects.requireNonNull(hops);
        Objects.requireNonNull(triggerByte);
    }

    /// Whether an exit code is a right answer here, the undetermined one included where that is honest.
    public boolean allows(int answer) {
        return answer == exitCode || (undeterminedIsHonest && answer == UNDETERMINED);
    }

    static Truth healthy(String explanation) {
        return fault("", "", "", 0, explanation);
    }

    static Truth fault(String cause, String origin, String stage, int exitCode, String explanation) {
        return new Truth(
                cause, origin, stage, exitCode, explanation, false, Optional.empty(), OptionalInt.empty(), false);
    }

    Truth orUndetermined() {
        return new Truth(cause, origin, stage, exitCode, explanation, true, hops, triggerByte, needsActiveEvidence);
    }

    /// The sender sits at or between these hops.
    Truth between(int after, int before) {
        return new Truth(
                cause,
                origin,
                stage,
                exitCode,
                explanation,
                undeterminedIsHonest,
                Optional.of(new HopInterval(after, before)),
                triggerByte,
                needsActiveEvidence);
    }

    /// This byte of the client's first message draws the reset.
    Truth drawnByByte(int number) {
        return new Truth(
                cause,
                origin,
                stage,
                exitCode,
                explanation,
                undeterminedIsHonest,
                hops,
                OptionalInt.of(number),
                needsActiveEvidence);
    }

    Truth needingActiveEvidence() {
        return new Truth(cause, origin, stage, exitCode, explanation, undeterminedIsHonest, hops, triggerByte, true);
    }
}
