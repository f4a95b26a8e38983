package rstprobe.path;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// The path MTU from the target as the server's own long segments show it: one key exchange on the survey's
/// connection, and where that shows a hole and no echo is answered, more on connections that ask for shorter segments.
///
/// A connection that asks for a maximum segment size of 1360 makes a server send packets of 1400 bytes. Each is a
/// connection on which nobody logs in, so there are few.
final class SegmentSearch {
    /// With the survey's own they are nine; OpenSSH 9.8 counts a second for each and refuses from fifteen on.
    static final int MOST_TRIALS = 8;

    /// How long the server may take for its part of the key exchange.
    private static final long SERVER_NANOS = 2_000_000_000L;
    /// A server that misses an acknowledgement sends twice more in that time: after 0.2 and 0.6 s (RFC 6298).
    private static final long REPAIR_NANOS = 700_000_000;

    private static final int SENT_TIMES = 3;
    /// On a path that loses more than this share, it may need four tries: 0.2, 0.4, 0.8 and 1.6 s.
    private static final double QUIET = 0.1;

    private static final long MANY_REPAIRS_NANOS = 3_200_000_000L;

    private final int top;
    private final int headers;
    private final int mostTrials;
    private final SizePrior prior;
    private final Optional<TcpTalk> own;
    private Optional<TcpTalk> current;
    private boolean ownOver;
    private boolean trying;
    private long lastNanos;
    private int trials;
    private boolean spent;
    private int passes;
    private int lost = Integer.MAX_VALUE;

    /// @param floor   the shortest that counts
    /// @param top     the longest IP packet that our interface takes
    /// @param headers of IP and TCP, bytes
    /// @param trials  connections that may be opened beside the survey's own
    /// @param opened  the survey's connection
    SegmentSearch(int floor, int top, int headers, int trials, Optional<Heard.Opened> opened) {
        this.top = top;
        this.headers = headers;
        this.mostTrials = Math.clamp(trials, 0, MOST_TRIALS);
        this.prior = new SizePrior(floor, top);
        this.own = opened.map(open -> new TcpTalk(open.next(), open.ourMss() + headers));
        this.current = own;
    }

    /// A connection that was asked for stands.
    void on(Heard.Opened open) {
        if (trying && current.isEmpty()) {
            current = Optional.of(new TcpTalk(open.next(), open.ourMss() + headers));
        }
    }

    void on(Heard.Said said) {
        current.ifPresent(talk -> talk.on(said));
        lastNanos = lastNanos == 0 ? 0 : said.atNanos();
    }

    /// Whether the survey's own connection is still to exchange keys.
    boolean wantsTalk() {
        return own.isPresent() && !ownOver && lastNanos == 0;
    }

    void talking(long atNanos) {
        lastNanos = atNanos;
    }

    /// The maximum segment size that one more connection should ask for; empty where none is needed or left.
    OptionalInt wantsTrial() {
        boolean open = ownOver && !trying && !spent && lost <= top && lost > passes + 1;
        return open && trials < mostTrials ? OptionalInt.of(middle() - headers) : OptionalInt.empty();
    }

    /// The size that splits what is left into equal likelihoods.
    private int middle() {
        var pieces = prior.between(passes, lost - 1);
        double half = pieces.stream().mapToDouble(SizePrior.Piece::mass).sum() / 2;
        double passed = 0;
        for (SizePrior.Piece piece : pieces) {
            if (passed + piece.mass() >= half) {
                double within = (half - passed) / piece.mass();
                boolean first =
                        piece.from() == piece.to() ? within < 0.5 : within < 0.5 / (piece.to() - piece.from() + 1);
                int bytes = piece.from() + (int) (within * (piece.to() - piece.from()));
                return Math.clamp(first ? bytes : bytes + 1, passes + 1, lost - 1);
            }
            passed += piece.mass();
        }
        return lost - 1;
    }

    void trying(long atNanos) {
        trying = true;
        trials++;
        current = Optional.empty();
        lastNanos = atNanos;
    }

    /// When the answer is waited for no longer.
    long endsAtNanos(double lossShare, long tripNanos) {
        long repair = lossShare < QUIET ? REPAIR_NANOS : MANY_REPAIRS_NANOS;
        long patience = current.filter(TcpTalk::gap).isPresent() ? repair : SERVER_NANOS;
        return lastNanos + patience + 4 * tripNanos;
    }

    boolean hasHeard(long bytes) {
        return current.filter(said -> said.inOrder() >= bytes).isPresent();
    }

    void talked() {
        spent |= trying && current.filter(TcpTalk::tells).isEmpty();
        current.ifPresent(talk -> {
            passes = Math.max(passes, talk.largest());
            lost = talk.gap() ? Math.min(lost, talk.longest()) : lost;
        });
        ownOver = true;
        trying = false;
        lastNanos = 0;
    }

    /// The longest packet of the server's that came whole.
    int passes() {
        return passes;
    }

    /// Whether the server said anything on the survey's connection.
    boolean begun() {
        return own.filter(TcpTalk::begun).isPresent();
    }

    /// Whether a long segment of the server's vanished on the survey's connection, again and again.
    boolean gap() {
        return own.filter(TcpTalk::gap).isPresent();
    }

    List<Integer> holeFrames() {
        return own.stream()
                .filter(TcpTalk::gap)
                .flatMapToInt(talk -> talk.holeFrame().stream())
                .boxed()
                .toList();
    }

    /// The server cuts its segments at the path MTU: somebody told it.
    boolean cutsAt(int pathMtu) {
        return own.filter(said -> !said.gap() && said.largest() == pathMtu).isPresent();
    }

    /// One that is as long as may be proves that length; a hole in front of a short one shows that a long one was
    /// lost every time that it was sent.
    PathMtuStanding standing(double lossShare) {
        if (!begun()) {
            return new PathMtuStanding.Silent();
        }
        if (passes >= top) {
            return new PathMtuStanding.Local(top);
        }
        double doubt = Math.pow(lossShare, SENT_TIMES);
        if (lost == passes + 1 && doubt <= PathMtuSearch.DOUBT) {
            return new PathMtuStanding.Exact(passes, doubt);
        }
        return new PathMtuStanding.Bounded(passes, lost <= top ? OptionalInt.of(lost) : OptionalInt.empty());
    }

    /// Connections that were asked for beside the survey's own.
    int trials() {
        return trials;
    }
}
