package rstprobe.lab;

import static rstprobe.lab.Labs.OPENSSH;
import static rstprobe.lab.Labs.SSHD;
import static rstprobe.lab.TurningPoint.Moment.AFTER_BOTH_SPOKE;
import static rstprobe.lab.TurningPoint.Moment.AFTER_THE_SERVER_HEARD;
import static rstprobe.lab.TurningPoint.Moment.BEFORE_THE_SERVER_HEARS;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import rstprobe.lab.Scenario.Obstacle;
import rstprobe.lab.Scenario.Script;
import rstprobe.lab.Scenario.Server;

/// Networks in which the server's process or kernel ends the connection, or nothing ends it.
final class ServerLabs {

    private static final String PROCESS = "server-process";
    private static final String KERNEL = "server-kernel";
    private static final String ABORTED = "aborted-without-reason";
    private static final int SERVER_HOP = 3;
    private static final Duration BEHIND = Duration.ofMillis(60);

    private ServerLabs() {}

    static List<Scenario> all() {
        return List.of(
                new Scenario(
                        "healthy",
                        "a real SSH server behind two routers, and nothing in the way",
                        Truth.healthy("Nothing is wrong: the handshake must reach user authentication."),
                        SSHD,
                        List.of()),
                new Scenario(
                                "closed-port",
                                "nothing listens on the server's port",
                                noListener(
                                        "The server's own kernel resets the SYN, and returns our type of service in it."),
                                Set.of(1, 33),
                                new Server.Nothing(),
                                List.of())
                        .showing("A1"),
                new Scenario(
                        "closed-port-reset-lost",
                        "nothing listens on the server's port, and the path loses the first reset",
                        noListener("The reset answers the SYN that was sent again a second later."),
                        Set.of(45),
                        new Server.Nothing(),
                        List.of(new Obstacle.OnLink(new Device.LosesFirst()))),
                new Scenario(
                        "server-aborts",
                        "the server sends its identification and aborts the connection",
                        aborted("SO_LINGER 0: the reset continues the server's IP identification and its timestamps."),
                        Set.of(8, 18),
                        new Server.Scripted(Script.ABORTS),
                        List.of()),
                new Scenario(
                        "server-closes-unread",
                        "the server sends its identification and closes without reading ours",
                        aborted("Closing with bytes unread makes the server's kernel send a reset instead of a FIN."),
                        Set.of(7),
                        new Server.Scripted(Script.CLOSES_UNREAD),
                        List.of()),
                new Scenario(
                        "bytes-after-reset",
                        "the server closes without reading, and a late copy of what it said arrives after its reset",
                        aborted("The copy is older than the reset by its timestamps and identification: no forgery."),
                        Set.of(46),
                        new Server.Scripted(Script.CLOSES_UNREAD),
                        List.of(new Obstacle.OnLink(new Device.RepeatsLate(BEHIND)))),
                new Scenario(
                        "session-killed-unread",
                        "sshd's process for the connection hangs and is killed with our bytes unread",
                        killed(
                                        PROCESS,
                                        "The kernel resets on behalf of a process that is gone, bytes unread: seen from"
                                                + " outside an abort as any other.")
                                .or(ABORTED, PROCESS)
                                .orUndetermined(),
                        Set.of(9),
                        OPENSSH,
                        List.of(
                                happens(BEFORE_THE_SERVER_HEARS, new Deed.Signal(Deed.Signal.Name.STOP)),
                                happens(AFTER_THE_SERVER_HEARD, new Deed.Signal(Deed.Signal.Name.KILL)))),
                new Scenario(
                        "session-killed-idle",
                        "sshd's process for the connection is killed while it waits for us",
                        killed(
                                        KERNEL,
                                        "A FIN comes first; the reset answers bytes that found no process any more. Seen"
                                                + " from outside a close as any other.")
                                .or("session-process-died", PROCESS)
                                .or("closed-without-reason", PROCESS)
                                .or("closed-without-reason", KERNEL)
                                .orUndetermined(),
                        Set.of(10),
                        OPENSSH,
                        List.of(happens(BEFORE_THE_SERVER_HEARS, new Deed.Signal(Deed.Signal.Name.KILL)))),
                new Scenario(
                        "socket-destroyed",
                        "an administrator destroys the server's socket",
                        aborted("Aborting a socket from outside sends the same reset as the process would.")
                                .toldOnServerAs(ABORTED),
                        Set.of(11),
                        OPENSSH,
                        List.of(happens(AFTER_BOTH_SPOKE, new Deed.DestroysSocket()))),
                new Scenario(
                                "never-accepted",
                                "the listener is closed while our connection waits in its queue",
                                Truth.fault(
                                                "listener-died",
                                                PROCESS,
                                                "identification",
                                                10,
                                                "The server's kernel shook hands and acknowledged; no process ever spoke.")
                                        .between(SERVER_HOP, SERVER_HOP)
                                        .or(ABORTED, PROCESS)
                                        .orUndetermined()
                                        .untoldOnServer(),
                                Set.of(12),
                                new Server.Scripted(Script.NEVER_ACCEPTS),
                                List.of(happens(AFTER_THE_SERVER_HEARD, new Deed.ClosesListener())))
                        .showing("B9"),
                new Scenario(
                        "server-restarted",
                        "the server's host restarts and knows nothing of the connection any more",
                        lostState("No FIN before it, the server's hop count, and our type of service returned."),
                        Set.of(19),
                        OPENSSH,
                        List.of(happens(BEFORE_THE_SERVER_HEARS, restart()))),
                new Scenario(
                        "windows-restarted",
                        "the same with a server shaped like Windows",
                        lostState("The reset has an acknowledgement number equal to its sequence number, and the next"
                                + " identification of a host that counts all it sends."),
                        Set.of(35),
                        OPENSSH,
                        List.of(
                                new Obstacle.OnLink(new Device.LooksLikeWindows()),
                                happens(BEFORE_THE_SERVER_HEARS, restart()))),
                new Scenario(
                                "max-startups",
                                "sshd allows one unauthenticated connection and somebody holds it",
                                Truth.fault(
                                                "max-startups",
                                                PROCESS,
                                                "identification",
                                                13,
                                                "sshd says so in text before it closes (9.8 and later: \"Not allowed at this"
                                                        + " time\", which is also what a penalty says); a reset follows only"
                                                        + " where we have spoken.")
                                        .between(SERVER_HOP, SERVER_HOP),
                                Set.of(13, 14),
                                new Server.SecureShell(List.of("MaxStartups 1:100:1", "LoginGraceTime 0")),
                                List.of(new Obstacle.HeldConnection()))
                        .showing("B2"),
                new Scenario(
                                "identification-spoiled",
                                "something on the way spoils our identification, and sshd will have none of it",
                                Truth.fault(
                                                "identification-garbled",
                                                PROCESS,
                                                "kexinit",
                                                15,
                                                "sshd answers a good identification with \"Invalid SSH identification"
                                                        + " string.\" and closes with bytes unread.")
                                        .between(SERVER_HOP, SERVER_HOP)
                                        .orUndetermined(),
                                Set.of(15),
                                OPENSSH,
                                List.of(new Obstacle.OnLink(new Device.Garbles())))
                        .showing("C3"),
                new Scenario(
                        "silent-server",
                        "the server accepts the connection and never says a word",
                        Truth.fault(
                                        "listener-stalled",
                                        PROCESS,
                                        "identification",
                                        10,
                                        "Our bytes are acknowledged and nothing ever comes back; from outside, a"
                                                + " stalled listener and a service that waits for us look alike.")
                                .orUndetermined()
                                .untoldOnServer(),
                        new Server.Scripted(Script.SAYS_NOTHING),
                        List.of()),
                new Scenario(
                        "http-server",
                        "a web server sits on the port",
                        Truth.fault(
                                        "not-ssh",
                                        PROCESS,
                                        "identification",
                                        15,
                                        "What comes back to our identification is an HTTP error page.")
                                .untoldOnServer(),
                        new Server.Scripted(Script.SPEAKS_HTTP),
                        List.of()),
                new Scenario(
                        "closes-after-identification",
                        "the server sends its identification and ends the connection in order",
                        Truth.fault(
                                        "closed-without-reason",
                                        PROCESS,
                                        "kexinit",
                                        10,
                                        "A FIN after a whole identification line, and no reason given.")
                                .orUndetermined(),
                        new Server.Scripted(Script.CLOSES),
                        List.of()),
                new Scenario(
                                "no-common-algorithm",
                                "the server knows only a key exchange that was given up long ago",
                                Truth.fault(
                                        "no-common-algorithm",
                                        PROCESS,
                                        "kexinit",
                                        15,
                                        "The server's KEXINIT offers diffie-hellman-group1-sha1 alone; both lists are on the"
                                                + " wire."),
                                new Server.SecureShell(List.of("KexAlgorithms diffie-hellman-group1-sha1")),
                                List.of())
                        .showing("D1"));
    }

