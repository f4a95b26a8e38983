package rstprobe.capture;

/// The numbers of draft-ietf-opsawg-pcapng that are read or written here.
final class Pcapng {
    /// Block types, section 11.1. The section's reads the same in both byte orders.
    static final int SECTION = 0x0A0D0D0A;

    static final int INTERFACE = 1;
    static final int OBSOLETE_PACKET = 2;
    static final int SIMPLE_PACKET = 3;
    static final int INTERFACE_STATISTICS = 5;
    static final int ENHANCED_PACKET = 6;
    static final int JOURNAL_ENTRY = 9;
    static final int CUSTOM = 0x0000_0BAD;
    static final int CUSTOM_NOT_COPIED = 0x4000_0BAD;

    /// Section 4.1: tells the byte order of the section.
    static final int BYTE_ORDER_MAGIC = 0x1A2B3C4D;

    static final long LENGTH_UNKNOWN = -1L;

    /// Type and both lengths.
    static final int BLOCK_OVERHEAD = 12;

    /// Options of every block, section 3.5.
    static final int OPTION_END = 0;

    static final int OPTION_COMMENT = 1;

    static final int SECTION_HARDWARE = 2;
    static final int SECTION_OS = 3;
    static final int SECTION_APPLICATION = 4;

    /// Frames lost between this one and the one before it on its interface.
    static final int PACKET_LOST_BEFORE = 4;

    static final int INTERFACE_NAME = 2;
    static final int INTERFACE_RESOLUTION = 9;
    static final int INTERFACE_FILTER = 11;
    static final int INTERFACE_TIME_OFFSET = 14;

    static final int STATISTICS_RECEIVED = 4;
    static final int STATISTICS_DROPPED_BY_INTERFACE = 5;
    static final int STATISTICS_ACCEPTED = 6;
    static final int STATISTICS_DROPPED_BY_SYSTEM = 7;

    private Pcapng() {}

    /// How many bytes fill a field of this length up to a multiple of four.
    static int padding(int length) {
        return -length & 3;
    }
}
