package rstprobe.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import rstprobe.lab.Scenario.Obstacle;

/// Throw-away keys with which the client of a lab logs in as root: made for one lab, in its folder, gone with
/// it.
final class ClientKeys {
    /// Where the server looks for the keys it lets in.
    static final String AUTHORIZED = "/etc/ssh/authorized_keys_of_all";

    private ClientKeys() {}

    /// Makes the keys, lets the server know them where it shall, and the client the server's.
    ///
    /// @return the words the client is called with beside its target
    static List<String> made(Obstacle.LogsIn login, Layer layer, Path folder, String server)
            throws IOException, CannotBuild {
        List<String> words = new ArrayList<>();
        StringBuilder authorized = new StringBuilder();
        for (int i = 0; i < login.keys(); i++) {
            Path key = folder.resolve("client_key_" + i);
            Program.run(Program.SSH_KEYGEN.with("-q", "-N", "", "-C", "", "-t", "ed25519", "-f", key.toString()), "");
            authorized.append(Files.readString(Path.of(key + ".pub"), StandardCharsets.US_ASCII));
            words.addAll(List.of("--identity", key.toString()));
        }
        layer.write(AUTHORIZED, login.welcome() ? authorized.toString() : "");
        Path known = folder.resolve("known_hosts");
        StringBuilder lines = new StringBuilder();
        for (String file : Services.hostKeys()) {
            lines.append(server)
                    .append(' ')
                    .append(Files.readString(layer.file(file + ".pub"), StandardCharsets.US_ASCII));
        }
        Files.writeString(known, lines);
        words.addAll(List.of("--known-hosts", known.toString()));
        words.addAll(login.words());
        return words;
    }
}
