package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.record.Recording;
import rstprobe.ssh.Stage;

/// There was no TCP connection: refused, unreachable or unanswered.
final class NotConnected {
    private NotConnected() {}

    /// A reset that follows the SYN-ACK fast enough fails `connect` although the connection stood: the
    /// capture knows better than the socket.
    static Judgement failed(Attempt attempt, Ending.NotConnected ending, List<Attempt> all, Recording recording) {
        if (Stages.resetInsideConnect(attempt)) {
            return OwnReset.of(attempt, Stage.IDENTIFICATION, all)
                    .orElseGet(
                            () -> ResetConnection.of(attempt, Stage.IDENTIFICATION, all, Surroundings.of(recording)));
        }
        Optional<Seen> reset = attempt.reset();
        if (reset.isPresent()) {
            return RefusedConnection.of(attempt, reset.get(), all, Surroundings.of(recording));
        }
        Optional<Complaint> complaint = Unreachable.complaint(attempt);
        if (complaint.isPresent()) {
            return Unreachable.of(attempt, complaint.get(), all);
        }
        return attempt.syn().isPresent() ? unexplained(attempt, ending.errno()) : notSent(attempt, ending, recording);
    }

    private static Judgement unexplained(Attempt attempt, String errno) {
        Fact fact = Fact.told(
                "socket-error",
                Family.SOCKET,
                attempt.syn().map(Seen::frame).stream().toList(),
                "the socket reported " + errno + " and the capture shows "
                        + (attempt.synAck().isPresent() ? "nothing that would explain it" : "no answer to our SYN"));
        return Judgement.of(
                        open(
                                Optional.empty(),
                                "connecting failed with " + errno + " and nothing on the wire explains it"),
                        List.of(fact))
                .withNextTest("watch the loopback interface while connecting: a filter on this host answers there");
    }

    /// No SYN of ours is in the capture. That is this host's doing where its kernel says so, or where
    /// the tap sat on the way the route takes; an error that names another machine shows that a SYN
    /// left where we did not look.
    private static Judgement notSent(Attempt attempt, Ending.NotConnected ending, Recording recording) {
        Optional<String> offender = ending.icmp().stream()
                .flatMap(report -> report.offender().stream())
                .findFirst();
        String ours = attempt.conversation().ours().address().toString();
        Fact fact = Fact.told(
                "syn-never-left",
                Family.SOCKET,
                List.of(),
                "the socket reported " + ending.errno() + " and no SYN of ours appears in the capture"
                        + offender.map(address -> "; the error names " + address)
                                .orElse(""));
        Judgement judgement;
        if (offender.filter(address -> !address.equals(ours)).isPresent() || !tapOnTheWay(recording)) {
            judgement = Judgement.of(
                            open(
                                    Optional.empty(),
                                    "connecting failed with " + ending.errno()
                                            + ", and the capture does not show the SYN: it left by another way, or never"),
                            List.of(fact))
                    .withNextTest("capture on every interface while connecting: tcpdump -ni any 'tcp port "
                            + attempt.conversation().theirs().port() + "'");
        } else if (shortage(attempt, ending.errno()).isPresent()) {
            judgement = Judgement.of(
                    fault(
                            Cause.LOCAL_NO_SOCKET,
                            Origin.THIS_HOST,
                            "no SYN left this host: "
                                    + shortage(attempt, ending.errno()).get() + " (" + ending.errno() + ")"),
                    List.of(fact));
        } else if (ending.errno().equals("EHOSTUNREACH") || ending.errno().equals("ENETUNREACH")) {
            judgement = Judgement.of(
                    fault(
                            Cause.HOST_UNREACHABLE,
                            Origin.UNKNOWN,
                            "no SYN left this host: " + ending.errno()
                                    + ", the next hop did not answer for its address, there is no route, or a rule here says so"),
                    List.of(fact));
        } else {
            judgement = Judgement.of(
                    fault(
                            Cause.LOCAL_FIREWALL,
                            Origin.THIS_HOST,
                            "this host itself refused to send the SYN: " + ending.errno()),
                    List.of(fact));
        }
        return judgement;
    }

