package rstprobe.lab;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rstprobe.lab.Scenario.Server;
import rstprobe.lab.Scenario.Service;

/// The programs that practice networks run, with their settings.
final class Services {

    /// Where a server listens that is reached through another program only.
    static final int BEHIND = 2222;

    /// Where sshd finds its settings.
    static final String SETTINGS = "/etc/ssh/sshd_config";

    /// Starts other programs with fewer rights.
    static final String SETPRIV = "/usr/bin/setpriv";

    /// Starts other programs in a namespace of their own.
    static final String UNSHARE = "/usr/bin/unshare";

    private static final List<String> KEYS = List.of("ed25519", "ecdsa", "rsa");
    private static final List<String> USUAL = List.of(
            "PidFile none",
            "UsePAM no",
            "UseDNS no",
            "StrictModes no",
            "PasswordAuthentication no",
            "KbdInteractiveAuthentication no",
            "AuthorizedKeysFile none",
            "LogLevel VERBOSE");

    private Services() {}

    /// OpenSSH's server and nothing else.
    static Server.Installed openSsh(Release release, String... settings) {
        return openSsh(release, Map.of(), settings);
    }

    /// The same with other files beside its own.
    static Server.Installed openSsh(Release release, Map<String, String> files, String... settings) {
        return with(release, files, List.of(sshd(List.of(), Topology.PORT)), settings);
    }

    /// OpenSSH's server, which listens on the server's addresses of IPv4 only.
    static Server.Installed openSshOverIpv4() {
        List<String> command = List.of("/usr/sbin/sshd", "-D", "-4", "-p", Integer.toString(Topology.PORT));
        return with(Release.BOOKWORM, Map.of(), List.of(new Service(command, Topology.PORT, 1)));
    }

    /// OpenSSH's server, without a right that root has elsewhere.
    ///
    /// @param capability as setpriv(1) writes it
    static Server.Installed openSshWithout(String capability) {
        List<String> less = List.of(SETPRIV, "--bounding-set", "-" + capability, "--inh-caps", "-" + capability, "--");
        return with(Release.BOOKWORM, Map.of(), List.of(sshd(less, Topology.PORT)));
    }

    /// OpenSSH's server on [#BEHIND], and another program on the port, with its files.
    static Server.Installed inFront(Map<String, String> files, Service front) {
        return with(Release.BOOKWORM, files, List.of(sshd(List.of(), BEHIND), front));
    }

    /// Another program on the port that starts OpenSSH's server for each connection.
    static Server.Installed starting(Map<String, String> files, Service starter) {
        return with(Release.BOOKWORM, files, List.of(starter));
    }

    /// OpenSSH's server on the port, and a program beside it that listens nowhere.
    static Server.Installed beside(Map<String, String> files, Service other) {
        return with(Release.BOOKWORM, files, List.of(sshd(List.of(), Topology.PORT), other));
    }

    /// Another program on the port, and no SSH server at all.
    static Server.Installed alone(Map<String, String> files, Service service) {
        return new Server.Installed(Release.BOOKWORM, files, List.of(service));
    }

    private static Server.Installed with(
            Release release, Map<String, String> files, List<Service> services, String... settings) {
        Map<String, String> all = new HashMap<>(files);
        all.put(SETTINGS, settings(settings));
        return new Server.Installed(release, all, services);
    }

    private static Service sshd(List<String> before, int port) {
        List<String> words = List.of("/usr/sbin/sshd", "-D", "-p", Integer.toString(port));
        return new Service(Stream.concat(before.stream(), words.stream()).toList(), port, 2);
    }

    /// What is asked for stands last, since it may open a block that has no end, and instead of what is usual about the
    /// same thing, since sshd believes the first line.
    private static String settings(String... asked) {
        List<String> keywords = Stream.of(asked).map(Services::keyword).toList();
        return Stream.of(
                        KEYS.stream().map(kind -> "HostKey " + hostKey(kind)),
                        USUAL.stream().filter(line -> !keywords.contains(keyword(line))),
                        Stream.of(asked))
                .flatMap(lines -> lines)
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }

    private static String keyword(String line) {
        return line.strip().split(" ", 2)[0].toLowerCase(Locale.ROOT);
    }

    /// The file of a host key.
    ///
    /// @param kind `ed25519`, `ecdsa` or `rsa`
    static String hostKey(String kind) {
        return "/etc/ssh/ssh_host_" + kind + "_key";
    }

    /// The files of all host keys.
    static List<String> hostKeys() {
        return KEYS.stream().map(Services::hostKey).toList();
    }
}
