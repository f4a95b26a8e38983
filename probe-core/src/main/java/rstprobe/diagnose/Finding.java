package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import rstprobe.path.SurveyFinding;
import rstprobe.ssh.Stage;

/// Everything a diagnosis has to say: the verdict, what it rests on, what it leaves open and what to do next.
///
/// @param verdict      the sealed result
/// @param alternatives what else it could be, likeliest first
/// @param evidence     the facts, strongest first
/// @param ruledOut     what it is not, each with the frames that say so
/// @param nextTest     the one test that would change the verdict
/// @param nextSteps    what to run next and where, at most five
/// @param stages       how far the attempt that decided came
/// @param server       what the server said of itself
/// @param algorithms   what became of each algorithm that was offered alone; empty where none was to be
/// @param mtu          the path MTU both ways; empty where it was not measured
public record Finding(
        Verdict verdict,
        List<Alternative> alternatives,
        List<Evidence> evidence,
        List<RuledOut> ruledOut,
        Optional<String> nextTest,
        List<NextStep> nextSteps,
        List<StageReport> stages,
        ServerFacts server,
        Optional<AlgorithmTable> algorithms,
        Optional<SurveyFinding> mtu) {

    /// A finding of a run that compared no algorithms and measured no path MTU.
    public Finding(
            Verdict verdict,
            List<Alternative> alternatives,
            List<Evidence> evidence,
            List<RuledOut> ruledOut,
            Optional<String> nextTest,
            List<NextStep> nextSteps,
            List<StageReport> stages,
            ServerFacts server) {
        this(
                verdict,
                alternatives,
                evidence,
                ruledOut,
                nextTest,
                nextSteps,
                stages,
                server,
                Optional.empty(),
                Optional.empty());
    }

    /// Another explanation that the evidence leaves open. Under a verdict whose cause is a general one, such as
    /// `closed-without-reason`, also what may be behind it: such a share is part of the verdict's own.
    public record Alternative(Cause cause, Origin origin, double confidence) {}

    /// An explanation that the evidence excludes.
    public record RuledOut(String cause, String why, List<Integer> frames) {}

    /// A command to run next. It can be pasted into a POSIX shell, or into PowerShell or a device where the server's
    /// identification names one, and holds nothing from the network but addresses.
    ///
    /// @param where   `server`, `network` or `client`
    /// @param command one line
    /// @param why     what it will decide
    /// @param lookFor what in its output decides it
    /// @param fix     what to do when that is found
    public record NextStep(Where where, String command, String why, Optional<String> lookFor, Optional<String> fix) {
        /// A command whose output speaks for itself.
        public NextStep(Where where, String command, String why) {
            this(where, command, why, Optional.empty(), Optional.empty());
        }
    }

    /// On which side of the path to run a command.
    public enum Where {
        SERVER,
        NETWORK,
        CLIENT;

        /// The word in JSON and reports.
        public String word() {
            return switch (this) {
                case SERVER -> "server";
                case NETWORK -> "network";
                case CLIENT -> "client";
            };
        }
    }

    /// How one stage of the handshake went.
    ///
    /// @param millis how long it took from the end of the stage before, empty where it did not complete
    public record StageReport(Stage stage, StageOutcome outcome, OptionalDouble millis) {}

    /// The ways a stage can end.
    public enum StageOutcome {
        COMPLETED,
        RESET,
        CLOSED,
        SILENT,
        GARBLED,
        REFUSED;

        /// The word in JSON and reports.
        public String word() {
            return switch (this) {
                case COMPLETED -> "completed";
                case RESET -> "reset";
                case CLOSED -> "closed";
                case SILENT -> "silent";
                case GARBLED -> "garbled";
                case REFUSED -> "refused";
            };
        }
    }

    /// What the server said of itself; text is as it came from the network and not yet safe to print.
    ///
    /// @param identification the `SSH-2.0-…` line without its line end
    /// @param kex            the negotiated key exchange
    /// @param hostKey        fingerprint in OpenSSH's form, `SHA256:…`
    /// @param authMethods    methods offered for authentication, empty where we did not get that far
    public record ServerFacts(
            Optional<String> identification, Optional<String> kex, Optional<String> hostKey, List<String> authMethods) {
        /// What its identification tells of its software; empty where it sent none.
        public Optional<ServerSoftware> software() {
            return identification.map(ServerSoftware::of);
        }
    }
}
