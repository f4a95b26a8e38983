package rstprobe.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `rstprobe schema`: the JSON Schema of what `--json` prints.
@Command(name = "schema", description = "Print the JSON Schema (2020-12) of a command's --json output.")
final class SchemaCommand implements Callable<Integer> {
    /// Commands whose JSON has a schema.
    enum Document {
        ssh,
        mtu,
        analyze,
        watch,
        server,
        idle
    }

    @Parameters(paramLabel = "ssh|mtu|analyze|watch|server|idle", description = "Whose output.")
    private Document document;

    @Override
    public Integer call() throws IOException {
        String name = "/rstprobe/report/schema/" + document + ".schema.json";
        try (InputStream schema = SchemaCommand.class.getResourceAsStream(name)) {
            if (schema == null) {
                throw new IllegalStateException(name + " is missing from the jar");
            }
            System.out.print(new String(schema.readAllBytes(), StandardCharsets.UTF_8));
        }
        return Exit.WORKS;
    }
}
