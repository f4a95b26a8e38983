package rstprobe.path;

/// What of a target's tells that a packet of a certain length arrived.
public enum Oracle {
    /// Its answers to bytes that it has already.
    REPETITION("tcp", "segments that repeat what the server has"),
    /// Its repetition of a timestamp.
    TIMESTAMP("tcp", "segments with a timestamp each"),
    /// Its report of bytes ahead of their turn.
    REPORT("tcp", "segments ahead of their turn"),
    /// Its resets of what belongs to no connection.
    RESET("tcp", "segments of no connection, which are reset"),
    /// Its replies to echoes.
    REPLY("icmp", "echoes"),
    /// Its errors about a closed port.
    ERROR("udp", "datagrams to a closed port, of which few are answered"),
    /// Its own long segments.
    SEGMENT("tcp", "the server's own long segments");

    private final String protocol;
    private final String words;

    Oracle(String protocol, String words) {
        this.protocol = protocol;
        this.words = words;
    }

    /// The protocol in reports.
    public String protocol() {
        return protocol;
    }

    /// What was sent, or listened to, in words.
    public String words() {
        return words;
    }
}
