package rstprobe.record;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import rstprobe.capture.TapPlan;
import rstprobe.linux.NetworkInterfaceFacts;
import rstprobe.record.ActiveTest.Part;
import rstprobe.wire.Conversation;
import rstprobe.wire.Endpoint;
import rstprobe.wire.IpAddress;

/// The active tests of a run: what they send with, what they listen to, and which attempt they are about.
final class ActiveTests implements AutoCloseable {
    /// Above every registered port that is in wide use, and below those that clients are given.
    private static final int FIRST_CLOSED = 40_000;

    private static final int CLOSED_SPAN = 9_000;
    private static final int CLOSED_PORTS = 2;
    private static final String ECHO_V4 = "(icmp and (icmp[0] = 0 or icmp[0] = 8))";
    private static final String ECHO_V6 = "(ip6[6] = 58 and (ip6[40] = 128 or ip6[40] = 129))";

    private final Optional<QuietRules> rules;
    private final Set<ActiveTest> forbidden;
    private final Prober prober;
    private final Ear ear;
    private final LongSupplier now;
    private final Consumer<Event> journal;
    private final List<Integer> closedPorts;
    private final CraftedSender sender;
    private Optional<Event.Opened> first = Optional.empty();
    private Optional<Event.Opened> quiet = Optional.empty();
    private Optional<Integer> closed = Optional.empty();
    private int otherBytesPassed;

    private ActiveTests(
            CraftedSender sender,
            Optional<QuietRules> rules,
            Set<ActiveTest> forbidden,
            List<Integer> closedPorts,
            Ear ear,
            LongSupplier now,
            Consumer<Event> journal,
            Prober prober) {
        this.sender = sender;
        this.rules = rules;
        this.forbidden = Set.copyOf(forbidden);
        this.closedPorts = closedPorts;
        this.ear = ear;
        this.now = now;
        this.journal = journal;
        this.prober = prober;
    }

    /// Opens what needs a privilege.
    ///
    /// @param forbidden the tests that the user forbade
    static ActiveTests open(
            Set<ActiveTest> forbidden,
            NetworkInterfaceFacts facts,
            Target target,
            Plan plan,
            List<Integer> closedPorts,
            Ear ear,
            LongSupplier now,
            Consumer<Event> journal) {
        boolean passive = forbidden.containsAll(EnumSet.allOf(ActiveTest.class));
        CraftedSender sender =
                passive ? CraftedSender.none(facts, target, "--passive forbids it") : CraftedSender.open(facts, target);
        Optional<QuietRules> rules = passive ? Optional.empty() : Optional.of(QuietRules.open());
        Prober prober = new Prober(
                sender,
                ear,
                now,
                journal,
                new SecureRandom(),
                plan.typeOfService(),
                plan.port(),
                new Openings(plan.spacingMillis()));
        return new ActiveTests(sender, rules, forbidden, closedPorts, ear, now, journal, prober);
    }

