package rstprobe.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import rstprobe.diagnose.Evidence;
import rstprobe.diagnose.Finding;
import rstprobe.diagnose.Finding.RuledOut;

/// What is written into the capture itself, so that whoever opens it in Wireshark reads the proof where it happened.
///
/// @param section  the comment on the whole capture: the verdict and the program that reached it
/// @param byFrame  the comment on each cited frame, by frame number
public record FrameComments(String section, SortedMap<Integer, String> byFrame) {
    /// Most facts named on one frame; a frame cited more often says how many are left.
    static final int MAX_FACTS_A_FRAME = 8;

    public FrameComments {
        byFrame = Collections.unmodifiableSortedMap(new TreeMap<>(byFrame));
    }

    /// The comments for an incident's capture. A citation of a frame the recording does not hold gets none.
    public static FrameComments of(Incident incident) {
        Finding finding = incident.finding();
        SortedMap<Integer, List<String>> facts = new TreeMap<>();
        int frames = incident.recording().frames().size();
        for (Evidence fact : finding.evidence()) {
            cite(facts, frames, fact.frames(), fact.id() + ": " + fact.text());
        }
        for (RuledOut excluded : finding.ruledOut()) {
            cite(facts, frames, excluded.frames(), "not " + excluded.cause() + ": " + excluded.why());
        }
        Map<Integer, String> comments = facts.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, cited -> joined(cited.getValue())));
        return new FrameComments(section(incident), new TreeMap<>(comments));
    }

    private static void cite(SortedMap<Integer, List<String>> facts, int frames, List<Integer> cited, String fact) {
        for (int frame : cited) {
            if (frame >= 1 && frame <= frames) {
                facts.computeIfAbsent(frame, _ -> new ArrayList<>()).add(Sanitizer.passage(fact));
            }
        }
    }

    private static String joined(List<String> facts) {
        int left = facts.size() - MAX_FACTS_A_FRAME;
        String shown = facts.stream().limit(MAX_FACTS_A_FRAME).collect(Collectors.joining("\n"));
        return left > 0 ? shown + "\nand " + left + " more in the report" : shown;
    }

    private static String section(Incident incident) {
        Headline headline = Headline.of(incident.finding().verdict());
        String verdict = headline.status().word() + ": " + Wording.sentence(headline);
        return Sanitizer.passage(verdict) + "\n" + Sanitizer.passage(Wording.target(incident.recording())) + "\n"
                + Tool.NAME_AND_VERSION;
    }
}
