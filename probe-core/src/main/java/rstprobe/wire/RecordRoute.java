package rstprobe.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The IPv4 record route option (RFC 791 section 3.1, type 7): each hop that routes the datagram writes the
/// address it sends it on with, until the room is used up. A host that answers may return it, and goes on
/// writing.
///
/// @param addresses what was written, in order, at most [#MOST_SLOTS]
/// @param slots     how many addresses there is room for, 0..9
public record RecordRoute(List<IpAddress> addresses, int slots) {
    /// Addresses that fit into the options of one header.
    public static final int MOST_SLOTS = 9;

    private static final int END_OF_LIST = 0, NO_OPERATION = 1, TYPE = 7;
    /// Type, length and pointer; the pointer counts from the type, which is 1.
    private static final int HEADER = 3;

    private static final int FIRST_POINTER = 4;

    /// Keeps its own copy.
    public RecordRoute {
        addresses = List.copyOf(addresses);
        if (slots < 0 || slots > MOST_SLOTS || addresses.size() > slots) {
            throw new IllegalArgumentException(addresses.size() + " addresses in " + slots + " slots");
        }
    }

    /// True where no later hop found room.
    public boolean isFull() {
        return addresses.size() == slots;
    }

    /// The option's bytes with nothing written yet, as a sender begins it.
    ///
    /// @param slots 1..9
    public static byte[] toBeFilled(int slots) {
        if (slots < 1 || slots > MOST_SLOTS) {
            throw new IllegalArgumentException(slots + " slots");
        }
        byte[] option = new byte[HEADER + slots * IpAddress.V4_BYTES];
        option[0] = TYPE;
        option[1] = (byte) option.length;
        option[2] = FIRST_POINTER;
        return option;
    }

    /// The first record route among IPv4 options; empty where there is none, or it is not well formed.
    static Optional<RecordRoute> in(Slice options) {
        int at = 0;
        while (at < options.length() && options.u8(at) != END_OF_LIST) {
            if (options.u8(at) == NO_OPERATION) {
                at++;
                continue;
            }
            int length = at + 1 < options.length() ? options.u8(at + 1) : 0;
            if (length < 2 || length > options.length() - at) {
                return Optional.empty();
            }
            if (options.u8(at) == TYPE) {
                return of(options.range(at, length));
            }
            at += length;
        }
        return Optional.empty();
    }

    /// A pointer stands on a slot, or right behind the last where all are full.
    private static Optional<RecordRoute> of(Slice option) {
        int room = option.length() - HEADER;
        int pointer = option.length() < HEADER ? 0 : option.u8(2);
        boolean wellFormed = room >= 0
                && room % IpAddress.V4_BYTES == 0
                && pointer >= FIRST_POINTER
                && pointer % IpAddress.V4_BYTES == 0
                && pointer <= option.length() + 1;
        if (!wellFormed) {
            return Optional.empty();
        }
        List<IpAddress> written = new ArrayList<>();
        for (int at = HEADER; at < pointer - 1; at += IpAddress.V4_BYTES) {
            written.add(IpAddress.of(option.range(at, IpAddress.V4_BYTES)));
        }
        return Optional.of(new RecordRoute(written, room / IpAddress.V4_BYTES));
    }
}
