package rstprobe.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// A client of the kernel's own TCP that knows nothing of the probe: connects with a type of service of
/// 0x48, says something or nothing, and reads to the end.
final class Caller implements AutoCloseable {

    static final int TOS = 0x48;
    static final String IDENTIFICATION = "SSH-2.0-caller\r\n";
    private static final int PATIENCE_MILLIS = 8_000;

    private final Socket socket;

    private Caller(Socket socket) {
        this.socket = socket;
    }

    static Caller connect(Lab lab) throws IOException {
        return connect(lab, PATIENCE_MILLIS);
    }

    static Caller connect(Lab lab, int patienceMillis) throws IOException {
        return Entering.call(lab.clientNamespacePath(), () -> {
            Socket socket = new Socket();
            try {
                socket.setTrafficClass(TOS);
                socket.setTcpNoDelay(true);
                socket.setSoTimeout(PATIENCE_MILLIS);
                socket.connect(
                        new InetSocketAddress(InetAddress.ofLiteral(lab.serverAddress()), lab.port()), patienceMillis);
                return new Caller(socket);
            } catch (IOException refused) {
                socket.close();
                throw refused;
            }
        });
    }

    /// Connects, says that, reads to the end, and says how it ended; a refused connection too. A reset that was faster
    /// than the saying takes nothing from what had come before it.
    static String talk(Lab lab, String text) {
        try (Caller caller = connect(lab)) {
            String unsaid = caller.tryToSay(text);
            return caller.readToTheEnd() + unsaid;
        } catch (IOException trouble) {
            return trouble.getMessage();
        }
    }

    /// Why it could not be said; nothing where it could.
    private String tryToSay(String text) {
        try {
            say(text);
            return "";
        } catch (IOException trouble) {
            return "<" + trouble.getMessage() + ">";
        }
    }

    void say(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /// What came, and behind it how it ended.
    String readToTheEnd() {
        StringBuilder heard = new StringBuilder();
        try {
            for (int next = socket.getInputStream().read();
                    next >= 0;
                    next = socket.getInputStream().read()) {
                heard.append((char) next);
            }
            return heard + "<end>";
        } catch (IOException trouble) {
            return heard + "<" + trouble.getMessage() + ">";
        }
    }

    String readLine() throws IOException {
        StringBuilder heard = new StringBuilder();
        for (int next = socket.getInputStream().read();
                next >= 0 && next != '\n';
                next = socket.getInputStream().read()) {
            heard.append((char) next);
        }
        return heard.toString();
    }

    int port() {
        return socket.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