    /// What this host has too little of for one connection more (connect(2), socket(2)); empty where the error says
    /// something else.
    private static Optional<String> shortage(Attempt attempt, String errno) {
        return switch (errno) {
            case "EADDRNOTAVAIL", "EADDRINUSE" ->
                Optional.of("every port that it may give to a connection from "
                        + attempt.conversation().ours().address() + " to "
                        + attempt.conversation().theirs().address() + " port "
                        + attempt.conversation().theirs().port() + " is taken, or it has lost that address");
            case "EMFILE", "ENFILE" -> Optional.of("no descriptor is left for a socket");
            case "ENOBUFS", "ENOMEM" -> Optional.of("no memory is left for a socket");
            default -> Optional.empty();
        };
    }

    /// Whether a SYN would have been seen: the capture lost nothing we know of, and nobody chose
    /// another interface than the route's.
    private static boolean tapOnTheWay(Recording recording) {
        return recording.plan().interfaceName().isEmpty()
                && recording.capture().dropped() == 0
                && recording.capture().firstOwnSyn().isEmpty();
    }

    /// Nobody answered the SYN or its copies, as far as the socket knows.
    static Judgement noAnswer(Attempt attempt, Recording recording) {
        List<Integer> syns = attempt.segments().stream()
                .filter(seen -> seen.ours() && seen.segment().flags().syn())
                .map(Seen::frame)
                .toList();
        Optional<Complaint> complaint = Unreachable.complaint(attempt)
                .or(() -> attempt.complaints().stream().findFirst());
        if (complaint.isPresent()) {
            return Unreachable.of(attempt, complaint.get(), List.of(attempt));
        }
        Optional<Seen> answer = attempt.first(seen -> !seen.ours());
        if (answer.isPresent()) {
            return ignored(attempt, answer.get());
        }
        return syns.isEmpty()
                ? swallowed(recording)
                : UnansweredSyn.of(attempt, syns, Surroundings.of(recording).probings());
    }

    /// The wire has an answer and the socket did not: between the two there is only this host, if the
    /// answer was right.
    private static Judgement ignored(Attempt attempt, Seen answer) {
        boolean right = answer.segment().flags().ack()
                && !answer.reset()
                && attempt.syn()
                        .filter(syn ->
                                syn.segment().nextSequence() == answer.segment().acknowledgement())
                        .isPresent();
        Fact fact = Fact.told(
                "answer-ignored",
                Family.SEQUENCE,
                List.of(attempt.syn().map(Seen::frame).orElse(answer.frame()), answer.frame()),
                "our SYN was answered by " + answer.segment().flags() + ", and our socket never took it");
        return Judgement.of(
                        right
                                ? open(
                                        Optional.of(Cause.LOCAL_FIREWALL),
                                        "the server accepted our SYN, and this host's kernel did not take its answer: a rule here, or a damaged segment")
                                : open(
                                        Optional.empty(),
                                        "an answer came that does not fit our SYN; our socket ignored it"),
                        List.of(fact))
                .withNextTest(
                        "nstat -az TcpInCsumErrors TcpExtTCPRstToSyn IpExtInNoRoutes; nft list ruleset: the counter"
                                + " that rises with each try names the reason");
    }

    private static Judgement swallowed(Recording recording) {
        Fact fact = Fact.told(
                "syn-never-left",
                Family.SOCKET,
                List.of(),
                "the socket waited in vain and no SYN of ours appears in the capture");
        String summary = "this host never sent the SYN: a rule here drops it without a word";
        return Judgement.of(
                tapOnTheWay(recording)
                        ? fault(Cause.LOCAL_FIREWALL, Origin.THIS_HOST, summary)
                        : open(
                                Optional.empty(),
                                "nobody answered, and the capture does not show the SYN: it left by another way, or never"),
                List.of(fact));
    }

    private static Verdict open(Optional<Cause> cause, String summary) {
        return new Verdict.Undetermined(cause, Stage.CONNECT, Weights.ONE_ATTEMPT, Optional.empty(), summary);
    }

    private static Verdict fault(Cause cause, Origin origin, String summary) {
        return new Verdict.Fault(
                cause, origin, Stage.CONNECT, Weights.SEVERAL_ATTEMPTS, Optional.empty(), Optional.empty(), summary);
    }
}
