package rstprobe.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import rstprobe.path.Heard;
import rstprobe.path.PathProbe;
import rstprobe.path.ProbeAnswers;
import rstprobe.path.ProbeKind;
import rstprobe.path.SurveyFlow;
import rstprobe.wire.Checksum;
import rstprobe.wire.Checksums;
import rstprobe.wire.Conversation;
import rstprobe.wire.Decoded;
import rstprobe.wire.Decoder;
import rstprobe.wire.Encoder;
import rstprobe.wire.Endpoint;
import rstprobe.wire.Flags;
import rstprobe.wire.IpAddress;
import rstprobe.wire.IpHeader;
import rstprobe.wire.TcpHeader;
import rstprobe.wire.TcpOption;

/// Probes as they leave, and the answers that name them.
class ProbeCraftTest {
    private static final int ACKNOWLEDGED = 5_000;
    private static final int NUMBER = 77;
    private static final int IDENTIFIER = 4_242;

    private static SurveyFlow flow(boolean isV6) {
        IpAddress ours = IpAddress.parse(isV6 ? "2001:db8:1::2" : "198.18.1.2");
        Endpoint theirs = new Endpoint(IpAddress.parse(isV6 ? "2001:db8:3::2" : "198.18.3.2"), 22);
        return new SurveyFlow(
                new Conversation(new Endpoint(ours, 40_000), theirs),
                new Conversation(new Endpoint(ours, 61_001), theirs),
                java.util.List.of(61_002),
                IDENTIFIER);
    }

    private static byte[] theirs(SurveyFlow flow, TcpHeader tcp) {
        IpHeader ip = IpHeader.between(
                flow.connection().theirs().address(), flow.connection().ours().address());
        return Encoder.tcp(ip, tcp, new byte[0]);
    }

    private static TcpHeader fromServer(SurveyFlow flow) {
        return TcpHeader.between(22, flow.connection().ours().port(), Flags.ACK).withAcknowledgement(ACKNOWLEDGED);
    }

    /// A connection on which the server has acknowledged up to 5000 and our kernel up to 900.
    private static ConnectionEdge edge(SurveyFlow flow) {
        ConnectionEdge edge = new ConnectionEdge(flow.connection());
        edge.on((Decoded.Segment) Decoder.decodeIp(theirs(flow, fromServer(flow))));
        IpHeader ip = IpHeader.between(
                flow.connection().ours().address(), flow.connection().theirs().address());
        TcpHeader tcp = TcpHeader.between(flow.connection().ours().port(), 22, Flags.ACK)
                .withSequence(ACKNOWLEDGED)
                .withAcknowledgement(900)
                .withWindow(501)
                .withOptions(new TcpOption.Timestamps(123_456, 654_321));
        edge.on((Decoded.Segment) Decoder.decodeIp(Encoder.tcp(ip, tcp, new byte[0])));
        return edge;
    }

