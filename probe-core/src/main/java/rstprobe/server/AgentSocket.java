package rstprobe.server;

import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import org.apache.sshd.agent.SshAgent;
import org.apache.sshd.agent.SshAgentFactory;
import org.apache.sshd.agent.SshAgentServer;
import org.apache.sshd.agent.common.AbstractAgentProxy;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/// The user's SSH agent behind its socket (draft-ietf-sshm-ssh-agent): it signs, and its keys stay with it.
/// The library's own client needs a library of C; the JDK reaches the socket by itself.
final class AgentSocket extends AbstractAgentProxy {
    /// The longest answer OpenSSH's agent gives (`AGENT_MAX_LEN`).
    private static final int MAX_ANSWER_BYTES = 1 << 18;

    private final SocketChannel channel;

    private AgentSocket(SocketChannel channel) {
        super(null);
        this.channel = channel;
    }

    /// Reaches the agent at this socket.
    static AgentSocket open(Path socket) throws IOException {
        return new AgentSocket(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
    }

    /// Lets a client ask the agent at this socket; it is never forwarded.
    static SshAgentFactory factory(Path socket) {
        return new SshAgentFactory() {
            @Override
            public List<ChannelFactory> getChannelForwardingFactories(FactoryManager manager) {
                return List.of();
            }

            @Override
            public SshAgent createClient(Session session, FactoryManager manager) throws IOException {
                return open(socket);
            }

            @Override
            public SshAgentServer createServer(ConnectionService service) {
                throw new UnsupportedOperationException("an agent is never forwarded");
            }
        };
    }

    @Override
    protected synchronized Buffer request(Buffer question) throws IOException {
        ByteBuffer out = ByteBuffer.wrap(question.array(), question.rpos(), question.available());
        while (out.hasRemaining()) {
            channel.write(out);
        }
        int length = read(Integer.BYTES).getInt();
        if (length < 1 || length > MAX_ANSWER_BYTES) {
            throw new IOException("the agent answers with " + length + " bytes");
        }
        return new ByteArrayBuffer(read(length).array());
    }

    private ByteBuffer read(int length) throws IOException {
        ByteBuffer in = ByteBuffer.allocate(length);
        while (in.hasRemaining()) {
            if (channel.read(in) < 0) {
                throw new EOFException("the agent hung up");
            }
        }
        return in.flip();
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
        super.close();
    }
}
