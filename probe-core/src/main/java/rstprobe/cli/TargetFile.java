package rstprobe.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import rstprobe.incident.IncidentFolder;

/// Reads a file of targets, in whichever of the usual forms it is: one target a line, CSV, JSON, JSON Lines, YAML, or
/// an Ansible inventory as INI, YAML or JSON. The name's ending tells, and where it tells nothing, what is in it.
final class TargetFile {
    /// Standard input.
    static final String STDIN = "-";

    private static final int MOST_BYTES = 64 << 20;
    /// How an address begins, and nothing else does.
    private static final String IPV6 = "[0-9A-Fa-f]*:[0-9A-Fa-f]*:";

    private static final Pattern ADDRESS = Pattern.compile("\\[" + IPV6);
    private static final Pattern GROUP = Pattern.compile("\\[(?!" + IPV6 + ")[^\\[\\]\\s\",]+]\\s*(?:[#;].*)?");
    private static final Pattern KEY = Pattern.compile("[\\w.-]+:\\s*(?:#.*)?");
    private static final Pattern ITEM = Pattern.compile("-\\s+\\S.*");
    private static final Pattern COMMENT = Pattern.compile("(?:^|\\s)#.*$");

    private enum Form {
        LINES,
        TABLE,
        TREE_OF_JSON,
        TREE_OF_YAML,
        INVENTORY
    }

    private TargetFile() {}

    /// Adds the file's targets to the list.
    ///
    /// @throws WrongWords where the file cannot be read at all
    static void read(Path file, TargetList into) {
        String name = file.toString().equals(STDIN) ? "standard input" : file.toString();
        String text = text(file, name);
        List<String> lines = text.lines().toList();
        switch (form(file, lines)) {
            case LINES -> lines(name, lines, into);
            case TABLE -> TargetTable.read(name, lines, into);
            case TREE_OF_JSON -> TargetTree.json(name, text, into);
            case TREE_OF_YAML -> TargetTree.yaml(name, text, into);
            case INVENTORY -> AnsibleInventory.read(name, lines, into);
        }
    }

    private static String text(Path file, String name) {
        try (InputStream in = file.toString().equals(STDIN) ? System.in : Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new WrongWords(name + " has more than " + (MOST_BYTES >> 20) + " MiB: is it a list of targets?");
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException _) {
            throw new WrongWords(name + " is no text in UTF-8");
        } catch (IOException failed) {
            throw new WrongWords("cannot read " + name + ": " + IncidentFolder.reason(failed));
        }
    }

    private static Form form(Path file, List<String> lines) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "csv", "tsv" -> Form.TABLE;
            case "json", "jsonl", "ndjson" -> Form.TREE_OF_JSON;
            case "yaml", "yml" -> Form.TREE_OF_YAML;
            case "ini" -> Form.INVENTORY;
            default -> guessed(lines);
        };
    }

    private static Form guessed(List<String> lines) {
        List<String> telling = lines.stream()
                .map(TargetFile::withoutComment)
                .filter(line -> !line.isEmpty())
                .toList();
        String first = telling.isEmpty() ? "" : telling.getFirst();
        if (telling.stream().anyMatch(line -> GROUP.matcher(line).matches())) {
            return Form.INVENTORY;
        }
        if (first.startsWith("{")
                || first.startsWith("[")
                        && !ADDRESS.matcher(first).lookingAt()
                        && !first.contains("]:")
                        && !first.endsWith("]")
                || first.startsWith("[\"")
                || first.equals("[]")) {
            return Form.TREE_OF_JSON;
        }
        if (first.startsWith("---")
                || KEY.matcher(first).matches()
                || ITEM.matcher(first).matches()) {
            return Form.TREE_OF_YAML;
        }
        if (first.contains("ansible_host=") || first.contains("ansible_port=")) {
            return Form.INVENTORY;
        }
        return first.contains(",") || first.contains(";") || first.contains("\t") ? Form.TABLE : Form.LINES;
    }

    /// A line without its comment and the space around it.
    static String withoutComment(String line) {
        return COMMENT.matcher(line).replaceFirst("").strip();
    }

    private static void lines(String name, List<String> lines, TargetList into) {
        for (int i = 0; i < lines.size(); i++) {
            String words = withoutComment(lines.get(i));
            if (!words.isEmpty()) {
                into.add(place(name, i + 1), words);
            }
        }
    }

    /// A line of a file, as compilers name it.
    static String place(String name, int line) {
        return name + ":" + line;
    }

    /// A host and a port in one word.
    static String words(String host, String port) {
        String plain = host.strip();
        if (port.isBlank()) {
            return plain;
        }
        return (plain.contains(":") && !plain.startsWith("[") ? "[" + plain + "]" : plain) + ":" + port.strip();
    }
}
