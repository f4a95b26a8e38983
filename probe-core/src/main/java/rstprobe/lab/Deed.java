package rstprobe.lab;

import java.util.List;

/// Something that happens inside a practice network while a conversation is under way.
sealed interface Deed {

    /// In a ruleset: how many times this deed has been done in the lab, this time included.
    String COUNT = "COUNT";

    /// nft is given a ruleset on a node; the word [#COUNT] in it stands for the number of the time.
    record Filter(Node node, String ruleset) implements Deed {}

    /// A signal is sent to processes of the program that listens.
    record Signal(Name name, To to) implements Deed {

        /// signal(7).
        enum Name {
            STOP,
            KILL,
            SEGV
        }

        /// Which of its processes.
        enum To {
            /// All that it has started for its connections; it lives on itself.
            SESSIONS,
            /// Those of them that have started none themselves: with sshd, the ones before authentication.
            LAST,
            /// Only the one that listens.
            LISTENER
        }

        /// A signal to all processes of its connections.
        Signal(Name name) {
            this(name, To.SESSIONS);
        }
    }

    /// The administrator destroys the server's socket with `ss -K`.
    record DestroysSocket() implements Deed {}

    /// The server's listening sockets are closed, connections nobody accepted included, and opened
    /// again.
    record ClosesListener() implements Deed {}

    /// A file of the server's is deleted, or a folder with all that is in it.
    record Deletes(String path) implements Deed {}

    /// A file of the server's gets these permissions.
    ///
    /// @param permissions as ls(1) shows them, such as `rw-r--r--`
    record Permits(String path, String permissions) implements Deed {}

    /// A file of the server's is replaced by a copy of another one.
    record Replaces(String path, String by) implements Deed {}

    /// The server's program, with all that it starts from now on, is held to a limit.
    record Limits(ControlGroup.Limit limit, long value) implements Deed {}

    /// A command is run to its end in the server's layer.
    record Runs(List<String> command) implements Deed {}

    /// A connection from the client's host, which the server greets, ends with the crash of the process that serves
    /// it: of all that make sshd wary of a source, the quickest.
    record CrashesConnection() implements Deed {}

    /// Connections from the server's own host to the port, of both families, are opened and never used: what a listener
    /// that does not accept has to keep.
    ///
    /// @param count of each family
    record FillsQueue(int count) implements Deed {}
}
