package rstprobe.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What needs no ring of the kernel's; the rest is in the tests of the tap that uses it.
class PacketRingTest {
    @Test
    void rehearsedFramesAreShownWholeAndInOrder() {
        List<byte[]> frames = List.of(new byte[] {1}, new byte[] {2, 2, 2, 2, 2, 2, 2, 2, 2}, new byte[] {3, 3});
        List<List<Byte>> shown = new ArrayList<>();
        PacketRing.rehearse(frames, 2, (bytes, at, captured, length, _) -> {
            assertEquals(length, captured);
            List<Byte> frame = new ArrayList<>();
            for (byte each : bytes.asSlice(at, captured).toArray(ValueLayout.JAVA_BYTE)) {
                frame.add(each);
            }
            shown.add(frame);
        });
        List<Byte> two =
                List.of((byte) 2, (byte) 2, (byte) 2, (byte) 2, (byte) 2, (byte) 2, (byte) 2, (byte) 2, (byte) 2);
        List<List<Byte>> once = List.of(List.of((byte) 1), two, List.of((byte) 3, (byte) 3));
        assertEquals(once, shown.subList(0, 3));
        assertEquals(once, shown.subList(3, 6));
    }
}
