package rstprobe.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.agent.SshAgent;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import rstprobe.record.CannotProbe;
import rstprobe.record.LoginPlan;
import rstprobe.ssh.Login;

/// The keys that a login may offer, and who signs with them: files that the user named, or else the agent and
/// then the usual files. Private keys stay here and in the agent; nothing of them is ever handed out.
public final class LoginKeys implements LoginPlan.Signer, AutoCloseable {
    /// A signature, or the trouble of making one.
    private interface Signing {
        byte[] sign(String algorithm, byte[] signed) throws Exception;
    }

    private record Key(Login.Identity identity, Signing signing) {}

    private final List<Key> keys = new ArrayList<>();
    private final List<String> left = new ArrayList<>();
    private Optional<AgentSocket> agent = Optional.empty();

    private LoginKeys() {}

    /// Reads the files and asks the agent for its public keys.
    ///
    /// @throws CannotProbe where no key can be had, or one that was named cannot be used
    public static LoginKeys of(Access access) throws CannotProbe {
        LoginKeys found = new LoginKeys();
        try {
            if (access.identities().isEmpty()) {
                found.askAgent(access.agent());
            }
            Identities files = Identities.of(access);
            if (!access.identities().isEmpty() && !files.left().isEmpty()) {
                throw new CannotProbe(
                        "this key cannot be used: " + files.left().getFirst(),
                        "name a private key that ssh can use without asking, or load it into the agent: ssh-add FILE");
            }
            files.keys().forEach(found::add);
            found.left.addAll(files.left());
            if (found.keys.isEmpty()) {
                throw new CannotProbe(
                        "there is no key to log in with" + found.why(),
                        "load one into the agent (ssh-add), or name one: --identity FILE");
            }
            return found;
        } catch (CannotProbe | RuntimeException failed) {
            found.close();
            throw failed;
        }
    }

    /// The host keys that files of OpenSSH's form hold for a host.
    ///
    /// @throws CannotProbe where there is none: then nothing could ever be signed
    public static List<Login.Known> hostKeys(String host, int port, Optional<Path> file, Path home) throws CannotProbe {
        if (file.filter(named -> !Files.isReadable(named)).isPresent()) {
            throw new CannotProbe(file.get() + " cannot be read", "name the file with the host's key");
        }
        List<Login.Known> keys =
                new KnownHosts(file.map(List::of).orElseGet(() -> KnownHosts.usual(home))).keys(host, port);
        if (keys.isEmpty()) {
            String named = port == 22 ? host : "[" + host + "]:" + port;
            throw new CannotProbe(
                    "no host key of " + named + " is known, so nobody is logged in to: nothing was sent",
                    "log in once with ssh and compare the fingerprint it shows, or run without --login");
        }
        return keys;
    }

    private void askAgent(Optional<Path> socket) {
        if (socket.isEmpty()) {
            left.add("no agent (SSH_AUTH_SOCK is not set)");
            return;
        }
        try {
            AgentSocket opened = AgentSocket.open(socket.get());
            agent = Optional.of(opened);
            for (Map.Entry<? extends PublicKey, String> held : opened.getIdentities()) {
                add(held.getKey(), opened);
            }
        } catch (IOException | RuntimeException failed) {
            left.add("the agent does not answer at " + socket.get());
        }
    }

    private void add(PublicKey held, SshAgent opened) {
        add(held, (algorithm, signed) -> {
            synchronized (opened) {
                Map.Entry<String, byte[]> made = opened.sign(null, held, algorithm, signed);
                return encoded(made.getKey(), made.getValue());
            }
        });
    }

    private void add(KeyPair pair) {
        add(pair.getPublic(), (algorithm, signed) -> {
            Signature signature = BuiltinSignatures.fromFactoryName(algorithm).create();
            signature.initSigner(null, pair.getPrivate());
            signature.update(null, signed);
            return encoded(algorithm, signature.sign(null));
        });
    }

    private void add(PublicKey held, Signing signing) {
        ByteArrayBuffer encoded = new ByteArrayBuffer();
        encoded.putRawPublicKey(held);
        Login.Identity.of(encoded.getCompactData())
                .filter(identity -> keys.stream()
                        .noneMatch(key -> key.identity.fingerprint().equals(identity.fingerprint())))
                .ifPresentOrElse(
                        identity -> keys.add(new Key(identity, signing)),
                        () -> left.add("a key of a kind not used here"));
    }

    /// RFC 4253 section 6.6: the algorithm's name, and its own bytes.
    private static byte[] encoded(String algorithm, byte[] made) {
        ByteArrayBuffer buffer = new ByteArrayBuffer();
        buffer.putString(algorithm);
        buffer.putBytes(made);
        return buffer.getCompactData();
    }

    private String why() {
        return left.isEmpty() ? "" : ": " + String.join("; ", left);
    }

    /// The public halves, in the order in which they are offered; what a server allows by default is enough.
    public List<Login.Identity> identities() {
        return keys.stream().map(Key::identity).limit(Login.MOST_IDENTITIES).toList();
    }

    /// How many keys there are that will not be offered.
    public int tooMany() {
        return Math.max(0, keys.size() - Login.MOST_IDENTITIES);
    }

    @Override
    public Optional<byte[]> sign(Login.Wanted wanted) {
        try {
            return Optional.of(keys.get(wanted.identity()).signing.sign(wanted.algorithm(), wanted.signed()));
        } catch (Exception refused) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        agent.ifPresent(opened -> {
            try {
                opened.close();
            } catch (IOException gone) {
                keys.clear();
            }
        });
    }
}
