package rstprobe.path;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import rstprobe.path.SizePrior.Piece;

/// How likely each size is to be the path's MTU after what was seen: the prior, cut off below what was delivered and
/// from what is proven not to be, times the likelihood that a threshold there leaves to chance.
///
/// It is kept in pieces between the sizes that were silent, so that it costs the same for a jumbo frame as for a
/// modem.
final class SizePosterior {
    private final List<Piece> pieces;
    private final double total;

    private SizePosterior(List<Piece> pieces) {
        this.pieces = pieces;
        this.total = pieces.stream().mapToDouble(Piece::mass).sum();
    }

    static SizePosterior of(SizePrior prior, SizeEvidence evidence, int floor, int top) {
        List<Piece> pieces = new ArrayList<>();
        int from = Math.max(floor, evidence.delivered());
        int last = Math.min(top, evidence.notWhole().orElse(Integer.MAX_VALUE) - 1);
        int losses = 0;
        int flanked = 0;
        for (Map.Entry<Integer, Integer> silent : evidence.silentAbove().entrySet()) {
            if (silent.getKey() > last) {
                break;
            }
            add(pieces, prior.between(from, silent.getKey() - 1), evidence.likelihood(losses, flanked));
            losses += silent.getValue();
            flanked += evidence.flankedAt(silent.getKey());
            from = silent.getKey();
        }
        add(pieces, prior.between(from, last), evidence.likelihood(losses, flanked));
        return new SizePosterior(pieces);
    }

    private static void add(List<Piece> pieces, List<Piece> more, double likelihood) {
        more.forEach(piece -> pieces.add(new Piece(piece.from(), piece.to(), piece.mass() * likelihood)));
    }

    private Piece best() {
        Piece best = pieces.getFirst();
        for (Piece piece : pieces) {
            best = each(piece) > each(best) ? piece : best;
        }
        return best;
    }

    private static double each(Piece piece) {
        return piece.mass() / (piece.to() - piece.from() + 1);
    }

    /// The likeliest size of all.
    int likeliest() {
        return best().from();
    }

    /// Its share of all likelihood, 0 to 1.
    double likeliestShare() {
        return each(best()) / total;
    }

    /// Sizes that part the likelihood into equal shares: whether each arrives is as open as can be. A size that has
    /// more than a share is asked about together with one byte more.
    List<Integer> quantiles(int count) {
        List<Integer> sizes = new ArrayList<>();
        double passed = 0;
        int next = 1;
        for (Piece piece : pieces) {
            for (; next <= count && passed + piece.mass() >= total * next / (count + 1); next++) {
                double within = (total * next / (count + 1) - passed) / piece.mass();
                int bytes = piece.from() + (int) (within * (piece.to() - piece.from() + 1));
                sizes.add(Math.min(bytes, piece.to()));
                if (piece.from() == piece.to()) {
                    sizes.add(bytes + 1);
                }
            }
            passed += piece.mass();
        }
        int top = pieces.getLast().to();
        return sizes.stream().filter(bytes -> bytes <= top).distinct().toList();
    }
}
