package rstprobe.path;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// The search for an idle timer of unknown length T as a value that steps.
///
/// Each device on the path counts the silence of each connection by itself. A question on a connection that
/// has been silent for `s` says whether T is longer than `s`, and ends that silence: one connection gives one
/// bit about silences of a length in about that time. Where whoever forgets says so, by a reset or FIN at
/// expiry, one connection is enough, and the others only confirm it. Where it forgets in secret, the
/// questions find T:
///
/// 1. *Climb.* Questions at silences of 2.5 s and then each 1.355 times the one before (but 1.15 s at least),
///    each on the connection that was spoken on last among those silent long enough, so that the long
///    silences stay unbroken. The first question that is lost gives a bracket.
/// 2. *Halve.* The connections asked during the climb, and a few renewed while it went on, are of many ages
///    by then: always the one is asked whose silence is in the bracket, or will be soonest, near its middle.
/// 3. *Control.* Where nothing was answered since the last question that was lost, a young connection is
///    asked, or a new one: if that is lost too, after less silence than others survived, the path has failed
///    and no timer.
///
/// Eight connections are open at once, and half as many are renewed (the youngest is closed, a new one
/// opened) at 14, 21, 26 and 31 % of the longest silence. These numbers come from a search over 98 timers of
/// 3 to 113 s that no device announces: each was bracketed to 2 s or less, in 1.4 (T + 4 s) on average and
/// 1.8 (T + 4 s) at most, with three questions lost on average and six at most. Where a bracket stays wider
/// than 2 s when no connection is left to be asked, which a few timers in a hundred above 55 s meet, one more
/// is opened for the last bit and T passes once more. With one for control that makes 14 in all.
///
/// Beyond two minutes that cannot hold all the bits: connections that were asked come round again, a search
/// to one hour takes 2 T on average, and where they run out before the bracket is closed it stays as wide as
/// it is, and says so.
///
/// Not thread-safe. Time comes with each input and never goes back.
public final class IdleSearch {
    private static final double NANOS = 1e9;
    private static final long SECOND = 1_000_000_000L;

    /// The bracket that is narrow enough: the middle of it is right to within 1 s, with a quarter for jitter.
    public static final long RESOLUTION_NANOS = 1_500_000_000L;

    /// A bracket wider than that is worth one connection more: the middle of a narrower one is right to
    /// within 1 s.
    private static final long WIDE_NANOS = 1_800_000_000L;

    /// How long a lost question is waited for; the kernel sends it again after about 0.2, 0.6 and 1.4 s.
    public static final long PATIENCE_NANOS = 2 * SECOND;

    /// The last question comes so long before a server's own word.
    private static final long MARGIN = 2 * SECOND;

    /// Connections never open faster than this.
    private static final long SPACING_NANOS = 250_000_000;

    private static final double FIRST_SILENCE = 2.5 * NANOS;
    private static final double LEAST_STEP = 1.15 * NANOS;
    private static final double GROWTH = 1.355;
    /// How much later than its silence asks a question of the climb may be, so that older connections are
    /// spared.
    private static final double LATENESS = 0.15;
    /// What an uneven halving costs beside waiting for a better one.
    private static final double BALANCE = 0.2;
    private static final double[] RENEWALS = {0.142, 0.210, 0.262, 0.307};
    /// The silences that the renewals were made for: longer and shorter searches have them as early and as
    /// late.
    private static final long RENEWED_UP_TO = 115 * SECOND;

    private static final long RENEWED_FROM = 60 * SECOND;
    private IdleLimits limits;
    private final List<Held> all = new ArrayList<>();
    private OptionalLong startedAt = OptionalLong.empty();
    private Optional<Expiry> expiry = Optional.empty();
    private long survived;
    private OptionalLong lost = OptionalLong.empty();
    private long climb = (long) FIRST_SILENCE;
    private long lastOpening = Long.MIN_VALUE / 2;
    private int renewed;
    private boolean controlDue;
    private boolean narrowed;
    private boolean controlled;
    private boolean over;

    public IdleSearch(IdleLimits limits) {
        this.limits = limits;
    }

    /// What is known of the server shortens the search: no connection is of use for longer than that.
    public void expectLife(long lifeNanos) {
        limits = new IdleLimits(limits.upToNanos(), lifeNanos, limits.atOnce())
                .upTo(LoginLimit.longestSilenceNanos(lifeNanos));
    }

