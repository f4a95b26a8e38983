package rstprobe.report;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/// Bytes of a fuzzer's choice through every form. Without `JAZZER_FUZZ=1` it runs on the kept inputs alone.
class SanitizerFuzzTest {
    @FuzzTest(maxDuration = "60s")
    void anyTextIsSafeInEveryForm(FuzzedDataProvider bytes) {
        boolean asText = bytes.consumeBoolean();
        if (asText) {
            SanitizerTest.check(bytes.consumeRemainingAsString(), 0);
        } else {
            SanitizerTest.check(WireText.of(bytes.consumeRemainingAsBytes()), 0);
        }
    }
}
