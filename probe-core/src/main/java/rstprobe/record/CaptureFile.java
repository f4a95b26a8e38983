package rstprobe.record;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import rstprobe.capture.CaptureFileFailure;
import rstprobe.capture.CaptureReader;
import rstprobe.capture.Damage;
import rstprobe.capture.Frame;
import rstprobe.capture.InterfaceFacts;
import rstprobe.wire.Decoded;
import rstprobe.wire.Decoder;
import rstprobe.wire.Endpoint;

/// A capture file that somebody already has, of any size: it is read once to see which conversations it holds, and
/// once more for the frames of the one that is chosen. Only those are kept.
public final class CaptureFile {
    /// The first and the last frames of a conversation that are kept; what lies between only shows that data flowed.
    static final int MOST_FIRST_FRAMES = 4_096;

    static final int MOST_LAST_FRAMES = 16_384;

    /// Their bytes, for each of the two.
    private static final long MOST_BYTES = 12 << 20;

    /// `S_IFMT` and `S_IFIFO` of inode(7).
    private static final int KIND_OF_FILE = 0xf000, PIPE = 0x1000;

    private final Path path;
    private final Conversations conversations = new Conversations();
    private Optional<String> caution = Optional.empty();
    private Optional<String> interfaceName = Optional.empty();
    private Optional<String> system = Optional.empty();
    private List<InterfaceFacts> interfaces = List.of();
    private long dropped;
    private int frames;

    private CaptureFile(Path path) {
        this.path = path;
    }

    /// Looks through a file.
    ///
    /// @throws UnreadableCapture where it is no capture, or has no TCP segment in it
    public static CaptureFile read(Path path) throws UnreadableCapture {
        if (isPipe(path)) {
            throw new UnreadableCapture(path + " is a pipe, and a capture is read twice: write it to a file first");
        }
        CaptureFile file = new CaptureFile(path);
        file.read();
        return file;
    }

    private static boolean isPipe(Path path) {
        try {
            return ((int) Files.getAttribute(path, "unix:mode") & KIND_OF_FILE) == PIPE;
        } catch (IOException unknown) {
            // Opening it will tell.
            return false;
        }
    }

    private void read() throws UnreadableCapture {
        boolean tcp = false;
        try (CaptureReader reader = CaptureReader.open(path)) {
            for (Optional<Frame> frame = reader.next(); frame.isPresent(); frame = reader.next()) {
                frames++;
                if (decoded(frame.get()) instanceof Decoded.Segment segment && hasPorts(segment)) {
                    conversations.add(frame.get().number(), segment);
                    tcp = true;
                }
            }
            describe(reader);
        } catch (CaptureFileFailure failed) {
            throw new UnreadableCapture(failed.getMessage());
        }
        if (frames == 0) {
            throw new UnreadableCapture(
                    path + " holds no frames" + caution.map(why -> ": " + why).orElse(""));
        }
        if (!tcp) {
            throw new UnreadableCapture(path + " holds " + frames + " frames and no TCP segment that can be read");
        }
    }

    private void describe(CaptureReader reader) throws UnreadableCapture {
        Optional<Damage> damage = reader.damage();
        if (damage.isPresent() && damage.get().kind() == Damage.Kind.NOT_A_CAPTURE) {
            throw new UnreadableCapture(path + " is neither an incident folder nor a capture: "
                    + damage.get().why());
        }
        caution = damage.map(Damage::why);
        interfaces = reader.interfaces();
        interfaceName = interfaces.stream()
                .map(InterfaceFacts::name)
                .filter(name -> !name.isEmpty())
                .findFirst();
        system = Optional.of(reader.section().os()).filter(os -> !os.isEmpty());
        dropped = reader.lost();
    }

    private static Decoded decoded(Frame frame) {
        return Decoder.decode(frame.link().code(), frame.bytes(), frame.originalLength());
    }

    /// Port 0 is nobody's (RFC 6335 section 6).
    static boolean hasPorts(Decoded.Segment segment) {
        return segment.sourcePort() > 0 && segment.destinationPort() > 0;
    }

    /// Why the file could not be read to its end; empty for a whole one.
    public Optional<String> caution() {
        return caution;
    }

    /// Segments of conversations beyond those that are told apart.
    public long beyond() {
        return conversations.beyond();
    }

    /// How many frames it has.
    public int frames() {
        return frames;
    }

