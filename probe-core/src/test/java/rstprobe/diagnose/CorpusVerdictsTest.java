package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import rstprobe.analyze.AttributedReset;
import rstprobe.analyze.Attribution;
import rstprobe.analyze.CaptureScan;
import rstprobe.analyze.CaptureSource;
import rstprobe.analyze.ScanPlan;
import rstprobe.capture.CaptureReader;
import rstprobe.capture.Frame;
import rstprobe.record.CaptureFile;
import rstprobe.record.FoundConversation;
import rstprobe.record.FromCapture;
import rstprobe.record.Recording;
import rstprobe.record.UnreadableCapture;
import rstprobe.wire.Decoded;
import rstprobe.wire.Decoder;

/// Captures of others, held against what their authors say of them: the verdict agrees or is undetermined, and is
/// never the opposite.
class CorpusVerdictsTest {
    /// Conversations of one file that are looked at: some hold thousands of the same kind.
    private static final int MOST_OF_ONE_FILE = 60;

    private static final double SURE = 0.9;
    private static final String RAE = "rst-inject-rae.pcap";
    private static final Set<Origin> THE_SERVERS =
            EnumSet.of(Origin.SERVER_PROCESS, Origin.SERVER_KERNEL, Origin.SERVER_FIREWALL);
    private static final Set<Origin> BETWEEN = EnumSet.of(Origin.ON_PATH, Origin.IN_PATH);

    @Test
    void whatTheAuthorsSayIsNeverContradicted() throws Exception {
        Optional<Corpus> corpus = corpusOrWord();
        if (corpus.isEmpty()) {
            return;
        }
        List<String> wrong = new ArrayList<>();
        int judged = 0;
        for (Corpus.Entry entry : corpus.get().files()) {
            if (entry.label().isEmpty() || entry.resets() == 0) {
                continue;
            }
            for (int frame : resets(corpus.get().file(entry))) {
                Verdict verdict = verdict(corpus.get().file(entry), frame);
                judged++;
                System.out.println("CorpusVerdictsTest: " + entry.path() + " frame " + frame + ": " + told(verdict));
                if (verdict instanceof Verdict.Fault fault
                        && !allowed(entry, frame).contains(fault.origin())) {
                    wrong.add(entry.path() + " frame " + frame + ": " + told(verdict));
                }
                if (verdict.confidence() >= SURE) {
                    wrong.add(entry.path() + " frame " + frame + " is too sure: " + told(verdict));
                }
            }
        }
        assertTrue(judged > 0);
        assertEquals(List.of(), wrong, () -> String.join("\n", wrong));
    }

    /// The same by way of a scan of whole files, each of whose resets is attributed.
    @Test
    void noResetOfAWholeFileContradictsItsAuthor() throws Exception {
        Optional<Corpus> corpus = corpusOrWord();
        if (corpus.isEmpty()) {
            return;
        }
        List<String> wrong = new ArrayList<>();
        int judged = 0;
        for (Corpus.Entry entry : corpus.get().files()) {
            if (entry.resets() == 0) {
                continue;
            }
            CaptureSource source = new CaptureSource.OfFile(corpus.get().file(entry));
            try (CaptureScan scan = CaptureScan.of(List.of(source), ScanPlan.everything())) {
                for (AttributedReset reset : scan.conversations()
                        .flatMap(accused -> Attribution.of(accused).stream())
                        .toList()) {
                    judged++;
                    String told = entry.path() + " frame " + reset.frame() + ": " + told(reset.verdict());
                    if (!entry.label().isEmpty()
                            && reset.origin() != Origin.UNKNOWN
                            && !allowed(entry, reset.frame()).contains(reset.origin())) {
                        wrong.add(told);
                    }
                    if (reset.verdict().confidence() >= SURE
                            || !reset.inClientsName() && reset.origin() == Origin.THIS_HOST) {
                        wrong.add("too sure: " + told);
                    }
                }
            }
        }
        System.out.println("CorpusVerdictsTest: " + judged + " resets of whole files");
        assertTrue(judged > 0);
        assertEquals(List.of(), wrong, () -> String.join("\n", wrong));
    }

    /// `INJECTED pkt 2 … REAL server RST pkts 7,9`; `RSTs present are reactions, not injected`; `RST is the CLIENT
    /// kernel reacting`; `must be UNDECIDED`.
    private static Set<Origin> allowed(Corpus.Entry entry, int frame) {
        if (entry.path().endsWith(RAE)) {
            return frame == 2 ? BETWEEN : THE_SERVERS;
        }
        if (entry.label().contains("UNDECIDED")) {
            return Set.of();
        }
        Set<Origin> ends = EnumSet.copyOf(THE_SERVERS);
        ends.add(Origin.THIS_HOST);
        return entry.label().contains("CLIENT") ? Set.of(Origin.THIS_HOST) : ends;
    }

