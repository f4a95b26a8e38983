package rstprobe.report;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import rstprobe.capture.Frame;
import rstprobe.capture.LinkType;
import rstprobe.diagnose.Cause;
import rstprobe.diagnose.Evidence;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.diagnose.Finding.NextStep;
import rstprobe.diagnose.Finding.RuledOut;
import rstprobe.diagnose.Finding.ServerFacts;
import rstprobe.diagnose.Finding.StageOutcome;
import rstprobe.diagnose.Finding.StageReport;
import rstprobe.diagnose.Finding.Where;
import rstprobe.diagnose.Hop;
import rstprobe.diagnose.Origin;
import rstprobe.diagnose.Trigger;
import rstprobe.diagnose.Verdict;
import rstprobe.record.Event;
import rstprobe.record.HostFacts;
import rstprobe.record.Plan;
import rstprobe.record.Recording;
import rstprobe.record.Recording.CaptureFacts;
import rstprobe.ssh.Observation;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Stage;

/// Incidents made by hand, one for each shape a report can take.
final class Incidents {
    private static final long START = 1_793_714_102_000_000_000L;
    private static final ServerFacts OPENSSH = new ServerFacts(
            Optional.of("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7"),
            Optional.of("sntrup761x25519-sha512@openssh.com"),
            Optional.of("SHA256:uNiVztksCsDhcc0u9e8BrwQbVUNQ6UoAQkKMOp1eZbk"),
            List.of("publickey", "password"));
    private static final ServerFacts SILENT =
            new ServerFacts(Optional.empty(), Optional.empty(), Optional.empty(), List.of());

    private Incidents() {}

    /// All of them by name.
    static Map<String, Incident> all() {
        Map<String, Incident> all = new LinkedHashMap<>();
        all.put("healthy", healthy());
        all.put("forged-reset", forgedReset());
        all.put("refused", refused());
        all.put("not-ssh", notSsh());
        all.put("no-common-algorithm", noCommonAlgorithm());
        all.put("undetermined", undetermined());
        all.put("interrupted", interrupted());
        return all;
    }

    /// A server with which nothing is wrong.
    static Incident healthy() {
        List<StageReport> stages = List.of(
                completed(Stage.CONNECT, 0.412),
                completed(Stage.IDENTIFICATION, 11.25),
                completed(Stage.KEXINIT, 0.31),
                completed(Stage.KEX, 14.7),
                completed(Stage.NEWKEYS, 0.02),
                completed(Stage.SERVICE, 0.9),
                completed(Stage.USERAUTH, 5.5));
        Finding finding = new Finding(
                new Verdict.Healthy("the SSH handshake works up to authentication", 0.999),
                List.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                List.of(),
                stages,
                OPENSSH);
        return incident("healthy", finding, 34, 0, List.of(new Event.Ended(START, 1, new Outcome.Completed())));
    }

    /// A tap injected a reset while the server's answer was on its way.
    static Incident forgedReset() {
        List<Evidence> evidence = List.of(
                new Evidence(
                        "answer-after-reset",
                        Family.SEQUENCE,
                        25,
                        Origin.ON_PATH,
                        List.of(14, 15, 18),
                        "the server's identification arrived 11.2 ms after the reset: the server had not ended anything"),
                new Evidence(
                        "reset-ttl-differs",
                        Family.TTL,
                        15,
                        Origin.ON_PATH,
                        List.of(11, 14),
                        "the reset came with TTL 63, the SYN-ACK with TTL 62: it started one hop nearer than the server"),
                new Evidence(
                        "bytes-pass",
                        Family.CONTENT,
                        10,
                        Origin.ON_PATH,
                        List.of(31, 33, 35, 37, 39, 41, 43, 45, 47, 49, 51, 53, 55, 57),
                        "the same text one byte a segment was let through, so what was matched is the text in one segment"));
        Finding finding = new Finding(
                new Verdict.Fault(
                        Cause.INJECTED_RESET,
                        Origin.ON_PATH,
                        Stage.IDENTIFICATION,
                        0.9712,
                        Optional.of(new Hop(1, 2, Optional.of("198.18.2.1"))),
                        Optional.of(new Trigger("identification", 8)),
                        "a tap between hop 1 and hop 2 injected a reset after byte 8 of our identification"),
                List.of(new Alternative(Cause.INSPECTED_AND_RESET, Origin.IN_PATH, 0.0231)),
                evidence,
                List.of(new RuledOut(
                        "aborted-without-reason",
                        "the server went on sending after the reset, which a server that aborted cannot",
                        List.of(15, 18))),
                Optional.of("probe with a TTL that reaches hop 1 and not hop 2: a reset then comes from before hop 2"),
                List.of(
                        new NextStep(
                                Where.NETWORK,
                                "ssh router2 'tcpdump -c 20 -eni eth1 tcp[tcpflags] == tcp-rst and host 198.18.3.2 and port 22'",
                                "the device between hop 1 and hop 2 mirrors this traffic; its own log names the rule"),
                        new NextStep(
                                Where.SERVER,
                                "tcpdump -ni eth0 'tcp[tcpflags] & tcp-rst != 0 and port 22'",
                                "the server will not see itself send this reset")),
                List.of(completed(Stage.CONNECT, 23.1), ended(Stage.IDENTIFICATION, StageOutcome.RESET)),
                new ServerFacts(Optional.of("SSH-2.0-OpenSSH_10.0"), Optional.empty(), Optional.empty(), List.of()));
        return incident(
                "forged-reset",
                finding,
                60,
                0,
                List.of(new Event.Ended(START, 1, new Outcome.ResetAt(Stage.IDENTIFICATION))));
    }

