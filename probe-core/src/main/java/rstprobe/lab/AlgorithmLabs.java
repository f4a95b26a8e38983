package rstprobe.lab;

import static rstprobe.lab.Labs.SSHD;

import java.util.List;
import rstprobe.lab.Scenario.Obstacle;
import rstprobe.lab.Scenario.Server;

/// Networks in which some algorithms fail and others work; the client compares them.
final class AlgorithmLabs {

    private static final String PROCESS = "server-process";
    private static final String PATH = "path";
    private static final int BROKEN = 10;
    private static final int TOO_LONG = 12;

    /// In a practice network there is no limit to keep below.
    private static final Obstacle COMPARES =
            new Obstacle.CalledWith(List.of("--algorithms", "--every", "0", "--budget", "16", "--timeout", "8"));

    private AlgorithmLabs() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.ofCause(
                        "kex-never-answered",
                        "D5",
                        "a server offers a post-quantum key exchange first, and never answers it; the client compares"
                                + " algorithms",
                        Truth.fault(
                                "large-kex-fails",
                                PROCESS,
                                "kex",
                                BROKEN,
                                "The server's kernel takes our half; another key exchange with messages as long works."),
                        new Server.Mute("mlkem768x25519-sha256"),
                        COMPARES),
                Scenario.ofCause(
                        "loses-long-compared",
                        "D4",
                        "a router drops packets of more than 1400 bytes from the server, and the client compares"
                                + " algorithms",
                        Truth.fault(
                                        "mtu-black-hole",
                                        PATH,
                                        "kex",
                                        TOO_LONG,
                                        "Of each key exchange that fails, the end of the answer arrives, and its long"
                                                + " segment never does.")
                                .or("mtu-black-hole", "in-path"),
                        SSHD,
                        LossLabs.losesLongToClient(),
                        COMPARES));
    }
}
