package rstprobe.path;

import java.util.OptionalLong;

/// How long servers keep a connection on which nobody logs in, as they come.
public final class LoginLimit {
    private static final long SECOND = 1_000_000_000L;
    /// `LoginGraceTime` of OpenSSH is 120 s; it adds up to 4 s by chance since 9.9 and takes none away.
    private static final long OPENSSH = 120 * SECOND;
    /// `AUTH_TIMEOUT` of dropbear's default_options.h.
    private static final long DROPBEAR = 300 * SECOND;
    /// `CoreModuleProperties.AUTH_TIMEOUT` of Apache MINA SSHD.
    private static final long MINA = 120 * SECOND;
    /// A connection is closed so long before, since a server may count those that reach the limit.
    private static final long MARGIN = 2 * SECOND;
    /// The last question is asked so long before that.
    private static final long LAST_QUESTION = 3 * SECOND;

    private LoginLimit() {}

    /// How long after its opening a connection is of use; empty where the server is not known.
    ///
    /// @param software the software version of its identification, such as `OpenSSH_9.2p1`
    public static OptionalLong lifeNanos(String software) {
        if (software.startsWith("OpenSSH")) {
            return OptionalLong.of(OPENSSH - MARGIN);
        }
        if (software.startsWith("dropbear")) {
            return OptionalLong.of(DROPBEAR - MARGIN);
        }
        return software.startsWith("APACHE-SSHD") ? OptionalLong.of(MINA - MARGIN) : OptionalLong.empty();
    }

    /// The longest silence that can be asked about within such a life.
    public static long longestSilenceNanos(long lifeNanos) {
        return lifeNanos - LAST_QUESTION;
    }
}
