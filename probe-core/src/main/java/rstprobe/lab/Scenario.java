package rstprobe.lab;

import java.util.List;

/// A practice network as a value: what listens, what stands in the way, and the truth about it.
///
/// @param name how the network is asked for; nothing inside the network ever shows it
/// @param story one line for people
/// @param truth what a right answer says
/// @param server what answers on the port
/// @param obstacles what is added to the plain network, in this order
public record Scenario(String name, String story, Truth truth, Server server, List<Obstacle> obstacles) {

    /// Keeps its own copy of the obstacles.
    public Scenario {
        obstacles = List.copyOf(obstacles);
    }

    /// What answers on the server's port.
    public sealed interface Server {

        /// A real SSH server.
        ///
        /// @param settings lines of `sshd_config`; where there are any, only OpenSSH's own server will do
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
        /// Sends its identification, then aborts with `SO_LINGER` 0: a reset with the socket's own fields.
        ABORTS,
        /// Sends its identification, waits for the client's, and closes without having read it: again a reset.
        CLOSES_UNREAD,
        /// Sends its identification and ends its side in order: a FIN.
        CLOSES,
        /// Answers whatever comes with an HTTP error page.
        SPEAKS_HTTP
    }

    /// Something added to the plain network.
    public sealed interface Obstacle {

        /// A ruleset for nft on one node.
        record PacketFilter(Node node, String ruleset) implements Obstacle {}

        /// A tap on the link between the routers, beside the client's one, which forges a reset towards the client
        /// when it has seen `SSH-2.0-` go by. The real segments travel on.
        ///
        /// @param reassembles whether it follows the stream, or only looks at the start of single segments
        record Tap(boolean reassembles) implements Obstacle {}

        /// The client's router does not know where the server's network is.
        record MissingRoute() implements Obstacle {}

        /// Somebody on the server itself holds one connection to the port open and says nothing.
        record HeldConnection() implements Obstacle {}
    }
}
