package rstprobe.lab;

import static rstprobe.lab.Labs.SSHD;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import rstprobe.lab.Scenario.Obstacle;
import rstprobe.wire.Flags;

/// Networks in which a tap on the link between the routers forges resets while the real segments travel
/// on.
final class TapLabs {

    private static final Match SSH_IN_STREAM = new Match.Text(Match.SSH, true);
    private static final Forgery ACKNOWLEDGING = Forgery.RESET.withFlags(Flags.RST | Flags.ACK);
    private static final Figure ANY_IDENTIFICATION = new Figure.Dice(1, 0xffff);
    private static final int PATTERN_BYTES = Match.SSH.length();
    private static final int SEGMENT = 1460;
    private static final int STRAFE = 16;
    private static final int LONG = 1000;
    private static final double SOME = 0.2;
    private static final short DIAGNOSTIC = 0x33AA;
    private static final short NOT_AUTHORISED = 9;

    private TapLabs() {}

    static List<Scenario> all() {
        return List.of(
                tap(
                        "tap-forges-reset",
                        "a tap between the routers reads along and forges a reset when it sees SSH-2.0-",
                        forged("It follows the stream, so pacing the bytes changes nothing: the eighth byte draws it."),
                        Set.of(23, 49),
                        Device.Forges.tap(SSH_IN_STREAM, ForgingTap.PLAIN)),
                tap(
                        "tap-matches-one-segment",
                        "the same tap, but it looks at single segments only",
                        forged("It does not follow the stream: one byte a segment passes it unseen."),
                        Set.of(),
                        Device.Forges.tap(new Match.Text(Match.SSH, false), ForgingTap.PLAIN)),
                tap(
                        "tap-forges-three",
                        "a tap forges three resets, each further in the stream and with a higher hop count",
                        forged("Three RST,ACK to one trigger, 0, 1460 and 4380 bytes ahead; window minus hop count is"
                                + " always the same."),
                        Set.of(24),
                        Device.Forges.tap(
                                SSH_IN_STREAM, stepped(90, 0), stepped(91, SEGMENT), stepped(92, 3 * SEGMENT))),
                tap(
                        "tap-resets-both-sides",
                        "a tap resets both sides with hop counts copied from each other's segments",
                        forged("The server was reset too and stays silent. RST,ACK in mid-connection with"
                                        + " identification 0 and no timestamps: no Linux kernel sends that.")
                                .orUndetermined()
                                .needingActiveEvidence(),
                        Set.of(25),
                        Device.Forges.tap(
                                SSH_IN_STREAM,
                                ACKNOWLEDGING.withTtl(new Figure.Server(0)),
                                ACKNOWLEDGING.towards(Direction.TO_SERVER).withTtl(new Figure.Trigger(0)))),
                tap(
                        "tap-mirrors-window",
                        "an intrusion detection system answers with our own window and without DF",
                        forged("The reset has the window of the segment that drew it."),
                        Set.of(26),
                        Device.Forges.tap(
                                SSH_IN_STREAM,
                                ACKNOWLEDGING
                                        .withIdentification(ANY_IDENTIFICATION)
                                        .withWindow(new Figure.Trigger(0))
                                        .mayFragment())),
                tap(
                        "tap-copies-hop-count",
                        "a tap gives its reset the hop count that our segment had left",
                        forged("Its hop count moves with ours, so a sweep finds it twice as far as it is.")
                                .needingActiveEvidence(),
                        Set.of(27),
                        Device.Forges.tap(
                                SSH_IN_STREAM,
                                Forgery.RESET
                                        .withTtl(new Figure.Trigger(0))
                                        .withIdentification(new Figure.Trigger(1))
                                        .withWindow(new Figure.Trigger(0))
                                        .mayFragment())),
                tap(
                        "tap-ignores-checksums",
                        "a tap answers SSH-2.0- even in segments whose checksum is wrong",
                        forged("No host answers a segment with a wrong checksum.")
                                .needingActiveEvidence(),
                        Set.of(31, 32),
                        Device.Forges.tap(SSH_IN_STREAM, ForgingTap.PLAIN).ignoringChecksums()),
                tap(
                        "tap-resets-openings",
                        "a tap answers every SYN with a reset, even one whose checksum is wrong",
                        Truth.fault(
                                        "injected-reset",
                                        "on-path",
                                        "connect",
                                        11,
                                        "The server's SYN-ACK still comes, after the reset; a SYN with a wrong checksum"
                                                + " is answered too.")
                                .between(1, 2)
                                .needingActiveEvidence(),
                        Set.of(31, 32),
                        Device.Forges.tap(
                                        new Match.Opening(),
                                        ACKNOWLEDGING
                                                .withTtl(new Figure.Fixed(ForgingTap.TTL))
                                                .withIdentification(ANY_IDENTIFICATION))
                                .ignoringChecksums()),
                tap(
                        "tap-strafes",
                        "an intrusion prevention system sweeps the window with resets",
                        forged("Several RST,ACK to one trigger, a hop count of 255 less our own, window 0."),
                        Set.of(34),
                        Device.Forges.tap(SSH_IN_STREAM, strafing(0), strafing(STRAFE), strafing(2 * STRAFE))),
                tap(
                        "tap-says-why",
                        "a tap forges a reset that says in a diagnostic payload: not authorised",
                        forged("The payload of the reset is the one of draft-ietf-tcpm-rst-diagnostic-payload,"
                                + " reason 9."),
                        Set.of(47),
                        Device.Forges.tap(SSH_IN_STREAM, ForgingTap.PLAIN.withPayload(diagnostic(NOT_AUTHORISED)))),
                tap(
                        "tap-resets-second",
                        "a tap resets every connection at the second segment with data, whatever it says",
                        counted("The second segment of ours draws it: our KEXINIT, or a second byte."),
                        Set.of(),
                        Device.Forges.tap(new Match.Nth(2), ForgingTap.PLAIN)),
                tap(
                        "tap-resets-long",
                        "a tap resets every connection in which a segment has more than a thousand bytes of data",
                        counted("Our KEXINIT does not fit into a thousand bytes; everything shorter passes."),
                        Set.of(),
                        Device.Forges.tap(new Match.Longer(LONG), ForgingTap.PLAIN)),
                tap(
                        "tap-resets-some",
                        "a tap resets one connection in five, whatever it says",
                        Truth.fault(
                                        "injected-reset",
                                        "on-path",
                                        "identification",
                                        11,
                                        "Most connections are healthy, so one of them proves nothing: count k of n.")
                                .between(1, 2)
                                .orUndetermined()
                                .orHealthy()
                                .needingActiveEvidence(),
                        Set.of(50),
                        Device.Forges.tap(new Match.Share(SOME), ForgingTap.PLAIN)));
    }

