package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import rstprobe.path.DirectionFinding;
import rstprobe.path.Heard;
import rstprobe.path.LimitPlace;
import rstprobe.path.PathProbe;
import rstprobe.path.ProbeKind;
import rstprobe.path.SurveyFinding;

/// What a survey of the path MTU found, and the frames that show it.
///
/// @param forward frames that show what passes and what does not on the way to the target, and where
/// @param reverse the same of the way back
public record Surveyed(SurveyFinding finding, List<Integer> forward, List<Integer> reverse) {
    private static final int MOST_CITED = 3;

    public Surveyed {
        forward = List.copyOf(forward);
        reverse = List.copyOf(reverse);
    }

    /// A probe, the frame it left in, and what was heard of it.
    record Flown(PathProbe probe, OptionalInt frame, List<Heard> heard) {
        boolean arrived() {
            return heard.stream().anyMatch(Heard.Arrived.class::isInstance);
        }

        boolean cameBack() {
            return arrived() || heard.stream().anyMatch(Heard.InPieces.class::isInstance);
        }
    }

    static Surveyed of(SurveyFinding finding, List<Flown> flown, List<Integer> segments) {
        List<Flown> there = flown.stream()
                .filter(one -> one.probe().kind() != ProbeKind.ECHO_IN_PIECES)
                .filter(one -> one.probe().kind() != ProbeKind.OPENING)
                .toList();
        List<Flown> back = flown.stream()
                .filter(one -> one.probe().kind() == ProbeKind.ECHO_IN_PIECES)
                .toList();
        List<Integer> reverse = new ArrayList<>(shown(back, finding.reverse()));
        if (finding.reverse().blackHole()) {
            reverse.addAll(segments);
        }
        return new Surveyed(
                finding,
                shown(there, finding.forward()),
                reverse.stream().sorted().distinct().toList());
    }

    /// Answers to what passes, what was sent and is one byte longer, and the hops where that still came.
    private static List<Integer> shown(List<Flown> flown, DirectionFinding direction) {
        SortedMap<Integer, Boolean> frames = new TreeMap<>();
        direction
                .standing()
                .passes()
                .ifPresent(bytes -> flown.stream()
                        .filter(one -> one.probe().bytes() == bytes && one.arrived())
                        .limit(MOST_CITED)
                        .forEach(one -> one.heard().forEach(heard -> frames.put(heard.frame(), true))));
        direction.standing().fails().ifPresent(bytes -> {
            flown.stream()
                    .filter(one -> one.probe().bytes() == bytes && one.probe().ttl() == PathProbe.FAR)
                    .filter(one -> one.frame().isPresent() && !one.arrived())
                    .limit(MOST_CITED)
                    .forEach(one -> frames.put(one.frame().getAsInt(), true));
            direction.place().flatMap(place -> where(flown, place, bytes)).ifPresent(frame -> frames.put(frame, true));
        });
        return List.copyOf(frames.keySet());
    }

    private static Optional<Integer> where(List<Flown> flown, LimitPlace place, int bytes) {
        return flown.stream()
                .filter(one -> one.probe().bytes() == bytes && one.probe().ttl() == place.after())
                .flatMap(one -> one.heard().stream())
                .filter(Heard.Expired.class::isInstance)
                .map(Heard::frame)
                .findFirst();
    }
}
