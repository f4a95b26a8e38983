package rstprobe.cli;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import rstprobe.cli.LabRun.Judgement;
import rstprobe.lab.Split;
import rstprobe.lab.Truth;

/// How well the server's side does against the truth, alone and joined with the client's.
///
/// @param told        of faults that leave something on the server that tells them, how often that was its strongest
///     fault, and so on
/// @param untold      the same of faults that leave nothing there, and of networks without one: nothing is right
/// @param joint       verdicts from both sides, judged as the client's are
/// @param client      the client's verdicts of the same runs
/// @param named       verdicts from both sides that name the planted cause itself
/// @param surelyWrong verdicts from both sides that are wrong at 0.9 or more
/// @param spoken      of `corrected`, those in which the server was said to contradict the client
/// @param corrected   verdicts from both sides that name the planted cause where the client's named another
///     one
@JsonPropertyOrder({"schema"})
record ServerSideScores(
        String schema,
        int runs,
        Map<Naming, Integer> told,
        Map<Naming, Integer> untold,
        Map<Judgement, Integer> joint,
        Map<Judgement, Integer> client,
        int named,
        int surelyWrong,
        int spoken,
        int corrected,
        List<Row> rows) {
    private static final String SCHEMA = "rstprobe.lab.server/2";
    private static final double SURE = 0.9;

    /// What the server's side says of the planted cause.
    enum Naming {
        /// What tells of it is its strongest fault.
        FOUND,
        /// That is among its faults, behind another one.
        BESIDE,
        /// It shows no fault.
        NOTHING,
        /// It shows others only, or one where nothing there can tell any.
        WRONG;

        @JsonValue
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// One run.
    ///
    /// @param told  ids of the causes any of which the server rightly names; empty where it cannot tell
    /// @param found what it says of them
    record Row(
            String network,
            String half,
            String release,
            String truth,
            List<String> told,
            String client,
            Judgement clientJudgement,
            Naming found,
            String joint,
            Judgement judgement,
            boolean named,
            double confidence,
            boolean corrected,
            List<LabServerSide.Shown> findings,
            List<String> contradictions,
            List<String> notRead) {

        static Row of(ScoredRun run, String release, LabServerSide.Said said) {
            Truth truth = run.truth();
            return new Row(
                    run.network(),
                    run.half() == Split.CALIBRATION ? "calibration" : "report",
                    release,
                    LabCommand.truth(truth),
                    truth.told().stream().sorted().toList(),
                    run.answer().text(),
                    run.judgement(),
                    naming(truth, said.findings()),
                    said.text(),
                    said.judge(truth),
                    said.names(truth),
                    said.confidence(),
                    said.names(truth)
                            && !run.answer().undetermined()
                            && !run.answer().cause().equals(truth.cause()),
                    said.findings(),
                    said.contradictions(),
                    said.notRead());
        }

        private static Naming naming(Truth truth, List<LabServerSide.Shown> findings) {
            List<LabServerSide.Shown> faults =
                    findings.stream().filter(LabServerSide.Shown::isFault).toList();
            if (faults.isEmpty()) {
                return Naming.NOTHING;
            }
            int most = faults.getFirst().weight();
            if (faults.stream().anyMatch(fault -> fault.weight() == most && is(fault, truth))) {
                return Naming.FOUND;
            }
            return faults.stream().anyMatch(fault -> is(fault, truth)) ? Naming.BESIDE : Naming.WRONG;
        }

        private static boolean is(LabServerSide.Shown fault, Truth truth) {
            return truth.isToldAs(fault.cause(), fault.origin());
        }

        private boolean surelyWrong() {
            return judgement == Judgement.WRONG && confidence >= SURE;
        }

        String text() {
            String first = findings.isEmpty()
                    ? "nothing"
                    : findings.stream()
                            .map(fault -> fault.id() + " " + fault.weight())
                            .collect(Collectors.joining(", "));
            String verdict = found == Naming.NOTHING ? told.isEmpty() ? "silent" : "missed" : found.word();
            return String.format(
                    Locale.ROOT,
                    "%-36s %-5s %-8s %-7s truth  %s; on the server: %s%n%60sclient %s (%s)%n%60sserver %s%n%60sboth   %s%s%n",
                    network,
                    release,
                    verdict,
                    judgement.word(),
                    truth,
                    told.isEmpty() ? "nothing" : String.join(" or ", told),
                    "",
                    client,
                    clientJudgement.word(),
                    "",
                    first,
                    "",
                    joint,
                    contradictions.isEmpty() ? "" : "; contradicts: " + String.join(", ", contradictions));
        }
    }

    static ServerSideScores of(List<Row> rows) {
        List<Row> corrected = rows.stream().filter(Row::corrected).toList();
        return new ServerSideScores(
                SCHEMA,
                rows.size(),
                counts(rows.stream().filter(row -> !row.told().isEmpty()).toList()),
                counts(rows.stream().filter(row -> row.told().isEmpty()).toList()),
                rows.stream().collect(Collectors.toMap(Row::judgement, _ -> 1, Integer::sum, TreeMap::new)),
                rows.stream().collect(Collectors.toMap(Row::clientJudgement, _ -> 1, Integer::sum, TreeMap::new)),
                (int) rows.stream().filter(Row::named).count(),
                (int) rows.stream().filter(Row::surelyWrong).count(),
                (int) corrected.stream()
                        .filter(row -> !row.contradictions().isEmpty())
                        .count(),
                corrected.size(),
                rows);
    }

    private static Map<Naming, Integer> counts(List<Row> rows) {
        return Arrays.stream(Naming.values())
                .collect(Collectors.toMap(word -> word, word -> count(rows, word), Integer::sum, TreeMap::new));
    }

    private static int count(List<Row> rows, Naming word) {
        return (int) rows.stream().filter(row -> row.found() == word).count();
    }

    private static int sum(Map<Naming, Integer> counts) {
        return counts.values().stream().mapToInt(count -> count).sum();
    }

    /// Nothing wrong, neither the server's own nor from both sides.
    boolean good() {
        return joint.getOrDefault(Judgement.WRONG, 0) + told.get(Naming.WRONG) + untold.get(Naming.WRONG) == 0;
    }

    String text() {
        return String.format(
                Locale.ROOT,
                "server's side       of %d faults that leave a trace there: %d found, %d beside another, %d missed,"
                        + " %d wrong%n"
                        + "                    of %d without one: %d silent, which is right, %d wrong%n"
                        + "both sides          %d right, %d honest, %d missed, %d wrong; %d name the planted cause%n"
                        + "client alone        %d right, %d honest, %d missed, %d wrong%n"
                        + "wrong at 0.9        %d%n"
                        + "client corrected    %d, and said so in %d%n",
                sum(told),
                told.get(Naming.FOUND),
                told.get(Naming.BESIDE),
                told.get(Naming.NOTHING),
                told.get(Naming.WRONG),
                sum(untold),
                untold.get(Naming.NOTHING),
                untold.get(Naming.WRONG),
                joint.getOrDefault(Judgement.RIGHT, 0),
                joint.getOrDefault(Judgement.HONEST, 0),
                joint.getOrDefault(Judgement.MISSED, 0),
                joint.getOrDefault(Judgement.WRONG, 0),
                named,
                client.getOrDefault(Judgement.RIGHT, 0),
                client.getOrDefault(Judgement.HONEST, 0),
                client.getOrDefault(Judgement.MISSED, 0),
                client.getOrDefault(Judgement.WRONG, 0),
                surelyWrong,
                corrected,
                spoken);
    }
}
