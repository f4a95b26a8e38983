package rstprobe.lab;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import rstprobe.lab.Scenario.Server;
import rstprobe.lab.Scenario.Service;

/// The programs that practice networks run, with their settings.
final class Services {

    /// Where a server listens that is reached through another program only.
    static final int BEHIND = 2222;

    private static final List<String> KEYS = List.of("ed25519", "ecdsa", "rsa");

    private Services() {}

    /// OpenSSH's server and nothing else.
    static Server.Installed openSsh(Release release, String... settings) {
        return with(release, Map.of(), List.of(sshd()), settings);
    }

    /// The same with other files beside its own.
    static Server.Installed openSsh(Release release, Map<String, String> files, String... settings) {
        return with(release, files, List.of(sshd()), settings);
    }

    /// Another program on the port, with its files, and OpenSSH's server behind it on [#BEHIND].
    static Server.Installed inFront(Service front, Map<String, String> files) {
        Service behind = new Service(List.of("/usr/sbin/sshd", "-D", "-p", Integer.toString(BEHIND)), BEHIND, 2);
        return with(Release.BOOKWORM, files, List.of(behind, front));
    }

    /// Another program on the port, and nothing behind it.
    static Server.Installed alone(Service service, Map<String, String> files) {
        return new Server.Installed(Release.BOOKWORM, files, List.of(service));
    }

    private static Server.Installed with(
            Release release, Map<String, String> files, List<Service> services, String... settings) {
        Map<String, String> all = new HashMap<>(files);
        all.put("/etc/ssh/sshd_config", settings(settings));
        return new Server.Installed(release, all, services);
    }

    private static Service sshd() {
        return new Service(List.of("/usr/sbin/sshd", "-D", "-p", Integer.toString(Topology.PORT)), Topology.PORT, 2);
    }

    /// The first of two lines about one thing counts, so those that matter come first.
    private static String settings(String... first) {
        StringBuilder lines = new StringBuilder();
        for (String line : first) {
            lines.append(line).append('\n');
        }
        KEYS.forEach(kind -> lines.append("HostKey ").append(hostKey(kind)).append('\n'));
        return lines.append("""
                PidFile none
                UsePAM no
                UseDNS no
                StrictModes no
                PasswordAuthentication no
                KbdInteractiveAuthentication no
                AuthorizedKeysFile none
                LogLevel VERBOSE
                """).toString();
    }

    /// The file of a host key.
    ///
    /// @param kind `ed25519`, `ecdsa` or `rsa`
    static String hostKey(String kind) {
        return "/etc/ssh/ssh_host_" + kind + "_key";
    }
}
