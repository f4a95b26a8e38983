package rstprobe.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// Does what happens in a lab, at the moment somebody else chooses.
final class DeedDoer {

    private static final Duration LONGEST_END = Duration.ofSeconds(2);
    private static final int LONGEST_WAIT_MILLIS = 10_000;
    private static final long LOOK_NANOS = 500_000;

    private final LabName name;
    private final String server;
    private final Deque<AutoCloseable> running;
    private final AtomicInteger filterings = new AtomicInteger();
    private volatile Optional<ProcessHandle> listener = Optional.empty();
    private volatile Optional<Layer> layer = Optional.empty();
    private volatile Optional<ScriptedServer> scripted = Optional.empty();

    /// @param server the address the client asks for
    /// @param running where what is started is put, to be closed with the lab
    DeedDoer(LabName name, String server, Deque<AutoCloseable> running) {
        this.name = name;
        this.server = server;
        this.running = running;
    }

    /// sshd is this process.
    void serves(ProcessHandle process) {
        listener = Optional.of(process);
    }

    /// This is the server.
    void serves(InstalledServer server) {
        listener = Optional.of(server.listener());
        layer = Optional.of(server.layer());
    }

    /// This is the server.
    void serves(ScriptedServer server) {
        scripted = Optional.of(server);
    }

    /// Gives nft a ruleset on a node.
    void filter(Node node, String ruleset) throws IOException, CannotBuild {
        Program.run(Program.inside(name.namespacePath(node), Program.NFT.with("-f", "-")), ruleset);
    }

    /// Does it.
    ///
    /// @param clientPort the client's port of the conversation it happens to, 0 where there is none yet
    void perform(Deed deed, int clientPort) throws IOException, CannotBuild {
        switch (deed) {
            case Deed.Filter(Node node, String ruleset) ->
                filter(node, ruleset.replace(Deed.COUNT, Integer.toString(filterings.incrementAndGet())));
            case Deed.Signal(Deed.Signal.Name signal, Deed.Signal.To to) -> signal(signal, to);
            case Deed.DestroysSocket destroys -> destroySocket(clientPort);
            case Deed.ClosesListener closes -> scripted.orElseThrow().listenAnew();
            case Deed.Deletes(String path) -> delete(layer.orElseThrow().file(path));
            case Deed.Permits(String path, String permissions) ->
                Files.setPosixFilePermissions(
                        layer.orElseThrow().file(path), PosixFilePermissions.fromString(permissions));
            case Deed.Replaces(String path, String by) -> replace(path, by);
            case Deed.Limits(ControlGroup.Limit limit, long value) ->
                ControlGroup.limit(name, listener.orElseThrow(), limit, value);
            case Deed.Runs(List<String> command) -> layer.orElseThrow().run(command);
            case Deed.CrashesConnection crashes -> crashConnection();
            case Deed.FillsQueue(int count) -> {
                for (String address : List.of(Topology.SERVER4, Topology.SERVER6)) {
                    hold(Node.SERVER, address, count, false);
                }
            }
        }
    }

    private void signal(Deed.Signal.Name signal, Deed.Signal.To to) throws IOException, CannotBuild {
        List<ProcessHandle> processes = switch (to) {
            case SESSIONS -> listener.orElseThrow().descendants().toList();
            case LAST ->
                listener.orElseThrow()
                        .descendants()
                        .filter(process -> process.children().findAny().isEmpty())
                        .toList();
            case LISTENER -> List.of(listener.orElseThrow());
        };
        if (processes.isEmpty()) {
            // The client left first.
            return;
        }
        List<String> numbers =
                processes.stream().map(process -> Long.toString(process.pid())).toList();
        Program.run(Program.SH.with("-c", "kill -" + signal + " " + String.join(" ", numbers)), "");
        if (signal != Deed.Signal.Name.STOP) {
            awaitGone(processes);
        }
    }

    /// A process closes its sockets on its way out, and that is over when it is gone.
    private static void awaitGone(List<ProcessHandle> processes) throws IOException {
        long deadline = System.nanoTime() + LONGEST_END.toNanos();
        while (processes.stream().anyMatch(ProcessHandle::isAlive)) {
            if (System.nanoTime() > deadline) {
                throw new IOException("sshd's processes outlived their end");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private void destroySocket(int clientPort) throws IOException, CannotBuild {
        List<String> command = Program.SS.with(
                "-K", "-n", "-t", "sport", "=", ":" + Topology.PORT, "and", "dport", "=", ":" + clientPort);
        Program.run(Program.inside(name.namespacePath(Node.SERVER), command), "");
    }

    private static void delete(Path path) throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /// A program that runs cannot be written to, but its name can be given to another file.
    private void replace(String path, String by) throws IOException {
        Path file = layer.orElseThrow().file(path);
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.copy(layer.orElseThrow().file(by), part, StandardCopyOption.COPY_ATTRIBUTES);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /// Holds connections to the port open for as long as the lab stands, and says nothing. From the server itself, the
    /// client's side of the network shows nothing of it. Where the server greets, a connection counts from then on.
    void hold(Node node, String address, int count, boolean greeted) throws IOException {
        for (int i = 0; i < count; i++) {
            Socket socket = Entering.call(name.namespacePath(node), () -> connection(address));
            running.push(socket);
            if (greeted && socket.getInputStream().read() != 'S') {
                throw new IOException("the server did not greet the connection that is to be held");
            }
        }
    }

    private void crashConnection() throws IOException, CannotBuild {
        try (Socket socket = Entering.call(name.namespacePath(Node.CLIENT), () -> connection(server))) {
            if (socket.getInputStream().read() != 'S') {
                throw new IOException("the server did not greet the connection that is to crash");
            }
            List<ProcessHandle> sessions = listener.orElseThrow().descendants().toList();
            signal(Deed.Signal.Name.SEGV, Deed.Signal.To.LAST);
            awaitGone(sessions);
        }
    }

    /// A socket belongs to the namespace of the thread that gives it its first setting.
    private static Socket connection(String address) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), Topology.PORT), LONGEST_WAIT_MILLIS);
            socket.setSoTimeout(LONGEST_WAIT_MILLIS);
            return socket;
        } catch (IOException unopened) {
            socket.close();
            throw unopened;
        }
    }
}
