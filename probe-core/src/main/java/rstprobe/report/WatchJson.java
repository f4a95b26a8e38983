package rstprobe.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import rstprobe.analyze.AttributedReset;

/// The documents `rstprobe watch --json` prints, one a line and one for each connection that was reset: schema
/// `rstprobe.watch/1`. Keys are stable and never absent, null stands for "none".
public final class WatchJson {
    /// Name and version of the documents' schema.
    public static final String SCHEMA = "rstprobe.watch/1";

    private static final JsonFactory FACTORY = new JsonFactory();

    private WatchJson() {}

    /// One document, with the end of its line.
    public static String line(WatchedReset watched) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            JsonReport shared = new JsonReport(json);
            json.setPrettyPrinter(new MinimalPrettyPrinter());
            AttributedReset reset = watched.reset();
            json.writeStartObject();
            shared.string("schema", SCHEMA);
            shared.string("time", AnalyzeWording.exactMoment(reset.atNanos()));
            shared.string("interface", watched.interfaceName());
            shared.string("sender", reset.sender().toString());
            shared.string("receiver", reset.receiver().toString());
            shared.string("client", reset.client().toString());
            shared.string("server", reset.server().toString());
            AnalyzeJson.judged(json, shared, reset);
            shared.string(
                    "standing", reset.standing().name().toLowerCase(Locale.ROOT).replace('_', '-'));
            shared.string("summary", reset.summary());
            json.writeNumberField("resets", watched.resets());
            json.writeNumberField("frames", watched.frames());
            json.writeNumberField("lost", watched.lost());
            AnalyzeJson.evidence(json, shared, watched.evidence());
            shared.string("incident", watched.incident());
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException("a string does not fail to be written", impossible);
        }
        return text + "\n";
    }
}
