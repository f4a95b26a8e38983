package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import rstprobe.record.ActiveTest;
import rstprobe.record.Event;
import rstprobe.record.Mode;
import rstprobe.record.Recording;
import rstprobe.ssh.Outcome;

/// What would tell most next, given what was recorded so far: one more connection, or one active test.
///
/// A healthy server is asked once. What failed is asked again the same way, because one connection proves
/// little; then come the active tests, always the one that is expected to tell most for what it costs
/// ([InformationGain]), until the verdict is settled. Where all fails, [Controls] come between. A test that was made,
/// or could not be made here, is not asked again.
public sealed interface NextProbe {
    /// A few words on what it does, such as `talk` or `sweep`.
    String word();

    /// One more attempt.
    ///
    /// @param quietly whether our own kernel is to be kept from resetting the connection, because the
    ///     server will be asked about it afterwards
    record Connect(Mode mode, boolean quietly) implements NextProbe {
        @Override
        public String word() {
            return mode.word();
        }
    }

    /// One active test.
    record Ask(ActiveTest test) implements NextProbe {
        @Override
        public String word() {
            return test.word();
        }
    }

    /// From here on more evidence would not change what anybody does.
    double SETTLED = 0.85;

    /// The next probe; empty where nothing more would change the verdict, or the plan's budget is spent.
    static Optional<NextProbe> of(Recording recording, Finding finding) {
        List<Attempt> all = Attempts.of(recording);
        if (all.isEmpty()) {
            return Optional.of(new Connect(Mode.TALK, false));
        }
        boolean stopped = recording.has(Event.Interrupted.class);
        long connectionsLeft = ProbesMade.connectionsLeft(recording, all);
        if (stopped) {
            return Optional.empty();
        }
        if (LoggedIn.tried(all.getFirst())) {
            return afterLogin(recording, all);
        }
        if (refusedInWords(all)) {
            return connectionsLeft > 0 ? Controls.fromElsewhere(all, recording) : Optional.empty();
        }
        List<Attempt> attempts = Controls.without(all);
        if (MeasuredPath.convicts(recording, attempts)) {
            return Optional.empty();
        }
        Optional<NextProbe> survey =
                survey(recording, attempts, connectionsLeft).filter(probe -> Manners.allow(probe, recording, all));
        if (survey.isPresent()) {
            return survey;
        }
        Optional<NextProbe> usual = firstNotDone(
                WantedProbes.of(recording, attempts, finding),
                attempts.size(),
                ProbesMade.tests(recording),
                connectionsLeft,
                probe -> Manners.allow(probe, recording, all));
        Optional<NextProbe> next = connectionsLeft > 0 ? Controls.next(usual, all, recording) : usual;
        return next.filter(probe -> Manners.allow(probe, recording, all));
    }

    /// What may have vanished for its length is measured before anything is repeated.
    private static Optional<NextProbe> survey(Recording recording, List<Attempt> attempts, long connectionsLeft) {
        boolean open = connectionsLeft >= InformationGain.connections(ActiveTest.PATH_MTU)
                && !ProbesMade.tests(recording).contains(ActiveTest.PATH_MTU);
        boolean wanted = MeasuredPath.wanted(attempts, recording.host().mtu()) || RepairedPath.wanted(attempts);
        return open && wanted ? Optional.of(new Ask(ActiveTest.PATH_MTU)) : Optional.empty();
    }

    /// Nobody is logged in twice, and a connection without a login is no like attempt. How far away closed
    /// ports are still tells whose end of it was.
    private static Optional<NextProbe> afterLogin(Recording recording, List<Attempt> attempts) {
        boolean ended = attempts.getFirst().ending() instanceof Ending.Handshake(Outcome outcome)
                && (outcome instanceof Outcome.ClosedAt || outcome instanceof Outcome.ResetAt);
        return ended && !ProbesMade.tests(recording).contains(ActiveTest.REFERENCE)
                ? Optional.of(new Ask(ActiveTest.REFERENCE))
                : Optional.empty();
    }

    private static Optional<NextProbe> firstNotDone(
            List<NextProbe> wanted,
            int connected,
            Set<ActiveTest> asked,
            long connectionsLeft,
            Predicate<NextProbe> allowed) {
        List<NextProbe> connects =
                wanted.stream().filter(Connect.class::isInstance).toList();
        List<NextProbe> made = connects.subList(0, Math.min(connected, connects.size()));
        List<NextProbe> open = new ArrayList<>(wanted);
        made.forEach(open::remove);
        return open.stream()
                .filter(probe -> switch (probe) {
                    case Connect _ -> connectionsLeft > 0;
                    case Ask(ActiveTest test) ->
                        !asked.contains(test) && connectionsLeft >= InformationGain.connections(test);
                })
                .filter(allowed)
                .findFirst();
    }

    /// A server that told us to go away is not asked again: every further connection adds to a penalty.
    private static boolean refusedInWords(List<Attempt> attempts) {
        return attempts.stream().anyMatch(attempt -> attempt.refusal().isPresent());
    }
}
