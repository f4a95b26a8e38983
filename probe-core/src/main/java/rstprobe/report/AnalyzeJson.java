package rstprobe.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import rstprobe.analyze.AttributedReset;
import rstprobe.analyze.ScannedFile;
import rstprobe.diagnose.Evidence;
import rstprobe.ssh.Stage;

/// The document `rstprobe analyze --json` prints, piece by piece: schema `rstprobe.analyze/1`. Keys are stable and
/// never absent, null stands for "none", and the same captures give the same bytes.
public final class AnalyzeJson {
    /// Name and version of the document's schema.
    public static final String SCHEMA = "rstprobe.analyze/1";

    private static final JsonFactory FACTORY = new JsonFactory();

    private final StringWriter text = new StringWriter();
    private final List<ScannedFile> files;
    private final JsonGenerator json;
    private final JsonReport shared;

    /// A document about these files.
    public AnalyzeJson(List<ScannedFile> files) {
        this.files = files;
        try {
            this.json = FACTORY.createGenerator(text);
        } catch (IOException impossible) {
            throw impossible(impossible);
        }
        this.shared = new JsonReport(json);
    }

    private static UncheckedIOException impossible(IOException impossible) {
        return new UncheckedIOException("a string does not fail to be written", impossible);
    }

    /// What comes before the first reset.
    public String head() {
        try {
            json.writeStartObject();
            shared.string("schema", SCHEMA);
            json.writeArrayFieldStart("files");
            for (ScannedFile file : files) {
                file(file);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("resets");
            return piece();
        } catch (IOException impossible) {
            throw impossible(impossible);
        }
    }

    private void file(ScannedFile file) throws IOException {
        json.writeStartObject();
        shared.string("file", file.file());
        json.writeNumberField("packets", file.packets());
        json.writeNumberField("bytes", file.bytes());
        json.writeNumberField("flows", file.conversations());
        json.writeNumberField("resets", file.resets());
        json.writeBooleanField("truncated", file.truncated());
        json.writeArrayFieldStart("problems");
        for (String problem : file.problems()) {
            json.writeString(Sanitizer.json(problem));
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /// A reset; they come in the order of the captures.
    public String reset(AttributedReset reset) {
        try {
            json.writeStartObject();
            shared.string("file", files.get(reset.file()).file());
            json.writeNumberField("frame", reset.frame());
            shared.string("sender", reset.sender().toString());
            shared.string("receiver", reset.receiver().toString());
            shared.string("origin", AnalyzeWording.word(reset.origin()));
            json.writeNumberField(
                    "confidence", Wording.confidence(reset.verdict().confidence()));
            shared.string("stage", reset.stage().map(Stage::word));
            evidence(reset.evidence());
            json.writeEndObject();
            return piece();
        } catch (IOException impossible) {
            throw impossible(impossible);
        }
    }

    private void evidence(List<Evidence> evidence) throws IOException {
        json.writeArrayFieldStart("evidence");
        for (Evidence fact : evidence) {
            json.writeStartObject();
            shared.string("id", fact.id());
            json.writeNumberField("weight", fact.weight());
            shared.string("supports", AnalyzeWording.word(fact.supports()));
            shared.frames(fact.frames());
            shared.string("text", fact.text());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /// What comes behind the last reset.
    public String tail() {
        try {
            json.writeEndArray();
            json.writeEndObject();
            return piece() + "\n";
        } catch (IOException impossible) {
            throw impossible(impossible);
        }
    }

    private String piece() throws IOException {
        json.flush();
        String piece = text.toString();
        text.getBuffer().setLength(0);
        return piece;
    }
}