    private static Scenario tap(String name, String story, Truth truth, Set<Integer> numbers, Device device) {
        return new Scenario(name, story, truth, numbers, SSHD, List.of(new Obstacle.OnLink(device)));
    }

    /// Window and hop count go up together.
    private static Forgery stepped(int ttl, int step) {
        int windowLessTtl = 1375;
        return ACKNOWLEDGING
                .withTtl(new Figure.Fixed(ttl))
                .withIdentification(new Figure.Fixed(0x4e21))
                .withWindow(new Figure.Fixed(windowLessTtl + ttl))
                .withStep(step);
    }

    private static Forgery strafing(int step) {
        return ACKNOWLEDGING
                .withTtl(new Figure.Mirror(255, 64))
                .withIdentification(ANY_IDENTIFICATION)
                .withStep(step);
    }

    /// Magic number, reason, and 0 for IANA's own list of reasons.
    private static byte[] diagnostic(short reason) {
        return ByteBuffer.allocate(8)
                .putShort(DIAGNOSTIC)
                .putShort(reason)
                .putInt(0)
                .array();
    }

    /// Our first message passes, so no byte of it draws the reset.
    private static Truth counted(String detail) {
        return Truth.fault("injected-reset", "on-path", "kexinit", 11, detail).between(1, 2);
    }

    private static Truth forged(String detail) {
        return Truth.fault(
                        "injected-reset",
                        "on-path",
                        "identification",
                        11,
                        "The reset comes from between the first and the second hop, and is no segment of the server's. "
                                + detail)
                .between(1, 2)
                .drawnByByte(PATTERN_BYTES);
    }
}
