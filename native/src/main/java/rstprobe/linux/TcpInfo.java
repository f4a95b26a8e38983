package rstprobe.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;

/// What the kernel knows of a TCP connection: `struct tcp_info` of `linux/tcp.h`. A field that the running kernel does
/// not have yet is 0.
///
/// @param state the connection's state
/// @param timestamps both sides use timestamps (RFC 7323)
/// @param sack both sides use selective acknowledgements (RFC 2018)
/// @param windowScaling both sides scale windows (RFC 7323)
/// @param ecn both sides use explicit congestion notification (RFC 3168)
/// @param sendWindowScale the peer's window shift
/// @param receiveWindowScale our window shift
/// @param retransmits timeouts in a row for the oldest unacknowledged segment
/// @param sendMss payload bytes of a full segment we send, options taken off
/// @param receiveMss payload bytes of the largest segment seen from the peer, estimated
/// @param advertisedMss the MSS we announced
/// @param pathMtu the path MTU the kernel believes in, IP header included
/// @param rttMicros smoothed round trip
/// @param rttVarianceMicros its mean deviation
/// @param minRttMicros smallest round trip
/// @param congestionWindow segments that may be under way
/// @param unacknowledged segments sent and not acknowledged
/// @param lost of these, believed lost
/// @param totalRetransmits segments ever sent again
/// @param segmentsOut segments sent, empty ones too
/// @param segmentsIn segments received, empty ones too
/// @param unsentBytes written but never sent
/// @param bytesSent payload bytes sent, again-sent ones too
/// @param bytesAcknowledged of ours, by the peer
/// @param bytesReceived in order from the peer
/// @param bytesRetransmitted payload bytes sent again
public record TcpInfo(
        State state,
        boolean timestamps,
        boolean sack,
        boolean windowScaling,
        boolean ecn,
        int sendWindowScale,
        int receiveWindowScale,
        int retransmits,
        int sendMss,
        int receiveMss,
        int advertisedMss,
        int pathMtu,
        int rttMicros,
        int rttVarianceMicros,
        int minRttMicros,
        int congestionWindow,
        int unacknowledged,
        int lost,
        int totalRetransmits,
        int segmentsOut,
        int segmentsIn,
        int unsentBytes,
        long bytesSent,
        long bytesAcknowledged,
        long bytesReceived,
        long bytesRetransmitted) {

    /// Bytes to ask for: up to and with `tcpi_bytes_retrans`.
    static final int SIZE = 216;

    /// Connection states with the numbers of `include/net/tcp_states.h`: the ordinal plus one.
    public enum State {
        ESTABLISHED,
        SYN_SENT,
        SYN_RECEIVED,
        FIN_WAIT_1,
        FIN_WAIT_2,
        TIME_WAIT,
        CLOSED,
        CLOSE_WAIT,
        LAST_ACK,
        LISTEN,
        CLOSING,
        NEW_SYN_RECEIVED,
        /// A number this list does not have.
        OTHER;

        private static final State[] NUMBERED = values();

        static State numbered(int number) {
            return number >= 1 && number < OTHER.ordinal() + 1 ? NUMBERED[number - 1] : OTHER;
        }
    }

    private static final int TIMESTAMPS = 1;
    private static final int SACK = 2;
    private static final int WINDOW_SCALING = 4;
    private static final int ECN = 8;

    /// Reads the C form; `kernel` holds [#SIZE] bytes, zeros where the kernel wrote none.
    static TcpInfo read(MemorySegment kernel) {
        int options = kernel.get(JAVA_BYTE, 5);
        int scales = kernel.get(JAVA_BYTE, 6);
        return new TcpInfo(
                State.numbered(kernel.get(JAVA_BYTE, 0)),
                (options & TIMESTAMPS) != 0,
                (options & SACK) != 0,
                (options & WINDOW_SCALING) != 0,
                (options & ECN) != 0,
                scales & 0xf,
                (scales >> 4) & 0xf,
                Byte.toUnsignedInt(kernel.get(JAVA_BYTE, 2)),
                kernel.get(JAVA_INT_UNALIGNED, 16),
                kernel.get(JAVA_INT_UNALIGNED, 20),
                kernel.get(JAVA_INT_UNALIGNED, 84),
                kernel.get(JAVA_INT_UNALIGNED, 60),
                kernel.get(JAVA_INT_UNALIGNED, 68),
                kernel.get(JAVA_INT_UNALIGNED, 72),
                kernel.get(JAVA_INT_UNALIGNED, 148),
                kernel.get(JAVA_INT_UNALIGNED, 80),
                kernel.get(JAVA_INT_UNALIGNED, 24),
                kernel.get(JAVA_INT_UNALIGNED, 32),
                kernel.get(JAVA_INT_UNALIGNED, 100),
                kernel.get(JAVA_INT_UNALIGNED, 136),
                kernel.get(JAVA_INT_UNALIGNED, 140),
                kernel.get(JAVA_INT_UNALIGNED, 144),
                kernel.get(JAVA_LONG_UNALIGNED, 200),
                kernel.get(JAVA_LONG_UNALIGNED, 120),
                kernel.get(JAVA_LONG_UNALIGNED, 128),
                kernel.get(JAVA_LONG_UNALIGNED, 208));
    }
}
