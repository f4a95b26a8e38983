package rstprobe.record;

import java.io.IOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import rstprobe.capture.TapPlan;
import rstprobe.path.SurveyFinding;

/// Looks up the targets of a sweep a little ahead of it: names, routes, and the interface that each leaves by.
///
/// A resolver may keep a thread waiting for many seconds, so a few threads look up beside the one that surveys. They
/// keep their capabilities, since an interface that is met for the first time is opened by them; they read nothing
/// that a stranger sent.
final class SweepResolver implements AutoCloseable {
    private static final int THREADS = 16;
    private static final int AHEAD = 64;
    /// More interfaces than any host sends by.
    private static final int MOST_LINKS = 16;

    private final SweepPlan plan;
    private final SweepEar ear;
    private final String filter;
    private final Iterator<SweepTarget> words;
    private final ArrayBlockingQueue<Resolved> found = new ArrayBlockingQueue<>(AHEAD);
    private final Map<String, SweepLink> links = new HashMap<>();
    private int left;
    private boolean closed;

    /// What looking up gave.
    sealed interface Resolved {
        SweepTarget words();
    }

    /// It can be surveyed.
    record Way(SweepTarget words, Target target, SweepLink link, CraftedSender sender) implements Resolved {}

    /// It cannot, or not from here.
    ///
    /// @param status whether that is the target's or its network's doing, or nobody knows
    /// @param why    one sentence without a full stop
    record NoWay(SweepTarget words, Optional<String> address, SurveyFinding.Status status, String why)
            implements Resolved {}

    /// Nothing can be surveyed from this machine.
    record Nowhere(SweepTarget words, CannotProbe why) implements Resolved {}

    /// Looking up failed through a mistake of ours.
    record Mistaken(SweepTarget words, RuntimeException ours) implements Resolved {}

    private SweepResolver(SweepPlan plan, SweepEar ear) {
        this.plan = plan;
        this.ear = ear;
        this.filter = TapPlan.filterForSweep(
                plan.targets().stream().map(SweepTarget::port).collect(java.util.stream.Collectors.toSet()));
        this.words = plan.targets().iterator();
        this.left = plan.targets().size();
    }

    /// Begins to look up.
    static SweepResolver begin(SweepPlan plan, SweepEar ear) {
        SweepResolver resolver = new SweepResolver(plan, ear);
        for (int i = 0; i < Math.min(THREADS, plan.targets().size()); i++) {
            Thread.ofPlatform().daemon().name("resolve " + i).start(resolver::lookUp);
        }
        return resolver;
    }

    private void lookUp() {
        try {
            for (Optional<SweepTarget> next = next(); next.isPresent(); next = next()) {
                found.put(resolved(next.get()));
            }
        } catch (InterruptedException _) {
            // Nobody interrupts these threads but the end of the process.
        }
    }

    private synchronized Optional<SweepTarget> next() {
        return !closed && words.hasNext() ? Optional.of(words.next()) : Optional.empty();
    }

    private Resolved resolved(SweepTarget target) {
        Optional<String> address = Optional.empty();
        try {
            Target resolved = Target.resolve(target.host(), plan.family());
            address = Optional.of(resolved.text());
            SweepLink link = link(resolved);
            return new Way(target, resolved, link, link.towards(resolved));
        } catch (NoTarget none) {
            return new NoWay(target, address, SurveyFinding.Status.UNREACHABLE, none.getMessage());
        } catch (NotPossibleHere none) {
            return new NoWay(target, address, SurveyFinding.Status.UNDETERMINED, none.getMessage());
        } catch (CannotProbe cannot) {
            return new Nowhere(target, cannot);
        } catch (RuntimeException ours) {
            return new Mistaken(target, ours);
        }
    }

    private synchronized SweepLink link(Target target) throws CannotProbe, NotPossibleHere {
        if (closed) {
            throw new NotPossibleHere("the sweep ended");
        }
        String name = plan.interfaceName().orElse(target.route().interfaceName());
        SweepLink known = links.get(name);
        if (known != null) {
            return known;
        }
        if (links.size() >= MOST_LINKS) {
            throw new NotPossibleHere("the route leaves by " + name + ", one interface more than " + MOST_LINKS);
        }
        SweepLink opened = SweepLink.open(name, target, filter, ear);
        links.put(name, opened);
        return opened;
    }

    /// The next target that was looked up; empty where none is yet.
    Optional<Resolved> poll() {
        Optional<Resolved> next = Optional.ofNullable(found.poll());
        left -= next.isPresent() ? 1 : 0;
        return next;
    }

    /// How many were not handed out yet.
    int left() {
        return left;
    }

    /// Whether every interface in use still is: where one is not, what seems unreachable says nothing.
    synchronized void requireLinks() throws CannotProbe, IOException {
        for (SweepLink link : links.values()) {
            link.requireUp();
        }
    }

    @Override
    public void close() {
        Map<String, SweepLink> open;
        synchronized (this) {
            closed = true;
            open = Map.copyOf(links);
            links.clear();
        }
        found.clear();
        open.values().forEach(SweepLink::close);
    }
}