    /// Nothing listens on the port, and the capture lost a few frames.
    static Incident refused() {
        Finding finding = new Finding(
                new Verdict.Fault(
                        Cause.NO_LISTENER,
                        Origin.SERVER_KERNEL,
                        Stage.CONNECT,
                        0.9,
                        Optional.empty(),
                        Optional.empty(),
                        "nothing listens on port 22: the host itself refused the connection."),
                List.of(new Alternative(Cause.REJECTED_WITH_RESET, Origin.SERVER_FIREWALL, 0.07)),
                List.of(
                        new Evidence(
                                "reset-echoes-tos",
                                Family.TOS,
                                10,
                                Origin.SERVER_KERNEL,
                                List.of(1, 2),
                                "the reset echoes our type of service 0x48, which a TCP stack does and a packet filter does not")),
                List.of(new RuledOut("rejected-with-icmp", "no ICMP error came", List.of())),
                Optional.empty(),
                List.of(new NextStep(
                        Where.SERVER,
                        "ss -ltnp 'sport = :22'",
                        "whether anything accepts connections on port 22",
                        Optional.of("a listener on 198.18.3.2; none explains the refusal"),
                        Optional.of("start it: systemctl start ssh"))),
                List.of(ended(Stage.CONNECT, StageOutcome.REFUSED)),
                SILENT);
        return incident(
                "refused", finding, 2, 3, List.of(new Event.ConnectFailed(START, 1, "ECONNREFUSED", List.of())));
    }

    /// A web server that tries every trick on the reader.
    static Incident notSsh() {
        byte[] sample = ("HTTP/1.1 400 Bad Request\r\n"
                        + "Server: \033]8;;http://evil.example/\033\\click\033]8;;\033\\ \033[2J\033[31mred\u202Etxt.exe\r\n"
                        + "<script>alert(1)</script><img src=x onerror=alert(1)>\r\n"
                        + "| a | [link](javascript:alert(1)) ```` @everyone #1 www.evil.example\r\n")
                .getBytes(UTF_8);
        List<Event> events = List.of(
                new Event.Observed(
                        START, 1, new Observation.PreambleLine(new byte[] {'o', 'k', (byte) 0x9b, '2', 'J', (byte) 0xff
                        })),
                new Event.Ended(START, 1, new Outcome.NotSsh("http", sample)));
        Finding finding = new Finding(
                new Verdict.Fault(
                        Cause.NOT_SSH,
                        Origin.SERVER_PROCESS,
                        Stage.IDENTIFICATION,
                        0.99,
                        Optional.empty(),
                        Optional.empty(),
                        "something else answers on this port: http"),
                List.of(),
                List.of(new Evidence(
                        "not-ssh",
                        Family.CONTENT,
                        0,
                        Origin.SERVER_PROCESS,
                        List.of(5),
                        "it said \"" + new String(sample, ISO_8859_1) + "\"")),
                List.of(),
                Optional.empty(),
                List.of(new NextStep(Where.CLIENT, "curl -v http://db7:22/", "see what the other service is")),
                List.of(completed(Stage.CONNECT, 1), ended(Stage.IDENTIFICATION, StageOutcome.GARBLED)),
                SILENT);
        return incident("not-ssh", finding, 9, 0, events);
    }

