package rstprobe.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import rstprobe.incident.IncidentFolder;
import rstprobe.record.SweepTarget;
import rstprobe.report.MtuJson;
import rstprobe.report.SweptPath;
import rstprobe.report.SweptPath.Way;

/// Reads what sweeps wrote: lines of JSON, or whole documents.
final class SweptPaths {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int MOST_BYTES = 512 << 20;

    private SweptPaths() {}

    /// One line, as a checkpoint has it.
    ///
    /// @throws IllegalArgumentException where it is none
    static SweptPath line(String json) {
        try {
            return of(MAPPER.readTree(json), json);
        } catch (JsonProcessingException | IllegalArgumentException wrong) {
            throw new IllegalArgumentException("no result of a sweep", wrong);
        }
    }

    /// An earlier sweep: its `--json` or its `--jsonl`.
    ///
    /// @throws WrongWords where the file is neither
    static List<SweptPath> read(Path file) {
        List<SweptPath> paths = new ArrayList<>();
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new WrongWords(file + " is too long for the results of a sweep");
            }
            try (MappingIterator<JsonNode> documents =
                    MAPPER.readerFor(JsonNode.class).readValues(file.toFile())) {
                while (documents.hasNextValue()) {
                    JsonNode document = documents.nextValue();
                    if (document.path("schema").asText().equals(MtuJson.SCHEMA)) {
                        document.path("targets").forEach(target -> paths.add(of(target, "")));
                    } else {
                        paths.add(of(document, ""));
                    }
                }
            }
            return paths;
        } catch (JsonProcessingException | IllegalArgumentException wrong) {
            throw new WrongWords(file + " is not what `rstprobe mtu --json` or `--jsonl` prints");
        } catch (IOException failed) {
            throw new WrongWords("cannot read " + file + ": " + IncidentFolder.reason(failed));
        }
    }

    private static SweptPath of(JsonNode target, String json) {
        return new SweptPath(
                new SweepTarget(
                        target.path("host").asText(), target.path("port").asInt(TargetWords.SSH_PORT)),
                text(target.path("address")),
                text(target.path("status")).orElseThrow(() -> new IllegalArgumentException("no status")),
                way(target.path("forward")),
                way(target.path("reverse")),
                text(target.path("problem")),
                json);
    }

    private static Optional<Way> way(JsonNode direction) {
        if (!direction.isObject()) {
            return Optional.empty();
        }
        JsonNode hop = direction.path("hop");
        return Optional.of(new Way(
                number(direction.path("pathMtu")),
                number(direction.path("lost")),
                direction.path("blackHole").asBoolean(),
                direction.path("signal").asText(),
                hop.isObject()
                        ? Optional.of(Way.between(
                                hop.path("after").asInt(), hop.path("before").asInt()))
                        : Optional.empty(),
                text(direction.path("likelyCause"))));
    }

    private static OptionalInt number(JsonNode value) {
        return value.isInt() ? OptionalInt.of(value.asInt()) : OptionalInt.empty();
    }

    private static Optional<String> text(JsonNode value) {
        return value.isTextual() ? Optional.of(value.asText()) : Optional.empty();
    }
}
