package rstprobe.lab;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import rstprobe.lab.Scenario.Server;
import rstprobe.lab.Scenario.Service;

/// The programs of a [Server.Installed] at work in their layer.
final class InstalledServer {

    private static final Path MACHINE = Path.of("/");
    private static final String SSHD = "/usr/sbin/sshd";
    private static final Set<String> STARTERS = Set.of(Services.SETPRIV, Services.UNSHARE);
    private static final String UNPACK =
            "unpack the programs with integration-tests/machine/software and give the folder it prints with --software";
    private static final int READY_SECONDS = 15;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final List<List<String>> KEYS =
            List.of(List.of("ed25519"), List.of("ecdsa", "-b", "256"), List.of("rsa", "-b", "2048"));

    private final Layer layer;
    private final ProcessHandle listener;

    private InstalledServer(Layer layer, ProcessHandle listener) {
        this.layer = layer;
        this.listener = listener;
    }

    /// The tree its programs come from: the one of its release in the folder of programs, or this machine's own root
    /// where no folder is given and it has them, of that release.
    static Path tree(Server.Installed server, Optional<Path> software) throws CannotBuild, IOException {
        Path tree = software.map(folder ->
                        folder.toAbsolutePath().resolve(server.release().folder()))
                .orElse(MACHINE);
        for (String program : programs(server)) {
            if (!Files.isExecutable(tree.resolve(program.substring(1)))) {
                throw new CannotBuild("there is no " + program.substring(1) + " in " + tree, UNPACK);
            }
        }
        if (tree.equals(MACHINE) && programs(server).contains(SSHD)) {
            requireRelease(server.release());
        }
        return tree;
    }

    /// Its programs, without those that only start others.
    static List<String> programs(Server.Installed server) {
        return server.programs().stream()
                .map(service -> service.command().stream()
                        .filter(word -> word.startsWith("/usr/") && !STARTERS.contains(word))
                        .findFirst()
                        .orElseThrow())
                .toList();
    }

    /// sshd prints its version with its complaint about a word it does not know.
    private static void requireRelease(Release release) throws CannotBuild, IOException {
        Process asked = Program.start(List.of(SSHD, "-V"), "");
        String said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        if (!said.contains("OpenSSH_" + release.openSsh())) {
            throw new CannotBuild("this machine's sshd is not OpenSSH " + release.openSsh(), UNPACK);
        }
    }

    /// Starts everything and waits until it listens. The lab's janitor ends it.
    ///
    /// @param folder the lab's own
    /// @param running where what must be closed with the lab is put
    static InstalledServer start(
            Server.Installed server, Path tree, Path namespace, Path folder, Deque<AutoCloseable> running)
            throws IOException, CannotBuild {
        Layer layer = Layer.start(namespace, tree, folder);
        running.push(Syslog.start(layer, namespace));
        for (Map.Entry<String, String> file : server.files().entrySet()) {
            layer.write(file.getKey(), file.getValue());
        }
        makeKeys(layer, server);
        ProcessHandle last = ProcessHandle.current();
        for (Service service : server.programs()) {
            last = start(layer, service);
        }
        return new InstalledServer(layer, last);
    }

    private static void makeKeys(Layer layer, Server.Installed server) throws IOException, CannotBuild {
        if (!server.files().containsKey(Services.SETTINGS)) {
            return;
        }
        List<Process> making = new ArrayList<>();
        List<List<String>> commands = new ArrayList<>();
        for (List<String> kind : KEYS) {
            List<String> command = Stream.concat(
                            Stream.of(
                                    "/usr/bin/ssh-keygen",
                                    "-q",
                                    "-N",
                                    "",
                                    "-C",
                                    "",
                                    "-f",
                                    Services.hostKey(kind.getFirst()),
                                    "-t"),
                            kind.stream())
                    .toList();
            Files.deleteIfExists(layer.file(Services.hostKey(kind.getFirst())));
            commands.add(command);
            making.add(layer.inside(command).redirectErrorStream(true).start());
        }
        for (int i = 0; i < making.size(); i++) {
            Program.await(making.get(i), commands.get(i));
        }
    }

    private static ProcessHandle start(Layer layer, Service service) throws IOException, CannotBuild {
        Path said = layer.file(Layer.LOGS)
                .resolve("said-by-" + Path.of(service.command().getFirst()).getFileName());
        Process process = layer.inside(service.command())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(said.toFile()))
                .start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
        while (service.port() != 0 && layer.listening(service.port()) < service.sockets()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException(service.command() + " does not listen: "
                        + Files.readString(said, StandardCharsets.ISO_8859_1).strip());
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return process.toHandle();
    }

    /// Where its programs live.
    Layer layer() {
        return layer;
    }

    /// The process that was started last: what listens on the port, or watches over it.
    ProcessHandle listener() {
        return listener;
    }
}
