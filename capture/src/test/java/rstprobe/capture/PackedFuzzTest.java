package rstprobe.capture;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.airlift.compress.v3.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorOutputStream;

/// Jazzer looks for a packed stream that the unpackers of others have no answer for, or one that takes more room than
/// it may.
class PackedFuzzTest {
    private static final List<byte[]> MAGIC = List.of(
            new byte[] {0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0, 0, 3},
            new byte[] {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD},
            new byte[] {4, 0x22, 0x4D, 0x18});

    @FuzzTest(maxDuration = "60s")
    void anyStreamBehindTheMagicIsReadToAnEnd(FuzzedDataProvider input) {
        byte[] magic = input.pickValue(MAGIC);
        byte[] rest = input.consumeRemainingAsBytes();
        byte[] all = Arrays.copyOf(magic, magic.length + rest.length);
        System.arraycopy(rest, 0, all, magic.length, rest.length);
        read(all);
    }

    /// A good stream of which a few bytes are others, so that the damage lies deep inside.
    @FuzzTest(maxDuration = "60s")
    void aStreamWithOtherBytesInItIsReadToAnEnd(FuzzedDataProvider input) throws IOException {
        int kind = input.consumeInt(0, 2);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        int[] places = input.consumeInts(input.consumeInt(0, 4));
        byte[] values = input.consumeBytes(places.length);
        int cut = input.consumeInt(0, 64);
        try (OutputStream out = kind == 0
                ? new GZIPOutputStream(packed)
                : kind == 1 ? new ZstdOutputStream(packed) : new FramedLZ4CompressorOutputStream(packed)) {
            out.write(new Bytes(ByteOrder.LITTLE_ENDIAN)
                    .section()
                    .interfaceBlock(1, 0)
                    .array());
            out.write(input.consumeRemainingAsBytes());
        }
        byte[] stream = Arrays.copyOf(packed.toByteArray(), Math.max(0, packed.size() - cut));
        for (int i = 0; i < values.length && stream.length > 0; i++) {
            stream[Math.floorMod(places[i], stream.length)] = values[i];
        }
        read(stream);
    }

    private static void read(byte[] stream) {
        try (CaptureReader reader = CaptureReader.of(stream)) {
            reader.forEach(frame -> assertTrue(frame.number() > 0));
            reader.damage().ifPresent(damage -> assertTrue(!damage.why().isBlank()));
        }
    }
}
