package rstprobe.lab;

import java.time.Duration;
import java.util.List;

/// A device on the link between the routers, as a value.
sealed interface Device {

    /// The device itself, as it stands before the first frame.
    ///
    /// @param seed where its random numbers start
    default Rule build(long seed) {
        return switch (this) {
            case Forges(Match match, List<Forgery> recipe, boolean holdsBack, boolean verifies) ->
                new ForgingTap(match, recipe, holdsBack, verifies, seed);
            case RewritesOpenings opening -> new AnswerRewriter(true);
            case RewritesBytes bytes -> new AnswerRewriter(false);
            case ResetsIdle(Duration patience) -> new IdleReset(patience, IdleReset.bothWays(), seed);
            case ForgetsIdle(Duration patience) -> new ForgetfulBalancer(patience, seed);
            case ForgetsInSilence(Duration patience) -> new VanishesIdle(patience);
            case LosesFirst lost -> new LosesFirstReset();
            case RepeatsLate(Duration behind) -> new LateDuplicate(behind);
            case Garbles garbles -> new Garbler();
            case Flips(BitFlipper.Where where) -> new BitFlipper(where);
            case AddsMessage adds -> new AddedMessage();
            case LooksLikeWindows windows -> new WindowsShape();
            case Strays strays -> new StraySegment();
            case LongerForSome(int share) -> new LongerWay(share);
            case Alternates alternates -> new AlternatingWays();
            case AnswersEverything answers -> new AnswersAll();
            case Limits(int aSecond, boolean onlyOpenings, boolean resets) ->
                new RateLimit(aSecond, onlyOpenings, resets);
            case ClaimsSize(int longest, int claimed) -> new ClaimsTooBig(longest, claimed);
            case ChangesSize(int before, int after, int frames) -> new ChangingSize(before, after, frames);
            case LooksLike(StackShape.Stack stack) -> new StackShape(stack, seed);
        };
    }

    /// Forges segments; see [ForgingTap].
    record Forges(Match match, List<Forgery> recipe, boolean holdsBack, boolean verifies) implements Device {

        /// Keeps its own copy of the recipe.
        public Forges {
            recipe = List.copyOf(recipe);
        }

        /// A tap beside the path.
        static Forges tap(Match match, Forgery... recipe) {
            return new Forges(match, List.of(recipe), false, true);
        }

        /// A device in the path, which lets nothing of the conversation pass from the trigger on.
        static Forges inPath(Match match, Forgery... recipe) {
            return new Forges(match, List.of(recipe), true, true);
        }

        /// The same, answering segments whose checksum is wrong too.
        Forges ignoringChecksums() {
            return new Forges(match, recipe, holdsBack, false);
        }
    }

    /// Turns every SYN-ACK into a reset; see [AnswerRewriter].
    record RewritesOpenings() implements Device {}

    /// Turns what the server says into resets; see [AnswerRewriter].
    record RewritesBytes() implements Device {}

    /// See [IdleReset].
    record ResetsIdle(Duration patience) implements Device {}

    /// See [ForgetfulBalancer].
    record ForgetsIdle(Duration patience) implements Device {}

    /// See [VanishesIdle].
    record ForgetsInSilence(Duration patience) implements Device {}

    /// See [LosesFirstReset].
    record LosesFirst() implements Device {}

    /// See [LateDuplicate].
    record RepeatsLate(Duration behind) implements Device {}

    /// See [Garbler].
    record Garbles() implements Device {}

    /// See [BitFlipper].
    record Flips(BitFlipper.Where where) implements Device {}

    /// See [AddedMessage].
    record AddsMessage() implements Device {}

    /// See [WindowsShape].
    record LooksLikeWindows() implements Device {}

    /// See [StraySegment].
    record Strays() implements Device {}

    /// See [LongerWay].
    record LongerForSome(int oneIn) implements Device {}

    /// See [AlternatingWays].
    record Alternates() implements Device {}

    /// See [AnswersAll].
    record AnswersEverything() implements Device {}

    /// See [RateLimit].
    record Limits(int aSecond, boolean onlyOpenings, boolean resets) implements Device {}

    /// See [ClaimsTooBig].
    record ClaimsSize(int longest, int claimed) implements Device {}

    /// See [ChangingSize].
    record ChangesSize(int before, int after, int frames) implements Device {}

    /// See [StackShape].
    record LooksLike(StackShape.Stack stack) implements Device {}
}
