package rstprobe.ssh;

import java.io.IOException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.command.AbstractCommandSupport;

/// Apache MINA's server in this JVM, which lets keys in, and remembers what it was offered and asked to run.
final class LoginServer implements AutoCloseable {
    static final String USER = "anna";
    private final SshServer server = SshServer.setUpDefaultServer();
    private final KeyPair hostKey = KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
    private final List<PublicKey> allowed = new CopyOnWriteArrayList<>();
    private final List<PublicKey> offered = new CopyOnWriteArrayList<>();
    private final List<String> commands = new CopyOnWriteArrayList<>();

    LoginServer() throws Exception {
        server.setHost("127.0.0.1");
        server.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
        server.setPublickeyAuthenticator((user, shown, _) -> {
            offered.add(shown);
            return user.equals(USER) && allowed.stream().anyMatch(one -> KeyUtils.compareKeys(one, shown));
        });
        server.setCommandFactory((_, command) -> new AbstractCommandSupport(command, null) {
            @Override
            public void run() {
                commands.add(getCommand());
                onExit(0);
            }
        });
        server.start();
    }

    void allow(PublicKey... keys) {
        allowed.addAll(List.of(keys));
    }

    void forget() {
        allowed.clear();
        offered.clear();
        commands.clear();
    }

    /// Every key that was shown, each as often as it was.
    List<PublicKey> offered() {
        return List.copyOf(offered);
    }

    List<String> commands() {
        return List.copyOf(commands);
    }

    /// Its host key, as one that is known.
    List<Login.Known> hostKeys() {
        return List.of(new Login.Known(LoginTest.encoded(hostKey), false));
    }

    Peer connect() throws IOException {
        return Peer.of(server.getPort());
    }

    @Override
    public void close() throws IOException {
        server.close(true);
    }
}
