package rstprobe.diagnose;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import rstprobe.capture.Frame;
import rstprobe.capture.LinkType;
import rstprobe.record.Event;
import rstprobe.record.HostFacts;
import rstprobe.record.Mode;
import rstprobe.record.Plan;
import rstprobe.record.Recording;
import rstprobe.ssh.Algorithms;
import rstprobe.ssh.Observation;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Sole;
import rstprobe.ssh.Stage;
import rstprobe.wire.Encoder;
import rstprobe.wire.Flags;
import rstprobe.wire.IpAddress;
import rstprobe.wire.IpHeader;
import rstprobe.wire.MacAddress;
import rstprobe.wire.TcpHeader;
import rstprobe.wire.TcpOption;

/// A recording written as a script, one line for each packet, in the manner of packetdrill.
///
///     talk                                    a new attempt in this mode; `talk again` has the ports of the last
///     0.0  > SYN                              at 0.0 ms we send a SYN
///     10.0 < SYN,ACK                          the server answers
///     10.1 > ACK
///     10.2 > ACK data=23 msg=identification   23 bytes, noted as our identification
///     10.4 < RST ttl=63 tos=0                 a reset; these fields are not its kernel's
///     12.0 < ICMP 3/13 from=198.18.1.1 ttl=64 quoted=63
///     ! text Exceeded MaxStartups             what the handshake understood
///     received 40                             our socket has read this many bytes
///     = reset identification                  how the attempt ended
///
/// Fields that are not written are those of Linux on both sides: `seq` and `ack` count bytes of the
/// stream, RST is an answer without a socket, RST,ACK the abort of the live one. `tos` is hexadecimal,
/// `-ts` leaves timestamps out, `sack=1471:1583` reports those bytes of the other side.
///
/// `mac=7` is the last byte of the sender's hardware address, and `order` puts SACK-permitted before the MSS.
///
/// `small`, `unmarked`, `other-family` (over IPv6) and `other-address` are attempts of those modes; `way other-family`
/// says before them that such a way stands open. `compares` begins a comparison of algorithms, of which `alone kex
/// NAME`
/// is an attempt and `! proposal NAME NAME` the server's list.
record PacketScript(String text, boolean six, int ourStart, int theirStart, long grainNanos, int firstFrame) {
    static final int OUR_TOS = 0x48;
    static final String OTHER_ADDRESS = "198.18.1.3";
    private static final int OUR_WINDOW = 64_240;
    private static final long START = 1_793_714_102_000_000_000L;
    private static final long BETWEEN_ATTEMPTS_MILLIS = 10_000;
    private static final double ONE_WAY_MILLIS = 5;
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");

    static PacketScript of(String text) {
        return new PacketScript(text, false, 1_000_000, 77_000, 1, 1);
    }

    PacketScript overIpv6() {
        return new PacketScript(text, true, ourStart, theirStart, grainNanos, firstFrame);
    }

    PacketScript numberedFrom(int ours, int theirs) {
        return new PacketScript(text, six, ours, theirs, grainNanos, firstFrame);
    }

    PacketScript inGrainsOf(long nanos) {
        return new PacketScript(text, six, ourStart, theirStart, nanos, firstFrame);
    }

    PacketScript framesFrom(int first) {
        return new PacketScript(text, six, ourStart, theirStart, grainNanos, first);
    }

    Finding finding() {
        return Diagnosis.of(recording());
    }

    Recording recording() {
        Reel reel = new Reel(this);
        text.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(reel::line);
        return reel.recording();
    }

    /// The same recording with other frames.
    static Recording with(Recording recording, List<Frame> frames, long dropped) {
        return new Recording(
                recording.startedNanos(),
                recording.plan(),
                recording.host(),
                recording.target(),
                recording.events(),
                frames,
                new Recording.CaptureFacts(
                        dropped,
                        true,
                        recording.capture().firstOwnSyn(),
                        recording.capture().clockStepNanos()));
    }

    IpAddress us() {
        return IpAddress.parse(six ? "2001:db8:1::2" : "198.18.1.2");
    }

    IpAddress server() {
        return IpAddress.parse(six ? "2001:db8:3::2" : "198.18.3.2");
    }

    /// The script while it is being filmed.
    private static final class Reel {
        private final PacketScript usual;
        private PacketScript script;
        private final List<Event> events = new ArrayList<>();
        private final List<Frame> frames = new ArrayList<>();
        private int attempt;
        private int port;
        private int ourNext;
        private int theirNext;
        private int ourAcknowledged;
        private int ourIdentification;
        private int theirIdentification;
        private long ourStamp;
        private long sent;
        private double millis;
        private boolean connected;
        private boolean elsewhere;

        Reel(PacketScript script) {
            this.script = script;
            this.usual = script;
        }

