package rstprobe.analyze;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import rstprobe.diagnose.Evidence;
import rstprobe.diagnose.Origin;
import rstprobe.diagnose.Verdict;
import rstprobe.ssh.Stage;
import rstprobe.wire.Endpoint;

/// One reset of a capture, and whose it was.
///
/// Its verdict speaks of the connection's client as "we", and `this-host` is then the client's host.
///
/// @param conversation number of its conversation in the scan
/// @param file         which of the scan's files it is in, counted from 0
/// @param frame        its number there, as Wireshark shows it
/// @param atNanos      when it was captured, nanoseconds since 1970 in UTC
/// @param sender       in whose name it came
/// @param receiver     whom it was for
/// @param server       the end that was connected to, as far as that can be told
/// @param client       the other end
/// @param verdict      who ended the connection by it
/// @param summary      the same in one sentence
/// @param nextTest     what would decide it, worked out when it is asked for; empty where nothing is to be done
/// @param standing     how bad it is
/// @param stage        how far SSH had come; empty where the conversation is not SSH, or that is not known
/// @param evidence     the facts, strongest first, with frames of the same file
/// @param header       what its header shows
/// @param unwrapped    whether it travelled in a tunnel or in fragments
public record AttributedReset(
        int conversation,
        int file,
        int frame,
        long atNanos,
        Endpoint sender,
        Endpoint receiver,
        Endpoint server,
        Endpoint client,
        Verdict verdict,
        String summary,
        Supplier<Optional<String>> nextTest,
        Standing standing,
        Optional<Stage> stage,
        List<Evidence> evidence,
        ResetHeader header,
        boolean unwrapped) {
    public AttributedReset {
        evidence = List.copyOf(evidence);
    }

    /// Whose it was; unknown where the evidence leaves that open.
    public Origin origin() {
        return switch (verdict) {
            case Verdict.Fault fault -> fault.origin();
            case Verdict.Undetermined _, Verdict.Healthy _ -> Origin.UNKNOWN;
        };
    }

    /// Whether it claims to come from the client.
    public boolean inClientsName() {
        return sender.equals(client);
    }

    /// Whether something on the way sent it, or may have: what speaks for that is among its evidence.
    public boolean maybeOfABox() {
        return standing == Standing.ON_THE_WAY
                || origin() == Origin.UNKNOWN
                        && evidence.stream().anyMatch(fact -> fact.weight() > 0 && onTheWay(fact.supports()));
    }

    private static boolean onTheWay(Origin origin) {
        return origin == Origin.IN_PATH || origin == Origin.ON_PATH || origin == Origin.PROXY;
    }
}