    /// Takes one input.
    public void on(IdleInput input) {
        switch (input) {
            case IdleInput.Opened(int number, long at) -> {
                Held held = held(number);
                held.standing = true;
                held.openedAt = at;
                held.spokenAt = at;
            }
            case IdleInput.Refused(int number, long _) -> held(number).live = false;
            case IdleInput.Moved(int number, long at) -> moved(held(number), at);
            case IdleInput.Asked(int number, long at) -> {
                Held held = held(number);
                held.asked = true;
                held.silence = at - held.spokenAt;
                held.spokenAt = at;
            }
            case IdleInput.Answered(int number, long at) -> answered(held(number), at);
            case IdleInput.Lost(int number, long _) -> lost(held(number));
            case IdleInput.Ended(int number, long at) -> ended(held(number), at);
        }
    }

    /// A server that speaks by itself after some silence leaves none that is longer.
    private void moved(Held held, long at) {
        long silence = at - held.spokenAt;
        if (held.asked) {
            return;
        }
        held.spokenAt = at;
        if (held.standing && silence > SECOND) {
            limits = limits.upTo(silence - MARGIN);
            over |= silence < 2 * MARGIN;
        }
    }

    private Held held(int number) {
        return all.get(number - 1);
    }

    private void answered(Held held, long at) {
        held.asked = false;
        held.spokenAt = at;
        controlDue = false;
        survived = Math.max(survived, held.silence);
    }

    private void lost(Held held) {
        held.asked = false;
        held.live = false;
        if (expiry.isPresent()) {
            return;
        }
        boolean contradicts = held.silence < survived;
        lost = OptionalLong.of(Math.min(lost.orElse(Long.MAX_VALUE), held.silence));
        over |= contradicts;
        controlDue = true;
    }

    private void ended(Held held, long at) {
        if (held.live && held.standing && expiry.isEmpty()) {
            expiry = Optional.of(new Expiry(at, at - held.spokenAt, at - held.openedAt));
        }
        held.live = false;
        held.asked = false;
    }

    /// What to do at that time; asked again after each move and each input.
    public IdleMove next(long now) {
        IdleMove move = decide(now);
        return move instanceof IdleMove.Wait(long until)
                ? new IdleMove.Wait(Math.min(until, now + SPACING_NANOS))
                : move;
    }

    private IdleMove decide(long now) {
        startedAt = startedAt.isPresent() ? startedAt : OptionalLong.of(now);
        over |= all.size() > 1 && all.stream().noneMatch(held -> held.live);
        if (over) {
            return new IdleMove.Finish();
        }
        Optional<IdleMove> first = tooOld(now).or(() -> expiry.isPresent() ? confirming(now) : opening(now));
        if (first.isPresent()) {
            return first.get();
        }
        if (all.stream().anyMatch(held -> held.asked)) {
            return new IdleMove.Wait(now + PATIENCE_NANOS);
        }
        IdleMove move = lost.isPresent() ? halve(now) : climb(now);
        if (move instanceof IdleMove.Finish && controlDue) {
            return control(now);
        }
        over |= move instanceof IdleMove.Finish;
        return move;
    }

    /// Asks a connection that is surely younger than the timer, and opens one where there is none.
    private IdleMove control(long now) {
        if (all.stream().anyMatch(held -> held.live && !held.standing)) {
            return new IdleMove.Wait(now + SPACING_NANOS);
        }
        Optional<Held> young = youngest().filter(held -> now - held.spokenAt < Math.max(survived, SECOND));
        if (young.isPresent()) {
            return new IdleMove.Ask(young.get().number);
        }
        if (controlled) {
            over = true;
            return new IdleMove.Finish();
        }
        controlled = true;
        return open(now);
    }

    private Optional<IdleMove> tooOld(long now) {
        return standing()
                .filter(held -> now - held.openedAt >= limits.lifeNanos() && !held.asked)
                .findFirst()
                .map(this::close);
    }

    private IdleMove close(Held held) {
        held.live = false;
        return new IdleMove.Close(held.number);
    }

    private Stream<Held> standing() {
        return all.stream().filter(held -> held.live && held.standing);
    }

    private Optional<Held> youngest() {
        return standing().max(Comparator.comparingLong(held -> held.spokenAt));
    }

    private Optional<IdleMove> confirming(long now) {
        IdleMove move = expiry.orElseThrow().next(standing().toList(), now);
        over |= move instanceof IdleMove.Finish;
        if (move instanceof IdleMove.Close(int number)) {
            held(number).live = false;
        }
        return Optional.of(move);
    }

    /// Further connections wait for the first to stand: a server that refuses two is left alone.
    private Optional<IdleMove> opening(long now) {
        boolean tooSoon = now < lastOpening + SPACING_NANOS;
        boolean renewing = all.size() >= limits.atOnce();
        boolean unproven = !all.isEmpty() && all.stream().noneMatch(held -> held.standing);
        boolean waits = unproven && (all.size() > 1 || all.getFirst().live);
        if (tooSoon || waits || lost.isPresent() || renewing && (renewed >= limits.renewals() || now < renewal())) {
            return Optional.empty();
        }
        Optional<Held> youngest = youngest().filter(held -> !held.asked);
        if (renewing && standing().count() >= limits.atOnce()) {
            return youngest.map(this::close);
        }
        renewed += renewing ? 1 : 0;
        return Optional.of(open(now));
    }

