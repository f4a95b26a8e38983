package rstprobe.path;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import rstprobe.wire.Conversation;
import rstprobe.wire.Datagram;
import rstprobe.wire.Decoded;
import rstprobe.wire.IpAddress;
import rstprobe.wire.Quoted;
import rstprobe.wire.TcpOption;

/// Tells which frame answers which probe of a survey.
///
/// A probe is known by a name that its answer repeats: the first byte's number of a segment of old data, the numbers
/// of a stray segment, the sequence number of an echo, the checksum of a datagram. A frame that names no probe that was
/// sent is nobody's answer.
public final class ProbeAnswers {
    /// Where the capture lacks our SYN: what a TCP waits that knows nothing (RFC 6298 section 2.1).
    private static final long UNMEASURED_NANOS = 1_000_000_000;

    private final SurveyFlow flow;
    private final Map<Integer, PathProbe> segments = new HashMap<>();
    private final Map<Integer, PathProbe> strays = new HashMap<>();
    private final Map<Integer, PathProbe> stamped = new HashMap<>();
    private final Map<Integer, PathProbe> ahead = new HashMap<>();
    private final Map<Integer, PathProbe> datagrams = new HashMap<>();
    private final Map<Integer, PathProbe> echoes = new HashMap<>();
    /// Numbers of data ahead that the server has named, which it repeats in every answer.
    private final Set<Integer> named = new HashSet<>();
    private Conversation talking;
    private OptionalInt ourMss = OptionalInt.empty();
    private boolean ourSack;
    private boolean ourStamps;
    private long synNanos;

    /// None has been sent yet.
    public ProbeAnswers(SurveyFlow flow) {
        this.flow = flow;
        this.talking = flow.connection();
    }

    /// From here on what the server says is read from another connection.
    public void follow(Conversation connection) {
        talking = connection;
    }

    /// A probe leaves under that name.
    public void sent(PathProbe probe, int name) {
        switch (probe.kind()) {
            case OLD_DATA -> segments.put(name, probe);
            case STAMPED -> stamped.put(name, probe);
            case AHEAD -> ahead.put(name, probe);
            case DATAGRAM -> datagrams.put(name, probe);
            case STRAY, OPENING -> strays.put(name, probe);
            case ECHO, ECHO_IN_PIECES -> echoes.put(name, probe);
        }
    }

    /// What a frame says about the survey, if anything.
    public Optional<Heard> read(long atNanos, int frame, Decoded decoded) {
        return switch (decoded) {
            case Decoded.Segment segment -> segment(atNanos, frame, segment);
            case Decoded.IcmpEcho echo -> echo(atNanos, frame, echo);
            case Decoded.IcmpError error -> error(atNanos, frame, error);
            default -> Optional.empty();
        };
    }

