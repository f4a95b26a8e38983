package rstprobe.ssh;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Logs a user in with public keys, as RFC 4252 §7 has it: each key is offered first, and signs only where
/// the server would take it. A host key that is not known ends it before anything is offered.
final class UserLogin {
    /// A user who is asked by an agent whether a key may sign takes that long at most.
    private static final int SIGNING_MILLIS = 60_000;

    private static final int MAXIMUM_SIGNATURE_BYTES = 1 << 14;
    /// A keepalive a second for an hour, and what a session says besides.
    private static final int MAXIMUM_MESSAGES = 8_000;

    private final Login login;
    private final String user;
    private final Course course;
    private final Transport transport;
    private final SessionChannel session;
    private final HeldLogin held;
    private byte[] sessionId = new byte[0];
    private List<String> signatures = List.of();
    private Optional<Login.Wanted> wanted = Optional.empty();
    private int next;
    private int waits;
    private int messages;
    private boolean begun;

    UserLogin(Login login, String user, Course course, Transport transport) {
        this.login = login;
        this.user = user;
        this.course = course;
        this.transport = transport;
        this.session = new SessionChannel(login.stayMillis(), course, transport);
        this.held = new HeldLogin(course, transport);
    }

    /// Whether it has taken the connection over.
    boolean begun() {
        return begun;
    }

    /// The signature that is waited for.
    Optional<Login.Wanted> wanted() {
        return wanted;
    }

    /// What is waited for.
    Login.Wait waiting() {
        return new Login.Wait(
                waits + session.waits(),
                wanted.isPresent() ? OptionalInt.of(SIGNING_MILLIS) : session.patienceMillis());
    }

    /// Notes which kinds of signatures the server takes (RFC 8308 §3.1).
    void extensions(Map<String, String> extensions) {
        signatures = List.of(extensions.getOrDefault("server-sig-algs", "").split(","));
    }

    /// Begins, once the server has said what may be tried.
    ///
    /// @param hostKey  as RFC 4253 §6.6 encodes it; its signature was checked
    /// @param exchange the hash that names the session (RFC 4253 §7.2)
    void begin(byte[] hostKey, byte[] exchange, Observation.AuthMethods methods, long atNanos) {
        begun = true;
        sessionId = exchange.clone();
        Optional<Observation.HostKeyDoubt> doubt = login.doubt(hostKey);
        if (doubt.isPresent()) {
            course.saw(new Observation.LoginWithheld(doubt.get()));
            course.complete(Stage.SESSION, atNanos);
            leave();
            return;
        }
        course.saw(new Observation.LoginBegun(login.identities().size(), login.stayMillis()));
        if (methods.accepted()) {
            enter(atNanos);
        } else {
            offerNext(methods.methods(), false);
        }
    }

