package rstprobe.lab;

import static rstprobe.lab.Release.BOOKWORM;
import static rstprobe.lab.Release.BULLSEYE;
import static rstprobe.lab.Release.TRIXIE;

import java.util.List;
import java.util.Map;
import rstprobe.lab.Scenario.Obstacle;

/// Networks in which OpenSSH's own server, of a certain release, is why a connection fails.
final class OpenSshLabs {

    private static final String PROCESS = "server-process";
    private static final int SERVER_HOP = 3;
    private static final Map<String, String> DENY_ALL = Map.of("/etc/hosts.deny", "ALL: ALL\n");

    private static final Truth FINE = Truth.healthy("Nothing is wrong: the handshake must reach user authentication.");

    private OpenSshLabs() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.ofCause(
                        "healthy-8.4", "", "OpenSSH 8.4 and nothing in the way", FINE, Services.openSsh(BULLSEYE)),
                Scenario.ofCause(
                        "healthy-9.2", "", "OpenSSH 9.2 and nothing in the way", FINE, Services.openSsh(BOOKWORM)),
                Scenario.ofCause(
                        "healthy-10.0", "", "OpenSSH 10.0 and nothing in the way", FINE, Services.openSsh(TRIXIE)),
                denied("hosts-deny-8.4", BULLSEYE),
                denied("hosts-deny-9.2", BOOKWORM),
                denied("hosts-deny-10.0", TRIXIE),
                Scenario.ofCause(
                        "penalty-after-crash",
                        "B4",
                        "OpenSSH 10.0 refuses our address for a time, since a connection from it crashed a process",
                        refused(
                                        "source-penalty",
                                        "All connections of this source are refused in the first millisecond, in the words"
                                                + " \"Not allowed at this time\"; other sources are served.")
                                .or("max-startups", PROCESS)
                                .orUndetermined(),
                        Services.openSsh(TRIXIE),
                        new Obstacle.Beforehand(List.of(new Deed.CrashesConnection()))));
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
                Services.openSsh(release, DENY_ALL));
    }

    private static Truth refused(String cause, String detail) {
        return Truth.fault(cause, PROCESS, "identification", 13, detail).between(SERVER_HOP, SERVER_HOP);
    }
}