    /// Ports of the target that are most likely closed; they must be known before the capture begins.
    static List<Integer> closedPorts() {
        SecureRandom random = new SecureRandom();
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < CLOSED_PORTS; i++) {
            ports.add(FIRST_CLOSED + i * CLOSED_SPAN / CLOSED_PORTS + random.nextInt(CLOSED_SPAN / CLOSED_PORTS));
        }
        return List.copyOf(ports);
    }

    /// What the tap must hear beside the server's port: those ports of the target, and echoes.
    static String filter(WaysToServer ways, int port, List<Integer> closedPorts) {
        IpAddress address = IpAddress.of(ways.target().address().getAddress());
        StringBuilder filter = new StringBuilder(TapPlan.filterFor(ways.addresses(), port));
        filter.append(address.isV6() ? " or (ip6 host " : " or (ip host ")
                .append(address)
                .append(" and (");
        for (int closed : closedPorts) {
            filter.append("tcp port ").append(closed).append(" or ");
        }
        return filter.append(address.isV6() ? ECHO_V6 : ECHO_V4).append("))").toString();
    }

    /// An attempt began.
    void opened(Event.Opened opened, boolean isQuiet) {
        first = first.or(() -> Optional.of(opened));
        quiet = isQuiet ? Optional.of(opened) : quiet;
    }

    /// Keeps our kernel from resetting the coming conversation; false, and noted, where that cannot be
    /// done.
    Optional<Conversation> quietFlow(IpAddress ours, Endpoint theirs) throws InterruptedException {
        Conversation flow = prober.freshFlow(ours, theirs);
        try {
            prober.require();
            require(ActiveTest.LIVENESS);
            requireRules().quiet(flow);
            return Optional.of(flow);
        } catch (NotPossibleHere not) {
            journal.accept(new Event.Omitted(now.getAsLong(), ActiveTest.LIVENESS, not.getMessage()));
            return Optional.empty();
        }
    }

    private void require(ActiveTest test) throws NotPossibleHere {
        if (forbidden.contains(test)) {
            throw new NotPossibleHere("--without forbids it");
        }
    }

    private QuietRules requireRules() throws NotPossibleHere {
        return rules.orElseThrow(() -> new NotPossibleHere("--passive forbids it"));
    }

    /// Waits until one connection more may be opened.
    void awaitOpening() throws InterruptedException {
        prober.awaitOpening();
    }

    /// The next connection shall be opened so much later than the last, at least.
    void keepDistance(int millis) {
        prober.keepDistance(millis);
    }

    /// So many more connections may end in a way that a server's log calls failed.
    void allowFailures(int number) {
        prober.allowFailures(number);
    }

    /// What a survey of the path MTU sends with, and about which attempt it is.
    ///
    /// @throws NotPossibleHere where it cannot be made
    CraftedSender forSurvey() throws NotPossibleHere {
        prober.require();
        require(ActiveTest.PATH_MTU);
        untranslated(subject(first.orElseThrow(() -> new NotPossibleHere("no connection was tried"))));
        return sender;
    }

    /// How many more connections may end in a way that a server's log calls failed.
    int failuresLeft() {
        return prober.failuresLeft();
    }

    /// Connections that were opened elsewhere, all of them now.
    void countOpenings(int number) {
        prober.countOpenings(number);
    }

    /// Makes one test; where it cannot be made, that is noted.
    void run(ActiveTest test) throws InterruptedException {
        try {
            prober.require();
            require(test);
            Event.Opened about = (test == ActiveTest.LIVENESS ? quiet.or(() -> first) : first)
                    .orElseThrow(() -> new NotPossibleHere("no connection was tried"));
            run(test, untranslated(subject(about)));
            journal.accept(new Event.Tested(now.getAsLong(), test, about.attempt()));
        } catch (NotPossibleHere not) {
            journal.accept(new Event.Omitted(now.getAsLong(), test, not.getMessage()));
        } finally {
            lift();
        }
    }

    private Subject subject(Event.Opened about) {
        Conversation conversation = new Conversation(
                new Endpoint(IpAddress.parse(about.local()), about.localPort()),
                new Endpoint(IpAddress.parse(about.remote()), about.remotePort()));
        return new Subject(
                about.attempt(),
                Flow.of(conversation, ear.frames()),
                closed.map(List::of).orElse(closedPorts),
                quiet.isPresent() && quiet.get().attempt() == about.attempt());
    }

    /// A connection that stood and has no frames under the socket's own addresses has them under others.
    private Subject untranslated(Subject subject) throws NotPossibleHere {
        if (!subject.flow().seen()) {
            throw new NotPossibleHere(
                    "our own segments are not on the wire under the socket's addresses and ports: this"
                            + " host translates them, and would not translate crafted ones");
        }
        return subject;
    }

    private void run(ActiveTest test, Subject subject) throws NotPossibleHere, InterruptedException {
        SimpleTests simple = new SimpleTests(prober, subject);
        switch (test) {
            case REFERENCE -> closed = simple.reference();
            case RECORD_ROUTE -> simple.recordRoute();
            case ECHO -> simple.echo();
            case LIVENESS -> LivenessTest.run(prober, subject, now.getAsLong());
            case BAD_CHECKSUM -> {
                if (subject.flow().opened()) {
                    wrongChecksumSegment(subject);
                } else {
                    simple.wrongChecksumSyn();
                }
            }
            case MIRROR -> {
                if (subject.flow().opened()) {
                    MirrorTest.run(prober, requireRules(), subject);
                } else {
                    simple.mirror();
                }
            }
            case SWEEP -> otherBytesPassed = new SweepTest(prober, requireRules(), subject).run();
            case PATH_MTU -> throw new IllegalArgumentException("a survey is no test of packets by themselves");
            case PREFIX -> new PrefixTest(prober, requireRules(), subject, otherBytesPassed).run();
        }
    }

    private void wrongChecksumSegment(Subject subject) throws NotPossibleHere, InterruptedException {
        byte[] said = subject.flow()
                .firstSaid()
                .orElseThrow(() -> new NotPossibleHere("the reset came before we had said anything"));
        try (HalfStack stack = HalfStack.open(prober, requireRules(), subject, ActiveTest.BAD_CHECKSUM)) {
            stack.say(Part.TRIGGER, said, Probe.TTL, Probe.IDENTIFICATION, true);
        }
    }

    /// Our kernel may speak again.
    void lift() {
        rules.ifPresent(QuietRules::lift);
    }

    @Override
    public void close() {
        rules.ifPresent(QuietRules::close);
        sender.close();
    }
}
