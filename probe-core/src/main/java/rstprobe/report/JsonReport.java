package rstprobe.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import rstprobe.diagnose.AlgorithmTable;
import rstprobe.diagnose.Evidence;
import rstprobe.diagnose.Finding;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.diagnose.Finding.NextStep;
import rstprobe.diagnose.Finding.RuledOut;
import rstprobe.diagnose.Finding.ServerFacts;
import rstprobe.diagnose.Finding.StageReport;
import rstprobe.diagnose.Habits;
import rstprobe.diagnose.Hop;
import rstprobe.diagnose.Release;
import rstprobe.diagnose.ServerSoftware;
import rstprobe.diagnose.Trigger;
import rstprobe.record.Recording;

/// The document `rstprobe ssh --json` prints: schema `rstprobe.ssh/1`. Keys are stable and never absent, null
/// stands for "none", and the same incident gives the same bytes.
public final class JsonReport {
    /// Name and version of the document's schema.
    public static final String SCHEMA = "rstprobe.ssh/1";

    private static final JsonFactory FACTORY = new JsonFactory();
    private static final DefaultIndenter LINES = new DefaultIndenter("  ", "\n");

    private final JsonGenerator json;
    private final DefaultPrettyPrinter printer = new DefaultPrettyPrinter()
            .withSeparators(Separators.createDefaultInstance()
                    .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                    .withArrayEmptySeparator(""))
            .withObjectIndenter(LINES);

    JsonReport(JsonGenerator json) {
        this.json = json;
        printer.indentArraysWith(LINES);
        json.setPrettyPrinter(printer);
        json.setCharacterEscapes(new JsonEscapes());
    }

