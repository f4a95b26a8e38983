package rstprobe.ssh;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.OptionalInt;

/// All of a handshake after the identifications: bytes to packets, packets to their meaning, and trouble to an
/// outcome.
final class PacketStage {
    /// Nothing is waited for but what the stage says.
    static final Login.Wait NOT_YET = new Login.Wait(0, OptionalInt.empty());

    private final boolean negotiates;
    private final Course course;
    private final PacketReader reader = new PacketReader();
    private final ServerText text;
    private final Transport transport;
    private final Exchange exchange;
    private final Optional<UserLogin> userLogin;

    PacketStage(
            HandshakePlan plan,
            byte[] serverLine,
            SecureRandom random,
            KeyShares shares,
            Course course,
            Optional<Login> login) {
        this.course = course;
        negotiates = plan.opening().negotiates();
        text = new ServerText(course);
        transport = new Transport(course, reader, new PacketWriter(random));
        userLogin = login.map(wanted -> new UserLogin(wanted, plan.user(), course, transport));
        exchange = new Exchange(plan, serverLine, random, shares, course, transport, userLogin);
    }

    /// Says what we have to say first.
    void begin() {
        if (negotiates) {
            exchange.begin();
        }
    }

    /// Takes the server's bytes from an index on.
    void receive(byte[] bytes, int start, long atNanos) {
        reader.add(bytes, start);
        try {
            while (!course.ended() && !text.begun()) {
                if (reader.isAtText()) {
                    text.begin();
                    break;
                }
                Optional<PacketReader.Packet> packet = reader.next();
                if (packet.isEmpty()) {
                    return;
                }
                exchange.on(packet.get(), atNanos);
            }
            if (!course.ended()) {
                text.add(reader.takeAll());
            }
        } catch (Malformed malformed) {
            transport.goodbye(malformed.reason(), malformed.what(), negotiates);
            course.end(new Outcome.Garbled(course.stage(), malformed.what(), reader.sample()));
        }
    }

    /// The signature that a login waits for.
    Optional<Login.Wanted> signatureWanted() {
        return userLogin.flatMap(UserLogin::wanted);
    }

    /// What a login waits for.
    Login.Wait waiting() {
        return userLogin.filter(UserLogin::begun).map(UserLogin::waiting).orElse(NOT_YET);
    }

    /// Takes the signature that a login waited for.
    void signed(Input.Signed signed) {
        userLogin.ifPresent(steps -> steps.signed(signed.signature()));
    }

    /// The wait for an answer ran out.
    ///
    /// @return whether something else is tried
    boolean silence() {
        return userLogin.filter(UserLogin::begun).filter(UserLogin::silence).isPresent();
    }

    /// A login that is only held asks.
    void ask() {
        userLogin.ifPresent(UserLogin::ask);
    }

    /// A login that is only held ends.
    void letGo() {
        userLogin.ifPresent(UserLogin::letGo);
    }

    /// No more bytes will come.
    void finish() {
        text.finish();
    }
}
