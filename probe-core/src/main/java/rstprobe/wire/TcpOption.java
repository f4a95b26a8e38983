package rstprobe.wire;

import java.util.List;

/// One option of a TCP header, exactly as sent, so that a list of them encodes to the same bytes.
///
/// An option whose length is not the one its RFC gives is [Unknown], with its kind and bytes kept.
public sealed interface TcpOption {
    /// Its IANA kind, 0..255.
    int kind();

    /// End of the list (RFC 9293 section 3.2) and everything after it.
    ///
    /// @param padding the bytes up to the end of the header; zero when the sender follows the RFC
    record EndOfList(Slice padding) implements TcpOption {
        @Override
        public int kind() {
            return Kind.END_OF_LIST;
        }
    }

    /// Padding between options.
    record NoOperation() implements TcpOption {
        @Override
        public int kind() {
            return Kind.NO_OPERATION;
        }
    }

    /// The largest segment the sender wants to receive (RFC 9293 section 3.7.1).
    ///
    /// @param bytes 0..65535
    record MaximumSegmentSize(int bytes) implements TcpOption {
        @Override
        public int kind() {
            return Kind.MAXIMUM_SEGMENT_SIZE;
        }
    }

    /// How far the sender's window is to be shifted (RFC 7323 section 2).
    ///
    /// @param shift as sent, 0..255; more than 14 counts as 14
    record WindowScale(int shift) implements TcpOption {
        @Override
        public int kind() {
            return Kind.WINDOW_SCALE;
        }
    }

    /// The sender understands selective acknowledgements (RFC 2018 section 2).
    record SackPermitted() implements TcpOption {
        @Override
        public int kind() {
            return Kind.SACK_PERMITTED;
        }
    }

    /// What arrived beyond the acknowledgement number (RFC 2018 section 3).
    ///
    /// @param blocks 1 to 4 of them in a legal header; the first may be a duplicate report (RFC 2883)
    record Sack(List<SackBlock> blocks) implements TcpOption {
        /// Keeps its own copy of the blocks.
        public Sack {
            blocks = List.copyOf(blocks);
        }

        @Override
        public int kind() {
            return Kind.SACK;
        }
    }

    /// A stretch of sequence numbers.
    ///
    /// @param left the first, raw 32 bits
    /// @param right the one after the last, raw 32 bits
    record SackBlock(int left, int right) {}

    /// Timestamps (RFC 7323 section 3).
    ///
    /// @param value the sender's clock, 0..2^32-1
    /// @param echo the clock value it echoes, 0..2^32-1; 0 without the ACK flag
    record Timestamps(long value, long echo) implements TcpOption {
        @Override
        public int kind() {
            return Kind.TIMESTAMPS;
        }
    }

    /// An MD5 signature (RFC 2385).
    ///
    /// @param digest 16 bytes
    record Md5Signature(Slice digest) implements TcpOption {
        @Override
        public int kind() {
            return Kind.MD5_SIGNATURE;
        }
    }

    /// The TCP authentication option (RFC 5925).
    ///
    /// @param keyId the key of this segment
    /// @param nextKeyId the key the sender is ready to receive
    /// @param code the message authentication code
    record Authentication(int keyId, int nextKeyId, Slice code) implements TcpOption {
        @Override
        public int kind() {
            return Kind.AUTHENTICATION;
        }
    }

    /// A fast-open cookie, or an empty request for one (RFC 7413).
    ///
    /// @param cookie 0 to 16 bytes
    record FastOpen(Slice cookie) implements TcpOption {
        @Override
        public int kind() {
            return Kind.FAST_OPEN;
        }
    }

    /// A multipath TCP option (RFC 8684 section 3); subtype 8 is MP_TCPRST, which carries a reset's reason.
    ///
    /// @param bytes what follows the length byte; the subtype is the first four bits
    record Multipath(Slice bytes) implements TcpOption {
        /// The subtype, 0..15.
        public int subtype() {
            return bytes.u8(0) >>> 4;
        }

        @Override
        public int kind() {
            return Kind.MULTIPATH;
        }
    }

    /// Any other option.
    ///
    /// @param kind its kind
    /// @param bytes what follows the length byte
    record Unknown(int kind, Slice bytes) implements TcpOption {}

    /// IANA option kinds.
    final class Kind {
        /// RFC 9293.
        public static final int END_OF_LIST = 0, NO_OPERATION = 1, MAXIMUM_SEGMENT_SIZE = 2;

        /// RFC 7323 and RFC 2018.
        public static final int WINDOW_SCALE = 3, SACK_PERMITTED = 4, SACK = 5, TIMESTAMPS = 8;

        /// RFC 2385, RFC 5925, RFC 8684 and RFC 7413.
        public static final int MD5_SIGNATURE = 19, AUTHENTICATION = 29, MULTIPATH = 30, FAST_OPEN = 34;

        private Kind() {}
    }
}
