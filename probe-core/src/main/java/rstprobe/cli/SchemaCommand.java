package rstprobe.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/// `rstprobe schema`: the JSON Schema of what `--json` prints.
final class SchemaCommand implements Callable<Integer> {
    static final String NAME = "schema";

    /// Commands whose JSON has a schema.
    enum Document {
        ssh,
        mtu,
        analyze,
        watch,
        server,
        idle
    }

    private Optional<Document> document = Optional.empty();

    CommandSpec spec() {
        Vocabulary words = new Vocabulary(NAME, this, "Print the JSON Schema (2020-12) of a command's --json output.");
        words.parameter(
                "ssh|mtu|analyze|watch|server|idle",
                Reading.oneOf(Document.values()),
                named -> document = Optional.of(named),
                "Whose output.");
        return words.spec();
    }

    @Override
    public Integer call() throws IOException {
        String name = "/rstprobe/report/schema/" + document.orElseThrow() + ".schema.json";
        try (InputStream schema = SchemaCommand.class.getResourceAsStream(name)) {
            if (schema == null) {
                throw new IllegalStateException(name + " is missing from the jar");
            }
            System.out.print(new String(schema.readAllBytes(), StandardCharsets.UTF_8));
        }
        return Exit.WORKS;
    }
}
