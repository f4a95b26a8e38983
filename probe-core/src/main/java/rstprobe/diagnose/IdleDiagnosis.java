package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import rstprobe.diagnose.IdleFinding.Kind;
import rstprobe.diagnose.IdleFinding.Status;
import rstprobe.diagnose.Silence.End;
import rstprobe.path.LoginLimit;
import rstprobe.record.Event;
import rstprobe.record.Recording;
import rstprobe.ssh.Observation;

/// From the recording of a search for an idle timer to what was found: pure, and the same recording gives the
/// same finding.
///
/// Two things end connections that say nothing: a timer of silence, which a word restarts, and a limit of
/// age, which nothing restarts. They are told apart by connections that differ in both.
public final class IdleDiagnosis {
    private static final double NANOS = 1e9;
    /// What one more search says that agrees is never known; nothing is surer.
    private static final double SUREST = 0.95;
    /// Where the segment that ended it looks like the server's own.
    private static final double SUREST_AT_SERVER = 0.75;
    private static final List<Integer> INTERVALS = List.of(60, 45, 30, 20, 15, 10, 5, 3, 2, 1);

    private final Recording recording;
    private final List<Silence> silences;
    private final int unseen;
    private final IdleLogin login;
    private final SilenceSet heard;
    private final List<Silence> ends;
    private final List<Silence> lost;
    private final long survived;

    private IdleDiagnosis(Recording recording) {
        this.recording = recording;
        login = IdleLogin.of(recording);
        Silences.Read read = Silences.of(recording);
        silences = read.all();
        unseen = read.unseenQuestions();
        heard = SilenceSet.of(silences);
        ends = heard.ends();
        lost = heard.lost();
        survived = heard.survivedNanos();
    }

    /// Whether a recording is that of a search for an idle timer.
    public static boolean isSearch(Recording recording) {
        return recording.has(Event.Searching.class);
    }

    /// What was found.
    public static IdleFinding of(Recording recording) {
        return new IdleDiagnosis(recording).finding();
    }

    private IdleFinding finding() {
        if (software().isEmpty() || login.wanted() && !login.made()) {
            return notHeld();
        }
        if (unseen > 0 && recording.capture().dropped() == 0) {
            return open(
                    "the kernel took " + unseen + " questions of ours that never left this host",
                    "look at this"
                            + " host's own packet filter and connection tracking: nft list ruleset; conntrack -L");
        }
        if (heard.followsQuestion()) {
            return open(
                    "the server closed a connection right behind our question: it takes no SSH_MSG_IGNORE before the key"
                            + " exchange, so its connections cannot be asked",
                    "let a client with a session of its own be silent instead");
        }
        if (!ends.isEmpty()) {
            boolean silence = heard.isOneTimer();
            boolean age = heard.isOneAge();
            if (silence != age) {
                return silence ? atExpiry() : lost.isEmpty() ? serverLimit() : forgotten();
            }
            return open(
                    "connections were ended after "
                            + IdleEvidence.seconds(ends.getFirst().nanos()) + " s of silence, "
                            + (silence
                                    ? "which was also their age: a timer and a limit of age look alike here"
                                    : "and others after other silences and at other ages: no one timer does that"),
                    "search again with more connections: --connections 9");
        }
        return lost.isEmpty() ? none() : forgotten();
    }

    private IdleFinding notHeld() {
        boolean connected = recording.has(Event.Connected.class);
        return finding(
                Status.UNDETERMINED,
                Optional.empty(),
                Optional.empty(),
                0.5,
                connected ? Origin.UNKNOWN.exitCode() : 4,
                "no connection could be held: "
                        + login.whyNot().orElse(connected ? "the server did not say who it is" : "none was made"),
                OptionalLong.empty(),
                List.of(),
                Optional.of("rstprobe ssh " + recording.plan().host() + (login.wanted() ? " --login" : "")));
    }

