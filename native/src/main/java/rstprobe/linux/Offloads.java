package rstprobe.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// What an interface does in the kernel's stead (`SIOCETHTOOL`, `linux/ethtool.h`). With any of these on, a capture on
/// this host can show frames that never were on the wire: unfinished checksums, segments merged or not yet cut.
///
/// @param receiveChecksum checks checksums of what arrives
/// @param transmitChecksum fills checksums of what leaves
/// @param tso cuts large TCP segments
/// @param gso the kernel cuts them, just before the driver
/// @param gro the kernel merges segments that arrive
/// @param lro the NIC merges them
public record Offloads(
        boolean receiveChecksum, boolean transmitChecksum, boolean tso, boolean gso, boolean gro, boolean lro) {
    private static final long SIOCETHTOOL = 0x8946;
    private static final int IFREQ = 40;
    private static final int LONGEST_NAME = 15;
    private static final int SOCK_DGRAM = 2;

    private static final int GET_RECEIVE_CHECKSUM = 0x14;
    private static final int GET_TRANSMIT_CHECKSUM = 0x16;
    private static final int GET_TSO = 0x1e;
    private static final int GET_GSO = 0x23;
    private static final int GET_FLAGS = 0x25;
    private static final int GET_GRO = 0x2b;
    private static final int FLAG_LRO = 1 << 15;

    /// Reads an interface's offloads; one it does not know is off.
    ///
    /// @throws LinuxException `ENODEV` where there is no such interface
    public static Offloads of(String interfaceName) throws LinuxException {
        try (Ethtool ethtool = new Ethtool(interfaceName)) {
            return new Offloads(
                    ethtool.get(GET_RECEIVE_CHECKSUM) != 0,
                    ethtool.get(GET_TRANSMIT_CHECKSUM) != 0,
                    ethtool.get(GET_TSO) != 0,
                    ethtool.get(GET_GSO) != 0,
                    ethtool.get(GET_GRO) != 0,
                    (ethtool.get(GET_FLAGS) & FLAG_LRO) != 0);
        }
    }

    /// Turns transmit checksums, TSO, GSO and GRO off, so that a practice network sees the frames a wire would carry.
    /// Needs `CAP_NET_ADMIN`.
    ///
    /// @throws LinuxException `EOPNOTSUPP` where one that is on cannot be turned off
    public static void switchOff(String interfaceName) throws LinuxException {
        try (Ethtool ethtool = new Ethtool(interfaceName)) {
            // The order matters little: without checksums the kernel turns the cutting off by itself.
            for (int get : new int[] {GET_TSO, GET_GSO, GET_GRO, GET_TRANSMIT_CHECKSUM}) {
                if (ethtool.get(get) != 0) {
                    ethtool.set(get + 1, 0); // each ETHTOOL_S... follows its ETHTOOL_G...
                }
            }
        }
    }

    /// Turns them on, as network cards come. Needs `CAP_NET_ADMIN`.
    ///
    /// @throws LinuxException `EOPNOTSUPP` where one cannot be turned on
    public static void switchOn(String interfaceName) throws LinuxException {
        try (Ethtool ethtool = new Ethtool(interfaceName)) {
            for (int get : new int[] {GET_TRANSMIT_CHECKSUM, GET_TSO, GET_GSO, GET_GRO}) {
                ethtool.set(get + 1, 1);
            }
        }
    }

    /// One interface and a socket to ask by: `struct ifreq` is the name and, at 16, a pointer to
    /// `struct ethtool_value`, a command and a value.
    private static final class Ethtool implements AutoCloseable {
        private final Arena arena = Arena.ofConfined();
        private final MemorySegment request = arena.allocate(IFREQ, Long.BYTES);
        private final MemorySegment value = arena.allocate(8, Long.BYTES);
        private final String interfaceName;
        private final Descriptor socket;

        Ethtool(String interfaceName) throws LinuxException {
            byte[] name = interfaceName.getBytes(StandardCharsets.UTF_8);
            if (name.length > LONGEST_NAME) {
                throw new LinuxException("ioctl SIOCETHTOOL " + interfaceName, Errno.ENODEV);
            }
            int made = Libc.socket(SocketAddress.AF_INET, SOCK_DGRAM | TcpConnect.NONBLOCKING, 0);
            this.socket = new Descriptor(LinuxException.check("socket", made));
            this.interfaceName = interfaceName;
            MemorySegment.copy(name, 0, request, JAVA_BYTE, 0, name.length);
            request.set(JAVA_LONG, 16, value.address());
        }

        int get(int command) throws LinuxException {
            int result = run(command, 0);
            if (result == -Errno.EOPNOTSUPP.number()) {
                return 0;
            }
            LinuxException.check("ioctl SIOCETHTOOL", interfaceName, result);
            return value.get(JAVA_INT, 4);
        }

        void set(int command, int wanted) throws LinuxException {
            LinuxException.check("ioctl SIOCETHTOOL", interfaceName, run(command, wanted));
        }

        private int run(int command, int wanted) {
            value.set(JAVA_INT, 0, command);
            value.set(JAVA_INT, 4, wanted);
            return Libc.ioctl(socket.number(), SIOCETHTOOL, request);
        }

        @Override
        public void close() {
            socket.close();
            arena.close();
        }
    }
}
