package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import rstprobe.record.Event;
import rstprobe.record.Recording;

/// Searches for an idle timer as packet scripts. Each connection begins ten seconds after the one before.
public final class IdleStories {
    private static final String HELD = """
            talk
            0.0 > SYN
            10.0 < SYN,ACK
            10.1 > ACK
            10.2 > ACK data=22 msg=identification
            20.0 < ACK data=40
            ! identification %s
            20.1 > ACK
            """;

    /// Asked after seven seconds, and answered.
    private static final String SURVIVES_SEVEN = """
            7020.1 > ACK data=16 msg=ignore
            7030.0 < ACK
            """;

    /// Asked after 8.4 s; neither the question nor its copies are answered.
    private static final String VANISHES_AFTER_EIGHT = """
            8420.1 > ACK data=16 msg=ignore
            8620.1 > ACK data=16 seq=22
            9020.1 > ACK data=16 seq=22
            9820.1 > ACK data=16 seq=22
            10420.1 > ACK
            = silent idle
            """;

    private static final String SURVIVES_THREE = """
            3020.1 > ACK data=16 msg=ignore
            3030.0 < ACK
            """;

    private IdleStories() {}

    /// All of them, by name.
    public static Map<String, Recording> all() {
        Map<String, Recording> all = new LinkedHashMap<>();
        all.put("vanishes", search(sshd(SURVIVES_SEVEN), sshd(VANISHES_AFTER_EIGHT), sshd(SURVIVES_THREE)));
        all.put("vanishes without control", search(sshd(SURVIVES_SEVEN), sshd(VANISHES_AFTER_EIGHT)));
        all.put("drop and later survival", search(sshd(VANISHES_AFTER_EIGHT), sshd("""
                11020.1 > ACK data=16 msg=ignore
                11030.0 < ACK
                """)));
        all.put("resets what comes later", search(sshd(SURVIVES_SEVEN), sshd("""
                8420.1 > ACK data=16 msg=ignore
                8425.0 < RST ttl=63
                = reset idle
                """), sshd(SURVIVES_THREE)));
        all.put(
                "resets after 350 s",
                search(
                        sshd("""
                349420.1 > ACK data=16 msg=ignore
                349430.0 < ACK
                """),
                        sshd("""
                350620.1 > ACK data=16 msg=ignore
                350625.0 < RST ttl=63
                = reset idle
                """),
                        sshd(SURVIVES_THREE),
                        sshd("""
                352620.1 > ACK data=16 msg=ignore
                352625.0 < RST ttl=63
                = reset idle
                """),
                        sshd("340020.1 > ACK data=16 msg=ignore\n340030.0 < ACK\n")));
        all.put("resets at expiry", search(resetAt("5020.1"), resetAt("5060.1"), witness()));
        all.put("resets at expiry, seen once", search(resetAt("5020.1")));
        all.put("proxy closes at expiry", search(sshd(closeAt("5020.1")), sshd(closeAt("5040.1")), witness()));
        all.put(
                "some server closes at expiry",
                search(held("dropbear_2022.83", closeAt("5020.1")), held("dropbear_2022.83", spoken())));
        all.put("login limit", search(sshd(closeAt("10010.0")), sshd("""
                5020.1 > ACK data=16 msg=ignore
                5030.0 < ACK
                10014.0 < FIN,ACK
                = closed idle
                """)));
        all.put("server speaks", search(sshd(keptAlive()), sshd(SURVIVES_THREE)));
        all.put("nothing", search(sshd(SURVIVES_SEVEN), sshd(SURVIVES_THREE)));
        all.put("never left this host", search(sshd("""
                7020.1 > ACK data=16 msg=ignore
                7030.0 < ACK
                """), unsent()));
        all.put("nobody answers", search("talk\n0.0 > SYN\n1000.0 > SYN seq=-1\n= unanswered\n"));
        return all;
    }

    private static String sshd(String rest) {
        return held("OpenSSH_9.2p1", rest);
    }

    private static String held(String software, String rest) {
        return HELD.formatted(software) + rest;
    }

    private static String resetAt(String millis) {
        return sshd(millis + " < RST,ACK ttl=63 -ts\n= reset idle\n");
    }

    private static String closeAt(String millis) {
        return millis + " < FIN,ACK\n= closed idle\n";
    }

    /// Spoken on every two seconds, until long after the others have gone.
    private static String spoken() {
        StringBuilder lines = new StringBuilder();
        for (int seconds = 2; seconds <= 12; seconds += 2) {
            lines.append(seconds).append("020.1 > ACK data=16 msg=ignore\n");
            lines.append(seconds).append("030.0 < ACK\n");
        }
        return lines.toString();
    }

    /// As sshd does with `ClientAliveInterval 10`; we answer.
    private static String keptAlive() {
        return """
                ! done identification
                10030.0 < ACK data=52
                10030.2 > ACK data=28
                10040.0 < ACK
                """;
    }

    private static String witness() {
        return sshd(spoken());
    }

    /// The kernel took the question, and the wire never saw it.
    private static Recording unsent(Recording recording) {
        List<Event> events = new ArrayList<>(recording.events());
        events.add(new Event.Sent(
                recording.startedNanos() + 30_000_000_000L, 2, "ignore", rstprobe.ssh.Stage.IDLE, 22, 16));
        return with(recording, events);
    }

    private static String unsent() {
        return "unsent";
    }

    private static Recording search(String... connections) {
        boolean lacks = connections[connections.length - 1].equals(unsent());
        StringBuilder script = new StringBuilder();
        for (String connection : connections) {
            script.append(connection.equals(unsent()) ? sshd("") : connection);
        }
        Recording recording = PacketScript.of(script.toString()).recording();
        List<Event> events = new ArrayList<>();
        events.add(new Event.Searching(recording.startedNanos(), 115_000, 8));
        events.addAll(recording.events());
        Recording search = with(recording, events);
        return lacks ? unsent(search) : search;
    }

    private static Recording with(Recording recording, List<Event> events) {
        return Stories.with(recording, events);
    }
}
