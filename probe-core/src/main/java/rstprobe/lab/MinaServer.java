package rstprobe.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.RejectAllPublickeyAuthenticator;

/// Apache MINA SSHD in the server's namespace, for a machine without OpenSSH's server. Nobody can log in.
final class MinaServer implements AutoCloseable {

    private static final int RSA_BITS = 2048;

    private final SshServer server;

    private MinaServer(SshServer server) {
        this.server = server;
    }

    /// Listens in that namespace, with fresh host keys. The listening sockets are opened by a thread inside it and stay
    /// there with every connection they accept.
    static MinaServer start(Path namespace) throws IOException {
        return start(namespace, SshServer.setUpDefaultServer());
    }

    /// The same, but it offers that key exchange before all others and never answers it.
    static MinaServer startMute(Path namespace, String kex) throws IOException {
        SshServer server = SshServer.setUpDefaultServer();
        List<KeyExchangeFactory> offered = new ArrayList<>(server.getKeyExchangeFactories());
        KeyExchangeFactory able = offered.stream()
                .filter(factory -> factory.getName().equals(kex))
                .findFirst()
                .orElseThrow(() -> new IOException("the server has no key exchange " + kex));
        offered.remove(able);
        offered.addFirst(new MuteKex.Factory(able));
        server.setKeyExchangeFactories(offered);
        return start(namespace, server);
    }

    private static MinaServer start(Path namespace, SshServer server) throws IOException {
        server.setHost(Topology.SERVER4 + "," + Topology.SERVER6);
        server.setPort(Topology.PORT);
        server.setKeyPairProvider(KeyPairProvider.wrap(keys()));
        server.setPublickeyAuthenticator(RejectAllPublickeyAuthenticator.INSTANCE);
        Entering.call(namespace, () -> {
            server.start();
            return null;
        });
        return new MinaServer(server);
    }

    private static List<KeyPair> keys() throws IOException {
        try {
            KeyPairGenerator ecdsa = KeyPairGenerator.getInstance("EC");
            ecdsa.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
            rsa.initialize(RSA_BITS);
            return List.of(ecdsa.generateKeyPair(), rsa.generateKeyPair());
        } catch (GeneralSecurityException unsupported) {
            throw new IOException("no host keys for the server", unsupported);
        }
    }

    @Override
    public void close() throws IOException {
        server.close(true);
    }
}
