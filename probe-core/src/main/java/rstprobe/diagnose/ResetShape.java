package rstprobe.diagnose;

import java.util.OptionalInt;
import java.util.OptionalLong;
import rstprobe.wire.Decoded;
import rstprobe.wire.TcpOption;

/// Which of the resets a Linux kernel can send this one looks like.
enum ResetShape {
    /// A live socket was aborted: RST,ACK at the next sequence number, window not zero, timestamps and identification
    /// continuing (`tcp_send_active_reset`).
    SOCKET_ABORT,
    /// An answer without a socket: no ACK flag, window 0, no options (`tcp_v4_send_reset`, `nf_send_reset`).
    STATELESS,
    /// Neither: with an ACK flag as a live socket sets it, and without what that socket would have added.
    OTHER;

    private static final int MAX_IDENTIFICATION_STEP = 64;

    static ResetShape of(Decoded.Segment reset, Baseline baseline) {
        if (!reset.flags().ack()) {
            return reset.window() == 0 && reset.options().isEmpty() ? STATELESS : OTHER;
        }
        boolean abort = inSequence(reset, baseline)
                && reset.window() != 0
                && timestampsContinue(reset, baseline)
                && identificationContinues(reset, baseline);
        return abort ? SOCKET_ABORT : OTHER;
    }

    private static boolean inSequence(Decoded.Segment reset, Baseline baseline) {
        OptionalInt next = baseline.nextSequence();
        return next.isPresent() && next.getAsInt() == reset.sequence();
    }

    private static boolean timestampsContinue(Decoded.Segment reset, Baseline baseline) {
        if (!baseline.timestampsNegotiated()) {
            return true;
        }
        OptionalLong last = baseline.lastTheirTimestamp();
        return Baseline.timestamps(reset)
                .map((TcpOption.Timestamps stamps) -> last.isPresent()
                        && (int) (stamps.value() - last.getAsLong()) >= 0
                        && baseline.weSentTimestamp(stamps.echo()))
                .orElse(false);
    }

    /// A connected Linux socket counts its datagrams; IPv6 has no such field.
    private static boolean identificationContinues(Decoded.Segment reset, Baseline baseline) {
        OptionalInt own = reset.ip().identification();
        if (reset.ip().isV6() || own.isEmpty()) {
            return true;
        }
        OptionalInt last = baseline.lastIdentification();
        if (last.isEmpty()) {
            return own.getAsInt() != 0;
        }
        int step = own.getAsInt() - last.getAsInt() & 0xffff;
        return step >= 1 && step <= MAX_IDENTIFICATION_STEP;
    }
}
