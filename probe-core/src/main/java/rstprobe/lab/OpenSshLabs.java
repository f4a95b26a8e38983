package rstprobe.lab;

import static rstprobe.lab.Release.BOOKWORM;
import static rstprobe.lab.Release.BULLSEYE;
import static rstprobe.lab.Release.TRIXIE;
import static rstprobe.lab.TurningPoint.Moment.BEFORE_THE_KEX;
import static rstprobe.lab.TurningPoint.Moment.BEFORE_THE_SERVICE;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import rstprobe.lab.Deed.Signal;
import rstprobe.lab.Scenario.Obstacle;
import rstprobe.lab.Scenario.Server;

/// Networks in which OpenSSH's own server, of a certain release, is why a connection fails.
final class OpenSshLabs {

    private static final String PROCESS = "server-process";
    private static final String CLOSED = "closed-without-reason";
    private static final String ABORTED = "aborted-without-reason";
    private static final int SERVER_HOP = 3;
    private static final int BROKEN = 10;
    private static final int REFUSED = 13;
    private static final int NOT_AGREED = 15;
    private static final long TOO_LITTLE_MEMORY = 1_900_000;
    private static final Truth FINE = Truth.healthy("Nothing is wrong: the handshake must reach user authentication.");

    /// A resolver that is asked and never answers: the server itself, whose filter loses the questions.
    private static final Map<String, String> DEAD_RESOLVER = Map.of("/etc/resolv.conf", "nameserver 127.0.0.1\n");

    private static final Obstacle LOSES_QUESTIONS = new Obstacle.PacketFilter(
            Node.SERVER, Rulesets.filter("resolver", "input", "filter", "udp dport 53 drop\n    tcp dport 53 drop"));

    private OpenSshLabs() {}

