package rstprobe.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/// What resets carry, as far as anybody has written it down.
class ResetPayloadTest {
    @Test
    void aTextIsReadWithoutItsPadding() {
        assertEquals(new ResetPayload.Text("No TCP"), text("No TCP\0\0"));
        assertEquals(
                new ResetPayload.Text("BIG-IP: [0x273e1f5:1196] No available pool member"),
                text("BIG-IP: [0x273e1f5:1196] No available pool member"));
        assertEquals(new ResetPayload.Text("Go away"), text(" Go away\r\n"));
    }

    @Test
    void theDiagnosticPayloadHasEightBytes() {
        assertEquals(new ResetPayload.Diagnostic(9, 0), bytes("33aa000900000000"));
        assertEquals(new ResetPayload.Diagnostic(0xffff, 0xffff_ffffL), bytes("33aaffffffffffff"));
        assertInstanceOf(ResetPayload.Bytes.class, bytes("33aa0009000000"));
        assertInstanceOf(ResetPayload.Bytes.class, bytes("33aa000900000000ff"));
    }

    @Test
    void whatIsNeitherIsBytes() {
        assertEquals(new ResetPayload.None(), bytes(""));
        assertEquals(new ResetPayload.Bytes(3), bytes("414243"));
        assertEquals(new ResetPayload.Bytes(5), bytes("41421b5b6d"));
        assertEquals(new ResetPayload.Bytes(4), bytes("20202020"));
        assertEquals(new ResetPayload.Bytes(6), bytes("4e6fc3a4c3b6"));
    }

    @Test
    void ofALongTextTheBeginningIsRead() {
        ResetPayload read = text("x".repeat(5_000));
        assertEquals(new ResetPayload.Text("x".repeat(ResetPayload.MAX_TEXT_BYTES)), read);
    }

    private static ResetPayload text(String words) {
        return ResetPayload.of(Slice.of(words.getBytes(StandardCharsets.UTF_8)));
    }

    private static ResetPayload bytes(String hex) {
        return ResetPayload.of(Slice.of(HexFormat.of().parseHex(hex)));
    }
}
