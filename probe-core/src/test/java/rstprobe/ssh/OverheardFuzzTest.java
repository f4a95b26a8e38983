package rstprobe.ssh;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import rstprobe.ssh.Overheard.Side;

/// Jazzer looks for two sides whose bytes a listener has no answer for.
class OverheardFuzzTest {
    @FuzzTest(maxDuration = "1m")
    void anyBytesOfBothSidesLeadSomewhere(byte[] bytes) {
        Overheard overheard = new Overheard();
        Side side = Side.CLIENT;
        int at = 0;
        while (at < bytes.length) {
            int length = Math.min(bytes.length - at - 1, bytes[at] & 0x7f);
            boolean whole = bytes[at] >= 0;
            overheard.on(side, Arrays.copyOfRange(bytes, at + 1, at + 1 + length), whole, 0);
            side = side == Side.CLIENT ? Side.SERVER : Side.CLIENT;
            at += length + 1;
        }
        overheard.end();
        overheard.foreign();
        overheard.apart();
    }
}