    private static Obstacle happens(TurningPoint.Moment moment, Deed... deeds) {
        return new Obstacle.Happens(moment, List.of(deeds));
    }

    /// What a restart leaves on the wire: nothing at all, and a kernel that has forgotten the
    /// connection.
    private static Deed[] restart() {
        String rules = "tcp sport " + Topology.PORT + " tcp flags & rst == rst drop";
        return new Deed[] {
            new Deed.Filter(Node.SERVER, Rulesets.filter("restart", "output", "filter", rules)),
            new Deed.DestroysSocket(),
            new Deed.Filter(Node.SERVER, "delete table inet restart\n")
        };
    }

    private static Truth noListener(String detail) {
        return Truth.fault("no-listener", KERNEL, "connect", 10, detail).between(SERVER_HOP, SERVER_HOP);
    }

    private static Truth aborted(String detail) {
        return Truth.fault(ABORTED, PROCESS, "kexinit", 10, detail).between(SERVER_HOP, SERVER_HOP);
    }

    private static Truth killed(String origin, String detail) {
        return Truth.fault("session-process-died", origin, "kexinit", 10, detail)
                .between(SERVER_HOP, SERVER_HOP);
    }

    private static Truth lostState(String detail) {
        return Truth.fault("connection-state-lost", KERNEL, "kexinit", 10, detail)
                .between(SERVER_HOP, SERVER_HOP)
                .orUndetermined()
                .untoldOnServer();
    }
}
