package rstprobe.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;

/// Any bytes are a capture: read to an end, whatever they are. With `JAZZER_FUZZ=1` it looks for new ones.
class CaptureReaderFuzzTest {
    @FuzzTest(maxDuration = "60s")
    void everyByteStringIsReadToAnEnd(byte[] bytes) {
        try (CaptureReader reader = CaptureReader.of(bytes)) {
            int frames = 0;
            for (Frame frame : reader) {
                frames++;
                assertEquals(frames, frame.number());
                assertTrue(frame.interfaceId() < reader.interfaces().size());
            }
            reader.damage()
                    .ifPresent(damage ->
                            assertTrue(damage.offset() >= 0 && !damage.why().isBlank()));
            assertTrue(reader.statistics().size() <= reader.interfaces().size());
        }
    }
}
