package rstprobe.ssh;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A handshake of two others, read from both directions as far as it is in clear: up to NEWKEYS of each side
/// (RFC 4253 section 7.3). What comes after is encrypted; of that only its amount and its turns are known.
///
/// It never fails: a side that says what does not belong there is not read on, and the stage stays. Memory is
/// bounded as that of a [Handshake], for each side.
public final class Overheard {
    /// Authentication takes fewer turns than this: a service request, six tries of two turns each (OpenSSH's
    /// MaxAuthTries), and some to spare. Behind it the session has begun.
    private static final int MOST_TURNS_OF_AUTHENTICATION = 24;

    /// Nor does a server send as much as this before the session.
    private static final long MOST_BYTES_OF_AUTHENTICATION = 64 << 10;

    /// Who speaks.
    public enum Side {
        CLIENT,
        SERVER
    }

    /// A message of the client's.
    ///
    /// @param name   as in [Message]
    /// @param stage  the stage it was sent in
    /// @param offset where in the client's stream it begins
    /// @param length its bytes on the wire
    public record Said(String name, Stage stage, long offset, int length) {}

    /// What some bytes led to.
    ///
    /// @param observations what was learnt of the server
    /// @param said         messages of the client's that were completed
    public record Heard(List<Observation> observations, List<Said> said) {
        public Heard {
            observations = List.copyOf(observations);
            said = List.copyOf(said);
        }
    }

    private static final String PREFIX = "SSH-";

    private final Voice client = new Voice();
    private final Voice server = new Voice();
    private final List<Observation> observations = new ArrayList<>();
    private final List<Said> said = new ArrayList<>();
    private Optional<String> otherProtocol = Optional.empty();
    private Optional<Outcome.NoCommonAlgorithm> apart = Optional.empty();
    private Stage stage = Stage.IDENTIFICATION;
    private boolean groupAsked;
    private boolean clientSpokeLast;
    private int turns;

    /// The stage reached, as the client has it.
    public Stage stage() {
        return stage;
    }

    /// What the server speaks instead of SSH, as [Outcome.NotSsh] names it; empty where it is SSH, or unknown.
    public Optional<String> otherProtocol() {
        return otherProtocol;
    }

    /// True where a side did not begin as SSH does. A server may say something first, a client may not.
    public boolean foreign() {
        return otherProtocol.isPresent() || client.foreign || server.foreign || !PREFIX.startsWith(client.beginning);
    }

    /// True where the client began as SSH does.
    public boolean clientSpeaksSsh() {
        return client.identified;
    }

    /// The first list without a common name, where both sides' offers were read and do not meet.
    public Optional<Outcome.NoCommonAlgorithm> apart() {
        return apart;
    }

    /// Takes bytes of one side, in the order of its stream.
    ///
    /// @param whole false where some were not captured and zeros stand for them: then messages are counted from
    ///     here on and not read
    public Heard on(Side side, byte[] bytes, boolean whole, long atNanos) {
        Voice voice = side == Side.CLIENT ? client : server;
        voice.patched |= !whole;
        voice.begin(bytes);
        if (voice.encrypted) {
            encrypted(side, bytes.length, atNanos);
        } else if (!voice.silenced) {
            read(side, voice, bytes, atNanos);
        }
        Heard heard = new Heard(observations, said);
        observations.clear();
        said.clear();
        return heard;
    }

    /// Bytes of one side are missing: what it says from here on is not read, unless it is encrypted anyway.
    public void lost(Side side) {
        (side == Side.CLIENT ? client : server).silenced = true;
    }

    /// What came in part before the end counts as a line, where lines were still awaited.
    public List<Observation> end() {
        if (server.identified || server.silenced) {
            return List.of();
        }
        return server.lines.end().stream()
                .flatMap(found -> found instanceof IdentificationReader.Preamble(byte[] line)
                        ? Optional.<Observation>of(new Observation.PreambleLine(line)).stream()
                        : Optional.<Observation>empty().stream())
                .toList();
    }

    private void read(Side side, Voice voice, byte[] bytes, long atNanos) {
        try {
            int used = voice.identified ? 0 : lines(side, voice, bytes, atNanos);
            if (voice.identified && used < bytes.length) {
                voice.packets.add(bytes, used);
                packets(side, voice, atNanos);
            }
        } catch (Malformed _) {
            voice.silenced = true;
        }
    }

    private int lines(Side side, Voice voice, byte[] bytes, long atNanos) throws Malformed {
        for (int i = 0; i < bytes.length; i++) {
            Optional<IdentificationReader.Found> found = voice.lines.on(bytes[i]);
            voice.offset++;
            if (found.isPresent()) {
                take(side, voice, found.get(), atNanos);
            }
            if (voice.identified || voice.silenced) {
                return i + 1;
            }
        }
        return bytes.length;
    }

    private void take(Side side, Voice voice, IdentificationReader.Found found, long atNanos) {
        switch (found) {
            case IdentificationReader.Preamble(byte[] line) -> {
                if (side == Side.SERVER) {
                    observations.add(new Observation.PreambleLine(line));
                } else {
                    voice.foreign = true;
                    voice.silenced = true;
                }
            }
            case IdentificationReader.Identified(Observation.ServerIdentification line) -> {
                voice.identified = true;
                if (side == Side.SERVER) {
                    observations.add(line);
                    complete(Stage.KEXINIT, atNanos);
                } else {
                    said.add(new Said("identification", stage, 0, (int) voice.offset));
                }
            }
            case IdentificationReader.Other(Outcome.NotSsh other) -> {
                voice.foreign = true;
                voice.silenced = true;
                if (side == Side.SERVER) {
                    otherProtocol = Optional.of(other.looksLike());
                }
            }
        }
    }

