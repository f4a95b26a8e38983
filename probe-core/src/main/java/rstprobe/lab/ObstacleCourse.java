package rstprobe.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import rstprobe.lab.Scenario.Obstacle;

/// Puts what stands in the way into a lab, and does what happens in it.
final class ObstacleCourse {

    private final LabName name;
    private final String server;
    private final List<Obstacle> obstacles;
    private final Deque<AutoCloseable> running;
    private final DeedDoer doer;

    /// @param server  the server's own address, of the family that is asked for
    /// @param running where what is started is put, to be closed with the lab
    ObstacleCourse(LabName name, String server, List<Obstacle> obstacles, Deque<AutoCloseable> running) {
        this.name = name;
        this.server = server;
        this.obstacles = obstacles;
        this.running = running;
        this.doer = new DeedDoer(name, server, running);
    }

    /// Everything on the link between the routers, as the bridge needs it.
    Rule onLink(long seed) throws IOException {
        List<Rule> devices = new ArrayList<>();
        for (Obstacle obstacle : obstacles) {
            switch (obstacle) {
                case Obstacle.OnLink(Device device) -> devices.add(RehearsedDevice.of(device, seed));
                case Obstacle.Happens(TurningPoint.Moment moment, List<Deed> deeds) ->
                    devices.add(new TurningPoint(moment, clientPort -> perform(deeds, clientPort)));
                case Obstacle.PacketFilter filter -> {}
                case Obstacle.Routing routing -> {}
                case Obstacle.KernelSetting setting -> {}
                case Obstacle.Offloads offloads -> {}
                case Obstacle.Published published -> {}
                case Obstacle.Named named -> {}
                case Obstacle.Proxied proxied -> {}
                case Obstacle.LogsIn login -> {}
                case Obstacle.CalledWith called -> {}
                case Obstacle.HeldConnection held -> {}
                case Obstacle.HeldConnections held -> {}
                case Obstacle.Beforehand before -> {}
            }
        }
        return devices.isEmpty() ? Rule.NONE : new Chain(devices);
    }

    /// sshd is this process.
    void serves(ProcessHandle process) {
        doer.serves(process);
    }

    /// These programs are the server.
    void serves(InstalledServer server) {
        doer.serves(server);
    }

    /// This is the server.
    void serves(ScriptedServer server) {
        doer.serves(server);
    }

    /// Settings of the kernel, before anything is served: a listener takes the length of its queue from them.
    void settle() throws IOException {
        for (Obstacle obstacle : obstacles) {
            if (obstacle instanceof Obstacle.KernelSetting(Node node, String path, String value)) {
                Entering.call(
                        name.namespacePath(node),
                        () -> Files.writeString(Path.of("/proc/sys").resolve(path), value));
            }
        }
    }

    /// Sets up what does not sit on the link.
    void place() throws IOException, CannotBuild {
        for (Obstacle obstacle : obstacles) {
            switch (obstacle) {
                case Obstacle.PacketFilter(Node node, String ruleset) -> doer.filter(node, ruleset);
                case Obstacle.Routing(Node node, String batch) ->
                    Program.run(Program.IP.with("-n", name.namespace(node), "-batch", "-"), batch);
                case Obstacle.KernelSetting setting -> {}
                case Obstacle.Offloads offloads -> Topology.turnOffloadsOn(name);
                case Obstacle.Named named -> {}
                case Obstacle.Published published -> doer.filter(Node.ROUTER2, Topology.publishing());
                case Obstacle.Proxied proxied -> {
                    running.push(Proxy.start(name.namespacePath(Node.ROUTER2)));
                    doer.filter(Node.ROUTER2, Proxy.redirection());
                }
                case Obstacle.HeldConnection held -> doer.hold(Node.SERVER, server, 1, true);
                case Obstacle.HeldConnections(Node node, int count, boolean greeted) ->
                    doer.hold(node, server, count, greeted);
                case Obstacle.Beforehand(List<Deed> deeds) -> {
                    for (Deed deed : deeds) {
                        doer.perform(deed, 0);
                    }
                }
                case Obstacle.LogsIn login -> {}
                case Obstacle.CalledWith called -> {}
                case Obstacle.OnLink device -> {}
                case Obstacle.Happens later -> {}
            }
        }
    }

    private void perform(List<Deed> deeds, int clientPort) throws IOException {
        try {
            for (Deed deed : deeds) {
                doer.perform(deed, clientPort);
            }
        } catch (CannotBuild missing) {
            throw new IOException(missing.getMessage(), missing);
        }
    }
}
