package rstprobe.analyze;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.Optional;

/// Any bytes are a frame, and any bytes are a capture. With `JAZZER_FUZZ=1` it looks for new ones.
class ScanFuzzTest {
    private static final int[] LINKS = {
        0, 1, 7, 8, 9, 10, 12, 14, 50, 51, 101, 104, 105, 107, 108, 113, 127, 166, 204, 228, 229, 239, 276, 300
    };

    @FuzzTest(maxDuration = "60s")
    void anyFrameIsWhatTheDecoderSaysItIs(FuzzedDataProvider input) {
        int link = input.pickValue(LINKS);
        int original = input.consumeInt();
        SegmentFinderTest.agrees("fuzzed", link, input.consumeRemainingAsBytes(), original);
    }

    @FuzzTest(maxDuration = "60s")
    void anyCaptureIsScannedToAnEnd(byte[] bytes) throws ScanFailure {
        ScanPlan plan = new ScanPlan(Optional.empty(), 1, ScanProgress.NONE);
        try (CaptureScan scan = CaptureScan.of(List.of(Crafted.source("fuzzed", bytes)), plan)) {
            ScannedFile file = scan.files().getFirst();
            long resets = scan.conversations()
                    .mapToLong(AccusedConversation::resetsInAll)
                    .sum();
            assertTrue(resets == file.resets() && file.resets() <= file.packets());
        }
    }

    @FuzzTest(maxDuration = "60s")
    void anyResetIsAttributed(byte[] bytes) throws ScanFailure {
        ScanPlan plan = new ScanPlan(Optional.empty(), 1, ScanProgress.NONE);
        try (CaptureScan scan = CaptureScan.of(List.of(Crafted.source("fuzzed", bytes)), plan)) {
            long frames = scan.files().getFirst().packets();
            scan.conversations()
                    .flatMap(accused -> Attribution.of(accused).stream())
                    .forEach(reset -> {
                        assertTrue(reset.verdict().confidence() < 0.9, reset::toString);
                        assertTrue(reset.frame() >= 1 && reset.frame() <= frames, reset::toString);
                        reset.evidence()
                                .forEach(fact -> fact.frames()
                                        .forEach(frame -> assertTrue(frame >= 1 && frame <= frames, fact::toString)));
                    });
        }
    }
}
