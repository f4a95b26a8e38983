package rstprobe.ssh;

import java.io.IOException;
import java.security.KeyPair;
import java.util.List;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.SshServer;

/// Apache MINA's server in this JVM, on a loopback port of its own choice.
final class MinaServer implements AutoCloseable {
    private final SshServer server = SshServer.setUpDefaultServer();

    MinaServer() throws Exception {
        List<KeyPair> keys = List.of(
                KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256),
                KeyUtils.generateKeyPair(KeyPairProvider.ECDSA_SHA2_NISTP256, 256),
                KeyUtils.generateKeyPair(KeyPairProvider.ECDSA_SHA2_NISTP384, 384),
                KeyUtils.generateKeyPair(KeyPairProvider.ECDSA_SHA2_NISTP521, 521),
                KeyUtils.generateKeyPair(KeyPairProvider.SSH_RSA, 2048));
        server.setHost("127.0.0.1");
        server.setKeyPairProvider(KeyPairProvider.wrap(keys));
        server.setPasswordAuthenticator((user, password, session) -> false);
        server.setKeyExchangeFactories(BuiltinDHFactories.VALUES.stream()
                .filter(BuiltinDHFactories::isSupported)
                .map(ServerBuilder.DH2KEX)
                .toList());
        server.start();
    }

    /// A connection to it.
    Peer connect() throws IOException {
        return Peer.of(server.getPort());
    }

    @Override
    public void close() throws IOException {
        server.close(true);
    }
}
