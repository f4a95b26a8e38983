package rstprobe.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import rstprobe.lab.Scenario.Server;

/// A practice network that stands until it is closed.
///
/// Whatever happens to this JVM, the network is removed: see [Janitor]. What earlier labs could not remove is removed
/// when the next one is built. Several labs can stand beside each other.
public final class Lab implements AutoCloseable {

    private static final Path ROOT = Path.of("/");

    private final LabName name;
    private final Scenario scenario;
    private final Conditions conditions;
    private final Janitor janitor;
    private final Deque<AutoCloseable> running = new ConcurrentLinkedDeque<>();
    private final Thread lastResort = Thread.ofPlatform().name("lab-close").unstarted(this::closeOnce);
    private final ObstacleCourse course;
    private Optional<Bridge> bridge = Optional.empty();
    private Optional<Layer> layer = Optional.empty();
    private List<String> words;
    private volatile boolean built;
    private boolean closed;

    private Lab(LabName name, Scenario scenario, Conditions conditions, Janitor janitor) {
        this.name = name;
        this.scenario = scenario;
        this.conditions = conditions;
        this.janitor = janitor;
        this.words = scenario.obstacles().stream()
                .filter(Scenario.Obstacle.CalledWith.class::isInstance)
                .flatMap(called -> ((Scenario.Obstacle.CalledWith) called).words().stream())
                .toList();
        this.course = new ObstacleCourse(
                name, conditions.ipv6() ? Topology.SERVER6 : Topology.SERVER4, scenario.obstacles(), running);
    }

    /// Builds the network of a scenario, server and fault included; when this returns the server listens.
    ///
    /// Throws [CannotBuild] where this machine lacks a program or a right, `IOException` where a step went wrong.
    /// Then nothing is left behind either.
    public static Lab build(Scenario scenario, Conditions conditions) throws IOException, CannotBuild {
        return build(
                scenario,
                conditions,
                conditions.serverTree().isPresent() || Program.SSHD.found().isPresent());
    }

    static Lab build(Scenario scenario, Conditions conditions, boolean openSsh) throws IOException, CannotBuild {
        requireRoot();
        if (scenario.server() instanceof Server.Installed installed) {
            InstalledServer.tree(installed, conditions.software());
        }
        Janitor.sweep();
        LabName name = LabName.ours();
        Path folder = OpenSshServer.folder(conditions.serverTree().map(Path::toAbsolutePath), name);
        Lab lab = new Lab(name, scenario, conditions, Janitor.watch(name, folder));
        Runtime.getRuntime().addShutdownHook(lab.lastResort);
        try {
            lab.raise(folder, openSsh);
            lab.built = true;
            return lab;
        } catch (IOException | CannotBuild | RuntimeException | Error failed) {
            try {
                lab.close();
            } catch (IllegalStateException unremoved) {
                failed.addSuppressed(unremoved);
            }
            throw failed;
        }
    }

    private static void requireRoot() throws IOException, CannotBuild {
        Object owner = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        if (!Integer.valueOf(0).equals(owner)) {
            throw new CannotBuild("building network namespaces needs root", "run it as root, for instance with sudo");
        }
    }

    private void raise(Path folder, boolean openSsh) throws IOException, CannotBuild {
        for (Path directory : List.of(name.directory(), folder)) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        Optional<OpenSshServer> sshd = prepare(folder, openSsh);
        Topology.build(name);
        Bridge moving = Bridge.start(name, course.onLink(conditions.seed()), conditions);
        bridge = Optional.of(moving);
        running.push(moving);
        course.settle();
        serve(sshd);
        course.place();
    }

    /// Host keys take longest, so their making starts before anything else.
    private Optional<OpenSshServer> prepare(Path folder, boolean openSsh) throws IOException, CannotBuild {
        return switch (scenario.server()) {
            case Server.SecureShell(List<String> settings) -> {
                if (!openSsh && !settings.isEmpty()) {
                    throw CannotBuild.missing("sshd", "openssh-server");
                }
                yield openSsh
                        ? Optional.of(OpenSshServer.prepare(
                                conditions
                                        .serverTree()
                                        .map(Path::toAbsolutePath)
                                        .orElse(ROOT),
                                folder))
                        : Optional.empty();
            }
            case Server.Installed installed -> Optional.empty();
            case Server.Mute mute -> Optional.empty();
            case Server.Scripted scripted -> Optional.empty();
            case Server.Nothing nothing -> Optional.empty();
        };
    }

    private void serve(Optional<OpenSshServer> sshd) throws IOException, CannotBuild {
        Path namespace = name.namespacePath(Node.SERVER);
        switch (scenario.server()) {
            case Server.SecureShell(List<String> settings) -> {
                if (sshd.isPresent()) {
                    course.serves(sshd.get().start(namespace, settings).toHandle());
                } else {
                    running.push(MinaServer.start(namespace));
                }
            }
            case Server.Installed installed -> {
                InstalledServer started = InstalledServer.start(
                        installed,
                        InstalledServer.tree(installed, conditions.software()),
                        namespace,
                        name.directory(),
                        running);
                layer = Optional.of(started.layer());
                course.serves(started);
                letIn(started.layer());
            }
            case Server.Mute(String kex) -> running.push(MinaServer.startMute(namespace, kex));
            case Server.Scripted(Scenario.Script script) -> {
                ScriptedServer server = ScriptedServer.start(namespace, script);
                running.push(server);
                course.serves(server);
            }
            case Server.Nothing nothing -> {}
        }
    }

