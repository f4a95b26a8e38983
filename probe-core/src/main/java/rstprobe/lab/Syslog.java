package rstprobe.lab;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The system log of a server: what programs in its layer give to syslog(3) goes to `syslog`, and what is about
/// authentication to `auth.log` too, as on a Debian with rsyslog.
final class Syslog implements AutoCloseable {

    private static final String HOST = "server";
    private static final int LONGEST_LINE = 8_192;
    private static final int MOST_LINES = 10_000;
    private static final int FACILITY_SHIFT = 3;
    private static final Set<Integer> AUTHENTICATION = Set.of(4, 10);
    private static final Pattern MESSAGE = Pattern.compile("<(\\d{1,3})>(.{15}) (.*)", Pattern.DOTALL);

    /// Where programs send their lines that use no socket of the file system, such as HAProxy in its cage
    /// (RFC 5426).
    private static final int PORT = 514;

    private final ServerSocketChannel listening;
    private final DatagramChannel datagrams;
    private final Path folder;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private int lines;

    private Syslog(ServerSocketChannel listening, DatagramChannel datagrams, Path folder) {
        this.listening = listening;
        this.datagrams = datagrams;
        this.folder = folder;
    }

    /// Listens at `/dev/log` of the layer. The socket is a stream one, which syslog(3) tries after the other kind.
    /// It takes datagrams from the same host too.
    ///
    /// @param namespace the network namespace of the programs
    static Syslog start(Layer layer, Path namespace) throws IOException {
        ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        Path path = layer.file("/dev/log");
        socket.bind(UnixDomainSocketAddress.of(path));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
        DatagramChannel datagrams = Entering.call(
                namespace,
                () -> DatagramChannel.open(StandardProtocolFamily.INET).bind(new InetSocketAddress("127.0.0.1", PORT)));
        Syslog syslog = new Syslog(socket, datagrams, layer.file(Layer.LOGS));
        Thread.ofPlatform().daemon().name("lab-syslog-datagrams").start(syslog::receive);
        Thread.ofPlatform().daemon().name("lab-syslog").start(syslog::accept);
        return syslog;
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel program = listening.accept();
                open.add(program);
                Thread.ofVirtual().start(() -> read(program));
            }
        } catch (IOException closed) {
            // The lab ends.
        }
    }

    /// A datagram is a message.
    private void receive() {
        ByteBuffer room = ByteBuffer.allocate(LONGEST_LINE);
        try {
            while (true) {
                datagrams.receive(room.clear());
                keep(StandardCharsets.ISO_8859_1.decode(room.flip()).toString());
            }
        } catch (IOException closed) {
            // The lab ends.
        }
    }

    /// On a stream, a message ends with a zero byte.
    private void read(SocketChannel program) {
        ByteBuffer room = ByteBuffer.allocate(LONGEST_LINE);
        StringBuilder message = new StringBuilder();
        try (program) {
            while (program.read(room.clear()) >= 0) {
                for (char letter : StandardCharsets.ISO_8859_1
                        .decode(room.flip())
                        .toString()
                        .toCharArray()) {
                    if (letter != 0 && message.length() < LONGEST_LINE) {
                        message.append(letter);
                    } else {
                        keep(message.toString());
                        message.setLength(0);
                    }
                }
            }
        } catch (IOException ended) {
            // The program or the lab is gone.
        } finally {
            open.remove(program);
        }
    }

    private synchronized void keep(String message) throws IOException {
        Matcher parts = MESSAGE.matcher(message);
        if (!parts.matches() || ++lines > MOST_LINES) {
            return;
        }
        String line = parts.group(2) + " " + HOST + " " + parts.group(3).strip() + "\n";
        append("syslog", line);
        if (AUTHENTICATION.contains(Integer.parseInt(parts.group(1)) >> FACILITY_SHIFT)) {
            append("auth.log", line);
        }
    }

    private void append(String file, String line) throws IOException {
        Files.writeString(
                folder.resolve(file),
                line,
                StandardCharsets.ISO_8859_1,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    @Override
    public void close() throws IOException {
        listening.close();
        datagrams.close();
        for (SocketChannel program : open) {
            program.close();
        }
    }
}