    /// What its frames were captured on.
    public List<InterfaceFacts> interfaces() {
        return interfaces;
    }

    /// All conversations, the most interesting first.
    public List<FoundConversation> conversations() {
        return conversations.all().stream()
                .sorted(Comparator.comparingInt(FoundConversation::interest)
                        .reversed()
                        .thenComparingInt(found -> found.firstReset().orElse(found.firstFrame())))
                .toList();
    }

    /// Those between two ends, in order of time.
    public List<FoundConversation> between(Endpoint one, Endpoint other) {
        return conversations.between(one, other);
    }

    /// The conversation that a frame is part of; empty where it is part of none.
    public Optional<FoundConversation> holding(int number) throws UnreadableCapture {
        try (CaptureReader reader = CaptureReader.open(path)) {
            for (Optional<Frame> frame = reader.next(); frame.isPresent(); frame = reader.next()) {
                if (frame.get().number() == number) {
                    return decoded(frame.get()) instanceof Decoded.Segment segment
                            ? between(segment.source(), segment.destination()).stream()
                                    .filter(found -> found.firstFrame() <= number && number < found.before())
                                    .findFirst()
                            : Optional.empty();
                }
            }
        } catch (CaptureFileFailure failed) {
            throw new UnreadableCapture(failed.getMessage());
        }
        return Optional.empty();
    }

    /// Reads the frames of one conversation.
    ///
    /// @param asked     the frame that is asked about; empty for the one that ended the conversation
    /// @param numbering whose numbers the frames have
    public CapturedConversation take(FoundConversation found, OptionalInt asked, Numbering numbering)
            throws UnreadableCapture {
        Kept kept = new Kept(found);
        try (CaptureReader reader = CaptureReader.open(path)) {
            for (Optional<Frame> frame = reader.next(); frame.isPresent(); frame = reader.next()) {
                kept.add(frame.get());
            }
        } catch (CaptureFileFailure failed) {
            throw new UnreadableCapture(failed.getMessage());
        }
        if (kept.frames().isEmpty()) {
            throw new UnreadableCapture(path + " was changed while it was read");
        }
        OptionalInt meant = OptionalInt.empty();
        List<Frame> numbered = new ArrayList<>();
        for (Frame frame : kept.frames()) {
            Frame shown = numbering == Numbering.ITS_OWN ? frame.withNumber(numbered.size() + 1) : frame;
            numbered.add(shown);
            if (asked.isPresent() && asked.getAsInt() == frame.number()) {
                meant = OptionalInt.of(shown.number());
            }
        }
        return new CapturedConversation(
                found.conversation(), found.client(), numbered, meant, dropped + kept.leftOut, interfaceName, system);
    }

    /// Whose numbers the frames of a chosen conversation have.
    public enum Numbering {
        /// Those of the file they are in.
        THE_FILES,
        /// 1, 2, 3 …, as in a file that holds nothing else.
        ITS_OWN
    }

    /// The frames of one conversation while the file is read.
    private static final class Kept {
        private final FoundConversation found;
        private final SeenAgain seenAgain = new SeenAgain();
        private final List<Frame> first = new ArrayList<>();
        private final Deque<Frame> last = new ArrayDeque<>();
        private long firstBytes;
        private long lastBytes;
        private long leftOut;

        private Kept(FoundConversation found) {
            this.found = found;
        }

        private void add(Frame frame) {
            if (frame.number() < found.firstFrame() || frame.number() >= found.before() || !belongs(frame)) {
                return;
            }
            if (last.isEmpty() && first.size() < MOST_FIRST_FRAMES && firstBytes < MOST_BYTES) {
                first.add(frame);
                firstBytes += frame.keptBytes();
                return;
            }
            last.addLast(frame);
            lastBytes += frame.keptBytes();
            while (last.size() > MOST_LAST_FRAMES || lastBytes > MOST_BYTES) {
                lastBytes -= last.removeFirst().keptBytes();
                leftOut++;
            }
        }

        private boolean belongs(Frame frame) {
            Decoded decoded = decoded(frame);
            return found.conversation().concerns(decoded)
                    && !(decoded instanceof Decoded.Segment segment && seenAgain.isAgain(frame.atNanos(), segment));
        }

        private List<Frame> frames() {
            List<Frame> all = new ArrayList<>(first);
            all.addAll(last);
            return all;
        }
    }
}