    private static PathProbe probe(ProbeKind kind, int bytes) {
        return new PathProbe(NUMBER, kind, bytes, PathProbe.FAR, true, 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {68, 576, 1280, 1499, 1500, 9000})
    void aSegmentOfOldDataEndsWhereTheServerHasAcknowledgedAndHasTheWantedLength(int bytes) {
        SurveyFlow flow = flow(false);
        ProbeCraft craft = new ProbeCraft(flow, edge(flow), 0x48, 9);
        ProbeCraft.Crafted crafted = craft.of(probe(ProbeKind.OLD_DATA, bytes));
        assertEquals(bytes, crafted.datagrams().getFirst().length);
        Decoded.Segment segment = assertInstanceOf(
                Decoded.Segment.class, Decoder.decodeIp(crafted.datagrams().getFirst()));
        assertEquals(ACKNOWLEDGED, segment.nextSequence(), "no byte of it is new to the server");
        assertEquals(crafted.name(), segment.sequence());
        assertEquals(900, segment.acknowledgement());
        assertEquals(123_456, segment.options().timestamps().orElseThrow().value());
        assertTrue(segment.ip().dontFragment());
        assertEquals(Checksum.GOOD, Checksums.of(segment));
    }

    @Test
    void twoProbesOfOneLengthHaveTwoNames() {
        SurveyFlow flow = flow(false);
        ProbeCraft craft = new ProbeCraft(flow, edge(flow), 0, 9);
        ProbeCraft.Crafted one = craft.of(probe(ProbeKind.OLD_DATA, 1400));
        ProbeCraft.Crafted other = craft.of(probe(ProbeKind.OLD_DATA, 1400));
        assertNotEquals(one.name(), other.name());
        Decoded.Segment segment =
                (Decoded.Segment) Decoder.decodeIp(other.datagrams().getFirst());
        assertTrue(segment.nextSequence() <= ACKNOWLEDGED);
    }

    @ParameterizedTest
    @EnumSource(ProbeKind.class)
    void overIpv6TheyHaveTheWantedLengthToo(ProbeKind kind) {
        SurveyFlow flow = flow(true);
        List<byte[]> sent =
                new ProbeCraft(flow, edge(flow), 0x48, 9).of(probe(kind, 1433)).datagrams();
        if (kind == ProbeKind.OPENING) {
            Decoded.Segment opening = (Decoded.Segment) Decoder.decodeIp(sent.getFirst());
            assertEquals(1433 - 60, opening.options().mss().orElseThrow());
            return;
        }
        int fragmentHeaders = kind == ProbeKind.ECHO_IN_PIECES ? 2 * 8 + 40 : 0;
        assertEquals(
                1433 + fragmentHeaders,
                sent.stream().mapToInt(each -> each.length).sum());
    }

    @Test
    void theFragmentsOfAnEchoAreTheEcho() {
        SurveyFlow flow = flow(false);
        ProbeCraft craft = new ProbeCraft(flow, edge(flow), 0, 9);
        byte[] whole = craft.of(probe(ProbeKind.ECHO, 1481)).datagrams().getFirst();
        List<byte[]> pieces = craft.of(probe(ProbeKind.ECHO_IN_PIECES, 1481)).datagrams();
        int cut = pieces.getFirst().length;
        assertEquals(0, (cut - 20) % 8);
        assertTrue(pieces.stream().allMatch(piece -> piece.length < 800));
        byte[] joined = Arrays.copyOf(pieces.getFirst(), cut + pieces.getLast().length - 20);
        System.arraycopy(pieces.getLast(), 20, joined, cut, pieces.getLast().length - 20);
        assertTrue(Arrays.equals(whole, 20, whole.length, joined, 20, joined.length));
        assertEquals(whole.length, joined.length);
    }

    @Test
    void aJumboEchoTravelsInFragmentsThatPassOnEthernet() {
        for (boolean isV6 : new boolean[] {false, true}) {
            SurveyFlow flow = flow(isV6);
            PathProbe jumbo = probe(ProbeKind.ECHO_IN_PIECES, 9000);
            List<byte[]> pieces =
                    new ProbeCraft(flow, edge(flow), 0, 9).of(jumbo).datagrams();
            assertEquals(jumbo.packets(), pieces.size());
            assertTrue(pieces.stream().allMatch(piece -> piece.length <= 1280));
        }
    }

    @Test
    void aSelectiveAcknowledgementNamesItsProbeAndAPlainOneNone() {
        SurveyFlow flow = flow(false);
        ProbeCraft.Crafted crafted = new ProbeCraft(flow, edge(flow), 0, 9).of(probe(ProbeKind.OLD_DATA, 1400));
        ProbeAnswers answers = new ProbeAnswers(flow);
        answers.sent(probe(ProbeKind.OLD_DATA, 1400), crafted.name());
        TcpHeader named = fromServer(flow)
                .withOptions(new TcpOption.Sack(List.of(new TcpOption.SackBlock(crafted.name(), ACKNOWLEDGED))));
        assertEquals(
                Optional.of(new Heard.Arrived(5, 6, NUMBER, 64)),
                answers.read(5, 6, Decoder.decodeIp(theirs(flow, named))));
        assertEquals(Optional.empty(), answers.read(5, 6, Decoder.decodeIp(theirs(flow, fromServer(flow)))));
        TcpHeader others =
                fromServer(flow).withOptions(new TcpOption.Sack(List.of(new TcpOption.SackBlock(12, ACKNOWLEDGED))));
        assertEquals(Optional.empty(), answers.read(5, 6, Decoder.decodeIp(theirs(flow, others))));
    }

    @Test
    void aPacketTooBigIsAboutTheProbeItQuotes() {
        SurveyFlow flow = flow(false);
        ProbeCraft.Crafted crafted = new ProbeCraft(flow, edge(flow), 0, 9).of(probe(ProbeKind.OLD_DATA, 1500));
        ProbeAnswers answers = new ProbeAnswers(flow);
        answers.sent(probe(ProbeKind.OLD_DATA, 1500), crafted.name());
        IpHeader router = IpHeader.between(
                IpAddress.parse("198.18.1.1"), flow.connection().ours().address());
        byte[] quoted = Arrays.copyOf(crafted.datagrams().getFirst(), 28);
        assertEquals(
                Optional.of(new Heard.TooBig(5, 6, NUMBER, "198.18.1.1", 1400)),
                answers.read(5, 6, Decoder.decodeIp(Encoder.icmp(router, 3, 4, 1400, quoted))));
        assertEquals(
                Optional.of(new Heard.Expired(5, 6, NUMBER, "198.18.1.1", OptionalInt.empty())),
                answers.read(5, 6, Decoder.decodeIp(Encoder.icmp(router, 11, 0, 0, quoted))));
        byte[] forged = quoted.clone();
        forged[24]++;
        assertEquals(Optional.empty(), answers.read(5, 6, Decoder.decodeIp(Encoder.icmp(router, 3, 4, 600, forged))));
    }

    @Test
    void aReplyInFragmentsDidNotComeWhole() {
        SurveyFlow flow = flow(false);
        ProbeAnswers answers = new ProbeAnswers(flow);
        answers.sent(probe(ProbeKind.ECHO_IN_PIECES, 1500), NUMBER);
        IpHeader ip = IpHeader.between(
                flow.strays().theirs().address(), flow.strays().ours().address());
        byte[] whole = Encoder.icmpEcho(ip, false, IDENTIFIER, NUMBER, new byte[1472]);
        assertInstanceOf(
                Heard.Arrived.class, answers.read(5, 6, Decoder.decodeIp(whole)).orElseThrow());
        byte[] head = Encoder.ip(ip.withFragment(0, true), 1, Arrays.copyOfRange(whole, 20, 1396));
        assertEquals(Optional.of(new Heard.InPieces(5, 6, NUMBER, 1396)), answers.read(5, 6, Decoder.decodeIp(head)));
        byte[] request = Encoder.icmpEcho(ip, true, IDENTIFIER, NUMBER, new byte[8]);
        assertEquals(Optional.empty(), answers.read(5, 6, Decoder.decodeIp(request)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDatagramIsNamedByItsChecksumAndAnsweredByItsTargetAlone(boolean isV6) {
        SurveyFlow flow = flow(isV6);
        PathProbe probe = probe(ProbeKind.DATAGRAM, 1399);
        ProbeCraft.Crafted crafted = new ProbeCraft(flow, edge(flow), 0, 9).of(probe);
        byte[] sent = crafted.datagrams().getFirst();
        assertEquals(1399, sent.length);
        Decoded.UdpDatagram datagram = assertInstanceOf(Decoded.UdpDatagram.class, Decoder.decodeIp(sent));
        assertEquals(NUMBER, datagram.checksum());
        assertEquals(Checksum.GOOD, Checksums.of(datagram));
        ProbeAnswers answers = new ProbeAnswers(flow);
        answers.sent(probe, crafted.name());
        assertEquals(Optional.of(probe), answers.probe(datagram));
        IpAddress ours = flow.connection().ours().address();
        IpHeader target = IpHeader.between(flow.connection().theirs().address(), ours);
        IpHeader router = IpHeader.between(IpAddress.parse(isV6 ? "2001:db8:1::1" : "198.18.1.1"), ours);
        int type = isV6 ? 1 : 3;
        int closed = isV6 ? 4 : 3;
        byte[] quoted = Arrays.copyOf(sent, isV6 ? 48 : 28);
        assertEquals(
                Optional.of(new Heard.Arrived(5, 6, NUMBER, 64)),
                answers.read(5, 6, Decoder.decodeIp(Encoder.icmp(target, type, closed, 0, quoted))));
        assertEquals(
                Optional.empty(),
                answers.read(5, 6, Decoder.decodeIp(Encoder.icmp(router, type, closed, 0, quoted))),
                "a filter on the way says nothing of the target");
        assertInstanceOf(
                Heard.Expired.class,
                answers.read(5, 6, Decoder.decodeIp(Encoder.icmp(router, isV6 ? 3 : 11, 0, 0, quoted)))
                        .orElseThrow());
        quoted[quoted.length - 1]++;
        assertEquals(
                Optional.empty(), answers.read(5, 6, Decoder.decodeIp(Encoder.icmp(target, type, closed, 0, quoted))));
    }

    @Test
    void dataAheadLeavesAGapJoinsWhatCameBeforeAndIsNamedOnceByItsLowestNumber() {
        SurveyFlow flow = flow(false);
        ProbeCraft craft = new ProbeCraft(flow, edge(flow), 0, 9);
        ProbeAnswers answers = new ProbeAnswers(flow);
        PathProbe first = probe(ProbeKind.AHEAD, 576);
        PathProbe next = new PathProbe(NUMBER + 1, ProbeKind.AHEAD, 1400, PathProbe.FAR, true, 0);
        ProbeCraft.Crafted one = craft.of(first);
        ProbeCraft.Crafted other = craft.of(next);
        answers.sent(first, one.name());
        answers.sent(next, other.name());
        Decoded.Segment segment =
                (Decoded.Segment) Decoder.decodeIp(other.datagrams().getFirst());
        assertEquals(1400, segment.ip().totalLength());
        assertEquals(one.name() - 1, segment.sequence());
        assertTrue(segment.sequence() > ACKNOWLEDGED + 8_000, "no goodbye fills the gap");
        assertEquals(Optional.of(next), answers.probe(segment));
        byte[] both = theirs(
                flow,
                fromServer(flow)
                        .withOptions(new TcpOption.Sack(
                                List.of(new TcpOption.SackBlock(other.name(), segment.nextSequence())))));
        assertEquals(Optional.of(new Heard.Arrived(5, 6, NUMBER + 1, 64)), answers.read(5, 6, Decoder.decodeIp(both)));
        assertEquals(Optional.empty(), answers.read(7, 8, Decoder.decodeIp(both)), "a server repeats it");
    }

    @Test
    void aTimestampOfItsOwnNamesAProbeUnlessOurKernelHasIt() {
        SurveyFlow flow = flow(false);
        PathProbe probe = probe(ProbeKind.STAMPED, 1400);
        ProbeCraft.Crafted crafted = new ProbeCraft(flow, edge(flow), 0, 9).of(probe);
        Decoded.Segment segment =
                (Decoded.Segment) Decoder.decodeIp(crafted.datagrams().getFirst());
        assertEquals(ACKNOWLEDGED, segment.nextSequence(), "only then does its timestamp count");
        assertEquals(123_457, segment.options().timestamps().orElseThrow().value());
        byte[] repeated = theirs(flow, fromServer(flow).withOptions(new TcpOption.Timestamps(7, crafted.name())));
        ProbeAnswers answers = new ProbeAnswers(flow);
        answers.sent(probe, crafted.name());
        assertEquals(Optional.of(probe), answers.probe(segment));
        assertEquals(Optional.of(new Heard.Arrived(5, 6, NUMBER, 64)), answers.read(5, 6, Decoder.decodeIp(repeated)));
        IpHeader ip = IpHeader.between(
                flow.connection().ours().address(), flow.connection().theirs().address());
        TcpHeader kernels = TcpHeader.between(flow.connection().ours().port(), 22, Flags.ACK)
                .withOptions(new TcpOption.Timestamps(crafted.name(), 1));
        answers.read(5, 6, Decoder.decodeIp(Encoder.tcp(ip, kernels, new byte[0])));
        assertEquals(Optional.empty(), answers.read(5, 6, Decoder.decodeIp(repeated)));
    }
}
