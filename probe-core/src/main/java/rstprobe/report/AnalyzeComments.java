package rstprobe.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import rstprobe.analyze.AccusedConversation;
import rstprobe.analyze.AttributedReset;
import rstprobe.analyze.ScannedFile;
import rstprobe.diagnose.Evidence;

/// What is written into the capture of one conversation that was taken out of larger ones.
public final class AnalyzeComments {
    /// Most facts named on one frame.
    static final int MOST_FACTS = 8;

    private AnalyzeComments() {}

    /// The comments, by the places that the frames have in the new capture, from 1 on.
    public static FrameComments of(AccusedConversation accused, List<AttributedReset> resets, List<ScannedFile> files) {
        SortedMap<Integer, List<String>> facts = new TreeMap<>();
        for (AttributedReset reset : resets) {
            Map<Integer, Integer> places = places(accused, reset.file());
            cite(facts, places, List.of(reset.frame()), verdict(reset));
            for (Evidence fact : reset.evidence()) {
                cite(facts, places, fact.frames(), fact.id() + ": " + fact.text());
            }
        }
        SortedMap<Integer, String> comments = new TreeMap<>();
        facts.forEach((place, texts) -> comments.put(place, from(accused, place, files) + joined(texts)));
        return new FrameComments(section(accused, resets), comments);
    }

    private static Map<Integer, Integer> places(AccusedConversation accused, int file) {
        Map<Integer, Integer> places = new TreeMap<>();
        for (int i = 0; i < accused.frames().size(); i++) {
            if (accused.frames().get(i).file() == file) {
                places.put(accused.frames().get(i).frame().number(), i + 1);
            }
        }
        return places;
    }

    private static void cite(
            SortedMap<Integer, List<String>> facts, Map<Integer, Integer> places, List<Integer> frames, String fact) {
        String clean = Sanitizer.passage(fact);
        for (int frame : frames) {
            Integer place = places.get(frame);
            if (place != null) {
                List<String> already = facts.computeIfAbsent(place, _ -> new ArrayList<>());
                if (!already.contains(clean)) {
                    already.add(clean);
                }
            }
        }
    }

    private static String from(AccusedConversation accused, int place, List<ScannedFile> files) {
        var frame = accused.frames().get(place - 1);
        return "frame " + frame.frame().number() + " of "
                + Sanitizer.terminal(files.get(frame.file()).file()) + "\n";
    }

    private static String joined(List<String> facts) {
        int left = facts.size() - MOST_FACTS;
        String shown = String.join("\n", facts.subList(0, Math.min(MOST_FACTS, facts.size())));
        return left > 0 ? shown + "\nand " + left + " more" : shown;
    }

    private static String verdict(AttributedReset reset) {
        return AnalyzeWording.word(reset.origin()) + " (confidence "
                + Wording.confidence(reset.verdict().confidence()) + "): "
                + reset.summary();
    }

    private static String section(AccusedConversation accused, List<AttributedReset> resets) {
        String worst = resets.stream()
                .min(Comparator.comparing(AttributedReset::standing)
                        .thenComparing(reset -> -reset.verdict().confidence()))
                .map(AnalyzeComments::verdict)
                .orElse("no reset that can be read");
        return Sanitizer.passage(worst) + "\n"
                + Sanitizer.passage(accused.conversation().toString())
                + (accused.leftOut() > 0 ? "\n" + accused.leftOut() + " frames of the conversation left out" : "")
                + "\n" + Tool.NAME_AND_VERSION;
    }
}
