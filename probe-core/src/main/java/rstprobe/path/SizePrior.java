package rstprobe.path;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/// How likely each size is to be a path's MTU before anything was sent: mostly one that links are known to have,
/// and else any.
///
/// A claimed size (a packet-too-big, an earlier measurement) makes that size likelier, and proves nothing.
final class SizePrior {
    /// What is left for sizes that no link is known to have.
    private static final double ANY_SIZE = 0.15;
    /// Of all known sizes together, what a claim weighs.
    private static final double CLAIM = 0.5;

    private final int floor;
    private final int top;
    private final TreeMap<Integer, Double> known = new TreeMap<>();
    private final TreeSet<Integer> claims = new TreeSet<>();
    private final double each;
    private final double total;

    SizePrior(int floor, int top) {
        this.floor = floor;
        this.top = top;
        for (LinkMtu link : LinkMtu.all()) {
            if (link.bytes() >= floor && link.bytes() <= top) {
                known.merge(link.bytes(), (double) link.commonness(), Double::sum);
            }
        }
        known.merge(top, 20.0, Double::sum);
        total = known.values().stream().mapToDouble(mass -> mass).sum();
        each = total * ANY_SIZE / (1 - ANY_SIZE) / (top - floor + 1);
    }

    /// Makes that size likelier; claims out of range say nothing.
    void claim(int bytes) {
        if (bytes >= floor && bytes <= top) {
            known.merge(bytes, total * CLAIM, Double::sum);
            claims.add(bytes);
        }
    }

    /// What was claimed, shortest first.
    List<Integer> claims() {
        return List.copyOf(claims);
    }

    /// Sizes of the same likelihood each; those with a mass of their own stand alone.
    ///
    /// @param mass of all of them together, not normalised
    record Piece(int from, int to, double mass) {}

    /// The pieces between two sizes, both included, in ascending order.
    List<Piece> between(int from, int to) {
        List<Piece> pieces = new ArrayList<>();
        int next = from;
        for (var entry : known.subMap(from, true, to, true).entrySet()) {
            int bytes = entry.getKey();
            spread(pieces, next, bytes - 1);
            pieces.add(new Piece(bytes, bytes, entry.getValue() + each));
            next = bytes + 1;
        }
        spread(pieces, next, to);
        return pieces;
    }

    private void spread(List<Piece> pieces, int from, int to) {
        if (from <= to) {
            pieces.add(new Piece(from, to, each * (to - from + 1)));
        }
    }

    /// Known sizes and claims, likeliest first.
    List<Integer> likeliest() {
        return known.entrySet().stream()
                .sorted((one, other) -> Double.compare(other.getValue(), one.getValue()))
                .map(entry -> entry.getKey())
                .toList();
    }
}