    /// The probe that a frame of ours is; of one in fragments, the first one is it.
    public Optional<PathProbe> probe(Decoded decoded) {
        return switch (decoded) {
            case Decoded.Segment segment ->
                flow.connection().isOurs(segment.source(), segment.destination())
                        ? riding(segment)
                        : Optional.ofNullable(strays.get(segment.sequence()))
                                .filter(probe ->
                                        flow.strays(probe.flow()).isOurs(segment.source(), segment.destination()));
            case Decoded.UdpDatagram udp ->
                isDatagram(udp.ip(), udp.sourcePort(), udp.destinationPort())
                        ? Optional.ofNullable(datagrams.get(udp.checksum()))
                        : Optional.empty();
            case Decoded.IcmpEcho echo ->
                echo.request()
                                && echo.identifier() == flow.identifier()
                                && echo.ip().destination().equals(target())
                        ? Optional.ofNullable(echoes.get(echo.sequence()))
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    private Optional<Heard> segment(long atNanos, int frame, Decoded.Segment segment) {
        if (talking.isOurs(segment.source(), segment.destination())) {
            if (segment.flags().syn()) {
                synNanos = atNanos;
                ourMss = segment.options().mss();
                ourSack = segment.options().sackPermitted();
                ourStamps = segment.options().timestamps().isPresent();
            }
            forgetIfOurs(segment);
            return Optional.empty();
        }
        if (segment.flags().rst() && strays.containsKey(segment.sequence())) {
            PathProbe probe = strays.get(segment.sequence());
            return flow.strays(probe.flow()).isTheirs(segment.source(), segment.destination())
                    ? Optional.of(arrived(atNanos, frame, probe, segment.ip()))
                    : Optional.empty();
        }
        boolean talks = talking.isTheirs(segment.source(), segment.destination());
        if (!talks && !flow.connection().isTheirs(segment.source(), segment.destination())) {
            return Optional.empty();
        }
        if (talks && segment.flags().syn()) {
            return Optional.of(new Heard.Opened(
                    atNanos,
                    frame,
                    synNanos == 0 ? UNMEASURED_NANOS : Math.max(0, atNanos - synNanos),
                    ourMss.orElse(0),
                    segment.options().mss().orElse(0),
                    ourSack && segment.options().sackPermitted(),
                    ourStamps && segment.options().timestamps().isPresent(),
                    segment.nextSequence()));
        }
        if (talks && segment.payloadLength() > 0) {
            int bytes = segment.ip().totalLength();
            return Optional.of(new Heard.Said(atNanos, frame, segment.sequence(), segment.payloadLength(), bytes));
        }
        return segment.options().sack().stream()
                .findFirst()
                .map(TcpOption.SackBlock::left)
                .map(segments::get)
                .or(() -> newlyNamed(segment))
                .or(() -> segment.options().timestamps().map(stamps -> stamped.get((int) stamps.echo())))
                .map(probe -> arrived(atNanos, frame, probe, segment.ip()));
    }

    private Optional<PathProbe> newlyNamed(Decoded.Segment segment) {
        return segment.options().sack().stream()
                .map(TcpOption.SackBlock::left)
                .filter(left -> ahead.containsKey(left) && named.add(left))
                .map(ahead::get)
                .findFirst();
    }

    private boolean isDatagram(Datagram ip, int sourcePort, int destinationPort) {
        Conversation tuple = flow.datagrams();
        return ip.source().equals(tuple.ours().address())
                && ip.destination().equals(tuple.theirs().address())
                && sourcePort == tuple.ours().port()
                && destinationPort == tuple.theirs().port();
    }

    private Optional<PathProbe> riding(Decoded.Segment segment) {
        return segment.payloadLength() == 0
                ? Optional.empty()
                : Optional.ofNullable(segments.get(segment.sequence()))
                        .or(() -> Optional.ofNullable(ahead.get(segment.sequence())))
                        .or(() -> segment.options()
                                .timestamps()
                                .map(stamps -> stamped.get((int) stamps.value()))
                                .filter(probe -> probe.bytes() == segment.ip().totalLength()));
    }

    /// A segment of our kernel's with a probe's timestamp would be answered like it, so that the probe has no name any
    /// more.
    private void forgetIfOurs(Decoded.Segment segment) {
        segment.options()
                .timestamps()
                .map(stamps -> (int) stamps.value())
                .filter(name -> stamped.containsKey(name)
                        && stamped.get(name).bytes() != segment.ip().totalLength())
                .ifPresent(stamped::remove);
    }

    private static Heard arrived(long atNanos, int frame, PathProbe probe, Datagram answer) {
        return new Heard.Arrived(atNanos, frame, probe.number(), answer.ttl());
    }

    /// The first fragment of a reply has its header.
    private Optional<Heard> echo(long atNanos, int frame, Decoded.IcmpEcho echo) {
        boolean theirs = !echo.request()
                && echo.identifier() == flow.identifier()
                && echo.ip().source().equals(target())
                && echo.ip().destination().equals(flow.strays().ours().address());
        PathProbe probe = theirs ? echoes.get(echo.sequence()) : null;
        if (probe == null) {
            return Optional.empty();
        }
        Datagram ip = echo.ip();
        return Optional.of(
                ip.moreFragments()
                        ? new Heard.InPieces(atNanos, frame, probe.number(), ip.totalLength())
                        : arrived(atNanos, frame, probe, ip));
    }

    private IpAddress target() {
        return flow.strays().theirs().address();
    }

    private Optional<Heard> error(long atNanos, int frame, Decoded.IcmpError error) {
        Optional<PathProbe> about = switch (error.quoted()) {
            case Quoted.Tcp tcp ->
                flow.connection().isOurs(tcp.source(), tcp.destination())
                        ? quoted(tcp)
                        : Optional.ofNullable(strays.get(tcp.sequence()))
                                .filter(probe -> flow.strays(probe.flow()).isOurs(tcp.source(), tcp.destination()));
            case Quoted.Echo echo ->
                echo.identifier() == flow.identifier()
                                && echo.ip().destination().equals(target())
                        ? Optional.ofNullable(echoes.get(echo.sequence()))
                        : Optional.empty();
            case Quoted.Udp udp ->
                isDatagram(udp.ip(), udp.sourcePort(), udp.destinationPort())
                        ? Optional.ofNullable(datagrams.get(udp.checksum()))
                        : Optional.empty();
            case Quoted.Other _, Quoted.Unreadable _ -> Optional.empty();
        };
        String from = error.ip().source().toString();
        if (error.isPacketTooBig()) {
            return about.map(probe -> new Heard.TooBig(
                    atNanos, frame, probe.number(), from, error.mtu().orElse(0)));
        }
        if (error.isRefusal() && error.ip().source().equals(target())) {
            return about.filter(probe -> probe.kind() == ProbeKind.DATAGRAM)
                    .map(probe -> arrived(atNanos, frame, probe, error.ip()));
        }
        return about.filter(_ -> error.isTimeExceeded())
                .map(probe -> new Heard.Expired(atNanos, frame, probe.number(), from, mss(error.quoted())));
    }

    private Optional<PathProbe> quoted(Quoted.Tcp tcp) {
        return Optional.ofNullable(segments.get(tcp.sequence()))
                .or(() -> Optional.ofNullable(ahead.get(tcp.sequence())))
                .or(() -> tcp.segment()
                        .flatMap(segment -> segment.options().timestamps())
                        .map(stamps -> stamped.get((int) stamps.value())));
    }

    private static OptionalInt mss(Quoted quoted) {
        return quoted instanceof Quoted.Tcp tcp && tcp.segment().isPresent()
                ? tcp.segment().get().options().mss()
                : OptionalInt.empty();
    }
}
