package rstprobe.record;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import rstprobe.ssh.Observation;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Stage;

/// Something that happened on our side, stamped on the clock of the capture.
///
/// `atNanos` is nanoseconds since the Unix epoch as the monotonic clock measured them from the run's start, so events
/// and
/// frames sort together and a step of the wall clock moves neither.
public sealed interface Event {
    long atNanos();

    /// An attempt begins: its socket is bound and the SYN is about to leave.
    ///
    /// @param attempt 1-based number of the attempt
    /// @param local   our address in text form
    /// @param remote  theirs
    record Opened(long atNanos, int attempt, Mode mode, String local, int localPort, String remote, int remotePort)
            implements Event {}

    /// The TCP handshake is complete.
    record Connected(long atNanos, int attempt) implements Event {}

    /// The TCP handshake failed with an error of the socket; `icmp` is what the socket's error queue held.
    record ConnectFailed(long atNanos, int attempt, String errno, List<IcmpReport> icmp) implements Event {}

    /// Nobody answered the SYN in time.
    record ConnectSilent(long atNanos, int attempt) implements Event {}

    /// A message of ours was handed to the kernel.
    ///
    /// @param message name of the message, such as `kexinit`
    /// @param offset  where in our byte stream it starts
    record Sent(long atNanos, int attempt, String message, Stage stage, long offset, int length) implements Event {}

    /// Bytes arrived.
    record Received(long atNanos, int attempt, long offset, int length) implements Event {}

    /// The handshake understood something.
    record Observed(long atNanos, int attempt, Observation observation) implements Event {}

    /// An attempt is over.
    record Ended(long atNanos, int attempt, Outcome outcome) implements Event {}

    /// The user stopped the run.
    record Interrupted(long atNanos) implements Event {}

    /// We failed ourselves: what the recording lacks or says from here on is no fact about the network.
    ///
    /// @param what one sentence without a full stop
    record Mistaken(long atNanos, String what) implements Event {}

    /// An ICMP error as the kernel reported it.
    record IcmpReport(int type, int code, OptionalInt mtu, Optional<String> offender) {}
}
