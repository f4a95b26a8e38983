package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import rstprobe.diagnose.ServerFinding.Whom;

/// Resets that a server's kernel says it sent itself: what its tracepoint `tcp:tcp_send_reset` printed.
///
/// The reason is there since Linux 6.10. The socket's own aborts are another tracepoint's in older kernels;
/// without a line here nothing is concluded.
///
/// @param source      address and port of the sender
/// @param destination address and port of whoever was reset
/// @param reason      such as `NO_SOCKET` or `TCP_ABORT_ON_DATA`; empty in kernels that do not say
public record ServerResets(String source, String destination, String state, String reason, String line) {
    /// What the reader is called where a question would be named.
    public static final String COMMAND = "tracefs events/tcp/tcp_send_reset";

    private static final Pattern EVENT =
            Pattern.compile(".*tcp_send_reset: .*src=(\\S+) dest=(\\S+)(?: state=(\\S+))?(?: reason=(\\S+))?.*");

    /// Reasons for aborting a socket that stood. TCP_STATE is said alike where the process let its close
    /// linger for no time, where a listener died with the connection in its queue, and where somebody
    /// destroyed the socket from outside, which still has its state then (Linux 6.18, `ss -K`).
    private static final Set<String> OF_A_SOCKET = Set.of("TCP_DISCONNECT_WITH_DATA", "TCP_STATE");

    private static final String ON_REQUEST = "TCP_STATE";
    private static final int TO_CLIENT = 30;
    private static final int TO_SOMEBODY = 15;
    private static final int TO_OTHERS = 3;

    private static final Pattern END = Pattern.compile("\\[?([0-9A-Fa-f:.]+?)]?:(\\d{1,5})");

    /// Reads what the tracepoint printed.
    public static List<ServerResets> of(List<String> lines) {
        List<ServerResets> resets = new ArrayList<>();
        for (String line : lines) {
            Matcher event = EVENT.matcher(line);
            if (event.matches()) {
                resets.add(new ServerResets(
                        event.group(1),
                        event.group(2),
                        Optional.ofNullable(event.group(3)).orElse(""),
                        Optional.ofNullable(event.group(4)).orElse(""),
                        line.strip()));
            }
        }
        return List.copyOf(resets);
    }

    /// What the resets from the port say.
    ///
    /// @param listening whether something listens there: then a reset without a socket is of a lost
    ///     connection
    static List<ServerFinding> findings(List<ServerResets> resets, ServerScope scope, boolean listening) {
        return resets.stream()
                .filter(reset -> port(reset.source) == scope.port())
                .collect(Collectors.groupingBy(
                        reset -> reset.reason + reset.destroyed() + reset.whom(scope),
                        LinkedHashMap::new,
                        Collectors.toList()))
                .values()
                .stream()
                .map(alike -> finding(alike, scope, listening))
                .toList();
    }

    private boolean destroyed() {
        return reason.equals(ON_REQUEST) && !state.isEmpty() && !state.equals("TCP_CLOSE");
    }

    private Whom whom(ServerScope scope) {
        if (scope.client().isEmpty()) {
            return Whom.SOMEBODY;
        }
        return scope.isClient(address(destination)) ? Whom.CLIENT : Whom.OTHERS;
    }

    private static ServerFinding finding(List<ServerResets> alike, ServerScope scope, boolean listening) {
        ServerResets last = alike.getLast();
        Whom whom = last.whom(scope);
        boolean process = last.reason.startsWith("TCP_ABORT_ON") || OF_A_SOCKET.contains(last.reason);
        return new ServerFinding(
                "kernel-sent-reset",
                process ? Cause.ABORTED_WITHOUT_REASON : listening ? Cause.CONNECTION_STATE_LOST : Cause.NO_LISTENER,
                process ? Origin.SERVER_PROCESS : Origin.SERVER_KERNEL,
                whom == Whom.CLIENT ? TO_CLIENT : whom == Whom.SOMEBODY ? TO_SOMEBODY : TO_OTHERS,
                whom,
                COMMAND,
                alike.stream()
                        .map(ServerResets::line)
                        .limit(ServerFinding.MAX_LINES)
                        .toList(),
                "the server's kernel itself sent a reset to " + last.destination
                        + (last.reason.isEmpty() ? "" : ", because of " + last.reason)
                        + (last.destroyed() ? ": somebody destroyed the socket while it stood, as ss -K does" : "")
                        + (alike.size() > 1 ? ", and " + (alike.size() - 1) + " like it" : ""),
                OptionalDouble.empty(),
                alike.stream().map(reset -> port(reset.destination)).collect(Collectors.toSet()));
    }

    private static int port(String end) {
        Matcher parted = END.matcher(end);
        return parted.matches() ? Integer.parseInt(parted.group(2)) : 0;
    }

    private static String address(String end) {
        Matcher parted = END.matcher(end);
        return parted.matches() ? parted.group(1) : end;
    }
}