        void line(String line) {
            String[] words = line.split("\\s+");
            switch (words[0]) {
                case "!" ->
                    observed(
                            words[1],
                            line.substring(line.indexOf(words[1]) + words[1].length())
                                    .strip());
                case "=" -> ended(words);
                case "received" -> events.add(new Event.Received(now(), attempt, 0, Integer.parseInt(words[1])));
                case "talk", "bytes", "listen", "prompt" ->
                    open(Mode.valueOf(words[0].toUpperCase(Locale.ROOT)), words.length > 1);
                case "small", "unmarked", "other-family", "other-address" -> open(mode(words[0]), false);
                case "way" -> way(mode(words[1]));
                case "compares" -> events.add(new Event.Comparing(now()));
                case "alone" -> {
                    open(Mode.ALGORITHM, false);
                    Sole.Kind kind =
                            Sole.Kind.valueOf(words[1].toUpperCase(Locale.ROOT).replace('-', '_'));
                    events.add(new Event.Narrowed(now(), attempt, new Sole(kind, words[2], "")));
                }
                default -> packet(words);
            }
        }

        private void open(Mode mode, boolean again) {
            script = mode == Mode.OTHER_FAMILY ? usual.overIpv6() : usual;
            elsewhere = mode == Mode.OTHER_ADDRESS;
            attempt++;
            port = again ? port : 40_000 + attempt;
            ourNext = 0;
            theirNext = 0;
            ourAcknowledged = 0;
            ourIdentification = 100;
            theirIdentification = 40_000 + attempt;
            sent = 0;
            millis = 0;
            connected = false;
            events.add(new Event.Opened(
                    now(),
                    attempt,
                    mode,
                    us().toString(),
                    port(),
                    script.server().toString(),
                    22));
        }

        private static Mode mode(String word) {
            return Mode.valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
        }

        private void way(Mode mode) {
            PacketScript other = mode == Mode.OTHER_FAMILY ? usual.overIpv6() : usual;
            String ours =
                    mode == Mode.OTHER_ADDRESS ? OTHER_ADDRESS : other.us().toString();
            events.add(new Event.OtherWay(now(), mode, ours, other.server().toString()));
        }

        private IpAddress us() {
            return elsewhere ? IpAddress.parse(OTHER_ADDRESS) : script.us();
        }

        private int port() {
            return port;
        }

        private long now() {
            long nanos = START + Math.round((BETWEEN_ATTEMPTS_MILLIS * attempt + millis) * 1e6);
            return nanos / script.grainNanos * script.grainNanos;
        }

        private void packet(String[] words) {
            millis = Double.parseDouble(words[0]);
            Map<String, String> fields = new LinkedHashMap<>();
            for (String word : Arrays.asList(words).subList(3, words.length)) {
                int equals = word.indexOf('=');
                fields.put(equals < 0 ? word : word.substring(0, equals), equals < 0 ? "" : word.substring(equals + 1));
            }
            if (words[2].equals("ICMP")) {
                icmp(fields);
            } else if (words[1].equals(">")) {
                out(flags(words[2]), fields);
            } else {
                in(flags(words[2]), fields);
            }
        }

        private static int flags(String names) {
            int bits = 0;
            for (String name : names.split(",")) {
                bits |= switch (name) {
                    case "SYN" -> Flags.SYN;
                    case "ACK" -> Flags.ACK;
                    case "FIN" -> Flags.FIN;
                    case "RST" -> Flags.RST;
                    default -> throw new IllegalArgumentException(name);
                };
            }
            return bits;
        }

        private void out(int flags, Map<String, String> fields) {
            boolean syn = (flags & Flags.SYN) != 0;
            byte[] payload = payload(fields);
            int seq = number(fields, "seq", syn ? -1 : ourNext);
            ourAcknowledged = syn ? 0 : number(fields, "ack", theirNext);
            ourStamp = 1_000 + (long) millis;
            TcpHeader tcp = TcpHeader.between(port(), 22, flags)
                    .withSequence(script.ourStart + attempt + 1 + seq)
                    .withAcknowledgement(syn ? 0 : script.theirStart + attempt + 1 + ourAcknowledged)
                    .withWindow(number(fields, "win", OUR_WINDOW))
                    .withOptions(reported(options(syn, fields, ourStamp, 0), fields, script.theirStart + attempt + 1));
            ip(us(), script.server(), fields, 64, OUR_TOS, ++ourIdentification, tcp, payload);
            ourNext = Math.max(ourNext, seq + payload.length);
            if (!syn && !connected) {
                connected = true;
                events.add(new Event.Connected(now(), attempt));
            }
            if (fields.containsKey("msg")) {
                int length = Integer.parseInt(fields.getOrDefault("of", Integer.toString(payload.length)));
                events.add(new Event.Sent(now(), attempt, fields.get("msg"), Stage.IDENTIFICATION, sent, length));
                sent += length;
            }
        }

