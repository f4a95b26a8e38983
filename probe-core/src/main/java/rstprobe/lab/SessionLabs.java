package rstprobe.lab;

import static rstprobe.lab.OpenSshLabs.at;
import static rstprobe.lab.Release.BOOKWORM;
import static rstprobe.lab.Release.TRIXIE;
import static rstprobe.lab.TurningPoint.Moment.BEFORE_THE_KEX;
import static rstprobe.lab.TurningPoint.Moment.BEFORE_THE_SERVICE;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import rstprobe.lab.Deed.Signal;
import rstprobe.lab.Scenario.Obstacle;
import rstprobe.lab.Scenario.Server;

/// Networks in which OpenSSH's own server takes the connection and then dies, dawdles or does not agree.
final class SessionLabs {

    private static final String PROCESS = "server-process";
    private static final String CLOSED = "closed-without-reason";
    private static final String ABORTED = "aborted-without-reason";
    private static final int BROKEN = 10;
    private static final int REFUSED = 13;
    private static final int NOT_AGREED = 15;
    private static final long TOO_LITTLE_MEMORY = 1_900_000;

    /// A resolver that is asked and never answers: the server itself, whose filter loses the questions.
    private static final Map<String, String> DEAD_RESOLVER = Map.of("/etc/resolv.conf", "nameserver 127.0.0.1\n");

    /// A key distribution centre that never answers: the server itself, whose filter loses the questions.
    private static final Map<String, String> KERBEROS = Map.of("/etc/krb5.conf", """
            [libdefaults]
              default_realm = EXAMPLE.COM
            [realms]
              EXAMPLE.COM = {
                kdc = 127.0.0.1
              }
            """);

    private static final Obstacle LOSES_QUESTIONS = new Obstacle.PacketFilter(
            Node.SERVER, Rulesets.filter("resolver", "input", "filter", "udp dport 53 drop\n    tcp dport 53 drop"));

    private SessionLabs() {}

