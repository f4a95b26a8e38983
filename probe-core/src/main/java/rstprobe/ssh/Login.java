package rstprobe.ssh;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// What one login shall try. Only the public halves of keys are here: whoever holds the private ones signs.
///
/// @param known      host keys that somebody has accepted for this host
/// @param identities public keys to offer, in this order, each at most once
/// @param stayMillis how long the session rests before we leave, 0 for not at all
/// @param held       whether no session is opened: the user is in, and asks or leaves when told to
public record Login(List<Known> known, List<Identity> identities, long stayMillis, boolean held) {
    /// The failures that OpenSSH allows a connection unless told otherwise (`MaxAuthTries`): more keys are
    /// not offered.
    public static final int MOST_IDENTITIES = 6;

    /// Nobody exchanges keys anew within an hour (RFC 4253 §9), and this side never does.
    public static final long MOST_STAY_MILLIS = 3_600_000;

    public Login {
        known = List.copyOf(known);
        identities = List.copyOf(identities);
        if (identities.isEmpty() || identities.size() > MOST_IDENTITIES) {
            throw new IllegalArgumentException("a login offers 1 to " + MOST_IDENTITIES + " keys");
        }
        if (stayMillis < 0 || stayMillis > MOST_STAY_MILLIS) {
            throw new IllegalArgumentException("a login stays 0 s to 1 h");
        }
    }

    /// A login with a session, which ends by itself.
    public Login(List<Known> known, List<Identity> identities, long stayMillis) {
        this(known, identities, stayMillis, false);
    }

    /// The same, which opens no session and ends only by [Input.Leaving].
    public Login heldOpen() {
        return new Login(known, identities, 0, true);
    }

    /// A host key as RFC 4253 §6.6 encodes it.
    ///
    /// @param revoked whether it must never be taken (`@revoked` in known_hosts)
    public record Known(byte[] key, boolean revoked) {
        public Known {
            key = key.clone();
        }

        /// The key as RFC 4253 §6.6 encodes it.
        @Override
        public byte[] key() {
            return key.clone();
        }

        private String type() {
            try {
                return new WireReader(key).readText();
            } catch (Malformed none) {
                return "";
            }
        }
    }

    /// A public key of ours.
    ///
    /// @param key  as RFC 4253 §6.6 encodes it
    /// @param type such as `ssh-ed25519`
    public record Identity(byte[] key, String type) {
        private static final List<String> TYPES =
                List.of("ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521");

        public Identity {
            key = key.clone();
        }

        /// A key of a kind that signs without further conditions; empty for any other, such as a certificate
        /// or a key on a token that wants to be touched.
        public static Optional<Identity> of(byte[] key) {
            try {
                String type = new WireReader(key).readText();
                return TYPES.contains(type) ? Optional.of(new Identity(key, type)) : Optional.empty();
            } catch (Malformed none) {
                return Optional.empty();
            }
        }

        /// As RFC 4253 §6.6 encodes it.
        @Override
        public byte[] key() {
            return key.clone();
        }

        /// As `ssh-keygen -l` prints it.
        public String fingerprint() {
            return HostKeys.fingerprint(key);
        }
    }

    /// A signature that the login waits for.
    ///
    /// @param identity  index of the key that signs
    /// @param algorithm of the signature, such as `rsa-sha2-512` (RFC 8332)
    /// @param signed    what is signed (RFC 4252 §7)
    public record Wanted(int identity, String algorithm, byte[] signed) {
        public Wanted {
            signed = signed.clone();
        }

        /// What is signed.
        @Override
        public byte[] signed() {
            return signed.clone();
        }
    }

    /// What is waited for, apart from the stage.
    ///
    /// @param number rises with every new wait
    /// @param millis how long it lasts at most; empty for as long as any answer may take
    public record Wait(int number, OptionalInt millis) {}

    /// The same handshake, which asks first for those kinds of host keys that are known: a server that is
    /// known by one of its keys must not show another.
    public HandshakePlan askingFirst(HandshakePlan plan) {
        List<String> types =
                known.stream().filter(one -> !one.revoked()).map(Known::type).toList();
        List<String> ordered = plan.offer().hostKeys().stream()
                .sorted(Comparator.comparing(algorithm -> !types.contains(HostKeys.keyType(algorithm))))
                .toList();
        return plan.withOffer(plan.offer().withHostKeys(ordered));
    }

    /// Why a host key is not taken; empty where it is one of the known ones.
    Optional<Observation.HostKeyDoubt> doubt(byte[] hostKey) {
        List<Known> same =
                known.stream().filter(one -> Arrays.equals(one.key, hostKey)).toList();
        if (same.stream().anyMatch(Known::revoked)) {
            return Optional.of(Observation.HostKeyDoubt.REVOKED);
        }
        if (!same.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                known.stream().anyMatch(one -> !one.revoked())
                        ? Observation.HostKeyDoubt.CHANGED
                        : Observation.HostKeyDoubt.UNKNOWN);
    }
}
