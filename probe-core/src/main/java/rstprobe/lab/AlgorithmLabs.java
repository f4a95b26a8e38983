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

    /// As fast as penalties allow; no network here has another limit.
    private static final Obstacle COMPARES = compares(16);

    private AlgorithmLabs() {}

    private static Obstacle compares(int budget) {
        return new Obstacle.CalledWith(
                List.of("--algorithms", "--every", "0", "--budget", Integer.toString(budget), "--timeout", "8"));
    }

    static List<Scenario> all() {
        return List.of(
                Scenario.ofCause(
                        "algorithms-compared",
                        "",
                        "OpenSSH 10.0, which counts penalties, and a client that compares all algorithms",
                        Truth.healthy("Penalties go as fast as the connections bring them, and every algorithm works."),
                        Services.openSsh(Release.TRIXIE),
                        compares(30)),
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
                                        "The server's kernel takes our half; another key exchange with messages as long works.")
                                .untoldOnServer(),
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
                        COMPARES),
                Scenario.ofCause(
                        "long-kex-reply-compared",
                        "D5",
                        "the same router before OpenSSH 10.0, of whose answers the one to ML-KEM alone is too long",
                        Truth.fault(
                                        "mtu-black-hole",
                                        PATH,
                                        "kex",
                                        TOO_LONG,
                                        "The end of that answer arrives, and its long segment never does; all others"
                                                + " are short.")
                                .or("mtu-black-hole", "in-path")
                                .or("large-kex-fails", "in-path", 11)
                                .or("large-kex-fails", PATH, Truth.UNDETERMINED),
                        Services.openSsh(Release.TRIXIE),
                        LossLabs.losesLongToClient(),
                        COMPARES));
    }
}
