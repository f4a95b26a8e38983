package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import rstprobe.record.Event;
import rstprobe.record.Recording;
import rstprobe.ssh.Observation;
import rstprobe.ssh.Stage;

/// Whether somebody was to log in before the silence, and whether that was so.
///
/// @param wanted whether a login was to be made
/// @param made   whether one was
/// @param whyNot what stood against it, words for a sentence; empty where nothing is known of that
record IdleLogin(boolean wanted, boolean made, Optional<String> whyNot) {
    static IdleLogin of(Recording recording) {
        List<Observation> seen = observations(recording).toList();
        boolean begun = seen.stream().anyMatch(Observation.LoginBegun.class::isInstance);
        Optional<String> withheld = seen.stream()
                .filter(Observation.LoginWithheld.class::isInstance)
                .map(observation -> withheld(((Observation.LoginWithheld) observation).doubt()))
                .findFirst();
        boolean made = begun
                && seen.stream()
                        .anyMatch(observation -> observation instanceof Observation.StageCompleted(Stage stage, long _)
                                && stage == Stage.USERAUTH);
        boolean refused = seen.stream().anyMatch(Observation.LoginRefused.class::isInstance);
        return new IdleLogin(
                begun || withheld.isPresent(),
                made,
                withheld.or(
                        () -> refused && !made ? Optional.of("the server took none of the keys") : Optional.empty()));
    }

    private static Stream<Observation> observations(Recording recording) {
        return recording.events(Event.Observed.class).stream().map(Event.Observed::observation);
    }

    private static String withheld(Observation.HostKeyDoubt doubt) {
        return switch (doubt) {
            case UNKNOWN -> "the host key is not known, so nobody logged in";
            case CHANGED -> "the host key is another than the known one, so nobody logged in";
            case REVOKED -> "the host key is revoked, so nobody logged in";
        };
    }
}
