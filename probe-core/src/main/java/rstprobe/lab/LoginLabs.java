package rstprobe.lab;

import static rstprobe.lab.OpenSshLabs.at;
import static rstprobe.lab.Release.BOOKWORM;
import static rstprobe.lab.Release.BULLSEYE;
import static rstprobe.lab.Release.TRIXIE;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import rstprobe.lab.Scenario.Obstacle;

/// Networks in which a login, or what follows one, is what fails. The client is called to log in.
final class LoginLabs {
    private static final String PROCESS = "server-process";
    private static final String CLOSED = "closed-without-reason";
    private static final String ABORTED = "aborted-without-reason";
    private static final String SLOW = "slow-authentication";
    private static final String KILLED = "session-killed";
    private static final String EXPIRED = "keepalive-expired";
    private static final int BROKEN = 10;
    private static final int ON_THE_WAY = 11;
    private static final int REFUSED = 13;
    private static final String KEYS = "AuthorizedKeysFile " + ClientKeys.AUTHORIZED;
    /// An answer to a keepalive is the smallest encrypted packet there is: 28 bytes behind 32 of TCP's header
    /// (chacha20-poly1305, timestamps). Nothing else of the client's is as long, a SYN included.
    private static final String SMALLEST =
            Rulesets.toPort("ip length 80 drop") + "\n    " + Rulesets.toPort("ip6 length 60 drop");

    private LoginLabs() {}

