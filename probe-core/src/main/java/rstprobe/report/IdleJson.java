package rstprobe.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import rstprobe.diagnose.Evidence;
import rstprobe.diagnose.IdleFinding;
import rstprobe.diagnose.IdleTimer;
import rstprobe.diagnose.Silence;
import rstprobe.record.Event;
import rstprobe.record.Recording;

/// The document `rstprobe idle --json` prints: schema `rstprobe.idle/1`. Keys are stable and never absent,
/// null stands for "none", and the same search gives the same bytes.
public final class IdleJson {
    /// Name and version of the document's schema.
    public static final String SCHEMA = "rstprobe.idle/1";

    private static final JsonFactory FACTORY = new JsonFactory();
    private static final DefaultIndenter LINES = new DefaultIndenter("  ", "\n");
    private static final double NANOS = 1e9;

    private final JsonGenerator json;

    private IdleJson(JsonGenerator json) {
        this.json = json;
        json.setPrettyPrinter(
                new DefaultPrettyPrinter().withObjectIndenter(LINES).withArrayIndenter(LINES));
        json.setCharacterEscapes(new JsonEscapes());
    }

    /// The document, two-space indented, with a final newline.
    public static String of(IdleIncident incident) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            new IdleJson(json).document(incident);
        } catch (IOException impossible) {
            throw new UncheckedIOException("a string does not fail to be written", impossible);
        }
        return text.append('\n').toString();
    }

    private void document(IdleIncident incident) throws IOException {
        Recording recording = incident.recording();
        IdleFinding finding = incident.finding();
        json.writeStartObject();
        string("schema", SCHEMA);
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
        json.writeObjectFieldStart("verdict");
        string("status", finding.status().word());
        string("kind", finding.kind().map(IdleFinding.Kind::word));
        string("origin", finding.origin().map(origin -> origin.word()));
        json.writeNumberField("confidence", Wording.confidence(finding.confidence()));
        string("summary", finding.summary());
        json.writeEndObject();
        timer(finding);
        seconds("survivedSeconds", finding.lowerNanos());
        search(recording);
        candidates(finding.candidates());
        advice(finding);
        evidence(finding.evidence());
        silences(finding.silences());
        json.writeObjectFieldStart("server");
        string("identification", IdleWording.identification(recording).map(WireText::reread));
        json.writeEndObject();
        string("nextTest", finding.nextTest());
        json.writeObjectFieldStart("capture");
        json.writeNumberField("frames", recording.frames().size());
        json.writeNumberField("dropped", recording.capture().dropped());
        json.writeEndObject();
        string("incident", incident.name());
        json.writeEndObject();
    }

    private void timer(IdleFinding finding) throws IOException {
        if (finding.upperNanos().isEmpty()) {
            json.writeNullField("timer");
            return;
        }
        json.writeObjectFieldStart("timer");
        seconds("seconds", (long) (finding.seconds() * NANOS));
        seconds("lowerSeconds", finding.lowerNanos());
        seconds("upperSeconds", finding.upperNanos().getAsLong());
        string("precision", finding.exact() ? "exact" : "bounded");
        json.writeEndObject();
    }

    private void search(Recording recording) throws IOException {
        json.writeObjectFieldStart("search");
        Optional<Event.Searching> asked = IdleWording.searching(recording);
        seconds(
                "upToSeconds",
                asked.map(search -> search.upToMillis() * 1_000_000).orElse(0L));
        json.writeNumberField("atOnce", asked.map(Event.Searching::atOnce).orElse(0));
        json.writeNumberField("connections", IdleWording.connections(recording));
        seconds("seconds", IdleWording.tookNanos(recording));
        json.writeEndObject();
    }

    private void candidates(List<IdleTimer> candidates) throws IOException {
        json.writeArrayFieldStart("candidates");
        for (IdleTimer timer : candidates) {
            json.writeStartObject();
            string("device", timer.device());
            json.writeNumberField("seconds", timer.seconds());
            string("known", timer.known());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void advice(IdleFinding finding) throws IOException {
        if (finding.keepAlive().isEmpty()) {
            json.writeNullField("advice");
            return;
        }
        json.writeObjectFieldStart("advice");
        json.writeNumberField("serverAliveInterval", finding.keepAlive().getAsInt());
        json.writeNumberField("serverAliveCountMax", IdleWording.COUNT_MAX);
        string("why", IdleWording.WHY);
        json.writeEndObject();
    }

    private void evidence(List<Evidence> evidence) throws IOException {
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

    private void silences(List<Silence> silences) throws IOException {
        json.writeArrayFieldStart("silences");
        for (Silence silence : silences) {
            json.writeStartObject();
            json.writeNumberField("connection", silence.attempt());
            seconds("seconds", silence.nanos());
            seconds("ageSeconds", silence.ageNanos());
            string("end", IdleWording.word(silence.end()));
            frames(silence.frames());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void frames(List<Integer> frames) throws IOException {
        json.writeFieldName("frames");
        json.writeArray(frames.stream().mapToInt(Integer::intValue).toArray(), 0, frames.size());
    }

    private void seconds(String key, long nanos) throws IOException {
        json.writeFieldName(key);
        json.writeNumber(
                BigDecimal.valueOf(nanos, 9).setScale(3, RoundingMode.HALF_UP).toPlainString());
    }

    private void string(String key, String value) throws IOException {
        json.writeStringField(key, Sanitizer.json(value));
    }

    private void string(String key, Optional<String> value) throws IOException {
        if (value.isPresent()) {
            string(key, value.get());
        } else {
            json.writeNullField(key);
        }
    }
}