    private IdleFinding atExpiry() {
        Silence first =
                ends.stream().min(Comparator.comparingLong(Silence::nanos)).orElseThrow();
        long most = ends.stream().mapToLong(Silence::nanos).max().orElseThrow();
        boolean reset = first.end() == End.RESET;
        boolean sshd = software().startsWith("OpenSSH");
        boolean own = ends.stream().allMatch(Silence::own);
        Optional<Origin> origin = own && !sshd ? Optional.empty() : Optional.of(Origin.PROXY);
        List<Evidence> evidence = new ArrayList<>();
        ends.forEach(end -> evidence.add(IdleEvidence.atExpiry(end)));
        IdleEvidence.witness(silences, ends.getFirst()).ifPresent(evidence::add);
        evidence.add(IdleEvidence.whose(first, own, sshd));
        String summary = (reset ? "something resets" : "something closes") + " a connection that was silent for "
                + IdleEvidence.about(first.nanos(), most)
                + (origin.isEmpty() ? ": the server itself, or a proxy before it" : "");
        return finding(
                origin.isEmpty() ? Status.UNDETERMINED : Status.FAULT,
                Optional.of(reset ? Kind.RESET_AT_EXPIRY : Kind.FIN_AT_EXPIRY),
                origin,
                Math.min(own ? SUREST_AT_SERVER : SUREST, succession(ends.size() + 1)),
                origin.orElse(Origin.UNKNOWN).exitCode(),
                summary,
                OptionalLong.of(most),
                evidence,
                origin.isEmpty()
                        ? Optional.of("look for an idle setting of the server (" + software() + "), or ask it from"
                                + " another place")
                        : Optional.empty());
    }

    private IdleFinding serverLimit() {
        Silence first =
                ends.stream().min(Comparator.comparingLong(Silence::ageNanos)).orElseThrow();
        List<Evidence> evidence = new ArrayList<>();
        ends.forEach(end -> evidence.add(IdleEvidence.atAge(end)));
        IdleEvidence.survivor(silences).ifPresent(evidence::add);
        String summary = "no idle timeout below " + IdleEvidence.seconds(survived)
                + " s; the server ends every connection on which nobody "
                + (login.made() ? "opens a session " : "logs in ")
                + IdleEvidence.seconds(first.ageNanos()) + " s after it was opened (sshd: "
                + (login.made() ? "UnusedConnectionTimeout)" : "LoginGraceTime)");
        return finding(
                Status.FAULT,
                Optional.of(Kind.SERVER_LIMIT),
                Optional.of(Origin.SERVER_PROCESS),
                Math.min(SUREST, succession(ends.size() + 1)),
                Origin.SERVER_PROCESS.exitCode(),
                summary,
                OptionalLong.empty(),
                evidence,
                Optional.of(
                        login.made()
                                ? "raise UnusedConnectionTimeout for the search"
                                : "longer silences need a login: --login, or raise LoginGraceTime for the search"));
    }

    private IdleFinding forgotten() {
        Silence first =
                lost.stream().min(Comparator.comparingLong(Silence::nanos)).orElseThrow();
        long began = lost.stream().mapToLong(Silence::atNanos).min().orElseThrow();
        List<Silence> after = silences.stream()
                .filter(silence -> silence.survived() && silence.atNanos() > began)
                .toList();
        boolean resets = lost.stream().anyMatch(silence -> silence.end() == End.RESET_ON_QUESTION);
        if (first.nanos() + SilenceSet.SAME_TIMER_NANOS < survived) {
            return open(
                    "a question was lost after " + IdleEvidence.seconds(first.nanos())
                            + " s of silence, while another connection" + " survived " + IdleEvidence.seconds(survived)
                            + " s: no one timer does that",
                    "search again: rstprobe idle " + recording.plan().host());
        }
        if (after.isEmpty()) {
            return open(
                    "after " + IdleEvidence.seconds(first.nanos())
                            + " s nothing of ours was answered any more, on no connection:"
                            + " the path or the server may have failed",
                    "rstprobe ssh " + recording.plan().host() + ", and if that works search again");
        }
        List<Evidence> evidence = new ArrayList<>();
        lost.stream()
                .sorted(Comparator.comparingLong(Silence::nanos))
                .forEach(silence -> evidence.add(IdleEvidence.lost(silence)));
        IdleEvidence.survivor(silences).ifPresent(evidence::add);
        evidence.add(IdleEvidence.working(after.getLast()));
        boolean own = resets && lost.stream().allMatch(Silence::own);
        return finding(
                Status.FAULT,
                Optional.of(resets ? Kind.FORGET_AND_RESET : Kind.FORGET_AND_SILENCE),
                Optional.of(Origin.PROXY),
                Math.min(own ? SUREST_AT_SERVER : SUREST, succession(lost.size() + after.size())),
                Origin.PROXY.exitCode(),
                "something on the path forgets a connection that was silent for "
                        + IdleEvidence.about(survived, first.nanos())
                        + (resets ? ", and resets what comes later" : ", and lets what comes later vanish"),
                OptionalLong.of(first.nanos()),
                evidence,
                first.nanos() - survived > 2 * SilenceSet.SAME_TIMER_NANOS
                        ? Optional.of("a second search, with --up-to a little above, narrows it")
                        : Optional.empty());
    }

