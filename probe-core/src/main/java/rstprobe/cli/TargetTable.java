package rstprobe.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Targets in a table: CSV (RFC 4180), or with semicolons or tabs between the fields. Where the first line is headings,
/// they say which field is the host and which the port; where it is not, the first field is the target.
final class TargetTable {
    /// What a heading of the host's field says, the surest first.
    private static final List<String> HOST =
            List.of("host", "hostname", "fqdn", "target", "address", "ip", "ip_address", "name");

    private static final String PORT = "port";

    private TargetTable() {}

    static void read(String name, List<String> lines, TargetList into) {
        char between = ',';
        int host = -1;
        int port = -1;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            if (host < 0) {
                between = line.contains("\t") ? '\t' : line.contains(";") && !line.contains(",") ? ';' : ',';
                List<String> headings = fields(line, between).stream()
                        .map(heading -> heading.toLowerCase(Locale.ROOT))
                        .toList();
                host = HOST.stream()
                        .mapToInt(headings::indexOf)
                        .filter(at -> at >= 0)
                        .findFirst()
                        .orElse(-1);
                port = headings.indexOf(PORT);
                if (host >= 0) {
                    continue;
                }
                host = 0;
                port = -1;
            }
            add(TargetFile.place(name, i + 1), fields(line, between), host, port, into);
        }
    }

    private static void add(String place, List<String> fields, int host, int port, TargetList into) {
        String words = host < fields.size() ? fields.get(host) : "";
        if (words.isEmpty()) {
            into.broken(place, "there is no target in field " + (host + 1));
        } else {
            into.add(place, TargetFile.words(words, port >= 0 && port < fields.size() ? fields.get(port) : ""));
        }
    }

    /// No name has a line's end in it, so a record is a line.
    private static List<String> fields(String line, char between) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quoted && c == '"' && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                field.append(c);
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == between && !quoted) {
                fields.add(field.toString().strip());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString().strip());
        return fields;
    }
}
