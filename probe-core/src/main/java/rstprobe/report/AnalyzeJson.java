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

    /// What stands between two resets.
    private static final String SEPARATOR = ",";

    private static final JsonFactory FACTORY = new JsonFactory();

    private final StringWriter text = new StringWriter();
    private final List<ScannedFile> files;
    private final JsonGenerator json;
    private final JsonReport shared;
    private boolean begun;

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
        return next(rows(List.of(reset), files));
    }

    /// Resets as they stand in a document about these files; [#next] puts them there. Writing them is most of the work,
    /// and for as many threads at a time as there are.
    public static String rows(List<AttributedReset> resets, List<ScannedFile> files) {
        AnalyzeJson elsewhere = new AnalyzeJson(files);
        try {
            elsewhere.json.writeStartObject();
            elsewhere.json.writeArrayFieldStart("resets");
            elsewhere.begun();
            StringBuilder rows = new StringBuilder();
            resets.forEach(reset -> rows.append(elsewhere.row(reset)));
            return rows.toString();
        } catch (IOException impossible) {
            throw impossible(impossible);
        }
    }

    /// The next resets of this document.
    ///
    /// @param rows as [#rows] writes them
    public String next(String rows) {
        try {
            if (begun || rows.isEmpty()) {
                return rows;
            }
            begun();
            return rows.substring(SEPARATOR.length());
        } catch (IOException impossible) {
            throw impossible(impossible);
        }
    }

    /// From now on each reset stands behind another one: the generator is told so by one that nobody sees.
    private void begun() throws IOException {
        begun = true;
        json.writeStartObject();
        json.writeEndObject();
        piece();
    }

    private String row(AttributedReset reset) {
        try {
            json.writeStartObject();
            shared.string("file", files.get(reset.file()).file());
            json.writeNumberField("frame", reset.frame());
            shared.string("sender", reset.sender().toString());
            shared.string("receiver", reset.receiver().toString());
            judged(json, shared, reset);
            evidence(json, shared, reset.evidence());
            json.writeEndObject();
            return piece();
        } catch (IOException impossible) {
            throw impossible(impossible);
        }
    }

    /// Who ended a connection, how sure that is and how far SSH had come, as fields of the object that is being
    /// written.
    static void judged(JsonGenerator json, JsonReport shared, AttributedReset reset) throws IOException {
        shared.string("origin", AnalyzeWording.word(reset.origin()));
        json.writeNumberField("confidence", Wording.confidence(reset.verdict().confidence()));
        shared.string("stage", reset.stage().map(Stage::word));
    }

    /// The facts behind that, as a field of the object that is being written.
    static void evidence(JsonGenerator json, JsonReport shared, List<Evidence> evidence) throws IOException {
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
