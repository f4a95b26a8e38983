package rstprobe.incident;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/// Size and SHA-256 of every file of a folder, so that a changed bit shows.
///
/// @param files sorted by name
record Manifest(List<Entry> files) {
    private static final String SCHEMA = "rstprobe.manifest/1";
    private static final int MAX_FILES = 100;

    /// One file.
    record Entry(String name, long bytes, String sha256) {}

    private record Document(String schema, List<Entry> files) {}

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

    String json() {
        return RecordingJson.line(new Document(SCHEMA, files)) + "\n";
    }

    /// Holds a folder against its manifest.
    ///
    /// @throws UnreadableIncident where a file is missing or was changed, or the manifest itself cannot be read
    static void verify(Path folder) throws UnreadableIncident, IOException {
        JsonNode document = RecordingJson.tree(Files.readString(folder.resolve(IncidentFolder.MANIFEST)));
        if (!SCHEMA.equals(document.path("schema").asText())) {
            throw new UnreadableIncident("manifest.json is of schema "
                    + document.path("schema").asText("(none)") + ", this program knows " + SCHEMA);
        }
        JsonNode files = document.path("files");
        if (files.size() > MAX_FILES) {
            throw new UnreadableIncident("manifest.json names more than " + MAX_FILES + " files");
        }
        for (JsonNode file : files) {
            verify(
                    folder,
                    file.path("name").asText(),
                    file.path("bytes").asLong(),
                    file.path("sha256").asText());
        }
    }

    /// Only names without a folder in them are followed, and no symbolic link is.
    private static void verify(Path folder, String name, long bytes, String sha256)
            throws UnreadableIncident, IOException {
        Path file = folder.resolve(name).normalize();
        if (!folder.normalize().equals(file.getParent())) {
            throw new UnreadableIncident("manifest.json names a file outside the folder");
        }
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
        try (InputStream bytes = Files.newInputStream(file);
                DigestInputStream digest = new DigestInputStream(bytes, MessageDigest.getInstance("SHA-256"))) {
            digest.transferTo(java.io.OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException bug) {
            throw new IllegalStateException("every JDK has SHA-256", bug);
        }
    }
}