    /// Takes a message of the server.
    ///
    /// @return whether it means something here
    boolean on(int number, WireReader reader, long atNanos) throws Malformed {
        if (++messages > MAXIMUM_MESSAGES) {
            throw new Malformed("more than " + MAXIMUM_MESSAGES + " messages in a login");
        }
        if (course.stage() != Stage.USERAUTH) {
            return login.held() ? held.on(number, reader) : session.on(number, reader, atNanos);
        }
        switch (number) {
            case Numbers.USERAUTH_BANNER -> course.saw(new Observation.AuthBanner(reader.readString()));
            case Numbers.USERAUTH_PK_OK -> welcome(reader);
            case Numbers.USERAUTH_FAILURE -> {
                tried(Observation.KeyFate.REFUSED);
                offerNext(reader.readNames(), reader.readBoolean());
            }
            case Numbers.USERAUTH_SUCCESS -> {
                tried(Observation.KeyFate.TAKEN);
                enter(atNanos);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /// The server wants new keys (RFC 4253 §9), and this client exchanges keys once: what it came for it has by then,
    /// so it takes leave. A user who is only held stays.
    ///
    /// @return whether it has left
    boolean leavesForNewKeys() {
        if (course.stage().compareTo(Stage.SESSION) < 0 || login.held()) {
            return false;
        }
        course.saw(new Observation.Tolerated("new-keys-wanted", new byte[0]));
        leave();
        return true;
    }

    /// The wait for an answer ran out.
    ///
    /// @return whether something else is tried; otherwise that was it
    boolean silence() {
        if (wanted.isPresent()) {
            signed(Optional.empty());
            return true;
        }
        return !login.held() && session.silence();
    }

    /// Takes the signature that was waited for; empty where nobody made it.
    ///
    /// @param made as RFC 4253 §6.6 encodes it
    void signed(Optional<byte[]> made) {
        if (wanted.isEmpty() || course.ended()) {
            return;
        }
        String algorithm = wanted.get().algorithm();
        wanted = Optional.empty();
        waits++;
        Optional<byte[]> signature = made.filter(bytes -> bytes.length <= MAXIMUM_SIGNATURE_BYTES);
        if (signature.isEmpty()) {
            tried(Observation.KeyFate.UNSIGNED);
            offerNext(List.of("publickey"), false);
            return;
        }
        byte[] request = request(true, algorithm).writeString(signature.get()).bytes();
        transport.say("userauth-signature", request);
    }

    private void offerNext(List<String> methods, boolean partial) {
        if (partial || next == login.identities().size() || !methods.contains("publickey")) {
            course.saw(new Observation.LoginRefused(methods, partial));
            leave();
            return;
        }
        next++;
        waits++;
        transport.say("userauth-publickey", request(false, algorithm()).bytes());
    }

    /// The request of RFC 4252 §7, up to where a signature stands.
    private WireWriter request(boolean signed, String algorithm) {
        return new WireWriter()
                .writeByte(Numbers.USERAUTH_REQUEST)
                .writeText(user)
                .writeText("ssh-connection")
                .writeText("publickey")
                .writeByte(signed ? 1 : 0)
                .writeText(algorithm)
                .writeString(offered().key());
    }

    private Login.Identity offered() {
        return login.identities().get(next - 1);
    }

    /// RSA signs with SHA-2: servers that know neither are older than 2016 (OpenSSH 7.2), and SHA-1 is no
    /// proof.
    private String algorithm() {
        String type = offered().type();
        if (!type.equals("ssh-rsa")) {
            return type;
        }
        return signatures.contains("rsa-sha2-256") && !signatures.contains("rsa-sha2-512")
                ? "rsa-sha2-256"
                : "rsa-sha2-512";
    }

    private void welcome(WireReader reader) throws Malformed {
        if (next == 0 || wanted.isPresent()) {
            throw new Malformed("consent to a key that was not offered");
        }
        String algorithm = reader.readText();
        if (!algorithm.equals(algorithm())
                || !Arrays.equals(reader.readString(), offered().key())) {
            throw new Malformed("consent to another key than the one offered");
        }
        tried(Observation.KeyFate.WELCOME);
        byte[] signed = new WireWriter()
                .writeString(sessionId)
                .writeBytes(request(true, algorithm).bytes())
                .bytes();
        waits++;
        wanted = Optional.of(new Login.Wanted(next - 1, algorithm, signed));
    }

    private void tried(Observation.KeyFate fate) {
        if (next > 0) {
            course.saw(new Observation.KeyTried(offered().type(), offered().fingerprint(), fate));
        }
    }

    private void enter(long atNanos) {
        course.complete(Stage.SESSION, atNanos);
        if (login.held()) {
            course.pass(Stage.IDLE);
        } else {
            session.begin();
        }
    }

    /// Asks the server, where the user is in and is only held.
    void ask() {
        if (login.held() && course.stage() == Stage.IDLE) {
            held.ask();
        }
    }

    /// Ends what is only held.
    void letGo() {
        if (login.held()) {
            held.leave();
        }
    }

    private void leave() {
        transport.goodbye(Numbers.BY_APPLICATION, "done", true);
        course.end(new Outcome.Completed());
    }
}
