package rstprobe.diagnose;

import static rstprobe.diagnose.Origin.IN_PATH;
import static rstprobe.diagnose.Origin.ON_PATH;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.record.ActiveTest;
import rstprobe.record.ActiveTest.Part;
import rstprobe.record.Mode;

/// What about a segment of ours draws the reset: what it says, how long it is, or that it is the nth.
///
/// It is what it says where a prefix draws the reset, the next shorter one does not, and as many other bytes do
/// not either. It is its length where those other bytes draw it too. Where one and the same thing drew it once
/// and passed once, nothing is claimed; nor where the capture has holes.
final class TriggerKind {
    static final String CONTENT = "trigger-is-content";
    static final String SIZE = "trigger-is-size";
    static final String COUNT = "trigger-is-count";
    private static final String VARIES = "trigger-varies";
    private static final int LONGEST_QUOTED = 24;

    private final Attempt attempt;
    private final List<Attempt> all;
    private final List<Probing> probings;
    private final List<Prefix> prefixes;
    private final List<Prefix> genuine;

    TriggerKind(Attempt attempt, List<Attempt> all, List<Probing> probings) {
        this.attempt = attempt;
        this.all = all;
        this.probings = probings;
        this.prefixes = attempt.whole() ? Prefix.of(probings) : List.of();
        this.genuine = prefixes.stream().filter(prefix -> !prefix.control()).toList();
    }

    /// The facts; none where no prefixes were sent.
    List<Fact> facts() {
        Optional<Prefix> drew = drew();
        if (drew.isEmpty()) {
            return nothingDrew().stream().toList();
        }
        return count().or(() -> kind(drew.get())).stream().toList();
    }

    /// The byte of ours that draws it; where it is no byte, or not known to one, the last of the segment.
    Optional<Trigger> trigger() {
        Optional<Prefix> drew = drew();
        if (drew.isEmpty()) {
            return Optional.empty();
        }
        List<Integer> ends = Drawn.ends(attempt);
        int nth = drew.get().nth();
        int end = drew.get().end();
        if (claimed(COUNT)) {
            return ends.stream().skip(nth - 1).findFirst().flatMap(attempt::messageAt);
        }
        if (claimed(CONTENT) && longestPassed(drew.get()) == end - 1) {
            return attempt.messageAt(end);
        }
        return claimed(CONTENT) || claimed(SIZE)
                ? ends.stream().filter(last -> last >= end).findFirst().flatMap(attempt::messageAt)
                : Optional.empty();
    }

    /// Whether what drew the reset in an attempt made byte by byte passes when it is said at once.
    boolean refutes(Attempt other) {
        return other.mode() == Mode.BYTES
                && Drawn.of(other)
                        .filter(drawn ->
                                genuine.stream().anyMatch(prefix -> prefix.passed() && prefix.end() >= drawn.end()))
                        .isPresent();
    }

    /// Whether a whole segment of the attempt that was reset passed on a connection of its own, and nothing
    /// shorter drew a reset there.
    boolean passedWhole() {
        return drew().isEmpty()
                && genuine.stream()
                        .filter(Prefix::passed)
                        .max(Comparator.comparingInt(Prefix::end))
                        .filter(last -> Drawn.ends(attempt).contains(last.end()))
                        .isPresent();
    }

    private boolean claimed(String id) {
        return Fact.among(facts(), id);
    }

    /// The shortest genuine prefix that drew a reset.
    private Optional<Prefix> drew() {
        return genuine.stream().filter(prefix -> prefix.reset().isPresent()).min(Comparator.comparingInt(Prefix::end));
    }

    /// Where the longest shorter prefix ended that passed; 0 where none did.
    private int longestPassed(Prefix drew) {
        return passedBefore(drew).map(Prefix::end).orElse(0);
    }

    private Optional<Prefix> passedBefore(Prefix drew) {
        return genuine.stream()
                .filter(prefix -> prefix.passed() && prefix.end() < drew.end())
                .max(Comparator.comparingInt(Prefix::end));
    }

    private Optional<Fact> nothingDrew() {
        return genuine.stream()
                .filter(Prefix::passed)
                .max(Comparator.comparingInt(Prefix::end))
                .map(last -> Fact.told(
                        "prefixes-pass",
                        Family.DELIVERY,
                        List.of(last.frame()),
                        "on a connection made to find out, what we say passed up to " + place(last.end())));
    }

    /// The nth segment of each paced connection, and nothing else they have in common.
    private Optional<Fact> count() {
        List<Drawn> drawn = Stream.concat(
                        all.stream()
                                .filter(other -> other.mode() == Mode.BYTES)
                                .flatMap(other -> Drawn.of(other).stream()),
                        prefixes.stream().flatMap(prefix -> Drawn.of(prefix).stream()))
                .toList();
        int nth = drawn.getFirst().nth();
        boolean alike = drawn.stream().allMatch(each -> each.nth() == nth)
                && drawn.stream().map(Drawn::end).distinct().count() > 1;
        boolean further = prefixes.stream().anyMatch(prefix -> prefix.nth() >= nth && prefix.passed())
                || all.stream()
                        .anyMatch(other ->
                                Drawn.segments(other) >= nth && other.reset().isEmpty())
                || all.stream().anyMatch(other -> Drawn.resetBefore(other, nth));
        if (nth < 2 || !alike || further) {
            return Optional.empty();
        }
        return Optional.of(Fact.of(
                COUNT,
                Family.TRIGGER,
                Weights.DRAWN_BY_COUNT,
                List.of(IN_PATH, ON_PATH),
                drawn.stream()
                        .flatMap(each -> Stream.of(each.frame(), each.reset()))
                        .toList(),
                "trigger: segment " + nth + " of ours draws the reset whatever it says and however long it is; it"
                        + " ended at byte " + drawn.getFirst().end() + " of what we said in one connection, at byte "
                        + drawn.getLast().end() + " in another"));
    }

