package rstprobe.diagnose;

import java.util.OptionalInt;
import rstprobe.wire.Decoded;

/// Which of the resets a Linux kernel can send this one looks like.
enum ResetShape {
    /// A live socket was aborted: RST,ACK at the next sequence number, window not zero, timestamps and
    /// identification continuing (`tcp_send_active_reset`). At least one of the two was there to be
    /// checked.
    SOCKET_ABORT,
    /// An answer without a socket: no ACK flag, window 0, no options (`tcp_v4_send_reset`,
    /// `nf_send_reset`).
    STATELESS,
    /// Neither, or nothing to check it by.
    OTHER;

    private static final int MAX_IDENTIFICATION_STEP = 64;

    static ResetShape of(Decoded.Segment reset, Baseline baseline) {
        if (!reset.flags().ack()) {
            return reset.window() == 0 && reset.options().isEmpty() ? STATELESS : OTHER;
        }
        boolean continues = inSequence(reset, baseline)
                && reset.window() != 0
                && (!baseline.timestampsNegotiated() || baseline.timestampsContinue(reset))
                && !identificationBroken(reset, baseline);
        boolean checked = baseline.timestampsNegotiated()
                || !reset.ip().isV6() && baseline.lastIdentification().isPresent();
        return continues && checked ? SOCKET_ABORT : OTHER;
    }

    private static boolean inSequence(Decoded.Segment reset, Baseline baseline) {
        OptionalInt next = baseline.nextSequence();
        return next.isPresent() && next.getAsInt() == reset.sequence();
    }

    /// A connected Linux socket counts its IPv4 datagrams up from a random number; IPv6 has no such
    /// field. Segments that were merged before the tap leave steps of more than one.
    static boolean identificationBroken(Decoded.Segment reset, Baseline baseline) {
        OptionalInt own = reset.ip().identification();
        if (reset.ip().isV6() || own.isEmpty()) {
            return false;
        }
        OptionalInt last = baseline.lastIdentification();
        if (last.isEmpty()) {
            return own.getAsInt() == 0;
        }
        int step = own.getAsInt() - last.getAsInt() & 0xffff;
        return step < 1 || step > MAX_IDENTIFICATION_STEP;
    }
}
