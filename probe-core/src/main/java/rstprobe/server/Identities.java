package rstprobe.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.util.io.resource.PathResource;
import org.apache.sshd.common.util.security.SecurityUtils;

/// Private keys in files: those the user named, or the usual ones.
final class Identities {
    private static final List<String> USUAL = List.of("id_ed25519", "id_ecdsa", "id_rsa");
    private static final Set<PosixFilePermission> OTHERS = Set.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private final List<KeyPair> keys = new ArrayList<>();
    private final List<String> left = new ArrayList<>();

    private Identities() {}

    static Identities of(Access access) {
        Identities found = new Identities();
        List<Path> files = access.identities().isEmpty()
                ? USUAL.stream()
                        .map(name -> access.home().resolve(".ssh").resolve(name))
                        .filter(Files::exists)
                        .toList()
                : access.identities();
        files.forEach(found::load);
        return found;
    }

    private void load(Path file) {
        try {
            if (Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains)) {
                left.add(file + " (others may read it: chmod 600 it)");
                return;
            }
            NamedResource name = new PathResource(file);
            try (InputStream in = Files.newInputStream(file)) {
                Iterable<KeyPair> loaded = SecurityUtils.loadKeyPairIdentities(null, name, in, null);
                if (loaded == null) {
                    left.add(file + " (no private key)");
                    return;
                }
                loaded.forEach(keys::add);
            }
        } catch (IOException failed) {
            left.add(file + (Files.isReadable(file) ? " (no private key that can be read)" : " (cannot be read)"));
        } catch (GeneralSecurityException | RuntimeException failed) {
            left.add(file + " (has a passphrase, or is of a kind not known: ssh-add it)");
        }
    }

    List<KeyPair> keys() {
        return keys;
    }

    /// Files that could not be used, each with the reason.
    List<String> left() {
        return left;
    }
}
