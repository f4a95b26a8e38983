package rstprobe.diagnose;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Stream;
import rstprobe.ssh.Observation;

/// Plain text with which a server says why it refuses.
///
/// The texts are OpenSSH's (`sshd.c`, `drop_connection` and `sshd_exchange_identification`); they come in place of an
/// identification, or after one.
final class ServerTexts {
    /// A refusal in words.
    ///
    /// @param text as it came, line end removed
    record Refusal(Cause cause, String text) {}

    private ServerTexts() {}

    /// The first text that explains a refusal.
    static Optional<Refusal> refusal(Attempt attempt) {
        return texts(attempt)
                .flatMap(text -> cause(text).map(cause -> new Refusal(cause, text)).stream())
                .findFirst();
    }

    /// Everything the server said in plain text besides its identification.
    static Stream<String> texts(Attempt attempt) {
        return Stream.concat(
                        attempt.observed(Observation.PreambleLine.class).map(Observation.PreambleLine::line),
                        attempt.observed(Observation.ServerText.class).map(Observation.ServerText::text))
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8).strip());
    }

    private static Optional<Cause> cause(String text) {
        return switch (text) {
            case "Exceeded MaxStartups" -> Optional.of(Cause.MAX_STARTUPS);
            case "Not allowed at this time" -> Optional.of(Cause.SOURCE_PENALTY);
            case "Protocol major versions differ." -> Optional.of(Cause.VERSION_MISMATCH);
            case "Invalid SSH identification string." -> Optional.of(Cause.IDENTIFICATION_GARBLED);
            default -> Optional.empty();
        };
    }
}
