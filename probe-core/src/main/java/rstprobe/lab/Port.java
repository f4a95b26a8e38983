package rstprobe.lab;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import rstprobe.linux.NetworkInterfaceFacts;
import rstprobe.linux.PacketSocket;

/// One end of the bridge: receives what arrives on an interface and sends on it. One thread may receive while others
/// send.
final class Port implements AutoCloseable {

    private final PacketSocket socket;
    private final byte[] room = new byte[PacketSocket.LARGEST_FRAME];

    private Port(PacketSocket socket) {
        this.socket = socket;
    }

    /// Opens an interface of the calling thread's namespace.
    static Port open(String link) throws IOException {
        NetworkInterfaceFacts found = NetworkInterfaceFacts.named(link)
                .orElseThrow(() -> new IOException("there is no interface " + link + " in the bridge's namespace"));
        return new Port(PacketSocket.open(found.index(), true));
    }

    /// The next frame that arrives, if one does in time.
    Optional<byte[]> receive(Duration timeout) throws IOException {
        int length = socket.receive(room, timeout);
        return length < 0 ? Optional.empty() : Optional.of(Arrays.copyOf(room, length));
    }

    /// Sends a whole frame.
    synchronized void send(byte[] frame) throws IOException {
        socket.send(frame, 0, frame.length);
    }

    @Override
    public void close() {
        socket.close();
    }
}
