package rstprobe.record;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import rstprobe.path.PathProbe;
import rstprobe.ssh.Observation;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Sole;
import rstprobe.ssh.Stage;

/// Something that happened on our side, stamped on the clock of the capture.
///
/// `atNanos` is nanoseconds since the Unix epoch as the monotonic clock measured them from the run's start,
/// so events and frames sort together and a step of the wall clock moves neither.
public sealed interface Event {
    long atNanos();

    /// Those of one kind among some, in their order.
    static <T extends Event> List<T> ofKind(Class<T> kind, List<Event> among) {
        List<T> found = new ArrayList<>();
        for (Event event : among) {
            if (kind.isInstance(event)) {
                found.add(kind.cast(event));
            }
        }
        return List.copyOf(found);
    }

    /// Something about one attempt.
    sealed interface OfAttempt extends Event {
        /// 1-based number of the attempt.
        int attempt();
    }

    /// How opening an attempt's connection ended.
    sealed interface ConnectEnded extends OfAttempt {}

    /// Something about the run, or about a test or a survey in it.
    sealed interface OfRun extends Event {}

    /// An attempt begins: its socket is bound and the SYN is about to leave.
    ///
    /// @param attempt 1-based number of the attempt
    /// @param local   our address in text form
    /// @param remote  theirs
    record Opened(long atNanos, int attempt, Mode mode, String local, int localPort, String remote, int remotePort)
            implements OfAttempt {}

    /// The TCP handshake is complete.
    record Connected(long atNanos, int attempt) implements ConnectEnded {}

    /// The TCP handshake failed with an error of the socket; `icmp` is what the socket's error queue held.
    record ConnectFailed(long atNanos, int attempt, String errno, List<IcmpReport> icmp) implements ConnectEnded {}

    /// Nobody answered the SYN in time.
    record ConnectSilent(long atNanos, int attempt) implements ConnectEnded {}

    /// A message of ours was handed to the kernel.
    ///
    /// @param message name of the message, such as `kexinit`
    /// @param offset  where in our byte stream it starts
    record Sent(long atNanos, int attempt, String message, Stage stage, long offset, int length) implements OfAttempt {}

    /// Bytes arrived.
    record Received(long atNanos, int attempt, long offset, int length) implements OfAttempt {}

    /// The handshake understood something.
    record Observed(long atNanos, int attempt, Observation observation) implements OfAttempt {}

    /// An attempt is over.
    record Ended(long atNanos, int attempt, Outcome outcome) implements OfAttempt {}

    /// An attempt was not ours: a capture that somebody else made shows it, and what stands beside it was read from
    /// its frames. "We" is then its client.
    ///
    /// @param client  how the side that opened it was told
    /// @param reset   number of the frame with the reset in question; empty where none ended it
    /// @param ignored frames with other resets, behind which their receiver went on as if nothing had been
    record Overheard(long atNanos, int attempt, ClientTold client, OptionalInt reset, List<Integer> ignored)
            implements OfAttempt {
        public Overheard {
            ignored = List.copyOf(ignored);
        }
    }

    /// How the side that opened a captured connection was told.
    enum ClientTold {
        /// It sent the SYN.
        BY_SYN,
        /// The other side answered a SYN.
        BY_SYN_ACK,
        /// The other side has the port of a service.
        BY_PORT,
        /// It was the first to be seen, which proves nothing.
        BY_FIRST_FRAME
    }

    /// A search for an idle timer begins; the connections that follow are held in silence, and asked.
    ///
    /// @param upToMillis the longest silence of interest
    /// @param atOnce     connections held at a time
    record Searching(long atNanos, long upToMillis, int atOnce) implements OfRun {}

    /// Another way to the server stands open, which a control attempt in that mode may take.
    ///
    /// @param local  our address on it, in text form
    /// @param remote theirs
    record OtherWay(long atNanos, Mode mode, String local, String remote) implements OfRun {}

