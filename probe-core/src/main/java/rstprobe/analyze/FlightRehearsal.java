package rstprobe.analyze;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import rstprobe.capture.LinkType;
import rstprobe.linux.PacketRing;
import rstprobe.wire.Encoder;
import rstprobe.wire.Flags;
import rstprobe.wire.IpAddress;
import rstprobe.wire.IpHeader;
import rstprobe.wire.MacAddress;
import rstprobe.wire.TcpHeader;
import rstprobe.wire.TcpOption;

/// Connections that nobody has, shown to a recorder that nobody reads: a cold JVM looks at a frame slowly some hundred
/// thousand times, and on a busy interface the kernel's buffer is full long before that. (At 850 000 frames a second
/// it lost 5 000 to 280 000 of the first second in eight of ten runs.)
public final class FlightRehearsal {
    private static final int CONNECTIONS = 48, SEGMENTS = 60, TIMES = 160;
    private static final int PORT = 22, FIRST_PORT = 40_000;
    private static final int[] PAYLOADS = {0, 36, 0, 244};
    private static final TcpOption[] STAMPED = {
        new TcpOption.NoOperation(), new TcpOption.NoOperation(), new TcpOption.Timestamps(1, 1)
    };
    private static final byte[] IDENTIFICATION = "SSH-2.0-rehearsal\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final MacAddress CLIENT = new MacAddress(0x0200_0000_0001L),
            SERVER = new MacAddress(0x0200_0000_0002L);

    private final IpHeader there = IpHeader.between(IpAddress.parse("198.18.0.1"), IpAddress.parse("198.18.0.2"));
    private final IpHeader back = IpHeader.between(IpAddress.parse("198.18.0.2"), IpAddress.parse("198.18.0.1"));
    private final List<byte[]> frames = new ArrayList<>();

    private FlightRehearsal() {}

    /// Plays it once, which takes a fraction of a second.
    ///
    /// @return how many frames were kept
    public static long play() {
        FlightRehearsal rehearsal = new FlightRehearsal();
        for (int port = FIRST_PORT; port < FIRST_PORT + CONNECTIONS; port++) {
            rehearsal.connection(port);
        }
        FlightRecorder recorder = new FlightRecorder(new FlightPlan(Set.of(PORT), FlightPlan.LEAST_MEMORY, 1, 0));
        PacketRing.rehearse(rehearsal.frames, TIMES, recorder.tap(LinkType.ETHERNET));
        return recorder.frames();
    }

    private void connection(int port) {
        add(port, true, Flags.SYN, 0, new byte[0]);
        add(port, false, Flags.SYN | Flags.ACK, 0, new byte[0]);
        add(port, true, Flags.ACK, 1, IDENTIFICATION);
        add(port, false, Flags.ACK, 1, IDENTIFICATION);
        for (int i = 0; i < SEGMENTS; i++) {
            add(port, i / 2 % 2 == 0, Flags.ACK, i << Byte.SIZE, new byte[PAYLOADS[i % PAYLOADS.length]]);
        }
        add(port, false, Flags.RST, SEGMENTS << Byte.SIZE, new byte[0]);
    }

    private void add(int port, boolean clients, int flags, int sequence, byte[] payload) {
        TcpHeader tcp = TcpHeader.between(clients ? port : PORT, clients ? PORT : port, flags)
                .withSequence(sequence)
                .withOptions(frames.size() % 3 == 0 ? new TcpOption[0] : STAMPED);
        frames.add(Encoder.ethernet(
                clients ? CLIENT : SERVER,
                clients ? SERVER : CLIENT,
                Encoder.tcp(clients ? there : back, tcp, payload)));
    }
}
