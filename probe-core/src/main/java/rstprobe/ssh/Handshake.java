package rstprobe.ssh;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/// The client's side of an SSH handshake as a value that steps: inputs in, messages and findings out. It touches no
/// socket and no clock. How the server's bytes are cut into inputs changes nothing but which step brings a finding.
///
/// Memory is bounded by one packet (256 KiB) or one line (8 KiB) beside the input at hand.
public final class Handshake {
    private static final byte[] OTHER_TEXT = "HELLO-".getBytes(StandardCharsets.US_ASCII);

    private final HandshakePlan plan;
    private final SecureRandom random;
    private final KeyShares shares;
    private final Optional<Login> login;
    private final Course course = new Course();
    private final IdentificationReader lines = new IdentificationReader();
    private Optional<PacketStage> packets = Optional.empty();

    /// A handshake before its connection, which makes its key share when it needs it.
    public Handshake(HandshakePlan plan, SecureRandom random) {
        this(plan, random, KeyShares.fresh(random));
    }

    /// A handshake before its connection, which takes its key share from `shares`.
    public Handshake(HandshakePlan plan, SecureRandom random, KeyShares shares) {
        this(plan, random, shares, Optional.empty());
    }

    /// A handshake before its connection, which ends with a login where there is one to try.
    public Handshake(HandshakePlan plan, SecureRandom random, KeyShares shares, Optional<Login> login) {
        this.plan = plan;
        this.random = random;
        this.shares = shares;
        this.login = login;
    }

    /// Does the part of a JVM's first host key check that needs no server, some 30 ms in a cold one. Optional; meant
    /// for another thread, beside the making of key shares.
    public static void warmUp() {
        Ed25519.precompute();
    }

    /// The stage reached.
    public Stage stage() {
        return course.stage();
    }

    /// The signature that a login waits for; it comes as [Input.Signed].
    public Optional<Login.Wanted> signatureWanted() {
        return course.ended() ? Optional.empty() : packets.flatMap(PacketStage::signatureWanted);
    }

    /// What a login waits for; without one, the stage says it all.
    public Login.Wait waiting() {
        return packets.map(PacketStage::waiting).orElse(PacketStage.NOT_YET);
    }

    /// Takes one input and says what follows from it. After an outcome nothing follows any more.
    public Step on(Input input) {
        if (course.ended()) {
            return course.step();
        }
        switch (input) {
            case Input.Connected connected -> connect(connected.atNanos());
            case Input.Received received -> receive(received.bytes(), received.atNanos());
            case Input.Closed closed -> end(new Outcome.ClosedAt(stage()));
            case Input.Reset reset -> end(new Outcome.ResetAt(stage()));
            case Input.Silence silence -> {
                if (packets.filter(PacketStage::silence).isEmpty()) {
                    end(new Outcome.SilentAt(stage()));
                }
            }
            case Input.Signed signed -> packets.ifPresent(stage -> stage.signed(signed));
            case Input.Question _ -> packets.ifPresent(PacketStage::ask);
            case Input.Leaving _ -> packets.ifPresent(PacketStage::letGo);
            case Input.Failed failed -> end(new Outcome.LocallyFailed(stage(), failed.errno()));
        }
        return course.step();
    }

    private void connect(long atNanos) {
        if (course.stage() != Stage.CONNECT) {
            return;
        }
        course.complete(Stage.IDENTIFICATION, atNanos);
        switch (plan.opening()) {
            case TALK -> course.say("identification", plan.identificationLine());
            case NONSSH -> course.say("identification", otherText(plan.identificationLine()));
            case AFTER, LISTEN -> {}
        }
    }

    private void receive(byte[] bytes, long atNanos) {
        connect(atNanos);
        int used = packets.isPresent() ? 0 : readLines(bytes, atNanos);
        if (!course.ended() && packets.isPresent()) {
            packets.get().receive(bytes, used, atNanos);
        }
    }

    /// Reads up to the identification and returns how many bytes that took.
    private int readLines(byte[] bytes, long atNanos) {
        try {
            for (int i = 0; i < bytes.length; i++) {
                Optional<IdentificationReader.Found> found = lines.on(bytes[i]);
                if (found.isPresent()) {
                    take(found.get(), atNanos);
                }
                if (course.ended() || packets.isPresent()) {
                    return i + 1;
                }
            }
        } catch (Malformed malformed) {
            course.end(new Outcome.Garbled(stage(), malformed.what(), lines.sample()));
        }
        return bytes.length;
    }

    private void take(IdentificationReader.Found found, long atNanos) {
        switch (found) {
            case IdentificationReader.Preamble preamble -> course.saw(new Observation.PreambleLine(preamble.line()));
            case IdentificationReader.Other other -> course.end(other.outcome());
            case IdentificationReader.Identified identified -> identify(identified.identification(), atNanos);
        }
    }

    private void identify(Observation.ServerIdentification server, long atNanos) {
        course.saw(server);
        if (!IdentificationLine.speaksVersion2(server.protocol())) {
            course.end(new Outcome.VersionMismatch(server.line()));
            return;
        }
        if (plan.opening() == Opening.AFTER) {
            course.say("identification", plan.identificationLine());
        }
        course.complete(Stage.KEXINIT, atNanos);
        PacketStage next = new PacketStage(plan, server.line(), random, shares, course, login);
        next.begin();
        packets = Optional.of(next);
    }

    /// The connection is over: what was said in full or in part is kept, and may say what is on that port.
    private void end(Outcome otherwise) {
        if (packets.isPresent()) {
            packets.get().finish();
        } else {
            lines.end().ifPresent(found -> take(found, 0));
        }
        course.end(otherwise);
    }

    private static byte[] otherText(byte[] line) {
        byte[] other = line.clone();
        int end = line.length - (line[line.length - 2] == '\r' ? 2 : 1);
        Arrays.fill(other, 0, end, (byte) 'x');
        System.arraycopy(OTHER_TEXT, 0, other, 0, Math.min(end, OTHER_TEXT.length));
        return other;
    }
}