    private IdleMove open(long now) {
        lastOpening = now;
        Held held = new Held(all.size() + 1);
        all.add(held);
        return new IdleMove.Open(held.number);
    }

    private long renewal() {
        double share = RENEWALS[Math.min(renewed, IdleLimits.MOST_RENEWALS - 1)];
        return startedAt.getAsLong() + (long) (share * Math.clamp(limits.upToNanos(), RENEWED_FROM, RENEWED_UP_TO));
    }

    private boolean openingsLeft() {
        return all.size() < limits.atOnce()
                || renewed < limits.renewals()
                || all.stream().anyMatch(held -> held.live && !held.standing);
    }

    /// The next question of the climb: on the connection spoken on last among those that are silent long
    /// enough in good time, else on the one that is soonest.
    private IdleMove climb(long now) {
        if (survived >= limits.upToNanos()) {
            return new IdleMove.Finish();
        }
        if (survived >= climb) {
            climb = survived + (long) Math.max(LEAST_STEP, (GROWTH - 1) * survived);
        }
        long silence = Math.min(climb, limits.upToNanos());
        double inTime = Math.max(now, startedAt.getAsLong() + (1 + LATENESS) * silence + SPACING_NANOS);
        Optional<Held> chosen = standing()
                .filter(held -> Math.max(now, held.spokenAt + silence) <= held.openedAt + limits.lifeNanos())
                .min(Comparator.comparingDouble(held -> {
                    long due = Math.max(now, held.spokenAt + silence);
                    return due <= inTime ? -(double) held.spokenAt : (double) due;
                }));
        if (chosen.isEmpty()) {
            return openingsLeft() ? new IdleMove.Wait(now + SPACING_NANOS) : new IdleMove.Finish();
        }
        return askWhen(chosen.get(), chosen.get().spokenAt + silence, now);
    }

    private static IdleMove askWhen(Held held, long due, long now) {
        return now >= due ? new IdleMove.Ask(held.number) : new IdleMove.Wait(due);
    }

    /// The next question within the bracket.
    private IdleMove halve(long now) {
        long upper = lost.getAsLong();
        long width = upper - survived;
        if (width <= RESOLUTION_NANOS) {
            return new IdleMove.Finish();
        }
        double best = Double.MAX_VALUE;
        Optional<IdleMove> move = Optional.empty();
        for (Held held : standing().toList()) {
            long silence = Math.max(now - held.spokenAt, survived + width / 2);
            long due = held.spokenAt + silence;
            if (silence >= upper - width / 20 || due > held.openedAt + limits.lifeNanos()) {
                continue;
            }
            double cost = due - now + BALANCE * Math.max(silence - survived, upper - silence);
            if (cost < best) {
                best = cost;
                move = Optional.of(askWhen(held, due, now));
            }
        }
        return move.orElseGet(() -> width > WIDE_NANOS ? narrow(now) : new IdleMove.Finish());
    }

    /// One connection more for the last bit: its silence takes as long as the timer once more.
    private IdleMove narrow(long now) {
        if (all.stream().anyMatch(held -> held.live && !held.standing)) {
            return new IdleMove.Wait(now + SPACING_NANOS);
        }
        if (narrowed) {
            return new IdleMove.Finish();
        }
        narrowed = true;
        return open(now);
    }

    /// The longest silence that a connection survived, as far as questions tell.
    public long survivedNanos() {
        return survived;
    }

    /// The shortest silence that none survived, as far as the search knows; empty before the first.
    public OptionalLong lostNanos() {
        return expiry.isPresent() ? OptionalLong.of(expiry.get().silence()) : lost;
    }

    /// How much longer the search takes at most, in nanoseconds.
    public long remainingNanos(long now) {
        if (expiry.isPresent()) {
            return Math.max(0, expiry.get().latestNanos() - now);
        }
        if (lost.isPresent()) {
            long oldest = standing().mapToLong(held -> held.spokenAt).min().orElse(now);
            return Math.max(0, Math.max(oldest, now - lost.getAsLong()) + lost.getAsLong() + PATIENCE_NANOS - now);
        }
        long longest = (long) ((1 + LATENESS) * limits.upToNanos()) + 2 * PATIENCE_NANOS;
        return Math.max(0, startedAt.orElse(now) + longest - now);
    }
}