    static List<Scenario> all() {
        return Stream.of(healthy(), refusing(), unableToStart(), crashing(), slow(), disagreeing())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Scenario> healthy() {
        return Stream.of(Release.values())
                .map(release -> Scenario.ofCause(
                        "healthy-" + release.openSsh(),
                        "",
                        "OpenSSH " + release.openSsh() + " and nothing in the way",
                        FINE,
                        Services.openSsh(release)))
                .toList();
    }

    private static List<Scenario> refusing() {
        return List.of(
                denied("hosts-deny-8.4", BULLSEYE),
                denied("hosts-deny-9.2", BOOKWORM),
                denied("hosts-deny-10.0", TRIXIE),
                perSource(
                        "per-source-startups-9.2",
                        BOOKWORM,
                        refused("max-startups", "The text \"Exceeded MaxStartups\" in the first millisecond.")),
                perSource(
                        "per-source-startups-10.0",
                        TRIXIE,
                        refused(
                                        "max-startups",
                                        "The text \"Not allowed at this time\", which is also what a penalty says.")
                                .or("source-penalty", PROCESS)
                                .orUndetermined()),
                Scenario.ofCause(
                        "penalty-after-crash",
                        "B4",
                        "OpenSSH 10.0 refuses our address for 90 seconds, since a connection from it crashed a process",
                        refused(
                                        "source-penalty",
                                        "Every connection of this source is refused in the first millisecond, in the"
                                                + " words \"Not allowed at this time\"; other sources are served.")
                                .or("max-startups", PROCESS)
                                .orUndetermined(),
                        Services.openSsh(TRIXIE),
                        new Obstacle.Beforehand(List.of(new Deed.CrashesConnection()))),
                Scenario.ofCause(
                        "user-denied",
                        "E4",
                        "sshd's settings deny the user",
                        at(
                                        "user-refused",
                                        "userauth",
                                        REFUSED,
                                        "A USERAUTH_FAILURE as for any user who may not log in.")
                                .orHealthy(),
                        Services.openSsh(BOOKWORM, "DenyUsers *")),
                Scenario.ofCause(
                        "connection-refused-by-settings",
                        "E5",
                        "sshd's settings refuse the user's connections (RefuseConnection, since OpenSSH 9.9)",
                        at("user-refused", "userauth", REFUSED, "A FIN straight after USERAUTH_REQUEST, and no word.")
                                .or(CLOSED, PROCESS, BROKEN)
                                .or("source-penalty", PROCESS)
                                .orUndetermined(),
                        Services.openSsh(TRIXIE, "Match User *", "  RefuseConnection yes")));
    }

    private static Scenario denied(String name, Release release) {
        return Scenario.ofCause(
                name,
                "B1",
                "TCP wrappers deny us the service, with OpenSSH " + release.openSsh(),
                refused(
                        "tcp-wrappers",
                        "Not a byte of text, and after exactly five seconds a FIN, or a reset where we have spoken:"
                                + " libwrap logs, sleeps five seconds and exits."),
                Services.openSsh(release, Map.of("/etc/hosts.deny", "ALL: ALL\n")));
    }

    private static Scenario perSource(String name, Release release, Truth truth) {
        return Scenario.ofCause(
                name,
                "B3",
                "sshd allows one unauthenticated connection from our address, and somebody there holds it, with OpenSSH "
                        + release.openSsh(),
                truth,
                Services.openSsh(release, "PerSourceMaxStartups 1", "LoginGraceTime 0"),
                new Obstacle.HeldConnections(Node.CLIENT, 1, true));
    }

    private static List<Scenario> unableToStart() {
        return List.of(
                broken(
                        "host-keys-readable",
                        "B5",
                        "the host keys can be read by everybody since sshd started, so none of its children takes them",
                        BOOKWORM,
                        Services.hostKeys().stream()
                                .map(key -> new Deed.Permits(key, "rw-r--r--"))
                                .toArray(Deed[]::new)),
                broken(
                        "privilege-folder-gone",
                        "B5",
                        "the folder for privilege separation is gone since sshd started",
                        BOOKWORM,
                        new Deed.Deletes("/run/sshd")),
                broken(
                        "sshd-replaced",
                        "B6",
                        "the program sshd was replaced by another one while it ran",
                        BOOKWORM,
                        new Deed.Replaces("/usr/sbin/sshd", "/usr/bin/false")),
                broken(
                        "sshd-session-missing",
                        "B6",
                        "OpenSSH 10.0 lacks the program for its sessions",
                        TRIXIE,
                        new Deed.Deletes("/usr/lib/openssh/sshd-session")),
                brokenLater(
                        "sshd-auth-missing",
                        "B6",
                        "OpenSSH 10.0 lacks the program for what comes before authentication",
                        TRIXIE,
                        new Deed.Deletes("/usr/lib/openssh/sshd-auth")),
                broken(
                        "no-process-left",
                        "B7",
                        "a control group allows sshd no process more",
                        BOOKWORM,
                        new Deed.Limits(ControlGroup.Limit.PROCESSES, 1)),
                brokenLater(
                        "one-process-left",
                        "B7",
                        "a control group allows sshd one process for a connection, and it needs two",
                        BOOKWORM,
                        new Deed.Limits(ControlGroup.Limit.PROCESSES, 2)),
                Scenario.ofCause(
                        "lacks-chroot",
                        "D8",
                        "sshd runs without the right to change its root directory",
                        at(
                                        "sshd-lacks-capability",
                                        "kexinit",
                                        BROKEN,
                                        "A whole identification, and the end right after it: it cannot shut its child in.")
                                .or(CLOSED, PROCESS)
                                .or(ABORTED, PROCESS)
                                .or("sshd-cannot-start", PROCESS)
                                .or("session-process-died", PROCESS)
                                .orUndetermined(),
                        Services.openSshWithout("sys_chroot")));
    }

    private static Scenario broken(String name, String row, String story, Release release, Deed... deeds) {
        Truth truth = at(
                        "sshd-cannot-start",
                        "identification",
                        BROKEN,
                        "The listener accepts, and its child ends before it says a word; a FIN, or a reset where we"
                                + " have spoken. What else accepts and closes looks the same.")
                .or(CLOSED, PROCESS)
                .or(ABORTED, PROCESS)
                .orUndetermined();
        return Scenario.ofCause(
                name, row, story, truth, Services.openSsh(release), new Obstacle.Beforehand(List.of(deeds)));
    }

    private static Scenario brokenLater(String name, String row, String story, Release release, Deed... deeds) {
        Truth truth = at(
                        "sshd-cannot-start",
                        "kexinit",
                        BROKEN,
                        "A whole identification, and the end right after it: the second process cannot be had.")
                .or(CLOSED, PROCESS)
                .or(ABORTED, PROCESS)
                .or("sshd-lacks-capability", PROCESS)
                .or("session-process-died", PROCESS)
                .orUndetermined();
        return Scenario.ofCause(
                name, row, story, truth, Services.openSsh(release), new Obstacle.Beforehand(List.of(deeds)));
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
                        died("kex").or("source-penalty", PROCESS, REFUSED),
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
                        graceTime("A FIN four to eight seconds after the connection was accepted.")
                                .or("source-penalty", PROCESS),
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
                        at("version-mismatch", "identification", NOT_AGREED, "Its identification says SSH-1.5."),
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

    private static Truth refused(String cause, String detail) {
        return at(cause, "identification", REFUSED, detail);
    }

    private static Truth at(String cause, String stage, int exitCode, String detail) {
        return Truth.fault(cause, PROCESS, stage, exitCode, detail).between(SERVER_HOP, SERVER_HOP);
    }
}
