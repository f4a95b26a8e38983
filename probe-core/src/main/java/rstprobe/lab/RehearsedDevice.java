package rstprobe.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import rstprobe.wire.Encoder;
import rstprobe.wire.Flags;
import rstprobe.wire.IpAddress;
import rstprobe.wire.IpHeader;
import rstprobe.wire.MacAddress;
import rstprobe.wire.TcpHeader;

/// Takes a device through one made-up conversation before a real one comes: a reset tens of
/// milliseconds late, because classes are being loaded, would tell of this program and not of a device.
final class RehearsedDevice {

    private static final MacAddress NEAR = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress FAR = MacAddress.parse("02:00:00:00:00:02");
    private static final IpAddress CLIENT = IpAddress.parse(Topology.CLIENT4);
    private static final IpAddress SERVER = IpAddress.parse(Topology.SERVER4);
    private static final int CLIENT_PORT = 1;

    private RehearsedDevice() {}

    /// A fresh device; another one of its kind has gone through the conversation.
    static Rule of(Device device, long seed) throws IOException {
        Rule rehearsal = device.build(0);
        rehearsal.on(Direction.TO_SERVER, fromClient(Flags.SYN, 0, ""));
        rehearsal.on(Direction.TO_CLIENT, fromServer(Flags.SYN | Flags.ACK, 0, ""));
        rehearsal.on(Direction.TO_CLIENT, fromServer(Flags.PSH | Flags.ACK, 1, Match.SSH));
        rehearsal.on(Direction.TO_SERVER, fromClient(Flags.PSH | Flags.ACK, 1, Match.SSH));
        rehearsal.on(Direction.TO_CLIENT, fromServer(Flags.RST, 9, ""));
        rehearsal.at(System.nanoTime());
        return device.build(seed);
    }

    private static byte[] fromClient(int flags, int sequence, String text) {
        return frame(
                NEAR,
                FAR,
                IpHeader.between(CLIENT, SERVER),
                TcpHeader.between(CLIENT_PORT, Topology.PORT, flags).withSequence(sequence),
                text);
    }

    private static byte[] fromServer(int flags, int sequence, String text) {
        return frame(
                FAR,
                NEAR,
                IpHeader.between(SERVER, CLIENT),
                TcpHeader.between(Topology.PORT, CLIENT_PORT, flags).withSequence(sequence),
                text);
    }

    private static byte[] frame(MacAddress from, MacAddress to, IpHeader ip, TcpHeader tcp, String text) {
        return Encoder.ethernet(from, to, Encoder.tcp(ip, tcp, text.getBytes(StandardCharsets.US_ASCII)));
    }
}
