package rstprobe.ssh;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/// One algorithm that a handshake offers alone in its list, so that it is used or nothing is.
///
/// @param name as in KEXINIT (RFC 4253 §7.1)
/// @param mac  the MAC offered alone beside a cipher; empty for all else, and where the cipher authenticates by itself
public record Sole(Kind kind, String name, String mac) {
    /// The list it stands in.
    public enum Kind {
        KEX,
        HOST_KEY,
        /// A cipher, both ways; its MAC is tried with it.
        CIPHER;

        /// The words for people.
        public String word() {
            return switch (this) {
                case KEX -> "kex";
                case HOST_KEY -> "host key";
                case CIPHER -> "cipher";
            };
        }
    }

    /// Older names of the same key exchanges: one connection tells of both.
    private static final Map<String, String> OTHER_NAMES = Map.of(
            "sntrup761x25519-sha512@openssh.com", "sntrup761x25519-sha512",
            "curve25519-sha256@libssh.org", "curve25519-sha256");

    public Sole {
        Objects.requireNonNull(kind);
        Objects.requireNonNull(name);
        Objects.requireNonNull(mac);
    }

    /// Every key exchange that both sides have, most wanted first; then host key algorithms and ciphers with their
    /// MACs, where there are several to tell apart.
    ///
    /// The i-th cipher that needs a MAC is paired with the i-th MAC: each is used, by few connections.
    public static List<Sole> shared(Algorithms ours, Algorithms theirs) {
        List<Sole> kex = common(ours.kex(), theirs.kex()).stream()
                .filter(name -> !(OTHER_NAMES.containsKey(name) && theirs.kex().contains(OTHER_NAMES.get(name))))
                .map(name -> new Sole(Kind.KEX, name, ""))
                .toList();
        List<Sole> hostKeys = common(ours.hostKeys(), theirs.hostKeys()).stream()
                .map(name -> new Sole(Kind.HOST_KEY, name, ""))
                .toList();
        return Stream.of(kex, several(hostKeys), several(ciphers(ours, theirs)))
                .flatMap(List::stream)
                .toList();
    }

    private static List<Sole> several(List<Sole> all) {
        return all.size() > 1 ? all : List.of();
    }

    private static List<Sole> ciphers(Algorithms ours, Algorithms theirs) {
        List<String> ciphers = common(common(ours.ciphersOut(), theirs.ciphersOut()), theirs.ciphersIn());
        List<String> macs = common(common(ours.macsOut(), theirs.macsOut()), theirs.macsIn());
        List<Sole> pairs = new ArrayList<>();
        ciphers.stream().filter(Suite::authenticatesItself).forEach(name -> pairs.add(new Sole(Kind.CIPHER, name, "")));
        List<String> others = ciphers.stream()
                .filter(name -> !Suite.authenticatesItself(name))
                .toList();
        int count = others.isEmpty() || macs.isEmpty() ? 0 : Math.max(others.size(), macs.size());
        for (int i = 0; i < count; i++) {
            pairs.add(new Sole(Kind.CIPHER, others.get(i % others.size()), macs.get(i % macs.size())));
        }
        return pairs;
    }

    private static List<String> common(List<String> ours, List<String> theirs) {
        return ours.stream().filter(theirs::contains).toList();
    }

    /// The offer with this algorithm alone in its list, whatever else there is unchanged.
    ///
    /// @param carriers key exchanges to make the others with; empty for those of the offer
    Algorithms in(Algorithms offer, List<String> carriers) {
        Algorithms carried = carriers.isEmpty() ? offer : offer.withKex(carriers);
        return switch (kind) {
            case KEX -> offer.withKex(List.of(name));
            case HOST_KEY -> carried.withHostKeys(List.of(name));
            case CIPHER ->
                mac.isEmpty()
                        ? carried.withCiphers(List.of(name))
                        : carried.withCiphers(List.of(name)).withMacs(List.of(mac));
        };
    }

    /// Whether these algorithms are those that it stands for.
    public boolean usedBy(Observation.Negotiated agreed) {
        return switch (kind) {
            case KEX -> name.equals(OTHER_NAMES.getOrDefault(agreed.kex(), agreed.kex())) || name.equals(agreed.kex());
            case HOST_KEY -> name.equals(agreed.hostKey());
            case CIPHER ->
                name.equals(agreed.cipherOut())
                        && name.equals(agreed.cipherIn())
                        && mac.equals(agreed.macOut())
                        && mac.equals(agreed.macIn());
        };
    }
}
