package rstprobe.lab;

import static rstprobe.lab.Labs.OPENSSH;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import rstprobe.lab.Scenario.Obstacle;
import rstprobe.lab.Scenario.Server;

/// Networks in which something counts silence, or age. They stand beside the list, since a handshake is over
/// long before.
final class IdleLabs {

    private static final List<Integer> SECONDS = List.of(5, 8, 13, 60);
    private static final List<Integer> GRACE_SECONDS = List.of(10, 30);
    private static final int MIDDLEBOX = 11;
    private static final int SERVER = 10;

    private IdleLabs() {}

    static List<TimedLab> all() {
        List<TimedLab> all = new ArrayList<>();
        for (int seconds : SECONDS) {
            all.add(vanishes(seconds));
            all.add(translated(seconds));
            all.add(resets(seconds));
        }
        GRACE_SECONDS.forEach(seconds -> all.add(loginGrace(seconds)));
        return List.copyOf(all);
    }

    private static TimedLab vanishes(int seconds) {
        return new TimedLab(
                beside(
                        "idle-vanishes-" + seconds + "s",
                        "a firewall forgets what is silent for " + seconds + " s and lets the rest vanish",
                        List.of(new Obstacle.OnLink(new Device.ForgetsInSilence(Duration.ofSeconds(seconds))))),
                Duration.ofSeconds(seconds),
                "forget-and-silence",
                MIDDLEBOX);
    }

    /// What a mapping was for is, without it, the router's own: its kernel knows no such connection and says
    /// so. Loose tracking would make the mapping anew.
    private static TimedLab translated(int seconds) {
        return new TimedLab(
                beside(
                        "idle-translation-" + seconds + "s",
                        "the router that stands for the server forgets a mapping after " + seconds + " s of silence",
                        List.of(
                                new Obstacle.KernelSetting(Node.ROUTER2, "net/netfilter/nf_conntrack_tcp_loose", "0"),
                                new Obstacle.KernelSetting(
                                        Node.ROUTER2,
                                        "net/netfilter/nf_conntrack_tcp_timeout_established",
                                        Integer.toString(seconds)),
                                new Obstacle.Published())),
                Duration.ofSeconds(seconds),
                "forget-and-reset",
                MIDDLEBOX);
    }

    private static TimedLab resets(int seconds) {
        return new TimedLab(
                beside(
                        "idle-resets-" + seconds + "s",
                        "a balancer resets both sides after " + seconds + " s of silence",
                        List.of(new Obstacle.OnLink(new Device.ResetsIdle(Duration.ofSeconds(seconds))))),
                Duration.ofSeconds(seconds),
                "reset-at-expiry",
                MIDDLEBOX);
    }

    private static TimedLab loginGrace(int seconds) {
        return new TimedLab(
                new Scenario(
                        "login-grace-" + seconds + "s",
                        "the server ends after " + seconds + " s what nobody logs in on",
                        Truth.healthy("A handshake takes less than that."),
                        new Server.SecureShell(List.of("LoginGraceTime " + seconds)),
                        List.of()),
                Duration.ofSeconds(seconds),
                "server-limit",
                SERVER);
    }

    private static Scenario beside(String name, String story, List<Obstacle> obstacles) {
        return new Scenario(
                name, story, Truth.healthy("A handshake is never silent for that long."), OPENSSH, obstacles);
    }
}