    private void packets(Side side, Voice voice, long atNanos) throws Malformed {
        while (!voice.encrypted) {
            if (voice.packets.isAtText()) {
                text(side, voice);
                return;
            }
            Optional<PacketReader.Packet> packet = voice.packets.next();
            if (packet.isEmpty()) {
                return;
            }
            if (side == Side.SERVER) {
                server(packet.get(), atNanos);
            } else {
                client(packet.get());
            }
        }
        int rest = voice.packets.takeAll().length;
        if (rest > 0) {
            encrypted(side, rest, atNanos);
        }
    }

    /// Plain text where a packet was due is said before a close; one segment of it is enough.
    private void text(Side side, Voice voice) {
        byte[] bytes = voice.packets.takeAll();
        voice.silenced = true;
        if (side == Side.SERVER) {
            Course course = new Course();
            ServerText text = new ServerText(course);
            try {
                text.add(bytes);
                text.finish();
            } catch (Malformed _) {
                // More text than any server says: what came first is kept.
                voice.silenced = true;
            }
            observations.addAll(course.step().observations());
        }
    }

    private static Optional<KexInit> offer(Voice voice, byte[] payload) {
        try {
            return voice.patched ? Optional.empty() : Optional.of(KexInit.parse(payload));
        } catch (Malformed _) {
            return Optional.empty();
        }
    }

    private void client(PacketReader.Packet packet) {
        int number = packet.payload()[0] & 0xff;
        said.add(new Said(name(number), stage, client.offset, packet.wireBytes()));
        client.offset += packet.wireBytes();
        groupAsked |= number == Numbers.GROUP_REQUEST;
        if (number == Numbers.KEXINIT) {
            client.offer = offer(client, packet.payload());
            negotiate();
        }
        client.encrypted = number == Numbers.NEWKEYS;
    }

    private static String name(int number) {
        return switch (number) {
            case Numbers.DISCONNECT -> "disconnect";
            case Numbers.KEXINIT -> "kexinit";
            case Numbers.NEWKEYS -> "newkeys";
            case Numbers.KEX_INIT, Numbers.GROUP_INIT -> "kex-init";
            case Numbers.GROUP_REQUEST -> "group-request";
            default -> "message-" + number;
        };
    }

    private void server(PacketReader.Packet packet, long atNanos) throws Malformed {
        int number = packet.payload()[0] & 0xff;
        if (number == Numbers.DISCONNECT && !server.patched) {
            WireReader reader = new WireReader(packet.payload());
            reader.readByte();
            int reason = (int) reader.readUint32();
            observations.add(
                    new Observation.Disconnected(reason, reader.left() == 0 ? new byte[0] : reader.readString()));
        } else if (number == Numbers.KEXINIT && stage == Stage.KEXINIT) {
            propose(packet);
            complete(Stage.KEX, atNanos);
        } else if (stage == Stage.KEX && answersKeyExchange(number)) {
            complete(Stage.NEWKEYS, atNanos);
        } else if (number == Numbers.NEWKEYS) {
            server.encrypted = true;
            complete(Stage.SERVICE, atNanos);
        }
    }

    private void propose(PacketReader.Packet packet) {
        server.offer = offer(server, packet.payload());
        server.offer.ifPresent(theirs -> {
            List<String> kex = theirs.offer().kex();
            observations.add(new Observation.ServerProposal(
                    theirs.offer(),
                    kex.contains(KexInit.STRICT_SERVER),
                    kex.contains(KexInit.EXTENSIONS_TO_SERVER),
                    packet.wireBytes()));
        });
        negotiate();
    }

    /// Number 31 is the answer, or a group where one was asked for (RFC 4419 section 5).
    private boolean answersKeyExchange(int number) {
        return number == Numbers.GROUP_REPLY || number == Numbers.KEX_REPLY && !groupAsked;
    }

    private void negotiate() {
        if (client.offer.isEmpty() || server.offer.isEmpty()) {
            return;
        }
        switch (Negotiation.of(client.offer.get().offer(), server.offer.get().offer())) {
            case Negotiation.Agreed(Observation.Negotiated algorithms) -> observations.add(algorithms);
            case Negotiation.Apart(Outcome.NoCommonAlgorithm outcome) -> apart = Optional.of(outcome);
        }
    }

    /// The client asks, the server answers: the first answer consents to authentication, a long row of them
    /// or many bytes are a session.
    private void encrypted(Side side, int bytes, long atNanos) {
        if (side == Side.CLIENT) {
            clientSpokeLast = true;
            return;
        }
        server.secretBytes += bytes;
        turns += clientSpokeLast ? 1 : 0;
        clientSpokeLast = false;
        if (stage == Stage.SERVICE && turns > 0) {
            complete(Stage.USERAUTH, atNanos);
        }
        if (stage == Stage.USERAUTH
                && (turns > MOST_TURNS_OF_AUTHENTICATION || server.secretBytes > MOST_BYTES_OF_AUTHENTICATION)) {
            complete(Stage.SESSION, atNanos);
        }
    }

    private void complete(Stage next, long atNanos) {
        observations.add(new Observation.StageCompleted(stage, atNanos));
        stage = next;
    }

    /// One side, and how far it was read.
    private static final class Voice {
        private final IdentificationReader lines = new IdentificationReader();
        private final PacketReader packets = new PacketReader();
        private Optional<KexInit> offer = Optional.empty();
        private boolean identified;
        private boolean encrypted;
        private boolean silenced;
        private boolean foreign;
        private boolean patched;
        private long offset;
        private long secretBytes;
        private String beginning = "";

        private void begin(byte[] bytes) {
            int missing = Math.min(PREFIX.length() - beginning.length(), bytes.length);
            beginning += new String(bytes, 0, missing, StandardCharsets.ISO_8859_1);
        }
    }
}
