package rstprobe.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import rstprobe.wire.Checksum;
import rstprobe.wire.Checksums;
import rstprobe.wire.Decoded;

/// A device that reads along and, once in a conversation that draws its attention, forges segments. A
/// tap holds nothing back: the real segments travel on in both directions. A device in the path ends
/// the conversation as well: from the trigger on it lets nothing of it pass.
final class ForgingTap implements Rule {

    /// The hop count a plain tap's reset starts with; Linux servers start with 64.
    static final int TTL = 128;
    /// The window in a plain tap's reset.
    static final int WINDOW = 1000;

    /// One reset with a hop count, a window and an IP identification of its own.
    static final Forgery PLAIN = Forgery.RESET
            .withTtl(new Figure.Fixed(TTL))
            .withIdentification(new Figure.Dice(1, 0xffff))
            .withWindow(new Figure.Fixed(WINDOW));

    private final Match match;
    private final Injector injector;
    private final boolean holdsBack;
    private final boolean verifies;
    private final Random dice;
    private final FlowTable<Watched> watched = new FlowTable<>(Watched::new);

    private static final class Watched {
        private final Flow flow;
        private boolean judged;
        private boolean answered;

        Watched(Decoded.Segment syn) {
            flow = new Flow(syn);
        }
    }

    /// @param match what draws its attention
    /// @param recipe what it forges then
    /// @param holdsBack whether it sits in the path
    /// @param verifies whether it ignores segments with a wrong checksum, as a host does
    /// @param seed where its random numbers start
    ForgingTap(Match match, List<Forgery> recipe, boolean holdsBack, boolean verifies, long seed) {
        this.match = match;
        this.injector = new Injector(recipe, true, seed);
        this.holdsBack = holdsBack;
        this.verifies = verifies;
        this.dice = new Random(~seed);
        // The first numbers of neighbouring seeds are nearly the same.
        this.dice.nextInt();
    }

    @Override
    public Outcome on(Direction direction, byte[] frame) {
        Optional<Decoded.Segment> segment = FlowTable.segment(frame).filter(this::believes);
        Optional<Watched> known = segment.flatMap(seen -> watched.of(direction, seen));
        if (known.isEmpty()) {
            return Outcome.pass(frame);
        }
        Watched state = known.get();
        state.flow.follow(direction, segment.get());
        if (direction == Direction.TO_CLIENT || state.answered || !draws(state, segment.get())) {
            return state.answered && holdsBack ? Outcome.drop() : Outcome.pass(frame);
        }
        state.answered = true;
        Optional<byte[]> onward = holdsBack ? Optional.empty() : Optional.of(frame);
        return new Outcome(onward, new ArrayList<>(injector.inject(state.flow, segment.get())));
    }

    private boolean believes(Decoded.Segment segment) {
        return !verifies || Checksums.of(segment) != Checksum.BAD;
    }

    /// A choosy device makes up its mind once in a conversation.
    private boolean draws(Watched state, Decoded.Segment segment) {
        boolean choosy = match instanceof Match.Share;
        if (choosy && state.judged) {
            return false;
        }
        state.judged |= segment.payloadLength() > 0;
        return match.fits(state.flow, segment, dice);
    }
}
