package rstprobe.diagnose;

import java.util.List;
import rstprobe.record.Event;
import rstprobe.ssh.Outcome;

/// How an attempt ended, from the socket's point of view.
sealed interface Ending {
    /// The TCP connection was never made: the socket reported this error.
    record NotConnected(String errno, List<Event.IcmpReport> icmp) implements Ending {}

    /// The SYN was never answered.
    record NoAnswer() implements Ending {}

    /// The handshake came to an end of its own.
    record Handshake(Outcome outcome) implements Ending {}

    /// The run stopped before the attempt did.
    record Unfinished() implements Ending {}
}
