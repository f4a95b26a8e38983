package rstprobe.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import rstprobe.diagnose.BothSides.Contradiction;
import rstprobe.diagnose.BothSides.Joined;
import rstprobe.diagnose.Finding;
import rstprobe.diagnose.ServerFact;
import rstprobe.diagnose.ServerFinding;
import rstprobe.diagnose.ServerSide;
import rstprobe.diagnose.ServerSide.NotRead;

/// The document `rstprobe server --json` prints: schema `rstprobe.server/1`. Keys are stable and never
/// absent, null stands for "none".
public final class ServerJsonReport {
    /// Name and version of the document's schema.
    public static final String SCHEMA = "rstprobe.server/1";

    private static final JsonFactory FACTORY = new JsonFactory();

    private final JsonGenerator json;
    private final JsonReport shared;

    private ServerJsonReport(JsonGenerator json) {
        this.json = json;
        this.shared = new JsonReport(json);
    }

    /// The document, two-space indented, with a final newline; valid UTF-8 once encoded.
    public static String of(ServerStory story) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            new ServerJsonReport(json).document(story);
        } catch (IOException impossible) {
            throw new UncheckedIOException("a string does not fail to be written", impossible);
        }
        return text.append('\n').toString();
    }

    private void document(ServerStory story) throws IOException {
        ServerSide side = story.side();
        json.writeStartObject();
        shared.string("schema", SCHEMA);
        json.writeObjectFieldStart("server");
        shared.string("reach", story.reach());
        json.writeNumberField("port", side.scope().port());
        shared.string("system", side.system());
        shared.string("sshd", side.sshd());
        json.writeEndObject();
        shared.string("client", side.scope().client());
        json.writeObjectFieldStart("window");
        shared.string("since", story.since().toString());
        shared.string("until", story.until().toString());
        json.writeNumberField("clockAheadSeconds", side.clock().ahead());
        json.writeEndObject();
        verdict(story);
        contradictions(story.joined().map(Joined::contradictions).orElse(List.of()));
        findings(side.findings());
        facts(side.facts());
        notRead(side.notRead());
        json.writeEndObject();
    }

    private void verdict(ServerStory story) throws IOException {
        shared.string("incident", story.incident().map(Incident::name));
        Optional<Finding> finding = story.incident().map(Incident::finding);
        if (finding.isPresent()) {
            shared.verdict(Headline.of(finding.get().verdict()));
        } else {
            json.writeNullField("verdict");
        }
        shared.alternatives(finding.map(Finding::alternatives).orElse(List.of()));
        shared.evidence(finding.map(Finding::evidence).orElse(List.of()));
    }

    private void contradictions(List<Contradiction> contradictions) throws IOException {
        json.writeArrayFieldStart("contradictions");
        for (Contradiction each : contradictions) {
            json.writeStartObject();
            shared.string("id", each.id());
            json.writeNumberField("weight", each.weight());
            shared.string("command", each.command());
            shared.string("line", each.line());
            shared.string("text", each.text());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void findings(List<ServerFinding> findings) throws IOException {
        json.writeArrayFieldStart("findings");
        for (ServerFinding found : findings) {
            json.writeStartObject();
            shared.string("id", found.id());
            shared.string("cause", found.cause().id());
            shared.string("origin", found.origin().word());
            json.writeNumberField("weight", found.weight());
            shared.string("concerns", found.whom().word());
            shared.string("text", found.text());
            shared.string("command", found.command());
            json.writeArrayFieldStart("lines");
            for (String line : found.lines()) {
                json.writeString(Sanitizer.json(line));
            }
            json.writeEndArray();
            shared.string("at", at(found.atSeconds()));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static Optional<String> at(OptionalDouble seconds) {
        return seconds.isPresent()
                ? Optional.of(Instant.ofEpochMilli((long) (seconds.getAsDouble() * 1_000))
                        .toString())
                : Optional.empty();
    }

    private void facts(List<ServerFact> facts) throws IOException {
        json.writeArrayFieldStart("facts");
        for (ServerFact fact : facts) {
            json.writeStartObject();
            shared.string("name", fact.name());
            shared.string("text", fact.text());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void notRead(List<NotRead> notRead) throws IOException {
        json.writeArrayFieldStart("notRead");
        for (NotRead each : notRead) {
            json.writeStartObject();
            shared.string("question", each.question().id());
            shared.string("command", each.command());
            shared.string("why", each.why());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
