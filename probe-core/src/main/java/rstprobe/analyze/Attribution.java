package rstprobe.analyze;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import rstprobe.capture.Frame;
import rstprobe.diagnose.Diagnosis;
import rstprobe.diagnose.Evidence;
import rstprobe.diagnose.Origin;
import rstprobe.diagnose.Verdict;
import rstprobe.record.CapturedConversation;
import rstprobe.record.Event;
import rstprobe.record.FromCapture;
import rstprobe.record.GatheredFrames;
import rstprobe.record.Recording;
import rstprobe.ssh.Observation;
import rstprobe.ssh.Stage;
import rstprobe.wire.Conversation;
import rstprobe.wire.Decoded;
import rstprobe.wire.Endpoint;

/// Whose the resets of a conversation were: each of them is put to the diagnosis of a live run, as the one that ended
/// the connection, with what the capture shows around it.
///
/// A pure function of the frames. A capture does not say where it was made, so nothing rests on that.
public final class Attribution {
    /// No conforming end could have produced it otherwise.
    private static final int PROOF = 40;

    private static final String PREFIX = "SSH-";
    private static final String SAID = "server-said-why";

    private final AccusedConversation accused;
    private final GatheredFrames gathered;

    private Attribution(AccusedConversation accused) {
        this.accused = accused;
        List<Frame> frames = new ArrayList<>(accused.frames().size());
        for (AccusedFrame each : accused.frames()) {
            frames.add(each.readable().withNumber(frames.size() + 1));
        }
        this.gathered = GatheredFrames.of(frames, accused.missing());
    }

    /// The resets of a conversation that are kept, in their order.
    public static List<AttributedReset> of(AccusedConversation accused) {
        Attribution attribution = new Attribution(accused);
        List<AttributedReset> resets = new ArrayList<>(accused.resets().size());
        for (int place : accused.resets()) {
            attribution.reset(place).ifPresent(resets::add);
        }
        return resets;
    }

    /// The conversation that one of the resets ended, as it is put to the diagnosis, with frames numbered from
    /// 1 without a gap: what an incident folder keeps. Empty where the reset is nobody's.
    ///
    /// @param reset one of those that [#of] gives for it
    public static Optional<CapturedConversation> around(AccusedConversation accused, AttributedReset reset) {
        GatheredFrames gathered = new Attribution(accused).gathered;
        return accused.resets().stream()
                .filter(place -> accused.frames().get(place).frame().number() == reset.frame()
                        && accused.frames().get(place).file() == reset.file())
                .findFirst()
                .flatMap(place -> gathered.around(gathered.copyOf(place + 1).orElse(place + 1)))
                .map(CapturedConversation::renumbered);
    }

    /// Empty where too little of the frame was captured for it to be read as a segment.
    private Optional<AttributedReset> reset(int place) {
        int own = place + 1;
        OptionalInt original = gathered.copyOf(own);
        return segment(place)
                .map(segment -> gathered.around(original.orElse(own))
                        .map(captured -> reset(place, segment, captured, original))
                        .orElseGet(() -> ofNobody(place, segment)));
    }

    /// Port 0 is nobody's (RFC 6335 section 6): whoever uses it made up the rest as well.
    private AttributedReset ofNobody(int place, Decoded.Segment segment) {
        AccusedFrame itself = accused.frames().get(place);
        String summary = "a reset of a conversation with port 0, which is nobody's: nothing follows from it";
        return new AttributedReset(
                accused.number(),
                itself.file(),
                itself.frame().number(),
                itself.frame().atNanos(),
                segment.source(),
                segment.destination(),
                accused.conversation().theirs(),
                accused.conversation().ours(),
                new Verdict.Undetermined(Optional.empty(), Stage.SESSION, 0, Optional.empty(), summary),
                summary,
                Optional::empty,
                Standing.AFTER_END,
                Optional.empty(),
                List.of(),
                ResetHeader.of(segment),
                itself.unwrapped());
    }

    private Optional<Decoded.Segment> segment(int place) {
        return gathered.decoded(place) instanceof Decoded.Segment segment ? Optional.of(segment) : Optional.empty();
    }

    private AttributedReset reset(
            int place, Decoded.Segment segment, CapturedConversation captured, OptionalInt original) {
        Recording recording = FromCapture.recording(captured);
        Diagnosis.Judged finding = Diagnosis.judged(recording);
        AccusedFrame itself = accused.frames().get(place);
        Conversation conversation = captured.conversation();
        Endpoint sender = segment.source();
        boolean inClientsName = sender.equals(conversation.ours());
        Before before = new Before(captured, original.orElse(place + 1), ignored(recording));
        Optional<Stage> stage = before.ssh(recording) ? stage(finding.verdict()) : Optional.empty();
        UnaryOperator<String> told = stage.isPresent() ? UnaryOperator.identity() : without(finding.verdict());
        return new AttributedReset(
                accused.number(),
                itself.file(),
                itself.frame().number(),
                itself.frame().atNanos(),
                sender,
                segment.destination(),
                conversation.theirs(),
                conversation.ours(),
                finding.verdict(),
                told.apply(finding.verdict().summary()),
                finding.nextTest(),
                Standing.of(finding.verdict(), inClientsName, foreign(finding), before.over(stage, finding)),
                stage,
                evidence(finding, itself, original, told),
                ResetHeader.of(segment),
                itself.unwrapped());
    }

