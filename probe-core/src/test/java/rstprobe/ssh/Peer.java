package rstprobe.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

/// A byte stream to a server, driven by a handshake until its outcome.
record Peer(InputStream in, OutputStream out, Runnable end) implements AutoCloseable {
    private static final int CHUNK = 65_536;
    private static final int WAIT_MILLIS = 20_000;

    /// A connection to a server on this machine.
    static Peer of(int port) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(WAIT_MILLIS);
        return new Peer(socket.getInputStream(), socket.getOutputStream(), () -> {
            try {
                socket.close();
            } catch (IOException gone) {
                Thread.onSpinWait();
            }
        });
    }

    /// Runs a handshake and keeps all that came of it.
    Story run(Handshake handshake) {
        return run(handshake, _ -> Optional.empty());
    }

    /// Runs a handshake whose login has signatures made by somebody; a rest is over at once.
    Story run(Handshake handshake, Function<Login.Wanted, Optional<byte[]>> signer) {
        return run(handshake, signer, false);
    }

    /// Runs one whose login is only held: it is asked twice once it stands, and let go.
    Story hold(Handshake handshake, Function<Login.Wanted, Optional<byte[]>> signer) {
        return run(handshake, signer, true);
    }

    private Story run(Handshake handshake, Function<Login.Wanted, Optional<byte[]>> signer, boolean held) {
        Story story = new Story();
        story.add(handshake.on(new Input.Connected(System.nanoTime())), this);
        byte[] chunk = new byte[CHUNK];
        int asked = 0;
        while (story.outcome().isEmpty()) {
            if (held && handshake.stage() == Stage.IDLE) {
                story.add(handshake.on(question(asked++)), this);
                continue;
            }
            Optional<Login.Wanted> wanted = handshake.signatureWanted();
            boolean rests = handshake.stage() == Stage.IDLE
                    && handshake.waiting().millis().isPresent();
            Input next = wanted.isPresent()
                    ? new Input.Signed(signer.apply(wanted.get()), System.nanoTime())
                    : rests ? new Input.Silence(System.nanoTime()) : read(chunk);
            story.add(handshake.on(next), this);
        }
        return story;
    }

    private static Input question(int asked) {
        return asked < 2 ? new Input.Question(System.nanoTime()) : new Input.Leaving(System.nanoTime());
    }

    private Input read(byte[] chunk) {
        try {
            int count = in.read(chunk);
            return count < 0
                    ? new Input.Closed(System.nanoTime())
                    : new Input.Received(Arrays.copyOf(chunk, count), System.nanoTime());
        } catch (SocketTimeoutException silence) {
            return new Input.Silence(System.nanoTime());
        } catch (IOException reset) {
            return new Input.Reset(System.nanoTime());
        }
    }

    /// Sends; a server that is already gone shows when we read.
    void send(byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException gone) {
            return;
        }
    }

    @Override
    public void close() {
        end.run();
    }
}