    static List<Scenario> all() {
        return Stream.of(healthy(), List.of(rekeys()), refusing(), slow(), ending(), marking())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Scenario> healthy() {
        return Stream.of(Release.values())
                .map(release -> Scenario.ofCause(
                        "login-" + release.openSsh(),
                        "",
                        "a login to OpenSSH " + release.openSsh() + ", and nothing in the way",
                        Truth.healthy("Nothing is wrong: the login and its session must work, and stand a short rest."),
                        Services.openSsh(release, KEYS, "ClientAliveInterval 1"),
                        welcome("--stay", "2.5s")))
                .toList();
    }

    /// A peer that cannot exchange keys again is the client's side of it.
    private static Scenario rekeys() {
        return Scenario.ofCause(
                "login-rekeys",
                "G7",
                "sshd wants new keys every second of a session, and the client exchanges keys once",
                Truth.healthy("Nothing is wrong: asked for new keys, the client takes leave, and blames nobody."),
                Services.openSsh(BOOKWORM, KEYS, "RekeyLimit default 1s", "ClientAliveInterval 1"),
                welcome("--stay", "4s"));
    }

    private static List<Scenario> refusing() {
        return List.of(
                tries("login-tries-8.4", BULLSEYE),
                tries("login-tries-9.2", BOOKWORM),
                tries("login-tries-10.0", TRIXIE),
                Scenario.ofCause(
                        "login-key-unknown",
                        "E4",
                        "sshd does not know the client's key",
                        at("user-refused", "userauth", REFUSED, "A USERAUTH_FAILURE for every key, and no reset."),
                        Services.openSsh(BOOKWORM, KEYS),
                        new Obstacle.LogsIn(2, false, List.of())),
                Scenario.ofCause(
                        "login-account-refused",
                        "E3",
                        "PAM refuses the account behind a key that is right",
                        at(
                                        "user-refused",
                                        "userauth",
                                        REFUSED,
                                        "The server would take the key, and closes on the signature without a word.")
                                .or(CLOSED, PROCESS, BROKEN)
                                .orUndetermined(),
                        Services.openSsh(
                                BOOKWORM,
                                pam("account required pam_deny.so", "session required pam_permit.so"),
                                KEYS,
                                "UsePAM yes"),
                        welcome()),
                Scenario.ofCause(
                        "login-no-sessions",
                        "E8",
                        "sshd's settings allow no session on a connection",
                        at(
                                "max-sessions",
                                "session",
                                REFUSED,
                                "The login works; CHANNEL_OPEN_FAILURE answers the session, and no reset."),
                        Services.openSsh(BOOKWORM, KEYS, "MaxSessions 0"),
                        welcome()));
    }

    private static Scenario tries(String name, Release release) {
        return Scenario.ofCause(
                name,
                "E6",
                "the client has more keys than OpenSSH " + release.openSsh() + " has patience for",
                at(
                        "too-many-authentication-failures",
                        "userauth",
                        REFUSED,
                        "Two keys are refused in words, and the next draws an encrypted DISCONNECT 2."),
                Services.openSsh(release, KEYS, "MaxAuthTries 3"),
                new Obstacle.LogsIn(5, false, List.of()));
    }

    private static List<Scenario> slow() {
        return List.of(
                Scenario.ofCause(
                        "login-account-slow",
                        "E3",
                        "a module of PAM takes four seconds over the account",
                        at(SLOW, "userauth", BROKEN, "Only the answer to the signature is late; then all is well.")
                                .or("slow-dns", PROCESS)
                                .untoldOnServer(),
                        Services.openSsh(
                                BOOKWORM,
                                pam("account required pam_exec.so /usr/bin/sleep 4", "session required pam_permit.so"),
                                KEYS,
                                "UsePAM yes"),
                        welcome()),
                Scenario.ofCause(
                        "login-session-slow",
                        "E3",
                        "a module of PAM takes four seconds to open a session",
                        at(SLOW, "session", BROKEN, "The login is quick; the session's first answer is late.")
                                .or("slow-dns", PROCESS)
                                .untoldOnServer(),
                        Services.openSsh(
                                TRIXIE,
                                pam("account required pam_permit.so", "session required pam_exec.so /usr/bin/sleep 4"),
                                KEYS,
                                "UsePAM yes"),
                        welcome()),
                Scenario.ofCause(
                        "login-keys-hang",
                        "E7",
                        "the program that sshd asks for authorized keys hangs",
                        at(SLOW, "userauth", BROKEN, "The offer of a key is acknowledged and never answered.")
                                .orUndetermined(),
                        Services.openSsh(
                                BOOKWORM, "AuthorizedKeysCommand /usr/bin/sleep 60", "AuthorizedKeysCommandUser root"),
                        welcome("--timeout", "6")));
    }

    /// PAM wants to know what holds for every other service too.
    private static Map<String, String> pam(String account, String session) {
        return Map.of(
                "/etc/pam.d/sshd",
                account + "\n" + session + "\n",
                "/etc/pam.d/other",
                "auth required pam_deny.so\naccount required pam_deny.so\n");
    }

    private static List<Scenario> ending() {
        return List.of(
                Scenario.ofCause(
                        "login-keepalive-unheard",
                        "G2",
                        "sshd asks each second for a sign of life, and a router loses the answers",
                        at(
                                        EXPIRED,
                                        "idle",
                                        BROKEN,
                                        "Its questions arrive and its TCP acknowledges no answer; then a FIN.")
                                .or(CLOSED, PROCESS)
                                .orUndetermined(),
                        Services.openSsh(BOOKWORM, KEYS, "ClientAliveInterval 1", "ClientAliveCountMax 2"),
                        welcome("--stay", "8s"),
                        new Obstacle.PacketFilter(
                                Node.ROUTER1, Rulesets.filter("losing", "forward", "filter", SMALLEST))),
                Scenario.ofCause(
                        "login-unused",
                        "G3",
                        "sshd ends connections that nobody uses",
                        idle(EXPIRED, "A FIN two seconds after the session's channel was closed.")
                                .or(KILLED, PROCESS),
                        Services.openSsh(TRIXIE, KEYS, "UnusedConnectionTimeout 2"),
                        welcome("--stay", "6s")),
                Scenario.ofCause(
                        "login-killed-idle",
                        "G4",
                        "somebody kills the session's process while nothing is said",
                        idle(KILLED, "A FIN: the kernel closes for a process that had read everything.")
                                .or(EXPIRED, PROCESS),
                        Services.openSsh(BOOKWORM, KEYS, after("sleep 1; kill -9 $p")),
                        welcome("--stay", "4s")),
                Scenario.ofCause(
                        "login-killed-unread",
                        "G4",
                        "somebody stops the session's process, and kills it when it has something to read",
                        idle(KILLED, "A reset of the socket's own: the process left our question unread.")
                                .or(ABORTED, PROCESS),
                        Services.openSsh(BOOKWORM, KEYS, after("sleep 1; kill -STOP $p; sleep 4; kill -9 $p")),
                        welcome("--stay", "3s")),
                Scenario.ofCause(
                        "login-no-root-directory",
                        "G5",
                        "sshd is to shut the session into a folder that others may write to",
                        at(KILLED, "session", BROKEN, "The login works, the command ends with 255, and no reset."),
                        Services.openSsh(BOOKWORM, KEYS, "ChrootDirectory /tmp"),
                        welcome()));
    }

    /// What the session's command leaves behind, with the session's process as `$p`.
    private static String after(String deeds) {
        return "ForceCommand p=$PPID; ( " + deeds + " ) >/dev/null 2>&1 </dev/null & true";
    }

    private static Truth idle(String cause, String detail) {
        return at(cause, "idle", BROKEN, detail).or(CLOSED, PROCESS).orUndetermined();
    }

    private static List<Scenario> marking() {
        return List.of(
                marked("login-marking-dropped", BOOKWORM, "cs1"), marked("login-new-marking-dropped", TRIXIE, "ef"));
    }

    private static Scenario marked(String name, Release release, String marking) {
        return Scenario.ofCause(
                name,
                "G6",
                "a router drops the marking that a client's packets get after login (" + marking + ")",
                Truth.fault(
                                "dscp-dropped",
                                "in-path",
                                "session",
                                ON_THE_WAY,
                                "All is well up to the first packet of the session; marked as before, it passes.")
                        .between(1, 1)
                        .orUndetermined(),
                Services.openSsh(release, KEYS),
                welcome("--ipqos", marking),
                new Obstacle.PacketFilter(
                        Node.ROUTER1,
                        Rulesets.filter(
                                "policing",
                                "forward",
                                "filter",
                                Rulesets.toPort("ip dscp " + marking + " drop") + "\n    "
                                        + Rulesets.toPort("ip6 dscp " + marking + " drop"))));
    }

    private static Obstacle.LogsIn welcome(String... words) {
        return new Obstacle.LogsIn(1, true, List.of(words));
    }
}