    /// The document, two-space indented, with a final newline; valid UTF-8 once encoded.
    public static String of(Incident incident) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            new JsonReport(json).document(incident);
        } catch (IOException impossible) {
            throw new UncheckedIOException("a string does not fail to be written", impossible);
        }
        return text.append('\n').toString();
    }

    private void document(Incident incident) throws IOException {
        Recording recording = incident.recording();
        Finding finding = incident.finding();
        json.writeStartObject();
        string("schema", SCHEMA);
        targetAndVantage(recording);
        verdict(Headline.of(finding.verdict()));
        alternatives(finding.alternatives());
        evidence(finding.evidence());
        ruledOut(finding.ruledOut());
        string("nextTest", finding.nextTest());
        nextSteps(finding.nextSteps());
        stages(finding.stages());
        mtu(incident);
        algorithms(finding.algorithms());
        server(finding.server());
        json.writeObjectFieldStart("capture");
        json.writeNumberField("frames", recording.frames().size());
        json.writeNumberField("dropped", recording.capture().dropped());
        json.writeEndObject();
        string("incident", incident.name());
        json.writeEndObject();
    }

    private void mtu(Incident incident) throws IOException {
        if (incident.finding().mtu().isEmpty()) {
            json.writeNullField("mtu");
            return;
        }
        json.writeFieldName("mtu");
        new MtuJson(json, this)
                .target(incident.recording(), incident.finding().mtu().get());
    }

    void verdict(Headline headline) throws IOException {
        json.writeObjectFieldStart("verdict");
        string("status", headline.status().word());
        string("cause", headline.cause().map(cause -> cause.id()));
        string("origin", headline.origin().map(origin -> origin.word()));
        string("stage", headline.stage().map(stage -> stage.word()));
        json.writeNumberField("confidence", Wording.confidence(headline.confidence()));
        hop(headline.hop());
        trigger(headline.trigger());
        string("summary", headline.summary());
        json.writeEndObject();
    }

    private void hop(Optional<Hop> hop) throws IOException {
        if (hop.isEmpty()) {
            json.writeNullField("hop");
            return;
        }
        json.writeObjectFieldStart("hop");
        json.writeNumberField("after", hop.get().after());
        json.writeNumberField("before", hop.get().before());
        string("address", hop.get().address());
        json.writeEndObject();
    }

    private void trigger(Optional<Trigger> trigger) throws IOException {
        if (trigger.isEmpty()) {
            json.writeNullField("trigger");
            return;
        }
        json.writeObjectFieldStart("trigger");
        string("message", trigger.get().message());
        json.writeNumberField("byte", trigger.get().bytes());
        json.writeEndObject();
    }

    void alternatives(List<Alternative> alternatives) throws IOException {
        json.writeArrayFieldStart("alternatives");
        for (Alternative alternative : alternatives) {
            json.writeStartObject();
            string("cause", alternative.cause().id());
            string("origin", alternative.origin().word());
            json.writeNumberField("confidence", Wording.confidence(alternative.confidence()));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    void evidence(List<Evidence> evidence) throws IOException {
        json.writeArrayFieldStart("evidence");
        for (Evidence fact : evidence) {
            json.writeStartObject();
            string("id", fact.id());
            json.writeNumberField("weight", fact.weight());
            string("supports", fact.supports().word());
            frames(fact.frames());
            string("text", fact.text());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void ruledOut(List<RuledOut> ruledOut) throws IOException {
        json.writeArrayFieldStart("ruledOut");
        for (RuledOut excluded : ruledOut) {
            json.writeStartObject();
            string("cause", excluded.cause());
            string("why", excluded.why());
            frames(excluded.frames());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void nextSteps(List<NextStep> steps) throws IOException {
        json.writeArrayFieldStart("nextSteps");
        for (NextStep step : steps) {
            json.writeStartObject();
            string("where", step.where().word());
            string("command", step.command());
            string("why", step.why());
            string("lookFor", step.lookFor());
            string("fix", step.fix());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void stages(List<StageReport> stages) throws IOException {
        json.writeArrayFieldStart("stages");
        for (StageReport stage : stages) {
            json.writeStartObject();
            string("stage", stage.stage().word());
            string("outcome", stage.outcome().word());
            millis(stage.millis());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void algorithms(Optional<AlgorithmTable> compared) throws IOException {
        if (compared.isEmpty()) {
            json.writeNullField("algorithms");
            return;
        }
        json.writeArrayFieldStart("algorithms");
        for (AlgorithmTable.Row row : compared.get().rows()) {
            json.writeStartObject();
            string("list", row.algorithm().kind().word());
            string("name", row.algorithm().name());
            string("mac", Optional.of(row.algorithm().mac()).filter(mac -> !mac.isEmpty()));
            string("outcome", row.outcome().map(outcome -> outcome.word()));
            string("stage", row.stage().map(stage -> stage.word()));
            millis(row.millis());
            json.writeNumberField("longestOurs", row.ours());
            json.writeNumberField("longestTheirs", row.theirs());
            frames(row.frames());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void server(ServerFacts server) throws IOException {
        json.writeObjectFieldStart("server");
        string("identification", server.identification().map(WireText::reread));
        software(server.software());
        string("kex", server.kex().map(WireText::reread));
        string("hostKey", server.hostKey().map(WireText::reread));
        json.writeArrayFieldStart("authMethods");
        for (String method : server.authMethods()) {
            json.writeString(Sanitizer.json(WireText.reread(method)));
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void software(Optional<ServerSoftware> told) throws IOException {
        if (told.isEmpty()) {
            json.writeNullField("software");
            return;
        }
        ServerSoftware software = told.get();
        json.writeObjectFieldStart("software");
        string("product", software.product().title());
        string("release", software.release().map(Release::toString));
        string("system", Optional.of(software.system().title()).filter(title -> !title.isEmpty()));
        json.writeArrayFieldStart("known");
        for (String sentence : new Habits(software).told()) {
            json.writeString(sentence);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /// Frame numbers, all on one line.
    void frames(List<Integer> frames) throws IOException {
        json.writeFieldName("frames");
        printer.indentArraysWith(new DefaultPrettyPrinter.NopIndenter());
        json.writeArray(frames.stream().mapToInt(Integer::intValue).toArray(), 0, frames.size());
        printer.indentArraysWith(LINES);
    }

    /// Milliseconds with three decimals at most: what was measured, without the noise of binary fractions.
    private void millis(OptionalDouble millis) throws IOException {
        if (millis.isEmpty() || !Double.isFinite(millis.getAsDouble())) {
            json.writeNullField("millis");
            return;
        }
        BigDecimal rounded = BigDecimal.valueOf(millis.getAsDouble())
                .setScale(3, RoundingMode.HALF_UP)
                .stripTrailingZeros();
        json.writeFieldName("millis");
        json.writeNumber((rounded.scale() < 1 ? rounded.setScale(1) : rounded).toPlainString());
    }

    void targetAndVantage(Recording recording) throws IOException {
        json.writeObjectFieldStart("target");
        string("host", recording.plan().host());
        string("address", recording.target());
        json.writeNumberField("port", recording.plan().port());
        json.writeEndObject();
        json.writeObjectFieldStart("vantage");
        string("interface", recording.host().interfaceName());
        string("address", recording.host().address());
        string("kernel", recording.host().kernel());
        json.writeEndObject();
    }

    void string(String key, String value) throws IOException {
        json.writeStringField(key, Sanitizer.json(value));
    }

    void string(String key, Optional<String> value) throws IOException {
        if (value.isPresent()) {
            string(key, value.get());
        } else {
            json.writeNullField(key);
        }
    }
}
