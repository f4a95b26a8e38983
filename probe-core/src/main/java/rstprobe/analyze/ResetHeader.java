package rstprobe.analyze;

import java.util.Locale;
import rstprobe.wire.Decoded;

/// What the header of a reset shows of its sender's stack and distance, wherever it was captured.
///
/// @param ttl  time to live or hop limit as captured
/// @param look flags, window, DF, identification, type of service and options, in words; resets of one box look alike
public record ResetHeader(int ttl, String look) {
    /// What systems start with, lowest first.
    private static final int[] INITIAL = {64, 128, 255};

    static ResetHeader of(Decoded.Segment reset) {
        return new ResetHeader(reset.ip().ttl(), look(reset));
    }

    /// Identifications of a stack that counts differ from reset to reset, so only the kind is kept.
    private static String look(Decoded.Segment reset) {
        StringBuilder look =
                new StringBuilder(reset.flags().toString()).append(reset.window() == 0 ? ", window 0" : ", window set");
        if (!reset.ip().isV6()) {
            look.append(reset.ip().dontFragment() ? ", DF" : ", no DF")
                    .append(reset.ip().identification().orElse(0) == 0 ? ", IP ID 0" : ", IP ID set");
        }
        if (reset.ip().tos() != 0) {
            look.append(String.format(
                    Locale.ROOT, ", type of service 0x%02x", reset.ip().tos()));
        }
        if (!reset.options().isEmpty()) {
            look.append(", options ").append(reset.options().order());
        }
        return look.append(reset.payloadLength() > 0 ? ", with text" : "").toString();
    }

    /// The TTL it most likely started with: the least of 64, 128 and 255 that is not smaller. Few start with 32, and
    /// no way has more than 64 hops.
    public int initialTtl() {
        for (int initial : INITIAL) {
            if (ttl <= initial) {
                return initial;
            }
        }
        return 255;
    }

    /// How many routers lay between the sender and the place of the capture, if it started with
    /// [#initialTtl].
    public int hops() {
        return initialTtl() - ttl;
    }
}
