package rstprobe.diagnose;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import rstprobe.record.ActiveTest;
import rstprobe.record.Event;
import rstprobe.record.Recording;

/// What a run has asked already, and what that leaves of its budget.
final class ProbesMade {
    private ProbesMade() {}

    /// Connections that may still be opened.
    ///
    /// @param attempts all of the recording's
    static long connectionsLeft(Recording recording, List<Attempt> attempts) {
        return recording.plan().budget() - attempts.size() - craftedConnections(recording);
    }

    /// Active tests that were made, or could not be made here.
    static Set<ActiveTest> tests(Recording recording) {
        Set<ActiveTest> asked = EnumSet.noneOf(ActiveTest.class);
        recording.events().forEach(event -> {
            if (event instanceof Event.Tested tested) {
                asked.add(tested.test());
            } else if (event instanceof Event.Omitted omitted) {
                asked.add(omitted.test());
            }
        });
        return asked;
    }

    /// Connections that active tests opened themselves: each begins with crafted segments from a port of
    /// its own.
    private static long craftedConnections(Recording recording) {
        return recording.events(Event.Probed.class).stream()
                .filter(probed -> probed.part() == ActiveTest.Part.OPENING)
                .map(Event.Probed::localPort)
                .distinct()
                .count();
    }
}