    @Test
    void bothKindsInOneConversationAreToldApart() throws Exception {
        Optional<Corpus> corpus = corpusOrWord();
        if (corpus.isEmpty()) {
            return;
        }
        Corpus.Entry entry = corpus.get().files().stream()
                .filter(each -> each.path().endsWith(RAE))
                .findFirst()
                .orElseThrow();
        Path file = corpus.get().file(entry);
        assertTrue(verdict(file, 2) instanceof Verdict.Fault fault && fault.origin() == Origin.ON_PATH);
        Finding whole = findings(file).getFirst();
        assertTrue(whole.evidence().stream()
                .anyMatch(fact ->
                        fact.id().equals("reset-ignored") && fact.frames().equals(List.of(2))));
    }

    @Test
    void everyResetOfEveryCaptureGetsAVerdictAndNoneIsSure() throws Exception {
        Optional<Corpus> corpus = corpusOrWord();
        if (corpus.isEmpty()) {
            return;
        }
        Map<String, Integer> origins = new TreeMap<>();
        List<String> sure = new ArrayList<>();
        int conversations = 0;
        for (Corpus.Entry entry : corpus.get().files()) {
            for (Finding finding : findings(corpus.get().file(entry))) {
                conversations++;
                origins.merge(
                        switch (finding.verdict()) {
                            case Verdict.Fault fault -> fault.origin().word();
                            case Verdict.Undetermined _ -> "undetermined";
                            case Verdict.Healthy _ -> "healthy";
                        },
                        1,
                        Integer::sum);
                if (finding.verdict().confidence() >= SURE) {
                    sure.add(entry.path() + ": " + told(finding.verdict()));
                }
                if (finding.verdict() instanceof Verdict.Fault) {
                    System.out.println("CorpusVerdictsTest: " + entry.path() + ": " + told(finding.verdict()) + " "
                            + finding.evidence().stream()
                                    .filter(fact -> fact.weight() > 0)
                                    .map(fact -> fact.id() + fact.frames())
                                    .toList());
                }
            }
        }
        System.out.println("CorpusVerdictsTest: " + conversations + " conversations with a reset: " + origins + ", "
                + sure.size() + " at " + SURE + " or more");
        assertTrue(conversations > 0);
        assertEquals(List.of(), sure, () -> String.join("\n", sure));
    }

    /// Findings about the conversations with a reset, and about the first without one.
    private static List<Finding> findings(Path path) throws UnreadableCapture {
        CaptureFile file;
        try {
            file = CaptureFile.read(path);
        } catch (UnreadableCapture none) {
            assertFalse(none.getMessage().isBlank());
            return List.of();
        }
        List<Finding> findings = new ArrayList<>();
        List<FoundConversation> all = file.conversations();
        for (FoundConversation found : all.subList(0, Math.min(MOST_OF_ONE_FILE, all.size()))) {
            Recording recording =
                    FromCapture.recording(file.take(found, OptionalInt.empty(), CaptureFile.Numbering.THE_FILES));
            Finding finding = Diagnosis.of(recording);
            if (found.resets() > 0) {
                findings.add(finding);
            } else {
                break;
            }
        }
        return findings;
    }

    private static Verdict verdict(Path path, int frame) throws UnreadableCapture {
        CaptureFile file = CaptureFile.read(path);
        FoundConversation found = file.holding(frame).orElseThrow();
        return Diagnosis.of(
                        FromCapture.recording(file.take(found, OptionalInt.of(frame), CaptureFile.Numbering.THE_FILES)))
                .verdict();
    }

    private static List<Integer> resets(Path path) throws Exception {
        List<Integer> resets = new ArrayList<>();
        try (CaptureReader reader = CaptureReader.open(path)) {
            for (Frame frame : reader) {
                if (Decoder.decode(frame.link().code(), frame.bytes(), frame.originalLength())
                                instanceof Decoded.Segment segment
                        && segment.flags().rst()) {
                    resets.add(frame.number());
                }
            }
        }
        return resets;
    }

    private static String told(Verdict verdict) {
        String origin = verdict instanceof Verdict.Fault fault
                ? fault.cause().id() + ", " + fault.origin().word()
                : "open";
        return String.format(Locale.ROOT, "%s %.2f: %s", origin, verdict.confidence(), verdict.summary());
    }

    private static Optional<Corpus> corpusOrWord() {
        Optional<Corpus> corpus = Corpus.here();
        if (corpus.isEmpty()) {
            System.out.println("CorpusVerdictsTest: no shared/corpus above " + System.getProperty("user.dir")
                    + " and no -Drstprobe.corpus; nothing is held against it");
        }
        return corpus;
    }
}
