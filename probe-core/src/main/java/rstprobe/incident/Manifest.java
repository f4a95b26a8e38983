package rstprobe.incident;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Size and SHA-256 of every file of a folder, so that a changed bit shows.
///
/// @param files sorted by name
record Manifest(List<Entry> files) {
    private static final String SCHEMA = "rstprobe.manifest/1";
    private static final long MAX_BYTES = 64 << 10;
    /// A name without a folder in it.
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    /// One file.
    record Entry(String name, long bytes, String sha256) {
        Entry {
            Objects.requireNonNull(name);
            Objects.requireNonNull(sha256);
        }
    }

    private record Document(String schema, List<Entry> files) {
        Document {
            files = List.copyOf(files);
        }
    }

    static Manifest of(Path folder) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (!name.equals(IncidentFolder.MANIFEST) && !name.endsWith(".part")) {
                    entries.add(entry(file));
                }
            }
        }
        return new Manifest(List.copyOf(entries));
    }

    private static Entry entry(Path file) throws IOException {
        return new Entry(file.getFileName().toString(), Files.size(file), sha256(file));
    }

    /// The first digest of a process looks through the security providers, which takes longer than all the files.
    static void warmUp() {
        try {
            sha256(InputStream.nullInputStream());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    String json() {
        return RecordingJson.line(new Document(SCHEMA, files)) + "\n";
    }

    /// Holds a folder against its manifest.
    ///
    /// @throws UnreadableIncident where a file is missing or was changed, or the manifest itself cannot be read
    static void verify(Path folder) throws UnreadableIncident, IOException {
        Manifest manifest = read(folder.resolve(IncidentFolder.MANIFEST));
        Set<String> named = new HashSet<>();
        for (Entry file : manifest.files) {
            if (!NAME.matcher(file.name).matches()) {
                throw new UnreadableIncident("manifest.json names a file outside the folder");
            }
            verify(folder, file.name, file.bytes, file.sha256);
            named.add(file.name);
        }
        for (String needed : List.of(IncidentFolder.RECORDING, IncidentFolder.CAPTURE)) {
            if (!named.contains(needed)) {
                throw new UnreadableIncident("manifest.json was changed: it does not name " + needed);
            }
        }
    }

    /// It has one form only, so that no changed bit of the manifest itself goes unseen.
    private static Manifest read(Path file) throws UnreadableIncident, IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > MAX_BYTES) {
            throw new UnreadableIncident("manifest.json is no file of at most " + MAX_BYTES + " bytes");
        }
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        Manifest manifest;
        try {
            JsonNode document = RecordingJson.tree(text);
            if (!SCHEMA.equals(document.path("schema").asText())) {
                throw new UnreadableIncident("manifest.json is of schema "
                        + document.path("schema").asText("(none)") + ", this program knows " + SCHEMA);
            }
            manifest = new Manifest(RecordingJson.read(document, Document.class).files());
        } catch (JsonProcessingException _) {
            throw new UnreadableIncident("manifest.json was changed: it is no manifest any more");
        }
        if (!manifest.json().equals(text)) {
            throw new UnreadableIncident("manifest.json was changed: that is not how it was written");
        }
        return manifest;
    }

    /// No symbolic link is followed.
    private static void verify(Path folder, String name, long bytes, String sha256)
            throws UnreadableIncident, IOException {
        Path file = folder.resolve(name);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new UnreadableIncident(name + " is missing");
        }
        if (Files.size(file) != bytes) {
            throw new UnreadableIncident(
                    name + " was changed: it has " + Files.size(file) + " bytes, the manifest says " + bytes);
        }
        if (!sha256(file).equals(sha256)) {
            throw new UnreadableIncident(name + " was changed: its SHA-256 is not the one in the manifest");
        }
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream bytes = Files.newInputStream(file)) {
            return sha256(bytes);
        }
    }

    private static String sha256(InputStream bytes) throws IOException {
        try (DigestInputStream digest = new DigestInputStream(bytes, MessageDigest.getInstance("SHA-256"))) {
            digest.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException bug) {
            throw new IllegalStateException("every JDK has SHA-256", bug);
        }
    }
}
