package rstprobe.lab;

import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// What is really wrong in a practice network, in the words a verdict uses.
///
/// @param cause id of the cause, such as `injected-reset`; empty where nothing is wrong
/// @param origin who ended the connection, such as `on-path`; empty where nobody did
/// @param stage the stage at which it ends, such as `connect` or `identification`; empty where it does
///   not end
/// @param exitCode what `rstprobe ssh` should exit with
/// @param explanation what was built and what a right answer rests on, one or two sentences
/// @param undeterminedIsHonest whether "a fault, its cause undetermined" (exit code 19) is also a right
///   answer, because what the client can see does not tell this cause from another one
/// @param alsoRight other names of the fault that are right too, since all the client can see is the
///   same
/// @param proof what more can be known of it
/// @param told ids of the causes any of which a look at the server rightly names, by a line of its logs, a rule, a
///   file, a counter, a queue, a socket or a process; empty where the fault leaves nothing there that tells it
public record Truth(
        String cause,
        String origin,
        String stage,
        int exitCode,
        String explanation,
        boolean undeterminedIsHonest,
        Set<Naming> alsoRight,
        Proof proof,
        Set<String> told) {

    /// The exit code for a fault whose cause stays open.
    public static final int UNDETERMINED = 19;

    /// Causes that say how a connection ended, and not why.
    private static final Set<String> GENERAL = Set.of("closed-without-reason", "aborted-without-reason");

    /// Who leaves traces on the server's host, as long as he has a reason that can be told.
    private static final Set<String> ON_SERVER = Set.of("server-process", "server-kernel", "server-firewall");

    private static final Naming NOTHING_WRONG = new Naming("", "", 0);

    /// A cause, who ended the connection, in a verdict's words, and the exit code that goes with them.
    public record Naming(String cause, String origin, int exitCode) {}

    /// What can be known of a fault beyond its name.
    ///
    /// @param hops where the sender sits, where that can be found out
    /// @param triggerByte the byte of the client's first message that draws the reset, counted from 1
    /// @param needsActiveEvidence whether listening alone cannot convince: it takes a probe after the
    ///   reset, a sweep or repetition
    public record Proof(Optional<HopInterval> hops, OptionalInt triggerByte, boolean needsActiveEvidence) {

        static final Proof NONE = new Proof(Optional.empty(), OptionalInt.empty(), false);

        /// Checks that everything is there.
        public Proof {
            Objects.requireNonNull(hops);
            Objects.requireNonNull(triggerByte);
        }
    }

    /// Checks that every word is there.
    public Truth {
        Objects.requireNonNull(cause);
        Objects.requireNonNull(origin);
        Objects.requireNonNull(stage);
        Objects.requireNonNull(explanation);
        Objects.requireNonNull(proof);
        alsoRight = Set.copyOf(alsoRight);
        told = Set.copyOf(told);
    }

    /// A truth of which the server tells what its own processes, kernel and packet filter did for a reason.
    public Truth(
            String cause,
            String origin,
            String stage,
            int exitCode,
            String explanation,
            boolean undeterminedIsHonest,
            Set<Naming> alsoRight,
            Proof proof) {
        this(
                cause,
                origin,
                stage,
                exitCode,
                explanation,
                undeterminedIsHonest,
                alsoRight,
                proof,
                ON_SERVER.contains(origin) && !isGeneral(cause) ? Set.of(cause) : Set.of());
    }

    /// Whether an exit code is a right answer here: the fault's own, the undetermined one where that is honest,
    /// and 0 where a run may well meet no fault.
    public boolean allows(int answer) {
        return answer == exitCode
                || undeterminedIsHonest && answer == UNDETERMINED
                || answer == 0 && alsoRight.contains(NOTHING_WRONG);
    }

    /// Whether this cause, this origin and this exit code name the fault rightly. That there is none may be an honest
    /// answer, but names nothing.
    public boolean isNamed(String named, String by, int answer) {
        Naming said = new Naming(named, by, answer);
        return said.equals(new Naming(cause, origin, exitCode))
                || !said.equals(NOTHING_WRONG) && alsoRight.contains(said);
    }

    /// Whether all that the client sees fits a cause of this name as well as the one that was planted. Where nothing
    /// is wrong no cause is; an empty name is that of no cause.
    public boolean fits(String named) {
        return named.equals(cause) || alsoRight.stream().anyMatch(other -> other.cause.equals(named));
    }

    /// Whether a look at the server that names this cause and this origin names what it rightly can.
    public boolean isToldAs(String named, String by) {
        return told.contains(named)
                || !told.isEmpty()
                        && alsoRight.stream().anyMatch(other -> other.cause.equals(named) && other.origin.equals(by));
    }

    /// Whether a cause of this name says only how the connection ended.
    public static boolean isGeneral(String named) {
        return GENERAL.contains(named);
    }

    static Truth healthy(String explanation) {
        return fault("", "", "", 0, explanation);
    }

    static Truth fault(String cause, String origin, String stage, int exitCode, String explanation) {
        return new Truth(cause, origin, stage, exitCode, explanation, false, Set.of(), Proof.NONE);
    }

    Truth orUndetermined() {
        return new Truth(cause, origin, stage, exitCode, explanation, true, alsoRight, proof, told);
    }

    /// The client cannot tell this fault from one of that name.
    Truth or(String otherCause, String otherOrigin) {
        return or(otherCause, otherOrigin, exitCode);
    }

    /// The same, where the other name has an exit code of its own.
    Truth or(String otherCause, String otherOrigin, int otherExitCode) {
        Set<Naming> all = new HashSet<>(alsoRight);
        all.add(new Naming(otherCause, otherOrigin, otherExitCode));
        return new Truth(cause, origin, stage, exitCode, explanation, undeterminedIsHonest, all, proof, told);
    }

    /// The fault spares most connections, so a run that meets none is right to find nothing.
    Truth orHealthy() {
        return or(NOTHING_WRONG.cause, NOTHING_WRONG.origin, NOTHING_WRONG.exitCode);
    }

    /// The sender sits at or between these hops.
    Truth between(int after, int before) {
        return proven(
                new Proof(Optional.of(new HopInterval(after, before)), proof.triggerByte, proof.needsActiveEvidence));
    }

    /// This byte of the client's first message draws the reset.
    Truth drawnByByte(int number) {
        return proven(new Proof(proof.hops, OptionalInt.of(number), proof.needsActiveEvidence));
    }

    Truth needingActiveEvidence() {
        return proven(new Proof(proof.hops, proof.triggerByte, true));
    }

    /// A look at the server rightly names any of these causes.
    Truth toldOnServerAs(String... causes) {
        return new Truth(
                cause, origin, stage, exitCode, explanation, undeterminedIsHonest, alsoRight, proof, Set.of(causes));
    }

    /// The fault leaves nothing on the server that tells it.
    Truth untoldOnServer() {
        return toldOnServerAs();
    }

    private Truth proven(Proof more) {
        return new Truth(cause, origin, stage, exitCode, explanation, undeterminedIsHonest, alsoRight, more, told);
    }
}
