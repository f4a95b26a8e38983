package rstprobe.diagnose;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import rstprobe.diagnose.Weighing.Kind;
import rstprobe.record.ActiveTest;
import rstprobe.record.Event;

/// The active test that was not made and would tell most about who sent a reset, in words: somebody may be able to
/// make it who could not when this was recorded.
final class UnmadeTest {
    private static final Set<ActiveTest> ABOUT_SYN = EnumSet.of(
            ActiveTest.REFERENCE,
            ActiveTest.RECORD_ROUTE,
            ActiveTest.BAD_CHECKSUM,
            ActiveTest.MIRROR,
            ActiveTest.SWEEP);
    private static final Set<ActiveTest> ABOUT_SAYABLE =
            EnumSet.complementOf(EnumSet.of(ActiveTest.ECHO, ActiveTest.RECORD_ROUTE, ActiveTest.PATH_MTU));
    private static final Set<ActiveTest> ABOUT_CLOSE = EnumSet.of(ActiveTest.REFERENCE);
    private static final Set<ActiveTest> ABOUT_ANY = EnumSet.of(ActiveTest.REFERENCE, ActiveTest.LIVENESS);

    private UnmadeTest() {}

    /// @param early whether a connection of our own making can say again what drew the reset
    /// @param made  the tests that were made, whatever came of them
    static Optional<String> best(Weighing weighing, boolean early, Set<ActiveTest> made, List<Event.Omitted> omitted) {
        Set<ActiveTest> open = EnumSet.copyOf(possible(weighing.kind(), early));
        open.removeAll(made);
        if (weighing.kind() == Kind.REFUSED && open.contains(ActiveTest.REFERENCE)) {
            // Only the reference finds the closed port that the sweep's control goes to.
            open.remove(ActiveTest.SWEEP);
        }
        return InformationGain.ranked(Optional.of(weighing), Set.of(), open).stream()
                .findFirst()
                .map(test -> words(test, weighing.kind()) + why(test, omitted));
    }

    private static Set<ActiveTest> possible(Kind kind, boolean early) {
        return switch (kind) {
            case REFUSED -> ABOUT_SYN;
            case RESET -> early ? ABOUT_SAYABLE : ABOUT_ANY;
            case CLOSED -> ABOUT_CLOSE;
        };
    }

    private static String why(ActiveTest test, List<Event.Omitted> omitted) {
        String reasons = omitted.stream()
                .filter(event -> event.test() == test)
                .map(Event.Omitted::why)
                .distinct()
                .collect(Collectors.joining("; "));
        return reasons.isEmpty() ? "" : " (the test '" + test.word() + "', not made: " + reasons + ")";
    }

    private static String words(ActiveTest test, Kind kind) {
        return switch (test) {
            case REFERENCE ->
                "probe a port of the same host that surely is closed: "
                        + (kind == Kind.REFUSED
                                ? "a reset with the same TTL and type of service there means its kernel answers for"
                                        + " itself, a different one means a filter spoke here"
                                : "a reset from another distance there means that not this host ended the connection");
            case RECORD_ROUTE ->
                "send SYNs with an IP record route to this port and to one that surely is closed: the host's TCP returns"
                        + " the option, a packet filter does not";
            case ECHO ->
                "ask the host for an echo: a reply without our type of service means that resets without it tell"
                        + " nothing";
            case LIVENESS ->
                "ask the server behind the reset whether it still knows the connection: if it acknowledges, neither its"
                        + " process nor its kernel sent the reset";
            case BAD_CHECKSUM ->
                "send what drew the reset with a wrong TCP checksum: no host answers that, so a reset there is from a"
                        + " device on the way";
            case MIRROR ->
                "send what drew the reset with another TTL and identification: a reset that copies them was turned"
                        + " around on the way";
            case SWEEP ->
                "send what drew the reset with TTL 1, 2, 3 and so on: the first that draws it shows where its sender is,"
                        + " and whether it travels on from there tells a tap from a filter";
            case PATH_MTU -> "survey the path MTU both ways: a limit below what vanished says that its length is why";
            case PREFIX ->
                "send ever longer prefixes of what drew the reset, and as many other bytes: a server's TCP looks at"
                        + " neither, so if only some draw it, a device on the way does";
        };
    }
}
