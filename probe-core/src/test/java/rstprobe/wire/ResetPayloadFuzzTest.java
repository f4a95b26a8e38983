package rstprobe.wire;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;

/// Jazzer looks for payloads of resets that nobody thought of.
class ResetPayloadFuzzTest {
    @FuzzTest(maxDuration = "1m")
    void anyBytesAreAValueWithNothingUnprintableInIt(byte[] payload) {
        if (ResetPayload.of(Slice.of(payload)) instanceof ResetPayload.Text(String words)) {
            assertTrue(words.chars().allMatch(each -> each >= ' ' && each <= '~' || each == '\n' || each == '\r'));
            assertTrue(words.length() >= ResetPayload.LEAST_TEXT_BYTES);
        }
    }
}