        private void in(int flags, Map<String, String> fields) {
            boolean syn = (flags & Flags.SYN) != 0;
            boolean reset = (flags & Flags.RST) != 0;
            boolean ack = (flags & Flags.ACK) != 0;
            boolean bare = reset && !ack;
            boolean refusal = reset
                    && theirNext == 0
                    && !connected
                    && fields.getOrDefault("seq", "").isEmpty();
            byte[] payload = payload(fields);
            int seq = number(fields, "seq", syn ? -1 : bare ? ourAcknowledged : theirNext);
            long clock = 5_000_000 + Math.round(Math.floor(millis - ONE_WAY_MILLIS));
            boolean plain = bare || refusal;
            TcpHeader tcp = TcpHeader.between(22, port(), flags)
                    .withSequence(refusal && ack ? number(fields, "rawseq", 0) : script.theirStart + attempt + 1 + seq)
                    .withAcknowledgement(
                            ack
                                    ? script.ourStart + attempt + 1 + number(fields, "ack", refusal ? 0 : ourNext)
                                    : number(fields, "rawack", 0))
                    .withWindow(number(fields, "win", plain ? 0 : reset ? 64 : 509));
            long stamp = fields.containsKey("tsval") ? 5_000_000 + Long.parseLong(fields.get("tsval")) : clock;
            if (!plain || fields.containsKey("mss")) {
                tcp = tcp.withOptions(reported(
                        options(syn || fields.containsKey("mss"), fields, stamp, ourStamp),
                        fields,
                        script.ourStart + attempt + 1));
            }
            int identification = plain || syn ? 0 : ++theirIdentification;
            ip(script.server(), us(), fields, 62, plain ? OUR_TOS : 0, identification, tcp, payload);
            if (!reset) {
                theirNext = Math.max(theirNext, seq + payload.length + (syn ? 1 : 0));
            }
        }

        private static TcpOption[] options(boolean syn, Map<String, String> fields, long value, long echo) {
            if (fields.containsKey("-ts")) {
                return new TcpOption[0];
            }
            TcpOption stamps = new TcpOption.Timestamps(value, echo);
            if (syn && fields.containsKey("order")) {
                return new TcpOption[] {
                    new TcpOption.SackPermitted(),
                    stamps,
                    new TcpOption.MaximumSegmentSize(1460),
                    new TcpOption.NoOperation(),
                    new TcpOption.WindowScale(8)
                };
            }
            return syn
                    ? new TcpOption[] {
                        new TcpOption.MaximumSegmentSize(1460),
                        new TcpOption.SackPermitted(),
                        stamps,
                        new TcpOption.NoOperation(),
                        new TcpOption.WindowScale(7)
                    }
                    : new TcpOption[] {new TcpOption.NoOperation(), new TcpOption.NoOperation(), stamps};
        }

        /// With a block of what came behind a hole, where the line says so.
        private static TcpOption[] reported(TcpOption[] options, Map<String, String> fields, int base) {
            if (!fields.containsKey("sack")) {
                return options;
            }
            String[] edges = fields.get("sack").split(":");
            TcpOption[] more = Arrays.copyOf(options, options.length + 1);
            more[options.length] = new TcpOption.Sack(List.of(
                    new TcpOption.SackBlock(base + Integer.parseInt(edges[0]), base + Integer.parseInt(edges[1]))));
            return more;
        }

        private static byte[] payload(Map<String, String> fields) {
            return fields.containsKey("text")
                    ? (fields.get("text").replace('_', ' ') + "\r\n").getBytes(StandardCharsets.UTF_8)
                    : new byte[Integer.parseInt(fields.getOrDefault("data", "0"))];
        }

        private static int number(Map<String, String> fields, String name, int usual) {
            return fields.containsKey(name) ? Integer.parseInt(fields.get(name)) : usual;
        }

        private void ip(
                IpAddress from,
                IpAddress to,
                Map<String, String> fields,
                int ttl,
                int tos,
                int identification,
                TcpHeader tcp,
                byte[] payload) {
            IpHeader header = IpHeader.between(from, to)
                    .withTtl(number(fields, "ttl", ttl))
                    .withTos(fields.containsKey("tos") ? Integer.parseInt(fields.get("tos"), 16) : tos);
            if (!script.six) {
                header = header.withIdentification(number(fields, "id", identification))
                        .withDontFragment(number(fields, "df", 1) == 1);
            }
            frame(Encoder.tcp(header, tcp, payload), number(fields, "mac", 1));
        }