    private Optional<Fact> kind(Prefix drew) {
        Seen reset = drew.reset().orElseThrow();
        List<Prefix> controls = prefixes.stream()
                .filter(prefix -> prefix.control() && prefix.end() == drew.end())
                .toList();
        Optional<Prefix> alsoDrew =
                controls.stream().filter(prefix -> prefix.resetLike(reset)).findFirst();
        Optional<Probing> passed = controls.stream()
                .filter(prefix -> prefix.passedWithout(reset))
                .map(Prefix::probing)
                .findFirst()
                .or(() -> sweptControl(drew));
        if (alsoDrew.isPresent()) {
            return Optional.of(passedBefore(drew)
                    .filter(shorter -> shorter.start() == drew.start())
                    .map(shorter -> size(drew, shorter, alsoDrew.get()))
                    .orElseGet(() -> anything(drew, alsoDrew.get())));
        }
        return passed.map(control -> content(drew, control));
    }

    /// The sweep's control is as long as all of our first message.
    private Optional<Probing> sweptControl(Prefix drew) {
        return probings.stream()
                .filter(probing -> probing.is(ActiveTest.SWEEP, Part.CONTROL) && drew.start() == 0)
                .filter(probing -> probing.said().length() >= drew.length())
                .filter(probing -> probing.delivered() && probing.reset().isEmpty())
                .findFirst();
    }

    private Fact content(Prefix drew, Probing control) {
        int passed = longestPassed(drew);
        String what = passed == drew.end() - 1
                ? place(drew.end()) + quoted(drew) + " draws the reset"
                : "what draws the reset lies behind byte " + passed + " of what we say and ends by "
                        + place(drew.end());
        return fact(
                CONTENT,
                Weights.DRAWN_BY_CONTENT,
                drew,
                passedBefore(drew),
                List.of(control.frame()),
                what + times(drew) + (passed > drew.start() ? "; " + (passed - drew.start()) + " bytes do not" : "")
                        + ", and " + control.said().length() + " other bytes pass");
    }

    private Fact size(Prefix drew, Prefix shorter, Prefix control) {
        return fact(
                SIZE,
                Weights.DRAWN_BY_SIZE,
                drew,
                Optional.of(shorter),
                List.of(control.frame(), control.reset().orElseThrow().frame()),
                "a segment of " + drew.length() + " bytes draws the reset whatever it says" + times(drew) + "; one of "
                        + shorter.length() + " bytes passes");
    }

    private Fact anything(Prefix drew, Prefix control) {
        return Fact.told(
                "trigger-is-anything",
                Family.TRIGGER,
                List.of(drew.frame(), control.frame()),
                drew.length() + " bytes of ours draw the reset, and so do " + control.length()
                        + " that say nothing: it is not what we say");
    }

    /// What passed elsewhere takes the claim away. A message that is complete may have been read by whoever it
    /// is for: that speaks against no server.
    private Fact fact(
            String id, int weight, Prefix drew, Optional<Prefix> shorter, List<Integer> control, String text) {
        List<Integer> frames = new ArrayList<>();
        frames.add(drew.frame());
        frames.add(drew.reset().orElseThrow().frame());
        shorter.ifPresent(prefix -> frames.add(prefix.frame()));
        frames.addAll(control);
        if (!steady(drew)) {
            return Fact.told(VARIES, Family.TRIGGER, frames, "not always the same trigger: " + text);
        }
        return attempt.messageEndsAt(drew.end())
                ? Fact.told(id, Family.TRIGGER, frames, "trigger: " + text)
                : Fact.of(id, Family.TRIGGER, weight, List.of(IN_PATH, ON_PATH), frames, "trigger: " + text);
    }

    /// Whether everything that came so far was reset, and the bytes that went one by one say the same.
    private boolean steady(Prefix drew) {
        boolean bytesAgree = all.stream()
                .filter(other -> other.mode() == Mode.BYTES)
                .flatMap(other -> Triggers.byteByByte(other).stream())
                .allMatch(trigger -> Optional.of(trigger).equals(attempt.messageAt(drew.end())));
        return bytesAgree && reset(drew) == reached(drew);
    }

    private String times(Prefix drew) {
        return ", " + reset(drew) + " of " + reached(drew) + " times";
    }

    private long reached(Prefix drew) {
        return reset(drew)
                + talks(drew).filter(other -> other.reset().isEmpty()).count()
                + genuine.stream()
                        .filter(prefix -> prefix.passed() && prefix.end() >= drew.end())
                        .count();
    }

    private long reset(Prefix drew) {
        return talks(drew).filter(other -> other.reset().isPresent()).count()
                + genuine.stream().filter(prefix -> prefix.reset().isPresent()).count();
    }

    private Stream<Attempt> talks(Prefix drew) {
        return all.stream().filter(other -> other.mode() == Mode.TALK).filter(other -> Drawn.said(other) >= drew.end());
    }

    private String place(int end) {
        return attempt.messageAt(end)
                .map(trigger -> "byte " + trigger.bytes() + " of our " + trigger.message())
                .orElse("byte " + end + " of what we say");
    }

    /// The bytes themselves, where they are a line or its beginning.
    private static String quoted(Prefix drew) {
        String text = new String(drew.probing().said().toBytes(), StandardCharsets.ISO_8859_1).stripTrailing();
        boolean readable = text.chars().allMatch(letter -> letter > ' ' && letter < 0x7f);
        return drew.start() == 0 && readable && !text.isEmpty() && text.length() <= LONGEST_QUOTED
                ? " (\"" + text + "\")"
                : "";
    }
}
