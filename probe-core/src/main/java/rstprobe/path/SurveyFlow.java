package rstprobe.path;

import java.util.List;
import rstprobe.wire.Conversation;
import rstprobe.wire.Endpoint;

/// The 4-tuples and numbers by which answers to a survey's probes are told from all else.
///
/// @param connection the kernel's connection
/// @param strays     where segments of no connection come from
/// @param ports      more of ours that segments of no connection come from, each on its way
/// @param identifier of the ICMP echoes
public record SurveyFlow(Conversation connection, Conversation strays, List<Integer> ports, int identifier) {
    /// How many such ports a survey has.
    public static final int PORTS = FlowSearch.FLOWS;

    /// Where datagrams go that nobody is to take: the first port of traceroute's, which guards let pass and servers
    /// leave alone.
    private static final int CLOSED_PORT = 33_434;

    public SurveyFlow {
        ports = List.copyOf(ports);
    }

    /// The 4-tuple that a probe of no connection leaves with.
    ///
    /// @param flow 0 for the first port
    public Conversation strays(int flow) {
        return flow == 0
                ? strays
                : new Conversation(new Endpoint(strays.ours().address(), ports.get(flow - 1)), strays.theirs());
    }

    /// The addresses and ports that a datagram leaves with.
    public Conversation datagrams() {
        return new Conversation(strays.ours(), new Endpoint(strays.theirs().address(), CLOSED_PORT));
    }
}
