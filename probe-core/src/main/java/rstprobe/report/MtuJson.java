package rstprobe.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import rstprobe.path.DirectionFinding;
import rstprobe.path.FlowMtu;
import rstprobe.path.LimitPlace;
import rstprobe.path.LinkMtu;
import rstprobe.path.MssClamp;
import rstprobe.path.MtuClaim;
import rstprobe.path.PathMtuStanding;
import rstprobe.path.SurveyFinding;
import rstprobe.record.Recording;
import rstprobe.record.Swept;

/// The document `rstprobe mtu --json` prints: schema `rstprobe.mtu/1`. Keys are stable and never absent, null stands
/// for "none", and the same survey gives the same bytes.
public final class MtuJson {
    /// Name and version of the document's schema.
    public static final String SCHEMA = "rstprobe.mtu/1";

    private static final JsonFactory FACTORY = new JsonFactory();

    private final JsonGenerator json;
    private final JsonReport shared;

    private MtuJson(JsonGenerator json) {
        this(json, new JsonReport(json));
    }

    /// Within another document.
    MtuJson(JsonGenerator json, JsonReport shared) {
        this.json = json;
        this.shared = shared;
    }

    /// The document, two-space indented, with a final newline.
    public static String of(MtuIncident incident) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            new MtuJson(json).document(incident);
        } catch (IOException impossible) {
            throw new UncheckedIOException("a string does not fail to be written", impossible);
        }
        return text.append('\n').toString();
    }

    /// One element of `targets`, on one line without its end: what `--jsonl` prints.
    public static String line(Swept swept) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            MtuJson line = new MtuJson(json);
            json.setPrettyPrinter(new MinimalPrettyPrinter());
            line.target(swept);
        } catch (IOException impossible) {
            throw new UncheckedIOException("a string does not fail to be written", impossible);
        }
        return text.toString();
    }

    /// The document about many targets, from what [#line] made of each, a line each.
    public static String document(List<String> lines) {
        return "{\"schema\":\"" + SCHEMA + "\",\"targets\":[\n" + String.join(",\n", lines) + "\n]}\n";
    }

    private void document(MtuIncident incident) throws IOException {
        json.writeStartObject();
        shared.string("schema", SCHEMA);
        json.writeArrayFieldStart("targets");
        target(incident.recording(), incident.finding());
        json.writeEndArray();
        json.writeEndObject();
    }

    /// What a run found of its target, as an object.
    void target(Recording recording, SurveyFinding finding) throws IOException {
        target(
                recording.plan().host(),
                recording.plan().port(),
                Optional.of(recording.target()),
                finding.status(),
                finding,
                Optional.empty());
    }

    private void target(Swept swept) throws IOException {
        target(
                swept.target().host(),
                swept.target().port(),
                swept.address(),
                swept.status(),
                swept.finding(),
                swept.problem());
    }

    private void target(
            String host,
            int port,
            Optional<String> address,
            SurveyFinding.Status status,
            SurveyFinding finding,
            Optional<String> problem)
            throws IOException {
        json.writeStartObject();
        shared.string("host", host);
        json.writeNumberField("port", port);
        shared.string("address", address);
        shared.string("status", status.word());
        direction("forward", finding.forward());
        direction("reverse", finding.reverse());
        clamp(finding.clamp());
        flows(finding.flows());
        shared.string("problem", problem);
        json.writeEndObject();
    }

    private void flows(List<FlowMtu> flows) throws IOException {
        json.writeArrayFieldStart("flows");
        for (FlowMtu flow : flows) {
            json.writeStartObject();
            json.writeNumberField("pathMtu", flow.bytes());
            json.writeNumberField("flows", flow.flows());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void clamp(Optional<MssClamp> clamp) throws IOException {
        if (clamp.isEmpty()) {
            json.writeNullField("mssClamp");
            return;
        }
        json.writeObjectFieldStart("mssClamp");
        json.writeNumberField("sent", clamp.get().sent());
        json.writeNumberField("arrived", clamp.get().arrived());
        json.writeEndObject();
    }

    private void direction(String key, DirectionFinding direction) throws IOException {
        if (direction.method().isEmpty()) {
            json.writeNullField(key);
            return;
        }
        json.writeObjectFieldStart(key);
        number("pathMtu", direction.standing().passes());
        number("lost", direction.standing().fails());
        json.writeBooleanField("blackHole", direction.blackHole());
        shared.string("signal", direction.signal().word());
        hop(direction.place(), direction);
        shared.string("likelyCause", likely(direction.standing()));
        shared.string("method", direction.method().get());
        json.writeNumberField("probes", direction.probes());
        json.writeNumberField("rounds", direction.rounds());
        json.writeNumberField("millis", MtuWording.millis(direction.nanos()));
        claims(direction);
        json.writeEndObject();
    }

    static Optional<String> likely(PathMtuStanding standing) {
        return standing instanceof PathMtuStanding.Exact(int bytes, double _)
                ? LinkMtu.likely(bytes).stream().map(LinkMtu::cause).findFirst()
                : Optional.empty();
    }

    private void number(String key, OptionalInt value) throws IOException {
        if (value.isPresent()) {
            json.writeNumberField(key, value.getAsInt());
        } else {
            json.writeNullField(key);
        }
    }

    /// Who complains gives its own address; who is silent gives none.
    private void hop(Optional<LimitPlace> place, DirectionFinding direction) throws IOException {
        if (place.isEmpty()) {
            json.writeNullField("hop");
            return;
        }
        json.writeObjectFieldStart("hop");
        json.writeNumberField("after", place.get().after());
        json.writeNumberField("before", place.get().before());
        shared.string(
                "address",
                direction.claims().stream()
                        .filter(claim -> claim.truth() == MtuClaim.Truth.PROVEN)
                        .map(MtuClaim::from)
                        .findFirst());
        json.writeEndObject();
    }

    private void claims(DirectionFinding direction) throws IOException {
        json.writeArrayFieldStart("claims");
        for (MtuClaim claim : direction.claims()) {
            json.writeStartObject();
            shared.string("from", claim.from());
            json.writeNumberField("mtu", claim.mtu());
            json.writeNumberField("count", claim.count());
            shared.string("truth", claim.truth().name().toLowerCase(Locale.ROOT).replace('_', '-'));
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
