package rstprobe.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import rstprobe.wire.Decoded;
import rstprobe.wire.Encoder;
import rstprobe.wire.Flags;
import rstprobe.wire.IpHeader;
import rstprobe.wire.MacAddress;
import rstprobe.wire.TcpHeader;

/// Makes the forged segments of a recipe, from what the device saw.
///
/// A receiver acts on a reset whose sequence number is the next one it expects and on no other (RFC
/// 5961 section 3.2): towards the client that is what the server sends next, towards the server what
/// the trigger's sender sends next, or the trigger's own number where the forged segment overtakes it.
final class Injector {

    private static final int LONGEST_FLOW_LABEL = 1 << 20;

    private final List<Forgery> recipe;
    private final boolean overtakes;
    private final Random dice;

    /// @param overtakes whether its segments reach the server before the trigger does
    /// @param seed where the random numbers start
    Injector(List<Forgery> recipe, boolean overtakes, long seed) {
        this.overtakes = overtakes;
        this.recipe = List.copyOf(recipe);
        this.dice = new Random(seed);
    }

    /// The recipe's segments, in order.
    List<Rule.Injection> inject(Flow flow, Decoded.Segment trigger) {
        List<Rule.Injection> forged = new ArrayList<>();
        for (Forgery forgery : recipe) {
            forged.add(Rule.Injection.forged(forgery.towards(), frame(forgery, flow, trigger)));
        }
        return forged;
    }

    private byte[] frame(Forgery forgery, Flow flow, Decoded.Segment trigger) {
        boolean toClient = forgery.towards() == Direction.TO_CLIENT;
        MacAddress near = trigger.ip().link().source().orElseThrow();
        MacAddress far = trigger.ip().link().destination().orElseThrow();
        return Encoder.ethernet(
                toClient ? far : near,
                toClient ? near : far,
                Encoder.tcp(
                        ip(forgery, flow, trigger),
                        tcp(forgery, flow, trigger),
                        forgery.payload().toBytes()));
    }

    private IpHeader ip(Forgery forgery, Flow flow, Decoded.Segment trigger) {
        IpHeader addresses = switch (forgery.towards()) {
            case TO_CLIENT ->
                IpHeader.between(trigger.ip().destination(), trigger.ip().source());
            case TO_SERVER ->
                IpHeader.between(trigger.ip().source(), trigger.ip().destination());
        };
        Optional<Decoded.Segment> server = flow.lastOfServer();
        int serverTtl = server.map(segment -> segment.ip().ttl()).orElse(0);
        int serverId = server.map(segment -> identification(segment)).orElse(0);
        return addresses
                .withTtl(forgery.ttl().of(trigger.ip().ttl(), serverTtl, 0xff, dice))
                .withIdentification(forgery.identification().of(identification(trigger), serverId, 0xffff, dice))
                .withDontFragment(forgery.dontFragment())
                .withFlowLabel(dice.nextInt(LONGEST_FLOW_LABEL));
    }

    private static int identification(Decoded.Segment segment) {
        return segment.ip().identification().orElse(0) & 0xffff;
    }

    private TcpHeader tcp(Forgery forgery, Flow flow, Decoded.Segment trigger) {
        boolean toClient = forgery.towards() == Direction.TO_CLIENT;
        int serverNext = flow.serverNext().orElse(trigger.acknowledgement());
        int serverWindow = flow.lastOfServer().map(Decoded.Segment::window).orElse(0);
        int clientNext = overtakes ? trigger.sequence() : trigger.nextSequence();
        int sequence = toClient ? serverNext : clientNext;
        int acknowledgement = toClient ? trigger.nextSequence() : serverNext;
        return TcpHeader.between(
                        toClient ? trigger.destinationPort() : trigger.sourcePort(),
                        toClient ? trigger.sourcePort() : trigger.destinationPort(),
                        forgery.flags())
                .withSequence(sequence + forgery.step())
                .withAcknowledgement((forgery.flags() & Flags.ACK) == 0 ? 0 : acknowledgement)
                .withWindow(forgery.window().of(trigger.window(), serverWindow, 0xffff, dice));
    }
}
