package rstprobe.server;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.sshd.client.config.hosts.KnownHostEntry;
import org.apache.sshd.client.keyverifier.KnownHostsServerKeyVerifier;
import org.apache.sshd.client.keyverifier.ServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.signature.Signature;
import rstprobe.ssh.Login;

/// The host keys that the user, or this host, has accepted before. No other is taken, and none is ever added.
final class KnownHosts implements ServerKeyVerifier {
    private static final String REVOKED = "revoked";

    private final List<Path> files;
    private Optional<PublicKey> refused = Optional.empty();
    private boolean changed;

    KnownHosts(List<Path> files) {
        this.files = files.stream().filter(Files::isReadable).toList();
    }

    /// OpenSSH's own files.
    static List<Path> usual(Path home) {
        return List.of(home.resolve(".ssh/known_hosts"), Path.of("/etc/ssh/ssh_known_hosts"));
    }

    @Override
    public boolean verifyServerKey(ClientSession session, SocketAddress remote, PublicKey key) {
        boolean known = files.stream().anyMatch(file -> new InFile(file).verifyServerKey(session, remote, key));
        refused = known ? Optional.empty() : Optional.of(key);
        return known;
    }

    /// The key that was refused.
    Optional<PublicKey> refused() {
        return refused;
    }

    /// Whether another key of the same kind is known for the host.
    boolean changed() {
        return changed;
    }

    /// The fingerprint as `ssh-keygen -l` prints it.
    static String fingerprint(PublicKey key) {
        return KeyUtils.getKeyType(key) + " " + KeyUtils.getFingerPrint(key);
    }

    /// The kinds of signatures, those first for which a key of the host is known: a server that is known by
    /// one of its keys must not show another one.
    List<NamedFactory<Signature>> knownFirst(List<NamedFactory<Signature>> all, String host, int port) {
        Set<String> kinds = files.stream()
                .flatMap(file -> entries(file).stream())
                .filter(entry -> entry.getMarker() == null && entry.isHostMatch(host, port))
                .map(entry -> entry.getKeyEntry().getKeyType())
                .collect(Collectors.toSet());
        return all.stream()
                .sorted(Comparator.comparing(factory -> !kinds.contains(kind(factory.getName()))))
                .toList();
    }

    /// Every key that is accepted or revoked for the host. Authorities are left out: certificates are never
    /// asked for.
    List<Login.Known> keys(String host, int port) {
        return files.stream()
                .flatMap(file -> entries(file).stream())
                .filter(entry -> entry.isHostMatch(host, port))
                .filter(entry -> entry.getMarker() == null || entry.getMarker().equals(REVOKED))
                .map(entry -> new Login.Known(entry.getKeyEntry().getKeyData(), entry.getMarker() != null))
                .toList();
    }

    private static String kind(String signature) {
        return signature.startsWith("rsa-sha2-") ? "ssh-rsa" : signature;
    }

    private static List<KnownHostEntry> entries(Path file) {
        try {
            return KnownHostEntry.readKnownHostEntries(file);
        } catch (IOException | RuntimeException unreadable) {
            return List.of();
        }
    }

    /// One file; it says no where it does not know.
    private final class InFile extends KnownHostsServerKeyVerifier {
        InFile(Path file) {
            super((_, _, _) -> false, file);
        }

        @Override
        protected boolean acceptUnknownHostKey(ClientSession session, SocketAddress remote, PublicKey key) {
            return false;
        }

        @Override
        public boolean acceptModifiedServerKey(
                ClientSession session,
                SocketAddress remote,
                KnownHostEntry entry,
                PublicKey expected,
                PublicKey actual) {
            changed = true;
            return false;
        }
    }
}
