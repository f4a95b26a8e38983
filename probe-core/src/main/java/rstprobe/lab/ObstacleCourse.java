package rstprobe.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import rstprobe.lab.Scenario.Obstacle;

/// Puts what stands in the way into a lab, and does what happens in it.
final class ObstacleCourse {

    private static final int GREETING_MILLIS = 10_000;
    private static final Duration LONGEST_END = Duration.ofSeconds(2);
    private static final long LOOK_NANOS = 500_000;

    private final LabName name;
    private final List<Obstacle> obstacles;
    private final Deque<AutoCloseable> running;
    private final AtomicInteger filterings = new AtomicInteger();
    private volatile Optional<ProcessHandle> sshd = Optional.empty();
    private volatile Optional<ScriptedServer> scripted = Optional.empty();

    /// @param running where what is started is put, to be closed with the lab
    ObstacleCourse(LabName name, List<Obstacle> obstacles, Deque<AutoCloseable> running) {
        this.name = name;
        this.obstacles = obstacles;
        this.running = running;
    }

    /// Everything on the link between the routers, as the bridge needs it.
    Rule onLink(long seed) throws IOException {
        List<Rule> devices = new ArrayList<>();
        for (Obstacle obstacle : obstacles) {
            switch (obstacle) {
                case Obstacle.OnLink(Device device) -> devices.add(RehearsedDevice.of(device, seed));
                case Obstacle.Happens(TurningPoint.Moment moment, List<Deed> deeds) ->
                    devices.add(new TurningPoint(moment, clientPort -> {
                        for (Deed deed : deeds) {
                            perform(deed, clientPort);
                        }
                    }));
                case Obstacle.PacketFilter filter -> {}
                case Obstacle.Routing routing -> {}
                case Obstacle.KernelSetting setting -> {}
                case Obstacle.Published published -> {}
                case Obstacle.Proxied proxied -> {}
                case Obstacle.HeldConnection held -> {}
            }
        }
        return devices.isEmpty() ? Rule.NONE : new Chain(devices);
    }

    /// sshd is this process.
    void serves(ProcessHandle process) {
        sshd = Optional.of(process);
    }

    /// This is the server.
    void serves(ScriptedServer server) {
        scripted = Optional.of(server);
    }

    /// Sets up what does not sit on the link.
    void place() throws IOException, CannotBuild {
        for (Obstacle obstacle : obstacles) {
            switch (obstacle) {
                case Obstacle.PacketFilter(Node node, String ruleset) -> filter(node, ruleset);
                case Obstacle.Routing(Node node, String batch) ->
                    Program.run(Program.IP.with("-n", name.namespace(node), "-batch", "-"), batch);
                case Obstacle.KernelSetting(Node node, String path, String value) ->
                    Entering.call(
                            name.namespacePath(node),
                            () -> Files.writeString(Path.of("/proc/sys").resolve(path), value));
                case Obstacle.Published published -> filter(Node.ROUTER2, Topology.publishing());
                case Obstacle.Proxied proxied -> {
                    running.push(Proxy.start(name.namespacePath(Node.ROUTER2)));
                    filter(Node.ROUTER2, Proxy.redirection());
                }
                case Obstacle.HeldConnection held -> running.push(holdConnection());
                case Obstacle.OnLink device -> {}
                case Obstacle.Happens later -> {}
            }
        }
    }

    private void filter(Node node, String ruleset) throws IOException, CannotBuild {
        Program.run(Program.inside(name.namespacePath(node), Program.NFT.with("-f", "-")), ruleset);
    }

    private void perform(Deed deed, int clientPort) throws IOException {
        try {
            switch (deed) {
                case Deed.Filter(Node node, String ruleset) ->
                    filter(node, ruleset.replace(Deed.COUNT, Integer.toString(filterings.incrementAndGet())));
                case Deed.Signal(Deed.Signal.Name signal) -> signal(signal);
                case Deed.DestroysSocket destroys -> destroySocket(clientPort);
                case Deed.ClosesListener closes -> scripted.orElseThrow().listenAnew();
            }
        } catch (CannotBuild missing) {
            throw new IOException(missing.getMessage(), missing);
        }
    }

    private void signal(Deed.Signal.Name signal) throws IOException, CannotBuild {
        List<ProcessHandle> processes = sshd.orElseThrow().descendants().toList();
        if (processes.isEmpty()) {
            // The client left first.
            return;
        }
        List<String> numbers =
                processes.stream().map(process -> Long.toString(process.pid())).toList();
        Program.run(Program.SH.with("-c", "kill -" + signal + " " + String.join(" ", numbers)), "");
        if (signal == Deed.Signal.Name.KILL) {
            awaitGone(processes);
        }
    }

    /// A process closes its sockets on its way out, and that is over when it is gone.
    private static void awaitGone(List<ProcessHandle> processes) throws IOException {
        long deadline = System.nanoTime() + LONGEST_END.toNanos();
        while (processes.stream().anyMatch(ProcessHandle::isAlive)) {
            if (System.nanoTime() > deadline) {
                throw new IOException("sshd's processes outlived a kill -9");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private void destroySocket(int clientPort) throws IOException, CannotBuild {
        List<String> command = Program.SS.with(
                "-K", "-n", "-t", "sport", "=", ":" + Topology.PORT, "and", "dport", "=", ":" + clientPort);
        Program.run(Program.inside(name.namespacePath(Node.SERVER), command), "");
    }

    /// Connects from the server to itself, so that the client's side of the network shows nothing of
    /// it, and waits for the greeting: from then on the connection counts.
    private Socket holdConnection() throws IOException {
        return Entering.call(name.namespacePath(Node.SERVER), () -> {
            Socket socket = new Socket();
            try {
                InetAddress server = InetAddress.ofLiteral(Topology.SERVER4);
                socket.connect(new InetSocketAddress(server, Topology.PORT), GREETING_MILLIS);
                socket.setSoTimeout(GREETING_MILLIS);
                if (socket.getInputStream().read() != 'S') {
                    throw new IOException("sshd did not greet the connection that is to be held");
                }
                return socket;
            } catch (IOException unheld) {
                socket.close();
                throw unheld;
            }
        });
    }
}
