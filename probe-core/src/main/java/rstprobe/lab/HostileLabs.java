package rstprobe.lab;

import java.util.ArrayList;
import java.util.List;
import rstprobe.lab.Scenario.Obstacle;
import rstprobe.lab.Scenario.Script;
import rstprobe.lab.Scenario.Server;

/// Networks that spoil the evidence itself: devices that answer everything or lose every other probe, ways
/// that change within a connection, and servers that are no Linux.
final class HostileLabs {

    private static final String PROCESS = "server-process";
    private static final String ABORTED = "aborted-without-reason";
    private static final int SERVER_HOP = 3;
    private static final int FEW = 3;

    private HostileLabs() {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>(List.of(
                new Scenario(
                        "everything-answered",
                        "a device in the path answers everything in the server's place, echo requests included",
                        Truth.fault(
                                        "rejected-with-reset",
                                        "in-path",
                                        "connect",
                                        11,
                                        "What a closed port sends comes from the device too, so no comparison tells;"
                                                + " but it answers a wrong checksum, which no host does.")
                                .between(1, 2)
                                .or("injected-reset", "on-path")
                                .orUndetermined()
                                .needingActiveEvidence(),
                        Labs.SSHD,
                        List.of(new Obstacle.OnLink(new Device.AnswersEverything()))),
                limited(
                        "few-segments-a-second",
                        "a device passes few segments a second and drops the others, and the server aborts",
                        new Device.Limits(FEW, false, false)),
                limited(
                        "few-openings-a-second",
                        "a device passes one SYN a second and resets the others, and the server aborts",
                        new Device.Limits(1, true, true)),
                new Scenario(
                        "few-segments-to-closed-port",
                        "a device passes few segments a second and drops the others, and nothing listens",
                        Truth.fault(
                                        "no-listener",
                                        "server-kernel",
                                        "connect",
                                        10,
                                        "The device takes most of a sweep: a distance without an answer is no distance.")
                                .between(SERVER_HOP, SERVER_HOP)
                                .orUndetermined(),
                        new Server.Nothing(),
                        List.of(new Obstacle.OnLink(new Device.Limits(FEW, false, false)))),
                new Scenario(
                        "every-other-way",
                        "every other segment of the server's takes a way with a router more, and the server aborts",
                        aborted(
                                "Hop counts of the server's own segments differ by one within a connection.",
                                "kexinit"),
                        new Server.Scripted(Script.CLOSES_UNREAD),
                        List.of(new Obstacle.OnLink(new Device.Alternates())))));
        all.addAll(shaped("freebsd", new Device.LooksLike(StackShape.Stack.FREEBSD)));
        all.addAll(shaped("openbsd", new Device.LooksLike(StackShape.Stack.OPENBSD)));
        all.addAll(shaped("macos", new Device.LooksLike(StackShape.Stack.MACOS)));
        all.addAll(shaped("windows", new Device.LooksLikeWindows()));
        return List.copyOf(all);
    }

    private static Scenario limited(String name, String story, Device device) {
        return new Scenario(
                name,
                story,
                aborted("Probes that the device took are no evidence against anybody.", "kexinit"),
                new Server.Scripted(Script.CLOSES_UNREAD),
                List.of(new Obstacle.OnLink(device)));
    }

    private static List<Scenario> shaped(String system, Device device) {
        return List.of(
                new Scenario(
                        system + "-closed-port",
                        "nothing listens on the port of a server shaped like " + system,
                        Truth.fault(
                                        "no-listener",
                                        "server-kernel",
                                        "connect",
                                        10,
                                        "No type of service comes back, from any port of this host: that says nothing.")
                                .between(SERVER_HOP, SERVER_HOP)
                                .orUndetermined(),
                        new Server.Nothing(),
                        List.of(new Obstacle.OnLink(device))),
                new Scenario(
                        system + "-aborts",
                        "a server shaped like " + system + " sends its identification and aborts the connection",
                        aborted(
                                "Its resets have no timestamps and a shape of their own, and are no forgeries.",
                                "kexinit"),
                        new Server.Scripted(Script.ABORTS),
                        List.of(new Obstacle.OnLink(device))));
    }

    private static Truth aborted(String detail, String stage) {
        return Truth.fault(ABORTED, PROCESS, stage, 10, detail)
                .between(SERVER_HOP, SERVER_HOP + 1)
                .orUndetermined();
    }
}
