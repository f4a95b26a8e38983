package rstprobe.ssh;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/// What one handshake shall say.
///
/// @param identificationLine our line as it goes on the wire, line end included (RFC 4253 §4.2)
/// @param opening what is said first
/// @param offer our algorithms, most wanted first; all of them among [Algorithms#standard]
/// @param user the name the method `none` is tried for
/// @param kexInitBytes wanted size of our KEXINIT packet on the wire in bytes, 0 for its natural size; a size below
///     the natural one has no effect, one that is no multiple of 8 is rounded up
/// @param strict whether we offer strict key exchange (`kex-strict-c-v00@openssh.com`)
/// @param extensionInfo whether we ask for the server's extensions (`ext-info-c`, RFC 8308 §2.1)
/// @param asksMethods whether the user is named and the method `none` tried; otherwise the server's consent to the
///     service, the first encrypted message of its own, is the end
public record HandshakePlan(
        byte[] identificationLine,
        Opening opening,
        Algorithms offer,
        String user,
        int kexInitBytes,
        boolean strict,
        boolean extensionInfo,
        boolean asksMethods) {

    /// What an OpenSSH 9.2 client's KEXINIT measures on the wire: a segment and a bit on an Ethernet path.
    public static final int OPENSSH_KEXINIT_BYTES = 1560;
    /// The largest KEXINIT that every server must read (RFC 4253 §6.1).
    public static final int MAXIMUM_KEXINIT_BYTES = 32_768;

    private static final List<String> SMALL_KEX = List.of(
            "curve25519-sha256",
            "curve25519-sha256@libssh.org",
            "ecdh-sha2-nistp256",
            "ecdh-sha2-nistp384",
            "ecdh-sha2-nistp521");

    private static final String IDENTIFICATION = "SSH-2.0-rstprobe_0.1\r\n";
    private static final int MAXIMUM_LINE_BYTES = 255;

    public HandshakePlan {
        identificationLine = identificationLine.clone();
        Objects.requireNonNull(opening);
        Objects.requireNonNull(offer);
        Objects.requireNonNull(user);
        requireSpoken(offer);
        if (identificationLine.length < 2 || identificationLine.length > MAXIMUM_LINE_BYTES) {
            throw new IllegalArgumentException("an identification line has 2 to 255 bytes");
        }
        if (identificationLine[identificationLine.length - 1] != '\n') {
            throw new IllegalArgumentException("an identification line ends with a line feed");
        }
        if (kexInitBytes < 0 || kexInitBytes > MAXIMUM_KEXINIT_BYTES) {
            throw new IllegalArgumentException("a KEXINIT packet has 0 to 32768 bytes");
        }
    }

    /// The handshake an OpenSSH client would make, as to algorithms and sizes, up to the methods offered to `user`.
    public static HandshakePlan standard(String user) {
        return new HandshakePlan(
                IDENTIFICATION.getBytes(StandardCharsets.US_ASCII),
                Opening.TALK,
                Algorithms.standard(),
                user,
                OPENSSH_KEXINIT_BYTES,
                true,
                true,
                true);
    }

    /// The same handshake with no message of ours that needs more than one segment of 1240 bytes, and no long answer: a
    /// KEXINIT of natural size, and key exchanges over curves whose halves have 32 to 133 bytes.
    public HandshakePlan small() {
        return withOffer(offer.withKex(SMALL_KEX)).withKexInitBytes(0);
    }

    /// The same handshake with one algorithm alone in its list, no message longer than that needs, and no user named:
    /// a server that counts unknown ones has nothing to count.
    ///
    /// @param carriers key exchanges that are known to work, most wanted first; empty where none is known
    public HandshakePlan alone(Sole sole, List<String> carriers) {
        return new HandshakePlan(
                identificationLine, opening, sole.in(offer, carriers), user, 0, strict, extensionInfo, false);
    }

    /// The key exchanges of [#small].
    public static List<String> smallKex() {
        return SMALL_KEX;
    }

    /// An offer of what we could not keep to would be our own mistake, not the server's.
    private static void requireSpoken(Algorithms offer) {
        Algorithms all = Algorithms.standard();
        boolean spoken = all.kex().containsAll(offer.kex())
                && all.hostKeys().containsAll(offer.hostKeys())
                && all.ciphersOut().containsAll(offer.ciphersOut())
                && all.ciphersIn().containsAll(offer.ciphersIn())
                && all.macsOut().containsAll(offer.macsOut())
                && all.macsIn().containsAll(offer.macsIn())
                && all.compressionOut().containsAll(offer.compressionOut())
                && all.compressionIn().containsAll(offer.compressionIn());
        if (!spoken) {
            throw new IllegalArgumentException("an offer holds algorithms of Algorithms.standard() only");
        }
    }

    /// Our line as it goes on the wire.
    @Override
    public byte[] identificationLine() {
        return identificationLine.clone();
    }

    /// The same plan with another opening.
    public HandshakePlan withOpening(Opening other) {
        return new HandshakePlan(
                identificationLine, other, offer, user, kexInitBytes, strict, extensionInfo, asksMethods);
    }

    /// The same plan with other algorithms.
    public HandshakePlan withOffer(Algorithms other) {
        return new HandshakePlan(
                identificationLine, opening, other, user, kexInitBytes, strict, extensionInfo, asksMethods);
    }

    /// The same plan with a KEXINIT of the wanted size in bytes, 0 for its natural size.
    public HandshakePlan withKexInitBytes(int bytes) {
        return new HandshakePlan(identificationLine, opening, offer, user, bytes, strict, extensionInfo, asksMethods);
    }

    /// The same plan with or without strict key exchange.
    public HandshakePlan withStrict(boolean wanted) {
        return new HandshakePlan(
                identificationLine, opening, offer, user, kexInitBytes, wanted, extensionInfo, asksMethods);
    }

    /// The same plan with or without a wish for the server's extensions.
    public HandshakePlan withExtensionInfo(boolean wanted) {
        return new HandshakePlan(identificationLine, opening, offer, user, kexInitBytes, strict, wanted, asksMethods);
    }
}
