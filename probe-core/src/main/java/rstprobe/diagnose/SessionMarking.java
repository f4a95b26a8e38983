package rstprobe.diagnose;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.ssh.Stage;

/// What became of our packets when they changed their marking for a session, as every SSH client's do.
///
/// @param anew     the type of service of the session
/// @param marked   segments of the first message with another one, as often as it was sent so
/// @param restored the first segment of that message with the old one again, where there was one
/// @param heard    what acknowledged it
record SessionMarking(int anew, List<Seen> marked, Optional<Seen> restored, Optional<Seen> heard) {
    private static final int LEAST_COPIES = 3;

    /// Empty where nothing changed, or what changed was heard under its new marking.
    static Optional<SessionMarking> lost(List<Asked> messages) {
        if (messages.isEmpty()) {
            return Optional.empty();
        }
        int before = dscp(messages.getFirst().first());
        return messages.stream()
                .filter(asked -> asked.name().equals("exec") && dscp(asked.first()) != before)
                .findFirst()
                .map(asked -> of(asked, before))
                .filter(SessionMarking::isLost);
    }

    private static SessionMarking of(Asked asked, int before) {
        Optional<Seen> restored =
                asked.sent().stream().filter(seen -> dscp(seen) == before).findFirst();
        List<Seen> marked = asked.sent().stream()
                .filter(seen -> dscp(seen) != before)
                .filter(seen -> asked.acknowledged()
                        .filter(heard -> heard.frame() < seen.frame())
                        .isEmpty())
                .toList();
        return new SessionMarking(asked.first().segment().ip().tos(), marked, restored, asked.acknowledged());
    }

    private static int dscp(Seen seen) {
        return seen.segment().ip().tos() & TypeOfService.DSCP;
    }

    /// Lost so often that chance is no answer, and never heard before the old marking was back.
    private boolean isLost() {
        return marked.size() >= LEAST_COPIES
                && heard.filter(seen -> restored.isEmpty()
                                || seen.frame() < restored.get().frame())
                        .isEmpty();
    }

    /// Whether the same message came through as soon as it was marked as before.
    boolean proven() {
        return heard.isPresent() && restored.isPresent();
    }

    Fact fact() {
        String told = String.format(
                Locale.ROOT,
                "the session's first request left %d times with type of service 0x%02x and none was acknowledged",
                marked.size(),
                anew);
        List<Integer> frames = new java.util.ArrayList<>(
                marked.stream().map(Seen::frame).limit(LEAST_COPIES).toList());
        restored.ifPresent(seen -> frames.add(seen.frame()));
        heard.ifPresent(seen -> frames.add(seen.frame()));
        return proven()
                ? Fact.of(
                        "marking-decides",
                        Family.DELIVERY,
                        Weights.SERVER_SAW_TRIGGER,
                        List.of(Origin.IN_PATH),
                        frames,
                        told + "; with the marking from before it was, at the first try")
                : Fact.told("marking-unheard", Family.DELIVERY, frames, told);
    }

    /// The verdict on it.
    Judgement judged() {
        String told = String.format(
                Locale.ROOT, "the session's first request, marked 0x%02x as clients mark it, never arrived", anew);
        return Judgement.of(
                        proven()
                                ? new Verdict.Fault(
                                        Cause.DSCP_DROPPED,
                                        Origin.IN_PATH,
                                        Stage.SESSION,
                                        Weights.SEVERAL_ATTEMPTS,
                                        Optional.empty(),
                                        Optional.empty(),
                                        "all is well until packets change their type of service after login: " + told
                                                + ", and did at once with the marking from before")
                                : new Verdict.Undetermined(
                                        Optional.of(Cause.DSCP_DROPPED),
                                        Stage.SESSION,
                                        Weights.ONE_ATTEMPT,
                                        Optional.empty(),
                                        "silent since our packets changed their type of service after login: " + told),
                        List.of(fact()))
                .withNextTest("log in again with another marking, for instance --ipqos cs0: what passes then names the"
                        + " marking that is lost");
    }
}
