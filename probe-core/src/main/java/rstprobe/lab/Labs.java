package rstprobe.lab;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import rstprobe.lab.Scenario.Group;
import rstprobe.lab.Scenario.Server;

/// The practice networks that can be built.
public final class Labs {

    /// sshd as it comes.
    static final Server SSHD = new Server.SecureShell(List.of());

    /// OpenSSH's own sshd and no substitute, since something is done to its processes or its text
    /// matters.
    static final Server OPENSSH = new Server.SecureShell(List.of("LoginGraceTime 120"));

    private static final List<Scenario> ALL = Stream.of(
                    ServerLabs.all(),
                    FirewallLabs.all(),
                    BleachedLabs.all(),
                    TapLabs.all(),
                    BalancerLabs.all(),
                    HostLabs.all(),
                    HostileLabs.all(),
                    OwnHostLabs.all(),
                    OpenSshLabs.all(),
                    SessionLabs.all(),
                    LoginLabs.all(),
                    FrontLabs.all(),
                    LimitLabs.all(),
                    BanLabs.all(),
                    OpeningLabs.all(),
                    TwinLabs.all(),
                    MidwayLabs.all(),
                    LossLabs.all(),
                    AlgorithmLabs.all())
            .flatMap(List::stream)
            .toList();

    private Labs() {}

    /// Every scenario, the healthy one first.
    public static List<Scenario> all() {
        return ALL;
    }

    /// The networks that count silence or age, beside the others.
    public static List<TimedLab> timed() {
        return IdleLabs.all();
    }

    /// The networks whose truth is a path MTU each way, beside the others.
    public static List<SizedLab> sized() {
        return MtuLabs.all();
    }

    /// The scenario of that name.
    public static Optional<Scenario> named(String name) {
        Stream<Scenario> beside = Stream.concat(
                timed().stream().map(TimedLab::scenario), sized().stream().map(SizedLab::scenario));
        return Stream.concat(ALL.stream(), beside)
                .filter(scenario -> scenario.name().equals(name))
                .findFirst();
    }

    /// The scenarios of a group.
    public static List<Scenario> of(Group group) {
        return ALL.stream().filter(scenario -> scenario.group() == group).toList();
    }
}
