package rstprobe.ssh;

import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/// What each of the server's messages means, in the order of RFC 4253 §7 to §11 and RFC 4252 §5.
final class Exchange {
    /// How many messages that change nothing are taken.
    private static final int MAXIMUM_TOLERATED = 1000;

    private static final String AUTHENTICATION = "ssh-userauth";
    private static final String CONNECTION = "ssh-connection";

    private final HandshakePlan plan;
    private final byte[] serverLine;
    private final SecureRandom random;
    private final KeyShares shares;
    private final Course course;
    private final Transport transport;
    private final Optional<UserLogin> login;
    private final boolean negotiates;
    private final KexInit ours;
    private Optional<Observation.Negotiated> agreed = Optional.empty();
    private Optional<KeyExchange> keyExchange = Optional.empty();
    private Optional<SessionKeys> keys = Optional.empty();
    private byte[] hostKey = new byte[0];
    private boolean strict;
    private boolean skipsNext;
    private int tolerated;

    Exchange(
            HandshakePlan plan,
            byte[] serverLine,
            SecureRandom random,
            KeyShares shares,
            Course course,
            Transport transport,
            Optional<UserLogin> login) {
        this.plan = plan;
        this.serverLine = serverLine;
        this.random = random;
        this.shares = shares;
        this.course = course;
        this.transport = transport;
        this.login = login;
        negotiates = plan.opening().negotiates();
        ours = KexInit.of(plan, random);
    }

    /// Offers our algorithms.
    void begin() {
        transport.say("kexinit", ours.payload());
    }

    /// Takes one message.
    void on(PacketReader.Packet packet, long atNanos) throws Malformed {
        byte[] payload = packet.payload();
        WireReader reader = new WireReader(payload);
        int number = reader.readByte();
        if (skipsNext && isOfKeyExchange(number)) {
            skipsNext = false;
            return;
        }
        Stage stage = course.stage();
        if (number == Numbers.DISCONNECT) {
            disconnect(reader);
        } else if (login.filter(UserLogin::begun).isPresent()) {
            loggingIn(number, packet.sequence(), reader, atNanos);
        } else if (isTolerable(number)) {
            tolerate(number, reader);
        } else if (number == Numbers.KEXINIT && stage == Stage.KEXINIT && agreed.isEmpty()) {
            propose(packet, atNanos);
        } else if (keyExchange.isPresent() && stage == Stage.KEX) {
            step(keyExchange.get().on(payload), payload, atNanos);
        } else if (number == Numbers.NEWKEYS && stage == Stage.NEWKEYS) {
            useNewKeys(atNanos);
        } else if (stage == Stage.SERVICE || stage == Stage.USERAUTH) {
            authenticate(number, packet.sequence(), reader, atNanos);
        } else {
            throw new Malformed("message " + number + " in stage " + stage.word());
        }
    }

    /// What a wrong guess is made of; the messages of the transport itself count all the same (RFC 4253 section 7).
    private static boolean isOfKeyExchange(int number) {
        return number >= Numbers.KEX_INIT && number <= Numbers.LAST_OF_KEX;
    }

    private void disconnect(WireReader reader) throws Malformed {
        int reason = (int) reader.readUint32();
        byte[] text = reader.left() == 0 ? new byte[0] : reader.readString();
        course.saw(new Observation.Disconnected(reason, text));
        course.end(new Outcome.DisconnectedAt(course.stage(), reason, text));
    }

    private static boolean isTolerable(int number) {
        return number == Numbers.IGNORE
                || number == Numbers.UNIMPLEMENTED
                || number == Numbers.DEBUG
                || number == Numbers.GLOBAL_REQUEST;
    }

    private void tolerate(int number, WireReader reader) throws Malformed {
        String name = tolerableName(number);
        if (strict && keys.isEmpty() || strict && course.stage() == Stage.NEWKEYS) {
            throw new Malformed("strict key exchange violated: " + name + " before newkeys");
        }
        count();
        byte[] text = new byte[0];
        if (number == Numbers.DEBUG) {
            reader.readBoolean();
            text = reader.readString();
        }
        if (number == Numbers.GLOBAL_REQUEST) {
            text = reader.readString();
            if (reader.readBoolean() && negotiates) {
                transport.say("request-failure", new byte[] {Numbers.REQUEST_FAILURE});
            }
        }
        course.saw(new Observation.Tolerated(name, text));
    }

    private static String tolerableName(int number) {
        return switch (number) {
            case Numbers.IGNORE -> "ignore";
            case Numbers.DEBUG -> "debug";
            case Numbers.UNIMPLEMENTED -> "unimplemented";
            default -> "global-request";
        };
    }

    private void count() throws Malformed {
        if (++tolerated > MAXIMUM_TOLERATED) {
            throw new Malformed("more than " + MAXIMUM_TOLERATED + " messages that change nothing");
        }
    }

    private void propose(PacketReader.Packet packet, long atNanos) throws Malformed {
        KexInit theirs = KexInit.parse(packet.payload());
        List<String> kex = theirs.offer().kex();
        boolean knowsStrict = kex.contains(KexInit.STRICT_SERVER);
        course.saw(new Observation.ServerProposal(
                theirs.offer(), knowsStrict, kex.contains(KexInit.EXTENSIONS_TO_SERVER), packet.wireBytes()));
        if (!negotiates) {
            return;
        }
        strict = knowsStrict && plan.strict();
        if (strict && packet.sequence() != 0) {
            throw new Malformed("strict key exchange violated: kexinit was not the first message");
        }
        switch (Negotiation.of(plan.offer(), theirs.offer())) {
            case Negotiation.Agreed common -> agree(common.algorithms(), theirs, atNanos);
            case Negotiation.Apart apart -> {
                transport.goodbye(
                        Numbers.KEY_EXCHANGE_FAILED,
                        "no common " + apart.outcome().list(),
                        true);
                course.end(apart.outcome());
            }
        }
    }

