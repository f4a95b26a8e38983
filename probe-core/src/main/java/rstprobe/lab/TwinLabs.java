package rstprobe.lab;

import java.util.List;
import java.util.Map;
import rstprobe.lab.Scenario.Obstacle;
import rstprobe.lab.Scenario.Server;
import rstprobe.lab.Scenario.Service;

/// A network in which two hosts on the server's link have the server's address.
///
/// The second host is a network namespace of its own on the same link, with its own hardware address, stack and sshd.
/// A router keeps one hardware address for an address, and learns it anew from whichever host asked it last (RFC 826;
/// RFC 4861 section 7.2.3): whoever spoke last gets what comes next.
final class TwinLabs {
    private static final int SERVER_HOP = 3;
    private static final int BROKEN = 10;
    private static final String PROCESS = "/run/twin";

    /// The other host: another first hop count and no timestamps, as systems differ by default. Its link is given to
    /// it once its namespace is there.
    private static final String HOST = """
            set -e
            echo $$ >%s
            until ip link set twin0 up 2>/dev/null; do sleep 0.02; done
            ip link set lo up
            echo 128 >/proc/sys/net/ipv4/ip_default_ttl
            echo 128 >/proc/sys/net/ipv6/conf/twin0/hop_limit
            echo 0 >/proc/sys/net/ipv4/tcp_timestamps
            ip address add %s/24 dev twin0
            ip address add %s/64 dev twin0 nodad
            ip route add default via 198.18.3.1
            ip -6 route add default via 2001:db8:3::1
            ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/twin_key
            printf 'HostKey /etc/ssh/twin_key\\nPidFile none\\nUsePAM no\\n' >/etc/ssh/twin_config
            exec "$0" -D -f /etc/ssh/twin_config
            """.formatted(PROCESS, Topology.SERVER4, Topology.SERVER6);

    /// The other host gets its link, and is awaited; then the first one has the router's ear.
    private static final String JOINS = """
            set -e
            until [ -s %1$s ]; do sleep 0.02; done
            ip link add link eth0 name twin0 type macvlan mode bridge
            ip link set twin0 netns "$(cat %1$s)"
            until nsenter --target "$(cat %1$s)" --net grep -q ':0016 [0-9A-F:]* 0A' /proc/net/tcp; do
              sleep 0.02
            done
            """.formatted(PROCESS);

    /// A host that has forgotten its router's hardware address asks for it, as every host does now and then.
    private static final String ASKS = """
            ask() {
              ip neigh flush dev "$1" || true
              for router in 198.18.3.1 2001:db8:3::1; do
                echo >"/dev/udp/$router/9" || true
                until ip neigh show "$router" dev "$1" | grep -q lladdr; do sleep 0.002; done
              done
            }
            """;

    private TwinLabs() {}

    static List<Scenario> all() {
        return List.of(Scenario.ofCause(
                "two-hosts-one-address",
                "A10",
                "two hosts have the server's address, and the router now knows the one and now the other",
                Truth.fault(
                                "duplicate-address",
                                "server-kernel",
                                "kex",
                                BROKEN,
                                "The one answers the SYN, and the other, which knows no such connection, resets it;"
                                        + " the next SYN is the other's. Their hop counts and options differ.")
                        .between(SERVER_HOP, SERVER_HOP)
                        .or("connection-state-lost", "server-kernel")
                        .orUndetermined()
                        // Linux does not look who else has its address, and notes no segment of a stranger's.
                        .untoldOnServer(),
                server(),
                new Obstacle.Beforehand(List.of(runs(JOINS + ASKS + "ask eth0\n"))),
                new Obstacle.Happens(
                        TurningPoint.Moment.BEFORE_THE_KEX, List.of(runs(ASKS + """
                        if [ -e /run/twin-asked ]; then
                          rm /run/twin-asked; ask eth0
                        else
                          : >/run/twin-asked
                          export -f ask; nsenter --target "$(cat %s)" --net bash -c 'ask twin0'
                        fi
                        """.formatted(PROCESS))))));
    }

    private static Server.Installed server() {
        Server.Installed first = Services.openSsh(Release.BOOKWORM, Map.of());
        Service twin =
                new Service(List.of(Services.UNSHARE, "--net", "--", "/bin/sh", "-c", HOST, "/usr/sbin/sshd"), 0, 0);
        return new Server.Installed(
                first.release(), first.files(), List.of(twin, first.programs().getFirst()));
    }

    private static Deed runs(String script) {
        return new Deed.Runs(List.of("/bin/bash", "-c", script));
    }
}
