package rstprobe.record;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import rstprobe.ssh.Login;

/// A login that the user asked for. Without one, nothing of it is ever sent.
///
/// @param login   what is tried
/// @param signer  who has the private keys
/// @param marking how packets are marked once the session begins
public record LoginPlan(Login login, Signer signer, Marking marking) {
    private static final long SIGNING_MILLIS = 60_000;
    private static final int OTHER_WAITS = 6;

    /// Whoever has the private keys.
    @FunctionalInterface
    public interface Signer {
        /// Signs; empty where that was refused or failed. May take as long as a user who is asked.
        ///
        /// @return a signature as RFC 4253 section 6.6 encodes it
        Optional<byte[]> sign(Login.Wanted wanted);
    }

    /// How a client marks its packets after login, by the names of ssh_config(5) `IPQoS`.
    ///
    /// OpenSSH 7.8 to 10.0 uses AF21 with a terminal and CS1 without one, 10.1 and newer EF and 0, older ones
    /// and Debian's up to 9.2 `lowdelay` and `throughput`.
    public enum Marking {
        CS1(0x20),
        AF21(0x48),
        EF(0xb8),
        LOWDELAY(0x10),
        THROUGHPUT(0x08),
        CS0(0x00);

        private final int typeOfService;

        Marking(int typeOfService) {
            this.typeOfService = typeOfService;
        }

        /// The byte in the header.
        public int typeOfService() {
            return typeOfService;
        }

        /// Its name, such as `cs1`.
        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        /// The one of that name.
        public static Optional<Marking> named(String word) {
            return Arrays.stream(values())
                    .filter(marking -> marking.word().equalsIgnoreCase(word))
                    .findFirst();
        }

        /// All names, with commas between them.
        public static String words() {
            return Arrays.stream(values()).map(Marking::word).collect(Collectors.joining(", "));
        }
    }

    /// How long it can take, beside what comes before it.
    ///
    /// @param answerMillis the longest wait for one answer
    long longestMillis(long answerMillis) {
        int keys = login.identities().size();
        return (2L * keys + OTHER_WAITS) * answerMillis + keys * SIGNING_MILLIS + login.stayMillis();
    }
}