    /// A comparison of algorithms begins: the connections that follow offer one of a list each.
    record Comparing(long atNanos) implements OfRun {}

    /// An attempt offers one algorithm alone.
    record Narrowed(long atNanos, int attempt, Sole sole) implements OfAttempt {}

    /// The survey that begins next asks about the way there alone.
    record OneWay(long atNanos) implements OfRun {}

    /// A survey of the path MTU begins; what it sends has these numbers.
    ///
    /// @param local      our address in text form
    /// @param localPort  our port of the connection that the probes ride on
    /// @param strayPort  our port of segments of no connection
    /// @param ports      more of ours that segments of no connection come from
    /// @param identifier of the ICMP echoes
    /// @param top        the longest IP packet that our interface sends, bytes
    /// @param trials     connections that it may open beside its own, at most
    /// @param opened     the frame with the server's SYN-ACK; empty where no connection came about
    record Surveying(
            long atNanos,
            String local,
            int localPort,
            String remote,
            int remotePort,
            int strayPort,
            List<Integer> ports,
            int identifier,
            int top,
            int trials,
            OptionalInt opened)
            implements OfRun {}

    /// Probes of a survey leave together, in that order.
    record Flight(long atNanos, List<Named> probes) implements OfRun {
        public Flight {
            probes = List.copyOf(probes);
        }
    }

    /// A probe, and the number by which its answer names it.
    record Named(PathProbe probe, int name) {}

    /// A flight's round is over.
    ///
    /// @param frames how many frames of the capture belong to it and what was before
    record Landed(long atNanos, int frames) implements OfRun {}

    /// A survey opens one more connection, to make the server send segments of a certain size.
    ///
    /// @param localPort our port
    /// @param mss       the maximum segment size that we ask for
    record Trying(long atNanos, int localPort, int mss) implements OfRun {}

    /// The key exchange of a survey begins, so that the server sends something long.
    record Talking(long atNanos) implements OfRun {}

    /// It is over.
    ///
    /// @param frames as of [Landed]
    record Talked(long atNanos, int frames) implements OfRun {}

    /// The user stopped the run.
    record Interrupted(long atNanos) implements OfRun {}

    /// We failed ourselves: what the recording lacks or says from here on is no fact about the network.
    ///
    /// @param what one sentence without a full stop
    record Mistaken(long atNanos, String what) implements OfRun {}

    /// A crafted packet of ours leaves, beside the kernel's connections. Its frame carries exactly these
    /// fields, and its answers come to the same ports.
    ///
    /// @param id             1-based number of the packet in this run
    /// @param local          our address in text form
    /// @param localPort      our port; of an ICMP echo the identifier
    /// @param remote         theirs
    /// @param remotePort     their port; of an ICMP echo the sequence number
    /// @param ttl            time to live or hop limit
    /// @param identification of the IPv4 header; IPv6 has none and shows 0
    /// @param window         as sent, 0 of an ICMP echo
    /// @param sequence       raw 32 bits, 0 of an ICMP echo
    /// @param acknowledgement raw 32 bits, 0 of an ICMP echo
    /// @param wrongChecksum  whether the TCP checksum is wrong on purpose
    record Probed(
            long atNanos,
            int id,
            ActiveTest test,
            ActiveTest.Part part,
            String local,
            int localPort,
            String remote,
            int remotePort,
            int ttl,
            int typeOfService,
            int identification,
            int window,
            int sequence,
            int acknowledgement,
            boolean wrongChecksum)
            implements OfRun {}

    /// An active test is over.
    ///
    /// @param attempt the attempt it belongs to; 0 where it stands by itself
    record Tested(long atNanos, ActiveTest test, int attempt) implements OfRun {}

    /// An active test was not made, or not finished.
    ///
    /// @param why one sentence without a full stop
    record Omitted(long atNanos, ActiveTest test, String why) implements OfRun {}

    /// An ICMP error as the kernel reported it.
    record IcmpReport(int type, int code, OptionalInt mtu, Optional<String> offender) {}
}
