package rstprobe.diagnose;

import java.util.Optional;

/// What an identification line tells of the software that sent it (RFC 4253 section 4.2).
///
/// A server may say what it likes there, and a proxy may say it for another: this chooses the words of an advice and
/// never a verdict.
///
/// @param product what kind of server
/// @param release its number; empty where none is told
/// @param system  what it was built for
public record ServerSoftware(Product product, Optional<Release> release, Platform system) {
    /// The longest line that RFC 4253 allows, its line end included; longer ones tell nothing.
    private static final int MAX_LINE = 255;

    /// Software of which nothing is known.
    public static final ServerSoftware UNKNOWN =
            new ServerSoftware(Product.UNKNOWN, Optional.empty(), Platform.UNKNOWN);

    /// Implementations by the word their identification begins with.
    public enum Product {
        OPENSSH_FOR_WINDOWS("OpenSSH for Windows", "OpenSSH_for_Windows_"),
        OPENSSH("OpenSSH", "OpenSSH_"),
        DROPBEAR("dropbear", "dropbear_", "dropbear"),
        LIBSSH("libssh", "libssh_", "libssh-"),
        APACHE_MINA("Apache MINA SSHD", "APACHE-SSHD-", "SSHD-CORE-"),
        TAILSCALE("Tailscale SSH", "Tailscale"),
        CISCO("Cisco", "Cisco-"),
        PARAMIKO("paramiko", "paramiko_"),
        ASYNCSSH("AsyncSSH", "AsyncSSH_"),
        TWISTED("Twisted", "Twisted_"),
        ERLANG("Erlang", "Erlang/"),
        RUSSH("russh", "russh_"),
        MIKROTIK("MikroTik RouterOS", "ROSSSH"),
        HUAWEI("Huawei", "HUAWEI-"),
        PROFTPD("ProFTPD mod_sftp", "mod_sftp"),
        GO("Go x/crypto/ssh", "Go"),
        UNKNOWN("unknown software");

        private final String title;
        private final String[] beginnings;

        Product(String title, String... beginnings) {
            this.title = title;
            this.beginnings = beginnings;
        }

        /// The name for people.
        public String title() {
            return title;
        }

        private Optional<String> rest(String software) {
            for (String beginning : beginnings) {
                boolean whole = beginning.equals("Go") || beginning.equals("Tailscale");
                if (whole ? software.equals(beginning) : software.startsWith(beginning)) {
                    return Optional.of(software.substring(beginning.length()));
                }
            }
            return Optional.empty();
        }
    }

    /// What the comment behind the version says of the system. Red Hat, Fedora, SUSE, Arch and Alpine say nothing
    /// there.
    public enum Platform {
        DEBIAN("Debian"),
        UBUNTU("Ubuntu"),
        RASPBIAN("Raspberry Pi OS"),
        FREEBSD("FreeBSD"),
        NETBSD("NetBSD"),
        WINDOWS("Windows"),
        UNKNOWN("");

        private final String title;

        Platform(String title) {
            this.title = title;
        }

        /// The name for people; empty where it is unknown.
        public String title() {
            return title;
        }
    }

    /// What a line tells, whatever it holds.
    ///
    /// @param line an identification without its line end, as it came
    public static ServerSoftware of(String line) {
        String rest = afterProtocol(line);
        if (line.length() > MAX_LINE || rest.isEmpty() || !printable(line)) {
            return UNKNOWN;
        }
        int space = rest.indexOf(' ');
        String software = space < 0 ? rest : rest.substring(0, space);
        String comment = space < 0 ? "" : rest.substring(space + 1);
        for (Product product : Product.values()) {
            Optional<String> version = product.rest(software);
            if (version.isPresent()) {
                return new ServerSoftware(product, release(version.get()), platform(product, comment));
            }
        }
        return UNKNOWN;
    }

    private static String afterProtocol(String line) {
        return line.startsWith("SSH-2.0-")
                ? line.substring("SSH-2.0-".length())
                : line.startsWith("SSH-1.99-") ? line.substring("SSH-1.99-".length()) : "";
    }

    private static boolean printable(String line) {
        return line.chars().allMatch(c -> c >= 0x20 && c <= 0x7e);
    }

    private static Optional<Release> release(String version) {
        return Optional.of(Release.at(version)).filter(told -> !told.equals(Release.NONE));
    }

    private static Platform platform(Product product, String comment) {
        if (product == Product.OPENSSH_FOR_WINDOWS) {
            return Platform.WINDOWS;
        }
        if (comment.startsWith("Debian-")) {
            return Platform.DEBIAN;
        }
        if (comment.startsWith("Ubuntu-")) {
            return Platform.UBUNTU;
        }
        if (comment.startsWith("Raspbian-")) {
            return Platform.RASPBIAN;
        }
        return comment.startsWith("FreeBSD-")
                ? Platform.FREEBSD
                : comment.startsWith("NetBSD_Secure_Shell-") ? Platform.NETBSD : Platform.UNKNOWN;
    }

    /// Debian, and what is built from its packages: unit `ssh`, TCP wrappers patched in.
    public boolean debianLike() {
        return switch (system) {
            case DEBIAN, UBUNTU, RASPBIAN -> true;
            case FREEBSD, NETBSD, WINDOWS, UNKNOWN -> false;
        };
    }

    /// Whether it is OpenSSH of a release that has a change. False where no release is told.
    boolean has(OpenSshChange change) {
        return openSsh() && release.filter(told -> told.atLeast(change.since())).isPresent();
    }

    /// Whether it is OpenSSH of a release before a change. False where no release is told.
    boolean precedes(OpenSshChange change) {
        return openSsh()
                && release.filter(told -> !told.atLeast(change.since())).isPresent();
    }

    boolean openSsh() {
        return product == Product.OPENSSH || product == Product.OPENSSH_FOR_WINDOWS;
    }

    /// The release of the distribution, `12` or `24.04`, where the version of the package gives it away.
    Optional<String> series() {
        if (product != Product.OPENSSH || release.isEmpty()) {
            return Optional.empty();
        }
        return Optional.ofNullable(
                switch (system) {
                    case DEBIAN, RASPBIAN -> debianSeries(release.get().toString());
                    case UBUNTU -> ubuntuSeries(release.get().toString());
                    case FREEBSD, NETBSD, WINDOWS, UNKNOWN -> null;
                });
    }

    private static String debianSeries(String release) {
        return switch (release) {
            case "7.4" -> "9";
            case "7.9" -> "10";
            case "8.4" -> "11";
            case "9.2" -> "12";
            case "10.0" -> "13";
            default -> null;
        };
    }

    private static String ubuntuSeries(String release) {
        return switch (release) {
            case "7.2" -> "16.04";
            case "7.6" -> "18.04";
            case "8.2" -> "20.04";
            case "8.9" -> "22.04";
            case "9.6" -> "24.04";
            default -> null;
        };
    }

    /// Name, release and system in a few words: `OpenSSH 9.2 (Debian 12)`.
    public String told() {
        String built = system.title() + series().map(number -> " " + number).orElse("");
        return product.title()
                + release.map(number -> " " + number).orElse("")
                + (built.isEmpty() || system == Platform.WINDOWS ? "" : " (" + built + ")");
    }
}
