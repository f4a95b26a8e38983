package rstprobe.lab;

import static rstprobe.lab.Release.BOOKWORM;
import static rstprobe.lab.Release.BULLSEYE;
import static rstprobe.lab.Release.TRIXIE;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import rstprobe.lab.Scenario.Obstacle;

/// Networks in which OpenSSH's own server, of a certain release, is why a connection fails.
final class OpenSshLabs {

    private static final String PROCESS = "server-process";
    private static final String CLOSED = "closed-without-reason";
    private static final String ABORTED = "aborted-without-reason";
    private static final int SERVER_HOP = 3;
    private static final int BROKEN = 10;
    private static final int REFUSED = 13;
    private static final Truth FINE = Truth.healthy("Nothing is wrong: the handshake must reach user authentication.");

    private OpenSshLabs() {}

    static List<Scenario> all() {
        return Stream.of(healthy(), refusing(), unableToStart())
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
                withoutProcess("no-process-left-8.4", BULLSEYE),
                withoutProcess("no-process-left", BOOKWORM),
                withoutProcess("no-process-left-10.0", TRIXIE),
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

    private static Scenario withoutProcess(String name, Release release) {
        return broken(
                name,
                "B7",
                "a control group allows OpenSSH " + release.openSsh() + " no process more",
                release,
                new Deed.Limits(ControlGroup.Limit.PROCESSES, 1));
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

    private static Truth refused(String cause, String detail) {
        return at(cause, "identification", REFUSED, detail);
    }

    /// Something sshd does at a stage.
    static Truth at(String cause, String stage, int exitCode, String detail) {
        return Truth.fault(cause, PROCESS, stage, exitCode, detail).between(SERVER_HOP, SERVER_HOP);
    }
}