    /// Frames with resets behind which their receiver went on.
    private static List<Integer> ignored(Recording recording) {
        return recording.events(Event.Overheard.class).stream()
                .flatMap(heard -> heard.ignored().stream())
                .toList();
    }

    /// Sentences name the stage of SSH that a live run would have been in; of another protocol that is nothing.
    private static UnaryOperator<String> without(Verdict verdict) {
        String at = stage(verdict).map(stage -> " at " + stage.word()).orElse("");
        return text -> at.isEmpty() ? text : text.replace(at, "");
    }

    private static Optional<Stage> stage(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Fault fault -> Optional.of(fault.stage());
            case Verdict.Undetermined open -> Optional.of(open.stage());
            case Verdict.Healthy _ -> Optional.empty();
        };
    }

    private static boolean foreign(Diagnosis.Judged finding) {
        return finding.evidence().stream()
                .anyMatch(fact -> fact.weight() >= PROOF
                        && (fact.supports() == Origin.IN_PATH || fact.supports() == Origin.ON_PATH));
    }

    /// What came before a reset in its conversation.
    private static final class Before {
        private Optional<Boolean> clientSaysSsh = Optional.empty();
        private Optional<Boolean> serverSaysSsh = Optional.empty();
        private boolean reset;
        private boolean fin;
        private boolean serverClosedFirst;

        private Before(CapturedConversation captured, int itself, List<Integer> ignored) {
            for (int i = 0; i < captured.frames().size(); i++) {
                Frame frame = captured.frames().get(i);
                if (frame.number() < itself && captured.frames().decoded(i) instanceof Decoded.Segment segment) {
                    boolean clients =
                            segment.source().equals(captured.conversation().ours());
                    reset |= segment.flags().rst() && !ignored.contains(frame.number());
                    if (!segment.flags().rst()) {
                        take(segment, clients);
                    }
                }
            }
        }

        private void take(Decoded.Segment segment, boolean clients) {
            serverClosedFirst |= segment.flags().fin() && !fin && !clients;
            fin |= segment.flags().fin();
            if (clients && clientSaysSsh.isEmpty()) {
                clientSaysSsh = saysSsh(segment);
            } else if (!clients && serverSaysSsh.isEmpty()) {
                serverSaysSsh = saysSsh(segment);
            }
        }

        /// Empty where it says nothing.
        private static Optional<Boolean> saysSsh(Decoded.Segment segment) {
            String first = new String(segment.payload().upTo(PREFIX.length()).toBytes(), StandardCharsets.US_ASCII);
            return segment.payloadLength() == 0 ? Optional.empty() : Optional.of(PREFIX.startsWith(first));
        }

        /// Whether everybody who spoke began as SSH does; a server may say other lines first (RFC 4253 section 4.2).
        private boolean ssh(Recording recording) {
            boolean prefaced = recording.events().stream()
                    .anyMatch(event -> event instanceof Event.Observed seen
                            && seen.observation() instanceof Observation.ServerIdentification);
            boolean spoken = clientSaysSsh.isPresent() || serverSaysSsh.isPresent();
            return spoken && clientSaysSsh.orElse(true) && (serverSaysSsh.orElse(true) || prefaced);
        }

        /// Whether it was reset or closed already. A server that says why it closes, or closes before a login can be
        /// over, does not close in order.
        private boolean over(Optional<Stage> stage, Diagnosis.Judged finding) {
            boolean said =
                    finding.evidence().stream().anyMatch(fact -> fact.id().equals(SAID));
            boolean early = serverClosedFirst
                    && stage.filter(reached -> reached.compareTo(Stage.SESSION) < 0)
                            .isPresent();
            return reset || fin && !said && !early;
        }
    }

    private List<Evidence> evidence(
            Diagnosis.Judged finding, AccusedFrame itself, OptionalInt original, UnaryOperator<String> told) {
        List<Evidence> facts = new ArrayList<>(finding.evidence().size() + 1);
        for (Evidence fact : finding.evidence()) {
            facts.add(cited(fact, itself.file(), told));
        }
        if (original.isPresent()) {
            facts.add(cited(
                    new Evidence(
                            "reset-seen-again",
                            Evidence.Family.SEQUENCE,
                            0,
                            Origin.UNKNOWN,
                            List.of(original.getAsInt()),
                            "another tap saw the same reset shortly before: the two are one, and judged as one"),
                    itself.file(),
                    told));
        }
        return facts;
    }

    /// The same fact with the numbers that the frames have in the reset's file; those in other files are named in its
    /// text.
    private Evidence cited(Evidence fact, int file, UnaryOperator<String> told) {
        List<Integer> here = new ArrayList<>(fact.frames().size());
        List<AccusedFrame> elsewhere = new ArrayList<>(0);
        for (int own : fact.frames()) {
            AccusedFrame frame = accused.frames().get(own - 1);
            if (frame.file() == file) {
                here.add(frame.frame().number());
            } else {
                elsewhere.add(frame);
            }
        }
        String others = elsewhere.isEmpty()
                ? ""
                : elsewhere.stream()
                        .map(frame -> "frame " + frame.frame().number() + " of file " + (frame.file() + 1))
                        .collect(Collectors.joining(", ", " (also ", ")"));
        return new Evidence(
                fact.id(), fact.family(), fact.weight(), fact.supports(), here, told.apply(fact.text()) + others);
    }
}
