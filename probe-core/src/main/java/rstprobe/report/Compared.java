package rstprobe.report;

import java.util.List;
import java.util.Optional;
import rstprobe.diagnose.AlgorithmTable;
import rstprobe.diagnose.AlgorithmTable.Row;
import rstprobe.diagnose.Finding;
import rstprobe.ssh.Sole;

/// A comparison of algorithms in the words of a table: what a renderer shows as it can.
///
/// @param title what it is, and how much of it was tested
/// @param rows  cells as they came, not yet safe to print, in the order of [#HEADS]
record Compared(String title, List<List<String>> rows) {
    /// What stands above the cells; one that begins with `#` stands over numbers.
    static final List<String> HEADS =
            List.of("list", "algorithm", "outcome", "stage", "#ms", "#our longest", "#their longest");

    /// The comparison; empty where none was asked for.
    static Optional<Compared> of(Finding finding) {
        return finding.algorithms().map(Compared::of);
    }

    private static Compared of(AlgorithmTable table) {
        long tested =
                table.rows().stream().filter(row -> row.outcome().isPresent()).count();
        String count = table.rows().isEmpty()
                ? "none: the server named none of ours"
                : tested == table.rows().size()
                        ? "all " + tested + " tested"
                        : tested + " of " + table.rows().size() + " tested";
        return new Compared(
                "algorithms, each offered alone (" + count + ")",
                table.rows().stream().map(Compared::cells).toList());
    }

    private static List<String> cells(Row row) {
        Sole algorithm = row.algorithm();
        return List.of(
                algorithm.kind().word(),
                algorithm.mac().isEmpty() ? algorithm.name() : algorithm.name() + " + " + algorithm.mac(),
                row.outcome().map(outcome -> outcome.word()).orElse("not tested"),
                row.stage().map(stage -> stage.word()).orElse("-"),
                Wording.millis(row.millis()),
                bytes(row.ours()),
                bytes(row.theirs()));
    }

    private static String bytes(int count) {
        return count == 0 ? "-" : Integer.toString(count);
    }
}
