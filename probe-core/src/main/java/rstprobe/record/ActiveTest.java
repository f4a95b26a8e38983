package rstprobe.record;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// A test made of crafted packets: what a passive look cannot tell, a question can.
public enum ActiveTest {
    /// Resets that surely are the target host's own: from a closed port, and to a stray acknowledgement.
    REFERENCE,
    /// The refused SYN with an IPv4 record route option, and where need be one to a closed port: a TCP stack
    /// may return the option in its reset, a packet filter does not.
    RECORD_ROUTE,
    /// An ICMP echo: does the way back keep the type of service?
    ECHO,
    /// An acknowledgement on a connection that was reset: does the server still know it?
    LIVENESS,
    /// The trigger with a wrong TCP checksum: a host stays silent.
    BAD_CHECKSUM,
    /// The trigger with fields nobody else would choose, at two hop counts: does the reset copy them?
    MIRROR,
    /// The trigger with TTL 1, 2, 3 …, and a control beside it: how far must it travel to draw the reset?
    SWEEP,
    /// Ever longer prefixes of what drew the reset, and as many other bytes: what of it draws it?
    PREFIX,
    /// A survey of the path MTU, both ways: do packets vanish for their length, from which byte on, and where?
    PATH_MTU;

    /// What a crafted SYN announces as the largest segment it takes: so small that nothing on the way need
    /// lower it.
    public static final int SEGMENT_SIZE = 1_220;

    /// The word in reports, such as `bad checksum`.
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /// The test that a user calls so, such as `bad-checksum`.
    public static Optional<ActiveTest> named(String word) {
        return Stream.of(values())
                .filter(test -> test.word().replace(' ', '-').equals(word))
                .findFirst();
    }

    /// What a crafted packet is in its test.
    public enum Part {
        /// A SYN to a port that is surely closed.
        CLOSED_PORT,
        /// An acknowledgement to the target port that belongs to no connection.
        STRAY,
        /// An ICMP echo request.
        ECHO,
        /// The question whether a connection still lives.
        LIVENESS,
        /// SYN and acknowledgement of a connection of our own making.
        OPENING,
        /// What drew the reset before.
        TRIGGER,
        /// Something like it that must not.
        CONTROL,
        /// The reset that ends a connection of our own making at the server.
        GOODBYE
    }
}
