package rstprobe.lab;

/// Something that happens inside a practice network while a conversation is under way.
sealed interface Deed {

    /// In a ruleset: how many times this deed has been done in the lab, this time included.
    String COUNT = "COUNT";

    /// nft is given a ruleset on a node; the word [#COUNT] in it stands for the number of the time.
    record Filter(Node node, String ruleset) implements Deed {}

    /// A signal is sent to the processes that sshd has started for its connections; sshd itself lives
    /// on.
    record Signal(Name name) implements Deed {

        /// signal(7).
        enum Name {
            STOP,
            KILL
        }
    }

    /// The administrator destroys the server's socket with `ss -K`.
    record DestroysSocket() implements Deed {}

    /// The server's listening sockets are closed, connections nobody accepted included, and opened
    /// again.
    record ClosesListener() implements Deed {}
}