    private void letIn(Layer layer) throws IOException, CannotBuild {
        for (Scenario.Obstacle obstacle : scenario.obstacles()) {
            if (obstacle instanceof Scenario.Obstacle.LogsIn login) {
                words = ClientKeys.made(login, layer, name.directory(), serverAddress());
            }
        }
    }

    /// What the client is called with besides the address it asks for.
    public List<String> words() {
        return words;
    }

    /// The scenario that was built.
    public Scenario scenario() {
        return scenario;
    }

    /// What it was built with.
    public Conditions conditions() {
        return conditions;
    }

    /// The name of the client's network namespace, as `ip netns` lists it.
    public String clientNamespace() {
        return name.namespace(Node.CLIENT);
    }

    /// The file that stands for the client's network namespace.
    public Path clientNamespacePath() {
        return name.namespacePath(Node.CLIENT);
    }

    /// The address to ask for, of the family the conditions say; or the name that has both.
    public String serverAddress() {
        if (scenario.obstacles().contains(new Scenario.Obstacle.Named())) {
            return Topology.SERVER_NAME;
        }
        if (scenario.obstacles().contains(new Scenario.Obstacle.Published())) {
            return conditions.ipv6() ? Topology.PUBLISHED6 : Topology.PUBLISHED4;
        }
        return conditions.ipv6() ? Topology.SERVER6 : Topology.SERVER4;
    }

    /// A folder that goes with the lab, however it ends.
    public Path folder() {
        return name.directory();
    }

    /// The port to ask on.
    public int port() {
        return Topology.PORT;
    }

    /// The interface the client has towards its router.
    public String clientInterface() {
        return "eth0";
    }

    /// What the bridge has done so far. Throws `IllegalStateException` where it has broken down.
    public BridgeCounters counters() {
        return bridge.orElseThrow().counters();
    }

    /// A command that will run inside the client's namespace.
    ///
    /// @param command a program by its path, and its arguments
    public ProcessBuilder inClient(List<String> command) {
        return inside(Node.CLIENT, command);
    }

    /// A command that will run there and know the names of the network.
    ///
    /// @param command a program by its path, and its arguments
    public ProcessBuilder inClientWithNames(List<String> command) throws IOException {
        if (!scenario.obstacles().contains(new Scenario.Obstacle.Named())) {
            return inClient(command);
        }
        try {
            return inClient(Topology.knowingNames(folder(), command));
        } catch (CannotBuild missing) {
            throw new IOException(missing.getMessage(), missing);
        }
    }

    /// A command that will run on the server: in its network namespace, and in the tree that its programs
    /// have; without such a server, in a tree of the release beside it.
    ///
    /// @param release whose tree that is
    /// @param shared  files and folders of this machine that the command needs; they show under their own
    ///     names
    /// @param command a program by its path, and its arguments
    public ProcessBuilder onServer(Release release, List<Path> shared, List<String> command)
            throws IOException, CannotBuild {
        if (layer.isEmpty()) {
            Path tree = conditions
                    .software()
                    .orElseThrow(() -> new CannotBuild(
                            "the server has no tree of its own", "name one with --software: see lab list"))
                    .toAbsolutePath()
                    .resolve(release.folder());
            layer = Optional.of(Layer.start(name.namespacePath(Node.SERVER), tree, name.directory()));
        }
        layer.get().share(shared);
        return layer.get().inside(command);
    }

    ProcessBuilder inside(Node node, List<String> command) {
        try {
            return new ProcessBuilder(Program.inside(name.namespacePath(node), command));
        } catch (CannotBuild removed) {
            throw new IllegalStateException(removed.getMessage(), removed);
        }
    }

    LabName name() {
        return name;
    }

    /// Removes the network and ends everything in it; returns when it is gone. Closing again does nothing.
    @Override
    public void close() {
        closeOnce();
        try {
            Runtime.getRuntime().removeShutdownHook(lastResort);
        } catch (IllegalStateException alreadyEnding) {
            // The JVM is on its way out and has run the hook, or runs it now.
        }
    }

    private synchronized void closeOnce() {
        if (closed) {
            return;
        }
        closed = true;
        for (AutoCloseable part = running.poll(); part != null; part = running.poll()) {
            closeQuietly(part);
        }
        try {
            if (built) {
                janitor.close();
            } else {
                janitor.abandon();
            }
        } catch (IOException | CannotBuild unremoved) {
            throw new IllegalStateException(unremoved.getMessage(), unremoved);
        }
    }

    private static void closeQuietly(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception stuck) {
            // The sockets in question go with the namespace.
        }
    }
}
