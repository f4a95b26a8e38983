package rstprobe.diagnose;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import rstprobe.capture.Frame;
import rstprobe.capture.LinkType;
import rstprobe.record.CapturedConversation;
import rstprobe.record.Event;
import rstprobe.record.FromCapture;
import rstprobe.wire.Conversation;
import rstprobe.wire.Encoder;
import rstprobe.wire.Endpoint;
import rstprobe.wire.IpAddress;
import rstprobe.wire.IpHeader;
import rstprobe.wire.TcpHeader;

/// Jazzer looks for a conversation, however absurd, that a recording cannot be made of or a verdict not be found for.
class CapturedFuzzTest {
    private static final int MOST_FRAMES = 64;
    private static final IpAddress CLIENT = IpAddress.parse("198.18.1.2");
    private static final IpAddress SERVER = IpAddress.parse("198.18.3.2");
    private static final Event.ClientTold[] TOLD = Event.ClientTold.values();

    @FuzzTest(maxDuration = "1m")
    void anySegmentsInAnyOrderGetAVerdict(FuzzedDataProvider input) {
        Event.ClientTold told = input.pickValue(TOLD);
        int asked = input.consumeInt(0, MOST_FRAMES);
        List<Frame> frames = new ArrayList<>();
        while (input.remainingBytes() > 0 && frames.size() < MOST_FRAMES || frames.isEmpty()) {
            frames.add(frame(input, frames.size() + 1));
        }
        CapturedConversation captured = new CapturedConversation(
                new Conversation(new Endpoint(CLIENT, 40_000), new Endpoint(SERVER, 22)),
                told,
                frames,
                asked == 0 ? OptionalInt.empty() : OptionalInt.of(asked),
                input.consumeInt(0, 1),
                Optional.empty(),
                Optional.empty());
        Finding finding = Diagnosis.of(FromCapture.recording(captured));
        if (finding.verdict().confidence() > Weights.CONCLUSIVE_LIMIT) {
            throw new AssertionError(finding.verdict());
        }
        for (Evidence fact : finding.evidence()) {
            if (fact.frames().stream().anyMatch(frame -> frame < 1 || frame > frames.size())) {
                throw new AssertionError(fact);
            }
        }
    }

    private static Frame frame(FuzzedDataProvider input, int number) {
        boolean ours = input.consumeBoolean();
        IpHeader ip = IpHeader.between(ours ? CLIENT : SERVER, ours ? SERVER : CLIENT)
                .withTtl(input.consumeInt(1, 255))
                .withIdentification(input.consumeInt(0, 0xffff));
        TcpHeader tcp = TcpHeader.between(ours ? 40_000 : 22, ours ? 22 : 40_000, input.consumeInt(0, 0xfff))
                .withSequence(input.consumeBoolean() ? input.consumeInt(0, 200) : input.consumeInt())
                .withAcknowledgement(input.consumeBoolean() ? input.consumeInt(0, 200) : input.consumeInt())
                .withWindow(input.consumeInt(0, 0xffff));
        byte[] bytes = Encoder.tcp(ip, tcp, input.consumeBytes(input.consumeInt(0, 120)));
        return new Frame(
                number, input.consumeLong(), LinkType.RAW, bytes, bytes.length + input.consumeInt(0, 3_000), 0);
    }
}