    static List<Scenario> all() {
        return Stream.of(crashing(), slow(), disagreeing())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Scenario> crashing() {
        return List.of(
                Scenario.ofCause(
                        "killed-before-kex",
                        "D7",
                        "sshd's process for the connection is killed before it hears our half of the key exchange",
                        died("kex"),
                        Services.openSsh(BOOKWORM),
                        happens(BEFORE_THE_KEX, new Signal(Signal.Name.KILL, Signal.To.LAST))),
                Scenario.ofCause(
                        "crashes-before-service",
                        "D7",
                        "sshd's process for the connection crashes when the encryption is up",
                        died("service"),
                        Services.openSsh(BOOKWORM),
                        happens(BEFORE_THE_SERVICE, new Signal(Signal.Name.SEGV, Signal.To.LAST))),
                Scenario.ofCause(
                        "crashes-and-penalises",
                        "D7 B4",
                        "OpenSSH 10.0's process for the connection crashes, and its listener blames our address",
                        died("kex"),
                        Services.openSsh(TRIXIE),
                        happens(BEFORE_THE_KEX, new Signal(Signal.Name.SEGV, Signal.To.LAST))),
                Scenario.ofCause(
                        "out-of-memory",
                        "F1 D7",
                        "a control group allows sshd less memory than a handshake takes, and the kernel kills its processes",
                        died("kex").or("no-listener", "server-kernel"),
                        Services.openSsh(BOOKWORM),
                        new Obstacle.Beforehand(
                                List.of(new Deed.Limits(ControlGroup.Limit.MEMORY, TOO_LITTLE_MEMORY)))));
    }

    private static Truth died(String stage) {
        return at(
                        "session-process-died",
                        stage,
                        BROKEN,
                        "The kernel closes for a process that is gone: a FIN, or a reset where bytes were unread. Seen"
                                + " from outside a close as any other.")
                .or(CLOSED, PROCESS)
                .or(CLOSED, "server-kernel")
                .or(ABORTED, PROCESS)
                .or("session-process-died", "server-kernel")
                .orUndetermined();
    }

    private static List<Scenario> slow() {
        Truth names = at(
                        "slow-dns",
                        "userauth",
                        BROKEN,
                        "Everything is quick up to the first USERAUTH_REQUEST; then a silence as long as its resolver"
                                + " takes to give up.")
                .or("slow-authentication", PROCESS)
                .orHealthy()
                .orUndetermined();
        return List.of(
                Scenario.ofCause(
                        "listener-stopped",
                        "B8",
                        "sshd's listener is stopped; its kernel shakes hands for it",
                        at(
                                        "listener-stalled",
                                        "identification",
                                        BROKEN,
                                        "Our bytes are acknowledged and nothing ever comes back; a service that waits"
                                                + " for something else looks the same.")
                                .orUndetermined(),
                        Services.openSsh(BOOKWORM),
                        new Obstacle.Beforehand(List.of(new Signal(Signal.Name.STOP, Signal.To.LISTENER)))),
                Scenario.ofCause(
                        "impatient-client",
                        "C5",
                        "TCP wrappers deny us the service after their five seconds, and the client waits for three",
                        at(
                                        "tcp-wrappers",
                                        "identification",
                                        REFUSED,
                                        "Our bytes are acknowledged and nothing comes for as long as we wait; what comes"
                                                + " of a longer wait tells who it is.")
                                .or("listener-stalled", PROCESS, BROKEN)
                                .orUndetermined(),
                        Services.openSsh(BOOKWORM, Map.of("/etc/hosts.deny", "ALL: ALL\n")),
                        new Obstacle.CalledWith(List.of("--timeout", "3"))),
                Scenario.ofCause(
                        "kerberos-out-of-reach",
                        "E2",
                        "sshd offers Kerberos, and its key distribution centre does not answer",
                        Truth.healthy("Nothing is wrong on this side: sshd asks nobody before a client brings a ticket;"
                                + " the waiting is that of a client that wants one."),
                        Services.openSsh(BOOKWORM, KERBEROS, "GSSAPIAuthentication yes"),
                        new Obstacle.PacketFilter(
                                Node.SERVER,
                                Rulesets.filter(
                                        "centre", "input", "filter", "udp dport 88 drop\n    tcp dport 88 drop"))),
                Scenario.ofCause(
                        "slow-names",
                        "E1",
                        "sshd asks for our name, and its resolver does not answer",
                        names,
                        Services.openSsh(BOOKWORM, DEAD_RESOLVER, "UseDNS yes"),
                        LOSES_QUESTIONS),
                Scenario.ofCause(
                        "slow-names-before-greeting",
                        "E1 B1",
                        "a rule of TCP wrappers is about names, and sshd's resolver does not answer",
                        at(
                                        "slow-dns",
                                        "identification",
                                        BROKEN,
                                        "Ten seconds of silence before the identification; then everything is quick.")
                                .or("listener-stalled", PROCESS)
                                .orHealthy()
                                .orUndetermined(),
                        Services.openSsh(
                                BOOKWORM,
                                Map.of(
                                        "/etc/resolv.conf",
                                        "nameserver 127.0.0.1\n",
                                        "/etc/hosts.deny",
                                        "sshd: .example.com\n")),
                        LOSES_QUESTIONS),
                Scenario.ofCause(
                        "grace-time-9.2",
                        "C1 E1",
                        "the same, and sshd's patience is four seconds",
                        graceTime("A FIN exactly four seconds after the connection was accepted."),
                        Services.openSsh(BOOKWORM, DEAD_RESOLVER, "UseDNS yes", "LoginGraceTime 4"),
                        LOSES_QUESTIONS),
                Scenario.ofCause(
                        "grace-time-10.0",
                        "C1 E1",
                        "the same with OpenSSH 10.0, which adds up to four seconds at random",
                        graceTime("A FIN four to eight seconds after the connection was accepted."),
                        Services.openSsh(TRIXIE, DEAD_RESOLVER, "UseDNS yes", "LoginGraceTime 4"),
                        LOSES_QUESTIONS),
                Scenario.ofCause(
                        "starved",
                        "F6",
                        "a control group allows sshd a thousandth of a processor",
                        at(
                                        "listener-stalled",
                                        "identification",
                                        BROKEN,
                                        "Its kernel acknowledges at once; every answer of its own takes seconds.")
                                .orHealthy()
                                .orUndetermined(),
                        Services.openSsh(BOOKWORM),
                        new Obstacle.Beforehand(List.of(new Deed.Limits(ControlGroup.Limit.PROCESSOR, 1)))));
    }

    private static Truth graceTime(String detail) {
        return at("grace-time-exceeded", "userauth", REFUSED, detail)
                .or("slow-dns", PROCESS, BROKEN)
                .or("slow-authentication", PROCESS, BROKEN)
                .or(CLOSED, PROCESS, BROKEN)
                .orUndetermined();
    }

    private static List<Scenario> disagreeing() {
        return List.of(
                Scenario.ofCause(
                        "speaks-ssh-1",
                        "C2",
                        "the server speaks a protocol that was given up long ago",
                        at("version-mismatch", "identification", NOT_AGREED, "Its identification says SSH-1.5.")
                                .untoldOnServer(),
                        new Server.Scripted(Scenario.Script.GREETS_IN_OLD)),
                Scenario.ofCause(
                        "no-moduli",
                        "D2",
                        "sshd is to choose a group for the key exchange, and its file of groups is empty",
                        at(
                                        "no-common-algorithm",
                                        "kex",
                                        NOT_AGREED,
                                        "Silence after the request for a group, up to the grace time: OpenSSH 10.0's"
                                                + " monitor finds none, logs it, and leaves its child without an answer.")
                                .or(CLOSED, PROCESS, BROKEN)
                                .orUndetermined(),
                        Services.openSsh(
                                TRIXIE,
                                Map.of("/etc/ssh/no-moduli", ""),
                                "KexAlgorithms diffie-hellman-group-exchange-sha256",
                                "ModuliFile /etc/ssh/no-moduli")));
    }

    private static Obstacle happens(TurningPoint.Moment moment, Deed deed) {
        return new Obstacle.Happens(moment, List.of(deed));
    }
}
