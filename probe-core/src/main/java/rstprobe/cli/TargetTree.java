package rstprobe.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.JacksonYAMLParseException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// Reads JSON, JSON Lines and YAML as a tree whose nodes know their lines. Nothing in such a file becomes anything but
/// text; what an alias of YAML stands for is shared and never copied, and nesting and aliases have limits.
final class TargetTree {
    private static final int DEEPEST = 32;
    private static final int MOST_ALIASES = 50;
    private static final int MOST_NODES = 2_000_000;

    private final JsonParser parser;
    private final Map<String, Node> anchors = new HashMap<>();
    private int aliases;
    private int nodes;

    /// A value in the file.
    sealed interface Node {
        /// Where it begins, from 1.
        int line();
    }

    /// Any plain value as text; empty for null.
    record Text(int line, String value) implements Node {}

    /// A list.
    record Items(int line, List<Node> items) implements Node {}

    /// A mapping.
    record Fields(int line, SequencedMap<String, Node> fields) implements Node {
        Optional<Node> field(String name) {
            return Optional.ofNullable(fields.get(name));
        }

        /// A field's text; empty where it is missing or no text.
        String text(String name) {
            return field(name).orElse(null) instanceof Text(int _, String value) ? value : "";
        }
    }

    /// The file cannot be read on.
    private static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        private final int line;

        Unreadable(int line, String what) {
            super(what, null, false, false);
            this.line = line;
        }
    }

    private TargetTree(JsonParser parser) {
        this.parser = parser;
    }

    static void json(String name, String text, TargetList into) {
        read(new JsonFactory(), "JSON", name, text, into);
    }

    static void yaml(String name, String text, TargetList into) {
        read(new YAMLFactory(), "YAML", name, text, into);
    }

    /// What was read before the place that cannot be read counts.
    private static void read(JsonFactory factory, String language, String name, String text, TargetList into) {
        TargetsInTree targets = new TargetsInTree(name, into);
        try (JsonParser parser = factory.createParser(text)) {
            TargetTree tree = new TargetTree(parser);
            while (parser.nextToken() != null) {
                targets.add(tree.node(1));
            }
        } catch (Unreadable wrong) {
            into.broken(TargetFile.place(name, wrong.line), wrong.getMessage());
        } catch (JsonProcessingException wrong) {
            int line = wrong.getLocation() == null
                    ? 1
                    : Math.max(1, wrong.getLocation().getLineNr());
            into.broken(TargetFile.place(name, line), "this is no " + language + ": " + problem(wrong));
        } catch (IOException impossible) {
            throw new UncheckedIOException("a string does not fail to be read", impossible);
        }
    }

    /// What YAML's parser says last, and least indented, is what is wrong; what comes before it is what it was at.
    private static String problem(JsonProcessingException wrong) {
        List<String> said = wrong.getOriginalMessage()
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith(" "))
                .toList();
        return said.isEmpty() ? "" : wrong instanceof JacksonYAMLParseException ? said.getLast() : said.getFirst();
    }

    private Node node(int depth) throws IOException, Unreadable {
        int line = parser.currentTokenLocation().getLineNr();
        if (depth > DEEPEST || ++nodes > MOST_NODES) {
            throw new Unreadable(
                    line, depth > DEEPEST ? "it is nested more than " + DEEPEST + " deep" : "it is too long");
        }
        if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
            return aliased(line);
        }
        String anchor = parser.canReadObjectId() && parser.getObjectId() != null
                ? parser.getObjectId().toString()
                : "";
        JsonToken token = parser.currentToken();
        Node node = token == JsonToken.START_OBJECT
                ? fields(line, depth)
                : token == JsonToken.START_ARRAY ? items(line, depth) : new Text(line, text(token));
        if (!anchor.isEmpty()) {
            anchors.put(anchor, node);
        }
        return node;
    }

    private String text(JsonToken token) throws IOException {
        return token == JsonToken.VALUE_NULL ? "" : parser.getText();
    }

    private Node aliased(int line) throws IOException, Unreadable {
        Node known = anchors.get(parser.getText());
        if (known == null || ++aliases > MOST_ALIASES) {
            throw new Unreadable(
                    line, known == null ? "an alias of nothing" : "more than " + MOST_ALIASES + " aliases");
        }
        return known;
    }

    private Node items(int line, int depth) throws IOException, Unreadable {
        List<Node> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(node(depth + 1));
        }
        return new Items(line, items);
    }

    private Node fields(int line, int depth) throws IOException, Unreadable {
        SequencedMap<String, Node> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            int at = parser.currentTokenLocation().getLineNr();
            parser.nextToken();
            Node value = node(depth + 1);
            // A host without variables has its name's line, not that of what follows.
            fields.put(key, value instanceof Text(int _, String text) ? new Text(at, text) : value);
        }
        return new Fields(line, fields);
    }
}