    private IdleFinding none() {
        boolean interrupted = recording.has(Event.Interrupted.class);
        boolean looked = survived > 0;
        if (!heard.spoken().isEmpty()) {
            return keptAlive();
        }
        OptionalLong life = LoginLimit.lifeNanos(software());
        boolean shortened = !login.made()
                && life.isPresent()
                && survived + SilenceSet.SAME_TIMER_NANOS < upToNanos()
                && !interrupted;
        return finding(
                looked && !interrupted ? Status.HEALTHY : Status.UNDETERMINED,
                Optional.empty(),
                Optional.empty(),
                looked ? SUREST : 0.5,
                looked && !interrupted ? 0 : Origin.UNKNOWN.exitCode(),
                (looked ? "no idle timeout below " + IdleEvidence.seconds(survived) + " s" : "nothing was asked yet")
                        + (shortened
                                ? "; a longer silence was not tried, because this server ends connections on which"
                                        + " nobody logs in after two minutes or so: --login looks further"
                                : ""),
                OptionalLong.empty(),
                IdleEvidence.survivor(silences).stream().toList(),
                interrupted ? Optional.of("let the search run to its end") : Optional.empty());
    }

    /// Where the server itself breaks every silence, none is longer than that.
    private IdleFinding keptAlive() {
        Silence shortest = heard.spoken().stream()
                .min(Comparator.comparingLong(Silence::nanos))
                .orElseThrow();
        List<Evidence> evidence = new ArrayList<>();
        evidence.add(IdleEvidence.spoken(shortest));
        IdleEvidence.survivor(silences).ifPresent(evidence::add);
        return finding(
                Status.HEALTHY,
                Optional.empty(),
                Optional.empty(),
                Math.min(SUREST, succession(heard.spoken().size())),
                0,
                "the server itself speaks after " + IdleEvidence.seconds(shortest.nanos())
                        + " s of silence (sshd: ClientAliveInterval): no idle timeout is shorter, and no silence longer",
                OptionalLong.empty(),
                evidence,
                Optional.empty());
    }

    private IdleFinding open(String summary, String next) {
        List<Evidence> evidence = new ArrayList<>();
        ends.forEach(end -> evidence.add(IdleEvidence.ended(end)));
        lost.forEach(silence -> evidence.add(IdleEvidence.lost(silence)));
        IdleEvidence.survivor(silences).ifPresent(evidence::add);
        return finding(
                Status.UNDETERMINED,
                Optional.empty(),
                Optional.of(Origin.UNKNOWN),
                0.5,
                Origin.UNKNOWN.exitCode(),
                summary,
                OptionalLong.empty(),
                evidence,
                Optional.of(next));
    }

    private IdleFinding finding(
            Status status,
            Optional<Kind> kind,
            Optional<Origin> origin,
            double confidence,
            int exitCode,
            String summary,
            OptionalLong upper,
            List<Evidence> evidence,
            Optional<String> nextTest) {
        long lower = !ends.isEmpty()
                        && upper.isPresent()
                        && kind.filter(this::atOnce).isPresent()
                ? ends.stream().mapToLong(Silence::nanos).min().orElseThrow()
                : Math.min(survived, upper.orElse(Long.MAX_VALUE));
        return new IdleFinding(
                status,
                kind,
                origin,
                confidence,
                exitCode,
                summary,
                lower,
                upper,
                evidence,
                kind.isPresent() && upper.isPresent()
                        ? IdleTimer.candidates(kind.get(), lower, upper.getAsLong())
                        : List.of(),
                upper.isPresent() ? keepAlive(lower) : OptionalInt.empty(),
                nextTest,
                silences);
    }

    private boolean atOnce(Kind kind) {
        return kind == Kind.RESET_AT_EXPIRY || kind == Kind.FIN_AT_EXPIRY;
    }

    /// Below half of the timer, so that one keepalive may be lost and the next still comes in time.
    private static OptionalInt keepAlive(long lowerNanos) {
        return INTERVALS.stream()
                .filter(seconds -> 2 * seconds < lowerNanos / NANOS)
                .mapToInt(seconds -> seconds)
                .findFirst();
    }

    private long upToNanos() {
        return recording.events(Event.Searching.class).stream()
                .mapToLong(search -> search.upToMillis() * 1_000_000)
                .findFirst()
                .orElse(0);
    }

    private String software() {
        return recording.events().stream()
                .filter(event -> event instanceof Event.Observed(long _, int _, Observation.ServerIdentification _))
                .map(event -> ((Observation.ServerIdentification) ((Event.Observed) event).observation()).software())
                .findFirst()
                .orElse("");
    }

    /// The chance that the next of its kind agrees too, after `count` that did.
    private static double succession(int count) {
        return (count + 1.0) / (count + 2.0);
    }
}