    /// An appliance from long ago.
    static Incident noCommonAlgorithm() {
        List<String> ours = List.of(
                "mlkem768x25519-sha256",
                "sntrup761x25519-sha512",
                "curve25519-sha256",
                "ecdh-sha2-nistp256",
                "diffie-hellman-group16-sha512",
                "diffie-hellman-group14-sha256");
        List<String> theirs = List.of("diffie-hellman-group1-sha1", "diffie-hellman-group14-sha1");
        Finding finding = new Finding(
                new Verdict.Fault(
                        Cause.NO_COMMON_ALGORITHM,
                        Origin.SERVER_PROCESS,
                        Stage.KEXINIT,
                        0.99,
                        Optional.empty(),
                        Optional.empty(),
                        "the two sides share no key exchange method"),
                List.of(),
                List.of(new Evidence(
                        "lists-disjoint",
                        Family.CONTENT,
                        0,
                        Origin.SERVER_PROCESS,
                        List.of(7, 8),
                        "both lists were read in full")),
                List.of(),
                Optional.empty(),
                List.of(new NextStep(
                        Where.CLIENT,
                        "ssh -o KexAlgorithms=+diffie-hellman-group14-sha1 db7",
                        "whether our ssh still knows one of the server's",
                        Optional.empty(),
                        Optional.of("it gets in until the appliance is updated"))),
                List.of(
                        completed(Stage.CONNECT, 0.5),
                        completed(Stage.IDENTIFICATION, 130),
                        ended(Stage.KEXINIT, StageOutcome.GARBLED)),
                new ServerFacts(Optional.of("SSH-2.0-Cisco-1.25"), Optional.empty(), Optional.empty(), List.of()));
        return incident(
                "no-common-algorithm",
                finding,
                12,
                0,
                List.of(new Event.Ended(START, 1, new Outcome.NoCommonAlgorithm("kex", ours, theirs))));
    }

    /// A reset that could be anybody's.
    static Incident undetermined() {
        Finding finding = new Finding(
                new Verdict.Undetermined(
                        Optional.of(Cause.ABORTED_WITHOUT_REASON),
                        Stage.KEX,
                        0.55,
                        Optional.of(new Trigger("kex-ecdh-init", 1208)),
                        "a reset ended the key exchange; it looks like the server's own, and so would a good forgery"),
                List.of(
                        new Alternative(Cause.ABORTED_WITHOUT_REASON, Origin.SERVER_PROCESS, 0.55),
                        new Alternative(Cause.INSPECTED_AND_RESET, Origin.IN_PATH, 0.3)),
                List.of(new Evidence(
                        "reset-shape-abort",
                        Family.SHAPE,
                        3,
                        Origin.SERVER_PROCESS,
                        List.of(17),
                        "the reset acknowledges all we sent")),
                List.of(),
                Optional.of("run tcpdump on the server while the probe runs again: does it send this reset itself?"),
                List.of(new NextStep(Where.SERVER, "journalctl -u ssh --since -5min", "a crash leaves a line")),
                List.of(
                        completed(Stage.CONNECT, 0.5),
                        completed(Stage.IDENTIFICATION, 9.04),
                        completed(Stage.KEXINIT, 0.2),
                        ended(Stage.KEX, StageOutcome.RESET)),
                new ServerFacts(Optional.of("SSH-2.0-OpenSSH_9.6"), Optional.empty(), Optional.empty(), List.of()));
        return incident(
                "undetermined", finding, 17, 0, List.of(new Event.Ended(START, 1, new Outcome.ResetAt(Stage.KEX))));
    }

    /// Ctrl-C before anything was known.
    static Incident interrupted() {
        Finding finding = new Finding(
                new Verdict.Undetermined(
                        Optional.empty(),
                        Stage.CONNECT,
                        0,
                        Optional.empty(),
                        "the run ended before any connection did"),
                List.of(),
                List.of(),
                List.of(),
                Optional.of("run it again and let it finish"),
                List.of(),
                List.of(),
                SILENT);
        return incident("interrupted", finding, 1, 0, List.of(new Event.Interrupted(START)));
    }

    private static Incident incident(String what, Finding finding, int frames, long dropped, List<Event> events) {
        List<Frame> captured = new ArrayList<>();
        for (int number = 1; number <= frames; number++) {
            captured.add(new Frame(number, START + number, LinkType.ETHERNET, new byte[54], 54, 0));
        }
        Recording recording = new Recording(
                START,
                Plan.of("alice", "db7", 22),
                new HostFacts("eth0", "198.18.1.2", 1500, "6.18.44", Optional.of("198.18.1.1"), false),
                "198.18.3.2",
                events,
                captured,
                new CaptureFacts(dropped, true, OptionalInt.of(1), 0));
        return new Incident("incident-20261103T141502Z-" + what + "-22", recording, finding);
    }

    private static StageReport completed(Stage stage, double millis) {
        return new StageReport(stage, StageOutcome.COMPLETED, OptionalDouble.of(millis));
    }

    private static StageReport ended(Stage stage, StageOutcome outcome) {
        return new StageReport(stage, outcome, OptionalDouble.empty());
    }
}
