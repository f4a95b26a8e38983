package rstprobe.lab;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import rstprobe.lab.TurningPoint.Moment;

/// A practice network as a value: what listens, what stands in the way, and the truth about it.
///
/// @param name how the network is asked for; nothing inside the network ever shows it
/// @param story one line for people
/// @param truth what a right answer says
/// @param group the family of networks it belongs to
/// @param numbers its numbers in the list of resets to be told apart, 1 to 50; empty for networks
///   beside that list
/// @param rows its rows in the table of causes, such as `B1`; empty for networks beside that table
/// @param server what answers on the port
/// @param obstacles what is added to the plain network, in this order
public record Scenario(
        String name,
        String story,
        Truth truth,
        Group group,
        Set<Integer> numbers,
        Set<String> rows,
        Server server,
        List<Obstacle> obstacles) {

    /// Families of networks, each asked for by its name.
    public enum Group {
        /// Resets to be told apart, and what is no reset beside them.
        RESETS,
        /// Causes of failed connections, with the programs that show them.
        CAUSES;

        /// Its name in words, such as `causes`.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Keeps its own copy of the numbers, rows and obstacles.
    public Scenario {
        numbers = Set.copyOf(numbers);
        rows = Set.copyOf(rows);
        obstacles = List.copyOf(obstacles);
    }

    /// A network for resets that have these numbers.
    public Scenario(
            String name, String story, Truth truth, Set<Integer> numbers, Server server, List<Obstacle> obstacles) {
        this(name, story, truth, Group.RESETS, numbers, Set.of(), server, obstacles);
    }

    /// A network for the cause in this row, in these, separated by a space, or in none.
    static Scenario ofCause(String name, String rows, String story, Truth truth, Server server, Obstacle... obstacles) {
        return new Scenario(
                name,
                story,
                truth,
                Group.CAUSES,
                Set.of(),
                rows.isEmpty() ? Set.of() : Set.of(rows.split(" ")),
                server,
                List.of(obstacles));
    }

    /// The same network, which shows the causes in these rows too.
    Scenario showing(String... more) {
        return new Scenario(name, story, truth, group, numbers, Set.of(more), server, obstacles);
    }

    /// A network beside the list.
    public Scenario(String name, String story, Truth truth, Server server, List<Obstacle> obstacles) {
        this(name, story, truth, Set.of(), server, obstacles);
    }

    /// The programs it runs and where they come from, where it does not do with any sshd: for instance
    /// `haproxy, sshd of bookworm`.
    public Optional<String> needs() {
        return server instanceof Server.Installed installed
                ? Optional.of(InstalledServer.programs(installed).stream()
                                .map(program -> program.substring(program.lastIndexOf('/') + 1))
                                .distinct()
                                .sorted()
                                .collect(Collectors.joining(", "))
                        + " of " + installed.release().folder())
                : Optional.empty();
    }

    /// What answers on the server's port.
    public sealed interface Server {

        /// A real SSH server.
        ///
        /// @param settings lines of `sshd_config`; where there are any, only OpenSSH's own server will
        ///   do
        record SecureShell(List<String> settings) implements Server {}

        /// Programs of an unpacked Debian, or of this machine where it has them, in a layer of their own.
        ///
        /// @param files    text by path; written before anything starts
        /// @param programs started in this order, each when the one before it listens
        record Installed(Release release, Map<String, String> files, List<Service> programs) implements Server {

            /// Keeps its own copy of both.
            public Installed {
                files = Map.copyOf(files);
                programs = List.copyOf(programs);
            }
        }

        /// A real SSH server of another make that offers one key exchange before all others and never answers it.
        ///
        /// @param kex its name
        record Mute(String kex) implements Server {}

        /// A small server of our own that plays one part.
        record Scripted(Script script) implements Server {}

        /// Nothing: the port is closed.
        record Nothing() implements Server {}
    }

    /// A program that serves.
    ///
    /// @param command the program by its path in the layer, and its arguments; it must stay in the foreground
    /// @param port    where it listens; 0 where it listens nowhere
    /// @param sockets how many sockets listen there when it is ready: two where it opens one for each family
    public record Service(List<String> command, int port, int sockets) {

        /// Keeps its own copy of the command.
        public Service {
            command = List.copyOf(command);
        }
    }

    /// The parts a small server can play.
    public enum Script {
        /// Accepts, reads, never says a word.
        SAYS_NOTHING,
        /// Sends its identification, then aborts with `SO_LINGER` 0: a reset with the socket's own
        /// fields.
        ABORTS,
        /// Sends its identification, waits for the client's, and closes without having read it: again a
        /// reset.
        CLOSES_UNREAD,
        /// Says nothing, waits for the client's first bytes, and closes without having read them.
        HANGS_UP,
        /// Sends its identification and ends its side in order: a FIN.
        CLOSES,
        /// Answers whatever comes with an HTTP error page.
        SPEAKS_HTTP,
        /// Sends an identification of SSH 1, and then reads.
        GREETS_IN_OLD,
        /// Sends its identification so late that others have lost patience, and then reads.
        GREETS_LATE,
        /// Never accepts: connections wait in the listener's queue.
        NEVER_ACCEPTS
    }

    /// Something added to the plain network.
    public sealed interface Obstacle {

        /// A ruleset for nft on one node.
        record PacketFilter(Node node, String ruleset) implements Obstacle {}

        /// A device on the link between the routers; several stand in order from the client's side to
        /// the server's.
        record OnLink(Device device) implements Obstacle {}

        /// Something happens to every conversation at a certain moment.
        record Happens(Moment moment, List<Deed> deeds) implements Obstacle {

            /// Keeps its own copy of the deeds.
            public Happens {
                deeds = List.copyOf(deeds);
            }
        }

        /// Lines for `ip -batch` on one node.
        record Routing(Node node, String batch) implements Obstacle {}

        /// A kernel setting of one node's namespace, from before the server starts.
        ///
        /// @param path below `/proc/sys`
        record KernelSetting(Node node, String path, String value) implements Obstacle {}

        /// Network cards compute checksums, cut what is sent and merge what comes, everywhere but on the link between
        /// the routers.
        record Offloads() implements Obstacle {}

        /// The server is asked for at its router's address, and the router translates that to the
        /// server's.
        record Published() implements Obstacle {}

        /// The server is asked for by a name that has its addresses of both families, in the client's file of hosts.
        record Named() implements Obstacle {}

        /// A proxy on the server's router takes the client's connections and opens its own to the
        /// server.
        record Proxied() implements Obstacle {}

        /// Somebody on the server itself holds one connection to the port open and says nothing.
        record HeldConnection() implements Obstacle {}

        /// Somebody on a node holds connections to the port open and says nothing; on the client's that is somebody
        /// else on the same host.
        ///
        /// @param greeted whether the server speaks first, and is waited for
        record HeldConnections(Node node, int count, boolean greeted) implements Obstacle {}

        /// The client is called to log in as root, with keys that are made for it.
        ///
        /// @param keys    how many
        /// @param welcome whether the server lets them in
        /// @param words   what it is called with besides
        record LogsIn(int keys, boolean welcome, List<String> words) implements Obstacle {

            /// Keeps its own copy of the words.
            public LogsIn {
                words = List.copyOf(words);
            }
        }

        /// The client is called with these words besides.
        record CalledWith(List<String> words) implements Obstacle {

            /// Keeps its own copy of the words.
            public CalledWith {
                words = List.copyOf(words);
            }
        }

        /// What is done once the server listens and before the client comes.
        record Beforehand(List<Deed> deeds) implements Obstacle {

            /// Keeps its own copy of the deeds.
            public Beforehand {
                deeds = List.copyOf(deeds);
            }
        }
    }
}
