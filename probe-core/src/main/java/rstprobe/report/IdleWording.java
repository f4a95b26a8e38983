package rstprobe.report;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import rstprobe.diagnose.IdleFinding;
import rstprobe.diagnose.Silence;
import rstprobe.record.Event;
import rstprobe.record.Recording;
import rstprobe.ssh.Observation;

/// Words that every report on a search for an idle timer has in common.
final class IdleWording {
    /// OpenSSH's own default.
    static final int COUNT_MAX = 3;

    static final String WHY = "less than half the timer, so that one keepalive may be lost and the next comes in time";

    private static final double NANOS = 1e9;

    private IdleWording() {}

    static Optional<Event.Searching> searching(Recording recording) {
        return recording.events(Event.Searching.class).stream().findFirst();
    }

    static long connections(Recording recording) {
        return recording.events(Event.Opened.class).size();
    }

    static long tookNanos(Recording recording) {
        return recording.events().isEmpty()
                ? 0
                : Math.max(0, recording.events().getLast().atNanos() - recording.startedNanos());
    }

    static Optional<String> identification(Recording recording) {
        return recording.events().stream()
                .filter(event -> event instanceof Event.Observed(long _, int _, Observation.ServerIdentification _))
                .map(event -> new String(
                        ((Observation.ServerIdentification) ((Event.Observed) event).observation()).line(),
                        StandardCharsets.ISO_8859_1))
                .findFirst();
    }

    static String word(Silence.End end) {
        return end.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static String said(Silence.End end) {
        return switch (end) {
            case ANSWERED -> "answered";
            case RESET_ON_QUESTION -> "the question drew a reset";
            case UNANSWERED -> "the question drew nothing";
            case RESET -> "reset, unasked";
            case FIN -> "closed, unasked";
            case SPOKEN -> "the server spoke, unasked";
        };
    }

    /// What the timer does, for people.
    static String kind(IdleFinding.Kind kind) {
        return switch (kind) {
            case RESET_AT_EXPIRY -> "it resets the connection by itself when the time is up";
            case FIN_AT_EXPIRY -> "it closes the connection by itself when the time is up";
            case FORGET_AND_RESET -> "it forgets the connection in secret, and the next segment draws a reset";
            case FORGET_AND_SILENCE -> "it forgets the connection in secret, and the next segments vanish";
            case SERVER_LIMIT -> "the server's own limit of age, which no keepalive restarts";
        };
    }

    static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", nanos / NANOS);
    }
}
