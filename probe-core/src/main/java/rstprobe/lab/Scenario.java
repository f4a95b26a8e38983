package rstprobe.lab;

import java.util.List;
import java.util.Set;
import rstprobe.lab.TurningPoint.Moment;

/// A practice network as a value: what listens, what stands in the way, and the truth about it.
///
/// @param name how the network is asked for; nothing inside the network ever shows it
/// @param story one line for people
/// @param truth what a right answer says
/// @param numbers its numbers in the list of resets to be told apart, 1 to 50; empty for networks
///   beside that list
/// @param server what answers on the port
/// @param obstacles what is added to the plain network, in this order
public record Scenario(
        String name, String story, Truth truth, Set<Integer> numbers, Server server, List<Obstacle> obstacles) {

    /// Keeps its own copy of the numbers and obstacles.
    public Scenario {
        numbers = Set.copyOf(numbers);
        obstacles = List.copyOf(obstacles);
    }

    /// A network beside the list.
    public Scenario(String name, String story, Truth truth, Server server, List<Obstacle> obstacles) {
        this(name, story, truth, Set.of(), server, obstacles);
    }

    /// What answers on the server's port.
    public sealed interface Server {

        /// A real SSH server.
        ///
        /// @param settings lines of `sshd_config`; where there are any, only OpenSSH's own server will
        ///   do
        record SecureShell(List<String> settings) implements Server {}

        /// A small server of our own that plays one part.
        record Scripted(Script script) implements Server {}

        /// Nothing: the port is closed.
        record Nothing() implements Server {}
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

        /// A kernel setting of one node's namespace.
        ///
        /// @param path below `/proc/sys`
        record KernelSetting(Node node, String path, String value) implements Obstacle {}

        /// The server is asked for at its router's address, and the router translates that to the
        /// server's.
        record Published() implements Obstacle {}

        /// A proxy on the server's router takes the client's connections and opens its own to the
        /// server.
        record Proxied() implements Obstacle {}

        /// Somebody on the server itself holds one connection to the port open and says nothing.
        record HeldConnection() implements Obstacle {}
    }
}