        private void icmp(Map<String, String> fields) {
            String[] kind = fields.keySet().iterator().next().split("/");
            TcpHeader syn = TcpHeader.between(port() + number(fields, "port", 0), 22, Flags.SYN)
                    .withSequence(script.ourStart + attempt + number(fields, "off", 0));
            byte[] quoted = Encoder.tcp(
                    IpHeader.between(us(), script.server()).withTtl(number(fields, "quoted", 62)), syn, new byte[0]);
            IpAddress from = fields.containsKey("from") ? IpAddress.parse(fields.get("from")) : script.server();
            frame(
                    Encoder.icmp(
                            IpHeader.between(from, us()).withTtl(number(fields, "ttl", 62)),
                            Integer.parseInt(kind[0]),
                            Integer.parseInt(kind[1]),
                            0,
                            quoted),
                    1);
        }

        private void frame(byte[] datagram, int sender) {
            byte[] bytes = Encoder.ethernet(MacAddress.parse("02:00:00:00:00:0" + sender), MAC, datagram);
            frames.add(new Frame(
                    script.firstFrame + frames.size(),
                    now(),
                    LinkType.ETHERNET,
                    bytes,
                    bytes.length,
                    0,
                    Optional.empty()));
        }

        private void observed(String what, String rest) {
            byte[] bytes = rest.getBytes(StandardCharsets.UTF_8);
            Observation seen = switch (what) {
                case "identification" -> new Observation.ServerIdentification(bytes, "2.0", rest, "", true, List.of());
                case "text" -> new Observation.PreambleLine(bytes);
                case "proposal" -> proposal(List.of(rest.split(" ")));
                case "kex" -> new Observation.Negotiated(rest, "ssh-ed25519", "aes", "aes", "", "", "none");
                case "done" -> new Observation.StageCompleted(Stage.valueOf(rest.toUpperCase(Locale.ROOT)), now());
                default -> throw new IllegalArgumentException(what);
            };
            events.add(new Event.Observed(now(), attempt, seen));
        }

        private static Observation proposal(List<String> kex) {
            List<String> none = List.of("none");
            return new Observation.ServerProposal(
                    new Algorithms(kex, List.of("ssh-ed25519"), none, none, none, none, none, none), true, true, 1136);
        }

        private void ended(String[] words) {
            if (words[1].equals("refused")) {
                events.removeIf(event -> event instanceof Event.Connected done && done.attempt() == attempt);
            }
            Stage stage = words.length > 2 && !words[1].equals("refused")
                    ? Stage.valueOf(words[2].toUpperCase(Locale.ROOT))
                    : Stage.CONNECT;
            events.add(
                    switch (words[1]) {
                        case "reset" -> new Event.Ended(now(), attempt, new Outcome.ResetAt(stage));
                        case "closed" -> new Event.Ended(now(), attempt, new Outcome.ClosedAt(stage));
                        case "silent" -> new Event.Ended(now(), attempt, new Outcome.SilentAt(stage));
                        case "completed" -> new Event.Ended(now(), attempt, new Outcome.Completed());
                        case "garbled" ->
                            new Event.Ended(now(), attempt, new Outcome.Garbled(stage, "bad length", new byte[] {'x'}));
                        case "http" ->
                            new Event.Ended(
                                    now(),
                                    attempt,
                                    new Outcome.NotSsh("http", "HTTP/1.1 400 Ünfug".getBytes(StandardCharsets.UTF_8)));
                        case "version" ->
                            new Event.Ended(
                                    now(),
                                    attempt,
                                    new Outcome.VersionMismatch("SSH-1.5-old".getBytes(StandardCharsets.UTF_8)));
                        case "algorithms" ->
                            new Event.Ended(
                                    now(),
                                    attempt,
                                    new Outcome.NoCommonAlgorithm(
                                            "kex", List.of("mlkem768x25519-sha256"), List.of("group1-sha1")));
                        case "refused" ->
                            new Event.ConnectFailed(
                                    now(),
                                    attempt,
                                    words[2],
                                    words.length < 4
                                            ? List.of()
                                            : List.of(new Event.IcmpReport(
                                                    3, 13, OptionalInt.empty(), Optional.of(words[3]))));
                        case "unanswered" -> new Event.ConnectSilent(now(), attempt);
                        case "interrupted" -> new Event.Interrupted(now());
                        default -> throw new IllegalArgumentException(words[1]);
                    });
        }

        Recording recording() {
            return new Recording(
                    START,
                    Plan.of("admin", usual.server().toString(), 22),
                    new HostFacts("eth0", usual.us().toString(), 1500, "6.18", Optional.empty(), false),
                    usual.server().toString(),
                    events,
                    frames,
                    new Recording.CaptureFacts(
                            0, true, frames.isEmpty() ? OptionalInt.empty() : OptionalInt.of(script.firstFrame), 0));
        }
    }
}
