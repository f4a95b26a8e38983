package rstprobe.lab;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import rstprobe.lab.Scenario.Obstacle;
import rstprobe.lab.Scenario.Server;

/// A practice network whose sshd is another release's.
public final class OtherRelease {

    private static final String SSHD = "/usr/sbin/sshd";

    private OtherRelease() {}

    /// The network with the sshd of a release, which runs in a layer of its own; empty where that release
    /// lacks what the network is about, or where a program that the network needs comes with one release only.
    public static Optional<Scenario> of(Scenario scenario, Release release) {
        if (since(scenario).compareTo(release) > 0 || until(scenario).compareTo(release) < 0) {
            return Optional.empty();
        }
        return switch (scenario.server()) {
            case Server.SecureShell(List<String> settings) ->
                Optional.of(served(scenario, Services.openSsh(release, settings.toArray(String[]::new))));
            case Server.Installed installed when installed.release() == release -> Optional.of(scenario);
            case Server.Installed installed ->
                InstalledServer.programs(installed).stream().allMatch(SSHD::equals)
                                && deeds(scenario).noneMatch(Deed.Runs.class::isInstance)
                        ? Optional.of(served(
                                scenario, new Server.Installed(release, installed.files(), installed.programs())))
                        : Optional.empty();
            case Server.Mute mute -> ofAny(scenario, release);
            case Server.Scripted scripted -> ofAny(scenario, release);
            case Server.Nothing nothing -> ofAny(scenario, release);
        };
    }

    /// Where no sshd runs, its release changes nothing: once is enough.
    private static Optional<Scenario> ofAny(Scenario scenario, Release release) {
        return Optional.of(scenario).filter(same -> release == Release.BOOKWORM);
    }

    private static Scenario served(Scenario scenario, Server server) {
        return new Scenario(
                scenario.name(),
                scenario.story(),
                scenario.truth(),
                scenario.group(),
                scenario.numbers(),
                scenario.rows(),
                server,
                scenario.obstacles());
    }

    /// The first release that has what the network is about: limits for a source came with OpenSSH 8.5, a limit for
    /// unused connections with 9.2, the program for sessions and penalties with 9.8, refusals by settings with 9.9,
    /// the program for authentication and a marking from the first word on with 10.0, which also is the first that
    /// has no group of its own in place of an empty file of groups.
    private static Release since(Scenario scenario) {
        boolean split =
                deeds(scenario).anyMatch(deed -> deed instanceof Deed.Deletes(String path) && path.contains("/sshd-"));
        boolean penalises = scenario.truth().cause().equals("source-penalty");
        String settings = settings(scenario);
        if (split
                || penalises
                || marksFromItsFirstWord(scenario)
                || settings.contains("RefuseConnection")
                || settings.contains("ModuliFile")) {
            return Release.TRIXIE;
        }
        return settings.contains("PerSource") || settings.contains("UnusedConnectionTimeout") || needsMuch(scenario)
                ? Release.BOOKWORM
                : Release.BULLSEYE;
    }

    /// Before 10.0 a server's packets are unmarked until somebody has logged in, and a router that drops a marking
    /// drops none of them.
    private static boolean marksFromItsFirstWord(Scenario scenario) {
        return scenario.truth().cause().equals("dscp-dropped")
                && scenario.truth().stage().equals("identification")
                && scenario.server() instanceof Server.Installed installed
                && installed.release() == Release.TRIXIE;
    }

    /// Only since OpenSSH 9.0 a server's own messages need more than a packet of usual length, for post-quantum key
    /// exchange, and a connection more memory than before.
    private static boolean needsMuch(Scenario scenario) {
        boolean longAnswers = scenario.rows().contains("D5")
                || scenario.rows().contains("D4") && !scenario.rows().contains("D3");
        return longAnswers
                || deeds(scenario)
                        .anyMatch(deed ->
                                deed instanceof Deed.Limits limits && limits.limit() == ControlGroup.Limit.MEMORY);
    }

    /// The last release that has it: since OpenSSH 9.8 a running listener's own program and the files of its keys
    /// matter to no connection.
    private static Release until(Scenario scenario) {
        boolean startsAnew = deeds(scenario)
                .anyMatch(deed -> deed instanceof Deed.Permits
                        || deed instanceof Deed.Replaces replaced
                                && replaced.path().equals(SSHD));
        return startsAnew ? Release.BOOKWORM : Release.TRIXIE;
    }

    private static Stream<Deed> deeds(Scenario scenario) {
        return scenario.obstacles().stream()
                .filter(Obstacle.Beforehand.class::isInstance)
                .flatMap(before -> ((Obstacle.Beforehand) before).deeds().stream());
    }

    private static String settings(Scenario scenario) {
        return switch (scenario.server()) {
            case Server.SecureShell(List<String> settings) -> String.join("\n", settings);
            case Server.Installed installed -> installed.files().getOrDefault(Services.SETTINGS, "");
            case Server.Mute mute -> "";
            case Server.Scripted scripted -> "";
            case Server.Nothing nothing -> "";
        };
    }
}
