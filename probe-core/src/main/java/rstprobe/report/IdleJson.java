package rstprobe.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
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
    private static final double NANOS = 1e9;

    private final JsonGenerator json;
    private final JsonReport shared;

    private IdleJson(JsonGenerator json) {
        this.json = json;
        this.shared = new JsonReport(json);
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
        shared.string("schema", SCHEMA);
        shared.targetAndVantage(recording);
        json.writeObjectFieldStart("verdict");
        shared.string("status", finding.status().word());
        shared.string("kind", finding.kind().map(IdleFinding.Kind::word));
        shared.string("origin", finding.origin().map(origin -> origin.word()));
        json.writeNumberField("confidence", Wording.confidence(finding.confidence()));
        shared.string("summary", finding.summary());
        json.writeEndObject();
        timer(finding);
        seconds("survivedSeconds", finding.lowerNanos());
        search(recording);
        candidates(finding.candidates());
        advice(finding);
        shared.evidence(finding.evidence());
        silences(finding.silences());
        json.writeObjectFieldStart("server");
        shared.string("identification", IdleWording.identification(recording).map(WireText::reread));
        json.writeEndObject();
        shared.string("nextTest", finding.nextTest());
        json.writeObjectFieldStart("capture");
        json.writeNumberField("frames", recording.frames().size());
        json.writeNumberField("dropped", recording.capture().dropped());
        json.writeEndObject();
        shared.string("incident", incident.name());
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
        shared.string("precision", finding.exact() ? "exact" : "bounded");
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
            shared.string("device", timer.device());
            json.writeNumberField("seconds", timer.seconds());
            shared.string("known", timer.known());
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
        shared.string("why", IdleWording.WHY);
        json.writeEndObject();
    }

    private void silences(List<Silence> silences) throws IOException {
        json.writeArrayFieldStart("silences");
        for (Silence silence : silences) {
            json.writeStartObject();
            json.writeNumberField("connection", silence.attempt());
            seconds("seconds", silence.nanos());
            seconds("ageSeconds", silence.ageNanos());
            shared.string("end", IdleWording.word(silence.end()));
            shared.frames(silence.frames());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void seconds(String key, long nanos) throws IOException {
        json.writeFieldName(key);
        json.writeNumber(
                BigDecimal.valueOf(nanos, 9).setScale(3, RoundingMode.HALF_UP).toPlainString());
    }
}
