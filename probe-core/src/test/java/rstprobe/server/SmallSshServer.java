package rstprobe.server;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.Optional;
import java.util.function.Function;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.command.AbstractCommandSupport;

/// A server on a loopback port that runs commands in a real shell, or answers some by itself.
final class SmallSshServer implements AutoCloseable {
    static final String USER = "anna";
    static final String PASSWORD = "right";

    /// What is said in place of running a command.
    record Canned(int exit, String out, String err) {}

    private final SshServer server = SshServer.setUpDefaultServer();
    private final KeyPair key = KeyUtils.generateKeyPair(KeyPairProvider.ECDSA_SHA2_NISTP256, 256);
    private final KeyPair other = KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);

    /// @param allowed whose key is let in
    SmallSshServer(Optional<PublicKey> allowed, Function<String, Optional<Canned>> canned) throws Exception {
        server.setHost("127.0.0.1");
        server.setKeyPairProvider(KeyPairProvider.wrap(key, other));
        server.setPasswordAuthenticator((user, password, _) -> user.equals(USER) && password.equals(PASSWORD));
        server.setPublickeyAuthenticator((user, shown, _) -> user.equals(USER)
                && allowed.filter(one -> KeyUtils.compareKeys(one, shown)).isPresent());
        server.setCommandFactory((_, command) -> new InShell(command, canned));
        server.start();
    }

    int port() {
        return server.getPort();
    }

    /// One of its two keys, as a line of known_hosts.
    void makeKnown(Path home) throws IOException {
        write(home, key.getPublic());
    }

    /// Another key in its name.
    void makeKnownWrongly(Path home) throws Exception {
        write(
                home,
                KeyUtils.generateKeyPair(KeyPairProvider.ECDSA_SHA2_NISTP256, 256)
                        .getPublic());
    }

    private void write(Path home, PublicKey known) throws IOException {
        Files.createDirectories(home.resolve(".ssh"));
        Files.writeString(
                home.resolve(".ssh/known_hosts"),
                "[127.0.0.1]:" + port() + " " + PublicKeyEntry.toString(known) + "\n");
    }

    @Override
    public void close() throws IOException {
        server.close(true);
    }

    /// A command in `sh -c`, as sshd runs it.
    private static final class InShell extends AbstractCommandSupport {
        private final Function<String, Optional<Canned>> canned;

        InShell(String command, Function<String, Optional<Canned>> canned) {
            super(command, null);
            this.canned = canned;
        }

        @Override
        public void run() {
            try {
                Optional<Canned> said = canned.apply(getCommand());
                if (said.isPresent()) {
                    write(getOutputStream(), said.get().out());
                    write(getErrorStream(), said.get().err());
                    onExit(said.get().exit());
                    return;
                }
                Process process = new ProcessBuilder("sh", "-c", getCommand())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
                process.getInputStream().transferTo(getOutputStream());
                getOutputStream().flush();
                onExit(process.waitFor());
            } catch (IOException | InterruptedException gone) {
                onExit(255);
            }
        }

        private static void write(OutputStream to, String text) throws IOException {
            to.write(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            to.flush();
        }
    }
}
