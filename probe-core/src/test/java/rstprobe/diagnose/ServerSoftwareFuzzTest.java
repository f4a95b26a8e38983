package rstprobe.diagnose;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/// Jazzer looks for a line that no software can be read from, or that gets its own words into ours.
class ServerSoftwareFuzzTest {
    @FuzzTest(maxDuration = "60s")
    void anyLineTellsSomethingThatIsSafeToSay(FuzzedDataProvider input) {
        boolean begun = input.consumeBoolean();
        ServerSoftwareTest.check((begun ? "SSH-2.0-OpenSSH_" : "") + input.consumeRemainingAsString(), "found");
    }
}
