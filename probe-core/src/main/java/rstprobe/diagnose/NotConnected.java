package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.NextStep;
import rstprobe.diagnose.Finding.Where;
import rstprobe.record.Event;
import rstprobe.ssh.Stage;
import rstprobe.wire.Decoded;

/// There was no TCP connection: refused, unreachable or unanswered.
final class NotConnected {
    private static final int DESTINATION_UNREACHABLE = 3;
    private static final int DESTINATION_UNREACHABLE_V6 = 1;

    private NotConnected() {}

    /// A reset that follows the SYN-ACK fast enough fails `connect` although the connection stood: the capture
    /// knows better than the socket.
    static Judgement failed(Attempt attempt, Ending.NotConnected ending, List<Attempt> all) {
        Optional<Seen> reset = attempt.reset();
        if (reset.isPresent() && attempt.synAck().isPresent()) {
            return ResetConnection.of(attempt, Stage.IDENTIFICATION, all);
        }
        if (reset.isPresent()) {
            return RefusedConnection.of(attempt, reset.get(), all);
        }
        Optional<Complaint> complaint = attempt.complaints().stream()
                .filter(heard -> unreachable(heard.error()))
                .findFirst();
        if (complaint.isPresent()) {
            return complained(attempt, complaint.get(), all);
        }
        return attempt.syn().isPresent() ? unreachable(attempt, ending) : notSent(ending);
    }

    private static boolean unreachable(Decoded.IcmpError error) {
        return error.type() == (error.ip().isV6() ? DESTINATION_UNREACHABLE_V6 : DESTINATION_UNREACHABLE);
    }

    /// An ICMP error names its sender and quotes our packet as it was when it got there, TTL included.
    private static Judgement complained(Attempt attempt, Complaint complaint, List<Attempt> all) {
        Decoded.IcmpError error = complaint.error();
        String from = error.ip().source().toString();
        boolean byTarget =
                error.ip().source().equals(attempt.conversation().theirs().address());
        Optional<Integer> hops = hops(attempt, error);
        String meaning = IcmpMeaning.of(error);
        Fact fact = Fact.of(
                "icmp-unreachable",
                Family.ICMP,
                Weights.CONCLUSIVE,
                List.of(byTarget ? Origin.SERVER_FIREWALL : Origin.IN_PATH),
                List.of(attempt.syn().map(Seen::frame).orElse(complaint.frame()), complaint.frame()),
                from + " answered our SYN with ICMP type " + error.type() + " code " + error.code() + " (" + meaning
                        + ")"
                        + hops.map(hop -> "; by the TTL it quotes it is hop " + hop)
                                .orElse(""));
        long agreeing =
                all.stream().filter(other -> !other.complaints().isEmpty()).count();
        double confidence = agreeing > 1 ? Weights.CONCLUSIVE_LIMIT : Weights.SEVERAL_ATTEMPTS;
        boolean policy = IcmpMeaning.isPolicy(error);
        Optional<Hop> hop = hops.map(number -> new Hop(number - 1, number, Optional.of(from)));
        Verdict verdict = policy
                ? new Verdict.Fault(
                        Cause.REJECTED_WITH_ICMP,
                        byTarget ? Origin.SERVER_FIREWALL : Origin.IN_PATH,
                        Stage.CONNECT,
                        confidence,
                        hop,
                        Optional.empty(),
                        (byTarget ? "a packet filter on the server" : "a packet filter on the way, " + from + ",")
                                + " rejects the connection: " + meaning)
                : new Verdict.Fault(
                        Cause.HOST_UNREACHABLE,
                        byTarget ? Origin.UNKNOWN : Origin.IN_PATH,
                        Stage.CONNECT,
                        confidence,
                        hop,
                        Optional.empty(),
                        from + " cannot reach the target: " + meaning);
        return Judgement.of(verdict, List.of(fact))
                .withNextSteps(new NextStep(
                        byTarget ? Where.SERVER : Where.NETWORK,
                        "nft list ruleset | grep -nE 'reject|drop'; iptables -L -v -n --line-numbers; ip route get "
                                + attempt.conversation().ours().address(),
                        "on " + from + ": the rule whose counter rises with each try, or the missing route"));
    }