    private void agree(Observation.Negotiated common, KexInit theirs, long atNanos) {
        course.saw(common);
        agreed = Optional.of(common);
        skipsNext = theirs.follows() && Negotiation.guessedWrong(plan.offer(), theirs.offer());
        byte[] ourLine = IdentificationLine.withoutEnd(plan.identificationLine());
        Transcript transcript = new Transcript(ourLine, serverLine, ours.payload(), theirs.payload());
        KeyExchange started = new KeyExchange(common, transcript, shares, random);
        course.complete(Stage.KEX, atNanos);
        say(started.first());
        keyExchange = Optional.of(started);
    }

    private void step(KeyExchange.Progress progress, byte[] payload, long atNanos) throws Malformed {
        switch (progress) {
            case KeyExchange.Say next -> say(next);
            case KeyExchange.Done done -> finish(done, payload, atNanos);
        }
    }

    private void say(KeyExchange.Say next) {
        transport.say(next.name(), next.payload());
    }

    private void finish(KeyExchange.Done done, byte[] payload, long atNanos) {
        course.saw(done.hostKey());
        if (!done.hostKey().verified()) {
            String what = "host key signature that does not verify";
            transport.goodbye(Numbers.HOST_KEY_NOT_VERIFIABLE, what, true);
            course.end(new Outcome.Garbled(course.stage(), what, Samples.of(payload)));
            return;
        }
        keys = Optional.of(done.keys());
        hostKey = done.shown();
        course.complete(Stage.NEWKEYS, atNanos);
        transport.say("newkeys", new byte[] {Numbers.NEWKEYS});
        transport.protectOut(agreed.orElseThrow(), done.keys(), strict);
    }

    private void useNewKeys(long atNanos) {
        transport.protectIn(agreed.orElseThrow(), keys.orElseThrow(), strict);
        course.saw(new Observation.NewKeys(strict));
        course.complete(Stage.SERVICE, atNanos);
        byte[] request = new WireWriter()
                .writeByte(Numbers.SERVICE_REQUEST)
                .writeText(AUTHENTICATION)
                .bytes();
        transport.say("service-request", request);
    }

    private void authenticate(int number, long sequence, WireReader reader, long atNanos) throws Malformed {
        Stage stage = course.stage();
        if (number == Numbers.EXT_INFO) {
            count();
            Observation.ExtensionInfo info = Extensions.read(reader);
            course.saw(info);
            login.ifPresent(steps -> steps.extensions(info.extensions()));
        } else if (number == Numbers.USERAUTH_BANNER) {
            count();
            course.saw(new Observation.AuthBanner(reader.readString()));
        } else if (number == Numbers.SERVICE_ACCEPT && stage == Stage.SERVICE) {
            acceptService(reader, atNanos);
        } else if (number == Numbers.USERAUTH_FAILURE && stage == Stage.USERAUTH) {
            complete(new Observation.AuthMethods(reader.readNames(), false), atNanos);
        } else if (number == Numbers.USERAUTH_SUCCESS && stage == Stage.USERAUTH) {
            complete(new Observation.AuthMethods(List.of(), true), atNanos);
        } else if (number == Numbers.KEXINIT || number == Numbers.NEWKEYS) {
            throw new Malformed("message " + number + " in stage " + stage.word());
        } else {
            count();
            course.saw(new Observation.Tolerated("message-" + number, new byte[0]));
            transport.say("unimplemented", unimplemented(sequence));
        }
    }

    private void acceptService(WireReader reader, long atNanos) throws Malformed {
        String service = reader.left() == 0 ? AUTHENTICATION : reader.readText();
        if (!service.equals(AUTHENTICATION)) {
            throw new Malformed("consent to a service we did not ask for");
        }
        course.complete(Stage.USERAUTH, atNanos);
        if (!plan.asksMethods()) {
            transport.goodbye(Numbers.BY_APPLICATION, "done", true);
            course.end(new Outcome.Completed());
            return;
        }
        byte[] request = new WireWriter()
                .writeByte(Numbers.USERAUTH_REQUEST)
                .writeText(plan.user())
                .writeText(CONNECTION)
                .writeText("none")
                .bytes();
        transport.say("userauth-request", request);
    }

    private void complete(Observation.AuthMethods methods, long atNanos) {
        course.saw(methods);
        if (login.isPresent()) {
            login.get().begin(hostKey, keys.orElseThrow().exchangeHash(), methods, atNanos);
            return;
        }
        course.complete(Stage.SESSION, atNanos);
        transport.goodbye(Numbers.BY_APPLICATION, "done", true);
        course.end(new Outcome.Completed());
    }

    /// What a login has no use for is answered as RFC 4253 §11.4 wants, or passed over where it is tolerable.
    private void loggingIn(int number, long sequence, WireReader reader, long atNanos) throws Malformed {
        if (number == Numbers.KEXINIT && login.orElseThrow().leavesForNewKeys()) {
            return;
        }
        if (number == Numbers.KEXINIT || number == Numbers.NEWKEYS) {
            throw new Malformed(
                    "message " + number + " in stage " + course.stage().word());
        }
        if (!login.orElseThrow().on(number, reader, atNanos)) {
            count();
            if (!isTolerable(number)) {
                transport.say("unimplemented", unimplemented(sequence));
            }
        }
    }

    private static byte[] unimplemented(long sequence) {
        return new WireWriter()
                .writeByte(Numbers.UNIMPLEMENTED)
                .writeUint32(sequence)
                .bytes();
    }
}
