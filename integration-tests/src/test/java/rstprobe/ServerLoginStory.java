package rstprobe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// `rstprobe server USER@HOST` as it is handed to users, against a host with a real sshd, without a journal, without
/// systemd and without sudo: what cannot be read is named, and the rest stands; whoever is not let in is told why.
final class ServerLoginStory {
    private static final Path SERVER = Path.of("../probe-core/src/test/resources/rstprobe/cli/login-server")
            .toAbsolutePath()
            .normalize();
    private static final int AT_A_TIME = 4;

    /// @param knows what the client knows of the server's key: `right`, `nothing` or `wrong`
    private static Command server(String knows, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "setpriv",
                "--pdeathsig",
                "KILL",
                "unshare",
                "--net",
                "--mount",
                "--pid",
                "--fork",
                "--kill-child",
                "--mount-proc",
                "bash",
                SERVER.toString(),
                knows));
        command.addAll(Image.words("server"));
        command.addAll(List.of(words));
        ProcessBuilder prepared = new ProcessBuilder(command);
        // The script's root lives in /run/root; no agent of this machine's may help.
        prepared.environment().remove("SSH_AUTH_SOCK");
        return Command.run(prepared);
    }

    /// Somebody who is not let in, and the end of his one line.
    private record Outside(String knows, String who, int exit, String said) {}

    @Test
    void whoIsNotLetInIsToldWhyInOneLine() throws Exception {
        List<Outside> all = List.of(
                new Outside("right", "fred@127.0.0.1", 3, "runs no commands: it answers 'This service allows sftp"),
                new Outside("right", "nobody-here@127.0.0.1", 3, "nobody-here@127.0.0.1 was not let in"),
                new Outside("right", "root@127.0.0.1 --identity /run/otherkey", 3, "root@127.0.0.1 was not let in"),
                new Outside("nothing", "root@127.0.0.1", 3, "the host key of 127.0.0.1 is not known: it shows"),
                new Outside("wrong", "root@127.0.0.1", 3, "is not the one in known_hosts: it shows ssh-ed25519"),
                new Outside("right", "root@127.0.0.9", 4, "no SSH connection to 127.0.0.9 port 22: no answer within"));
        try (ExecutorService runs = Executors.newFixedThreadPool(AT_A_TIME)) {
            Map<Outside, Future<Command>> ran = new LinkedHashMap<>();
            for (Outside one : all) {
                ran.put(one, runs.submit(() -> server(one.knows, one.who.split(" "))));
            }
            for (Map.Entry<Outside, Future<Command>> one : ran.entrySet()) {
                Command ended = one.getValue().get().mustEndWith(one.getKey().exit);
                assertEquals("", ended.out());
                assertTrue(ended.err().startsWith("rstprobe: "), ended::toString);
                assertTrue(ended.err().contains(one.getKey().said), ended::toString);
                assertTrue(ended.err().lines().count() <= 2, ended::toString);
            }
        }
    }

    @Test
    void whatCannotBeReadIsNamedAndTheRestStands() throws Exception {
        try (ExecutorService runs = Executors.newFixedThreadPool(AT_A_TIME)) {
            Future<Command> root = runs.submit(() -> server("right", "root@127.0.0.1", "--json"));
            Future<Command> uma = runs.submit(() -> server("right", "uma@127.0.0.1", "--sudo", "--json"));
            Future<Command> rita = runs.submit(() -> server("right", "rita@127.0.0.1", "--json"));
            JsonNode all = document(root.get());
            assertTrue(notRead(all).getOrDefault("journal", "").startsWith("not "), all::toPrettyString);
            assertTrue(facts(all).contains("maxstartups"), all::toPrettyString);
            for (Command poor : List.of(uma.get(), rita.get())) {
                JsonNode some = document(poor);
                Map<String, String> missing = notRead(some);
                assertTrue(missing.getOrDefault("nft", "").contains("permission denied"), some::toPrettyString);
                assertTrue(missing.getOrDefault("settings", "").contains("permission denied"), some::toPrettyString);
                assertTrue(facts(some).containsAll(Set.of("libwrap", "somaxconn", "load")), some::toPrettyString);
            }
            // Nobody has told sudo of uma, if it is there at all.
            assertTrue(
                    document(uma.get())
                            .get("notRead")
                            .valueStream()
                            .anyMatch(part -> part.get("command").asText().equals("sudo -n")),
                    uma.get()::toString);
        }
    }

    private static JsonNode document(Command ran) throws IOException {
        if (!ran.out().startsWith("{")) {
            return fail(ran.toString());
        }
        assertEquals("", ran.err());
        return Folder.json(ran.out());
    }

    private static Set<String> facts(JsonNode document) {
        Set<String> names = new HashSet<>();
        document.get("facts").forEach(fact -> names.add(fact.get("name").asText()));
        return names;
    }

    private static Map<String, String> notRead(JsonNode document) {
        Map<String, String> parts = new TreeMap<>();
        document.get("notRead")
                .forEach(part ->
                        parts.put(part.get("question").asText(), part.get("why").asText()));
        return parts;
    }
}