    /// How many hops away the sender of an error is: a router forwards with one TTL less, so the quoted TTL
    /// tells.
    private static Optional<Integer> hops(Attempt attempt, Decoded.IcmpError error) {
        Optional<Integer> sent = attempt.syn().map(syn -> syn.segment().ip().ttl());
        Optional<Integer> quoted = error.quoted().datagram().map(datagram -> datagram.ttl());
        return sent.flatMap(ttl -> quoted.map(left -> ttl - left + 1)).filter(hop -> hop >= 1);
    }

    private static Judgement unreachable(Attempt attempt, Ending.NotConnected ending) {
        Fact fact = Fact.told(
                "socket-error",
                Family.SOCKET,
                attempt.syn().map(Seen::frame).stream().toList(),
                "the socket reported " + ending.errno() + " and the capture shows no answer to our SYN");
        return Judgement.of(
                        new Verdict.Undetermined(
                                Optional.empty(),
                                Stage.CONNECT,
                                Weights.ONE_ATTEMPT,
                                Optional.empty(),
                                "connecting failed with " + ending.errno() + " and nothing on the wire explains it"),
                        List.of(fact))
                .withNextTest("watch the loopback interface while connecting: a filter on this host answers there");
    }

    /// Our own kernel refused: no SYN ever reached the interface.
    private static Judgement notSent(Ending.NotConnected ending) {
        boolean neighbourSilent =
                ending.errno().equals("EHOSTUNREACH") || ending.errno().equals("ENETUNREACH");
        Optional<Event.IcmpReport> queued = ending.icmp().stream().findFirst();
        Fact fact = Fact.told(
                "syn-never-left",
                Family.SOCKET,
                List.of(),
                "the socket reported " + ending.errno() + " and no SYN of ours appears in the capture"
                        + queued.flatMap(Event.IcmpReport::offender)
                                .map(offender -> "; the error names " + offender)
                                .orElse(""));
        Verdict verdict = neighbourSilent
                ? new Verdict.Fault(
                        Cause.HOST_UNREACHABLE,
                        Origin.UNKNOWN,
                        Stage.CONNECT,
                        Weights.SEVERAL_ATTEMPTS,
                        Optional.empty(),
                        Optional.empty(),
                        "no SYN left this host: " + ending.errno()
                                + ", the next hop did not answer for its address or there is no route")
                : new Verdict.Fault(
                        Cause.LOCAL_FIREWALL,
                        Origin.THIS_HOST,
                        Stage.CONNECT,
                        Weights.SEVERAL_ATTEMPTS,
                        Optional.empty(),
                        Optional.empty(),
                        "this host itself refused to send the SYN: " + ending.errno());
        return Judgement.of(verdict, List.of(fact))
                .withNextSteps(new NextStep(
                        Where.CLIENT,
                        "nft list ruleset; iptables -L OUTPUT -v -n; ip route show; ip neigh",
                        "a rule, a route of type prohibit, or a neighbour in state FAILED"));
    }

    /// Nobody answered the SYN or its copies.
    static Judgement noAnswer(Attempt attempt) {
        List<Integer> syns = attempt.segments().stream()
                .filter(seen -> seen.ours() && seen.segment().flags().syn())
                .map(Seen::frame)
                .toList();
        Fact fact = Fact.told(
                "syn-unanswered",
                Family.SEQUENCE,
                syns,
                "our SYN was sent " + syns.size() + " times and nothing came back, neither SYN-ACK nor reset nor ICMP");
        return Judgement.of(
                        new Verdict.Fault(
                                Cause.SYN_DROPPED,
                                Origin.UNKNOWN,
                                Stage.CONNECT,
                                Weights.SEVERAL_ATTEMPTS,
                                Optional.empty(),
                                Optional.empty(),
                                "nobody answered: the SYN or its answer is dropped somewhere on the way"),
                        List.of(fact))
                .withNextTest("traceroute -n -T -p "
                        + attempt.conversation().theirs().port() + " "
                        + attempt.conversation().theirs().address()
                        + ": the last hop that answers is the last one the SYN surely reached")
                .withNextSteps(
                        new NextStep(
                                Where.SERVER,
                                "tcpdump -ni any 'tcp port "
                                        + attempt.conversation().theirs().port() + " and host "
                                        + attempt.conversation().ours().address() + "'",
                                "does the SYN arrive? If it does and no SYN-ACK leaves, the host drops it; if not, look upstream"),
                        new NextStep(
                                Where.NETWORK,
                                "check security groups, network ACLs (both directions) and the route back to "
                                        + attempt.conversation().ours().address(),
                                "cloud filters drop in silence and never send a reset"));
    }
}
