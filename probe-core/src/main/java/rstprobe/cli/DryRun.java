package rstprobe.cli;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import rstprobe.record.ActiveTest;
import rstprobe.record.Mode;
import rstprobe.record.Plan;

/// What a run would send.
final class DryRun {
    private DryRun() {}

    /// The addresses of ours that the user chose, as written.
    record Sources(Optional<String> bind, Optional<String> alsoFrom) {}

    static String of(Plan plan, Optional<Mode> only, Set<ActiveTest> forbidden, Sources sources) {
        String target = plan.host() + " port " + plan.port();
        int connections = only.isPresent() ? 1 : plan.budget();
        StringBuilder text = new StringBuilder();
        text.append("Nothing is sent. A run would:\n");
        text.append("  capture    TCP with ").append(target).append(" and ICMP errors, on ");
        text.append(plan.interfaceName().orElse("the interface of the route")).append(", never promiscuous\n");
        text.append("  connect    1 time if the handshake works, at most ").append(connections);
        text.append(" otherwise, one at a time, four in ")
                .append(4 * plan.spacingMillis() / 1000)
                .append(" s at most\n");
        text.append("  from       ")
                .append(rstprobe.report.Sanitizer.terminal(sources.bind().orElse("the address of the route")));
        sources.alsoFrom()
                .ifPresent(other -> text.append(", and one of them from ")
                        .append(rstprobe.report.Sanitizer.terminal(other))
                        .append(" where the others fail"));
        text.append("\n  say        SSH identification, key exchange, authentication method 'none' for user '");
        text.append(rstprobe.report.Sanitizer.terminal(plan.user())).append("', goodbye\n");
        text.append("  mark       every packet with type of service 0x");
        text.append(Integer.toHexString(plan.typeOfService())).append(" and don't-fragment\n");
        text.append("  modes      ")
                .append(only.map(Mode::word)
                        .orElse(
                                "talk; after a fault also bytes, and listen where time may be the cause; after a close\n"
                                        + "             without a word also prompt and listen"));
        if (only.isEmpty()) {
            text.append("\n  controls   ").append(controls(plan));
        }
        text.append("\n  test       ")
                .append(
                        forbidden.containsAll(EnumSet.allOf(ActiveTest.class)) || only.isPresent()
                                ? "nothing with crafted packets"
                                : "after a reset, with at most 60 crafted packets, 20 a second: resets of a closed port,"
                                        + " an echo,\n             SYNs with the IPv4 record route option where the type of"
                                        + " service tells nothing (5 at\n             most), whether the server still knows the connection, prefixes"
                                        + " of the trigger and as many\n             other bytes, the trigger with TTL 1, 2, 3"
                                        + " and with a wrong checksum; our own\n             kernel's resets are dropped"
                                        + " meanwhile; after a silence where something long may be\n             missing, a survey of"
                                        + " the path MTU, some 150 packets; --passive forbids all that"
                                        + without(forbidden));
        text.append("\n  last       at most ")
                .append(plan.timeoutMillis() / 1000.0)
                .append(" s for each answer\n");
        return text.toString();
    }

    /// They count as connections, and change one thing each.
    private static String controls(Plan plan) {
        return "within these connections, where every attempt failed: after silence or reset in the key\n"
                + "             exchange one with a small KEXINIT and key exchange; where no SYN, or nothing after it,"
                + " was\n             answered one with type of service 0x00"
                + (plan.family().isEmpty()
                        ? "; where the name has addresses of both families one\n             to the other"
                        : "; none over the other family");
    }

    private static String without(Set<ActiveTest> forbidden) {
        return forbidden.isEmpty()
                ? ", --without some of it"
                : ";\n             left out: "
                        + forbidden.stream().sorted().map(ActiveTest::word).collect(Collectors.joining(", "));
    }
}
