package rstprobe.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import rstprobe.report.SweptPath.Way;

/// A sweep as CSV (RFC 4180), one line a target, with the words of the JSON as headings.
public final class SweepCsv {
    private static final List<String> OF_A_WAY =
            List.of("pathMtu", "lost", "blackHole", "signal", "hop", "likelyCause");
    private static final String END = "\r\n";

    private SweepCsv() {}

    /// The file.
    public static String of(List<SweptPath> paths) {
        List<String> headings = new ArrayList<>(List.of("host", "port", "address", "status"));
        OF_A_WAY.forEach(word -> headings.add("forward." + word));
        OF_A_WAY.forEach(word -> headings.add("reverse." + word));
        headings.add("problem");
        StringBuilder file = new StringBuilder(String.join(",", headings)).append(END);
        paths.forEach(path -> file.append(line(path)).append(END));
        return file.toString();
    }

    private static String line(SweptPath path) {
        List<String> fields = new ArrayList<>(List.of(
                path.target().host(),
                String.valueOf(path.target().port()),
                path.address().orElse(""),
                path.status()));
        fields.addAll(fields(path.forward()));
        fields.addAll(fields(path.reverse()));
        fields.add(path.problem().orElse(""));
        return fields.stream().map(Sanitizer::csv).collect(Collectors.joining(","));
    }

    private static List<String> fields(Optional<Way> way) {
        return way.map(known -> List.of(
                        number(known.pathMtu()),
                        number(known.lost()),
                        String.valueOf(known.blackHole()),
                        known.signal(),
                        known.where().orElse(""),
                        known.cause().orElse("")))
                .orElseGet(() -> OF_A_WAY.stream().map(_ -> "").toList());
    }

    private static String number(OptionalInt value) {
        return value.isPresent() ? String.valueOf(value.getAsInt()) : "";
    }
}
