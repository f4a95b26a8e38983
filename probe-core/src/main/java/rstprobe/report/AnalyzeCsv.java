package rstprobe.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rstprobe.analyze.AttributedReset;
import rstprobe.analyze.ScannedFile;
import rstprobe.diagnose.Evidence;
import rstprobe.ssh.Stage;

/// The table `rstprobe analyze --csv` prints (RFC 4180): a line for each reset.
public final class AnalyzeCsv {
    private static final String END = "\r\n";

    private AnalyzeCsv() {}

    /// The first line, which names the columns.
    public static String head() {
        return "file,frame,time,sender,receiver,server,standing,origin,confidence,stage,ttl,header,evidence,summary"
                + END;
    }

    /// The line of a reset.
    public static String line(AttributedReset reset, List<ScannedFile> files) {
        return Stream.of(
                                files.get(reset.file()).file(),
                                String.valueOf(reset.frame()),
                                AnalyzeWording.exactMoment(reset.atNanos()),
                                reset.sender().toString(),
                                reset.receiver().toString(),
                                reset.server().toString(),
                                reset.standing().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                                AnalyzeWording.word(reset.origin()),
                                Wording.confidence(reset.verdict().confidence()).toPlainString(),
                                reset.stage().map(Stage::word).orElse(""),
                                String.valueOf(reset.header().ttl()),
                                reset.header().look(),
                                evidence(reset),
                                reset.summary())
                        .map(Sanitizer::csv)
                        .collect(Collectors.joining(","))
                + END;
    }

    /// What weighs, strongest first.
    private static String evidence(AttributedReset reset) {
        return reset.evidence().stream()
                .filter(fact -> fact.weight() > 0)
                .map(Evidence::id)
                .collect(Collectors.joining(" "));
    }
}
