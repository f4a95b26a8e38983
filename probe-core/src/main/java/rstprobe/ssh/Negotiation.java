package rstprobe.ssh;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What two offers have in common (RFC 4253 §7.1): of each list the client's first name that the server has too.
sealed interface Negotiation {

    /// All lists meet.
    record Agreed(Observation.Negotiated algorithms) implements Negotiation {}

    /// One list does not; the first one, in the order of KEXINIT.
    record Apart(Outcome.NoCommonAlgorithm outcome) implements Negotiation {}

    /// Compares our offer with the server's.
    static Negotiation of(Algorithms ours, Algorithms theirs) {
        return new Lists().compare(ours, theirs);
    }

    /// Whether a key exchange message the server sent ahead is of no use: it guessed from its first names.
    static boolean guessedWrong(Algorithms ours, Algorithms theirs) {
        return !first(ours.kex()).equals(first(theirs.kex()))
                || !first(ours.hostKeys()).equals(first(theirs.hostKeys()));
    }

    private static Optional<String> first(List<String> names) {
        return names.isEmpty() ? Optional.empty() : Optional.of(names.getFirst());
    }

    /// Walks through the lists and keeps the first that does not meet.
    final class Lists {
        private Optional<Outcome.NoCommonAlgorithm> apart = Optional.empty();

        private Lists() {}

        private Negotiation compare(Algorithms ours, Algorithms theirs) {
            String kex = common("kex", ours.kex(), theirs.kex());
            String hostKey = common("host key", ours.hostKeys(), theirs.hostKeys());
            String cipherOut = common("cipher client to server", ours.ciphersOut(), theirs.ciphersOut());
            String cipherIn = common("cipher server to client", ours.ciphersIn(), theirs.ciphersIn());
            String macOut = mac("mac client to server", cipherOut, ours.macsOut(), theirs.macsOut());
            String macIn = mac("mac server to client", cipherIn, ours.macsIn(), theirs.macsIn());
            String compression = common("compression client to server", ours.compressionOut(), theirs.compressionOut());
            common("compression server to client", ours.compressionIn(), theirs.compressionIn());
            return apart.<Negotiation>map(Apart::new)
                    .orElseGet(() -> new Agreed(
                            new Observation.Negotiated(kex, hostKey, cipherOut, cipherIn, macOut, macIn, compression)));
        }

        private String mac(String list, String cipher, List<String> ours, List<String> theirs) {
            return Suite.authenticatesItself(cipher) ? "" : common(list, ours, theirs);
        }

        private String common(String list, List<String> ours, List<String> theirs) {
            Set<String> known = new HashSet<>(theirs);
            for (String name : ours) {
                if (known.contains(name)) {
                    return name;
                }
            }
            if (apart.isEmpty()) {
                apart = Optional.of(new Outcome.NoCommonAlgorithm(list, ours, theirs));
            }
            return "";
        }
    }
}
