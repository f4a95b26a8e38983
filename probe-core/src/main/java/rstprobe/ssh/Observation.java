package rstprobe.ssh;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// One thing learnt from the server. Byte arrays are as they came; strings are ISO-8859-1 readings of wire bytes and
/// as untrusted as those.
public sealed interface Observation {

    /// A line before the identification, line end removed (RFC 4253 §4.2). Text that ends without a line end because
    /// the connection ended counts as a line.
    record PreambleLine(byte[] line) implements Observation {}

    /// The server's identification.
    ///
    /// @param line without its line end
    /// @param protocol the version, such as `2.0`
    /// @param software the software version
    /// @param comments what follows the first space, empty if nothing does
    /// @param crlf whether CR came before LF
    /// @param oddities what RFC 4253 §4.2 does not allow, in words; empty for a clean line
    record ServerIdentification(
            byte[] line, String protocol, String software, String comments, boolean crlf, List<String> oddities)
            implements Observation {
        public ServerIdentification {
            oddities = List.copyOf(oddities);
        }
    }

    /// The server's KEXINIT.
    ///
    /// @param offer its lists as sent, markers such as `kex-strict-s-v00@openssh.com` included
    /// @param strict whether it knows strict key exchange
    /// @param extInfo whether it asks for our extensions
    /// @param bytes size of the packet on the wire
    record ServerProposal(Algorithms offer, boolean strict, boolean extInfo, int bytes) implements Observation {}

    /// What both sides use from now on. A MAC is empty where the cipher authenticates by itself.
    record Negotiated(
            String kex,
            String hostKey,
            String cipherOut,
            String cipherIn,
            String macOut,
            String macIn,
            String compression)
            implements Observation {}

    /// The server's host key.
    ///
    /// @param type the key's own type, such as `ssh-rsa`
    /// @param fingerprint `SHA256:` and unpadded base64, as OpenSSH prints it
    /// @param verified whether the signature over the exchange hash is this key's
    record HostKey(String type, String fingerprint, boolean verified) implements Observation {}

    /// The server uses the new keys.
    ///
    /// @param strict whether sequence numbers began anew (strict key exchange)
    record NewKeys(boolean strict) implements Observation {}

    /// The server's extensions in its order (RFC 8308 §2.3), such as `server-sig-algs`.
    record ExtensionInfo(Map<String, String> extensions) implements Observation {
        public ExtensionInfo {
            extensions = Collections.unmodifiableMap(new LinkedHashMap<>(extensions));
        }
    }

    /// The answer to the method `none`.
    ///
    /// @param methods what may be tried (RFC 4252 §5.1)
    /// @param accepted whether `none` was enough to get in
    record AuthMethods(List<String> methods, boolean accepted) implements Observation {
        public AuthMethods {
            methods = List.copyOf(methods);
        }
    }

    /// What the server shows before authentication (RFC 4252 §5.4), UTF-8 if it keeps to it.
    record AuthBanner(byte[] text) implements Observation {}

    /// The server's goodbye (RFC 4253 §11.1).
    record Disconnected(int reason, byte[] text) implements Observation {}

    /// Plain text where a binary packet was due, such as `Invalid SSH identification string.`; line end removed.
    record ServerText(byte[] text) implements Observation {}

    /// A message that changes nothing: `ignore`, `debug`, `unimplemented`, `global-request` (RFC 4253 §11), `ping`.
    ///
    /// @param text what a debug message says or a global request asks for; empty otherwise
    record Tolerated(String name, byte[] text) implements Observation {}

    /// From here on the connection is used to log in, which only happens where it was asked for.
    ///
    /// @param identities how many keys may be offered
    /// @param stayMillis how long the session is to rest
    record LoginBegun(int identities, long stayMillis) implements Observation {}

    /// No login was tried, since the host key is none that is known. Nothing was signed.
    record LoginWithheld(HostKeyDoubt doubt) implements Observation {}

    /// Why a host key is not taken.
    enum HostKeyDoubt {
        /// No key of this host is known.
        UNKNOWN,
        /// Others are.
        CHANGED,
        /// It is known as one that must not be taken.
        REVOKED
    }

    /// What became of one of our keys.
    ///
    /// @param fingerprint of its public half, as OpenSSH prints it
    record KeyTried(String type, String fingerprint, KeyFate fate) implements Observation {}

    /// What became of a key that was offered.
    enum KeyFate {
        /// The server would take it (RFC 4252 §7, `SSH_MSG_USERAUTH_PK_OK`), and our signature is next.
        WELCOME,
        /// Whoever holds it did not sign.
        UNSIGNED,
        /// The server does not take it.
        REFUSED,
        /// It let us in.
        TAKEN
    }

    /// No key of ours let us in.
    ///
    /// @param methods what the server says may be tried next
    /// @param partial whether it took the last one and wants more beside it (RFC 4252 §5.1)
    record LoginRefused(List<String> methods, boolean partial) implements Observation {
        public LoginRefused {
            methods = List.copyOf(methods);
        }
    }

    /// A session's channel is open (RFC 4254 §6.1).
    record SessionOpened() implements Observation {}

    /// The server opens no channel for a session (RFC 4254 §5.1).
    record SessionRefused(int reason, byte[] text) implements Observation {}

    /// The session's command is over (RFC 4254 §6.10).
    ///
    /// @param started whether the server said it started it
    /// @param exit    its exit status; empty where there is none
    /// @param signal  the signal that ended it, empty where none did
    record CommandEnded(boolean started, OptionalInt exit, String signal) implements Observation {}

    /// Our packets are marked as before the session again, since nothing answered the new marking.
    record MarkingRestored() implements Observation {}

    /// We asked whether the connection still stands.
    record AskedAgain() implements Observation {}

    /// A stage is done.
    record StageCompleted(Stage stage, long atNanos) implements Observation {}
}
