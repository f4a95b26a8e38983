package rstprobe.report;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import rstprobe.diagnose.BothSides.Contradiction;
import rstprobe.diagnose.ServerFact;
import rstprobe.diagnose.ServerFinding;
import rstprobe.diagnose.ServerSide;
import rstprobe.diagnose.ServerSide.NotRead;
import rstprobe.report.TextPage.Paint;

/// The server's side for a person: what would explain a failed connection first, with the lines that show it;
/// then what could not be read. At most 100 columns wide.
public final class ServerTextReport {
    private static final String INDENT = "  ";
    private static final int LABEL = 11;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final TextPage page;
    private final ServerStory story;
    private final ServerSide side;

    private ServerTextReport(ServerStory story, boolean colour) {
        this.page = new TextPage(colour);
        this.story = story;
        this.side = story.side();
    }

    /// The report. With an incident it begins with the verdict from both sides.
    public static String of(ServerStory story, boolean colour, Optional<String> folder) {
        ServerTextReport report = new ServerTextReport(story, colour);
        if (story.incident().isEmpty()) {
            report.headline();
        }
        report.about();
        report.contradictions();
        report.findings();
        report.facts();
        report.notRead();
        String verdict = story.incident()
                .map(incident -> TextReport.of(incident, colour, folder) + "\nthe server's side\n")
                .orElse("");
        return verdict + report.page;
    }

    private void headline() {
        List<ServerFinding> faults = side.faults();
        if (faults.isEmpty()) {
            boolean blind = side.notRead().stream().anyMatch(part -> !part.isAbsence());
            page.line(
                    "",
                    "NOTHING FOUND  ",
                    blind ? Paint.YELLOW : Paint.GREEN,
                    "nothing on the server explains a refused or reset connection"
                            + (blind ? ", as far as it could be read." : "."));
        } else {
            ServerFinding first = faults.getFirst();
            page.line("", "FOUND  ", Paint.RED, first.cause().id() + ": " + first.text() + ".");
        }
    }

    private void about() {
        page.field(
                "",
                "server",
                LABEL,
                story.reach() + side.sshd().map(version -> ", " + version).orElse("")
                        + side.system().map(system -> ", " + system).orElse("")
                        + ", port " + side.scope().port());
        page.field("", "client", LABEL, side.scope().client().orElse("anybody (--client ADDRESS names one)"));
        page.field(
                "", "logs", LABEL, TIME.format(story.since()) + " to " + TIME.format(story.until()) + " UTC" + ahead());
    }

    private String ahead() {
        long ahead = side.clock().ahead();
        if (Math.abs(ahead) < 2) {
            return "";
        }
        return "; the server's clock is " + Math.abs(ahead) + " s " + (ahead > 0 ? "ahead of" : "behind") + " ours";
    }

    private void contradictions() {
        List<Contradiction> all =
                story.joined().map(joined -> joined.contradictions()).orElse(List.of());
        if (all.isEmpty()) {
            return;
        }
        page.heading("the server contradicts the client's verdict");
        for (Contradiction each : all) {
            page.text(INDENT, each.text());
            page.text(INDENT + INDENT, each.command() + (each.line().isEmpty() ? "" : ": " + each.line()));
        }
    }

    private void findings() {
        show("found", side.faults());
        show(
                "worth a look",
                side.findings().stream()
                        .filter(found -> !found.isFault() && found.weight() > 0)
                        .toList());
        show(
                "of no effect",
                side.findings().stream().filter(found -> found.weight() <= 0).toList());
    }

    private void show(String title, List<ServerFinding> findings) {
        if (findings.isEmpty()) {
            return;
        }
        page.heading(title);
        for (ServerFinding found : findings) {
            page.text(INDENT, found.text());
            page.text(
                    INDENT + INDENT,
                    found.cause().id() + ", " + found.origin().word()
                            + (found.weight() > 0 ? "; weight " + found.weight() : "")
                            + (found.atSeconds().isPresent() ? "; last at " + at(found) : "") + "; " + found.id());
            page.command(INDENT + INDENT + "$ ", found.command());
            found.lines().forEach(line -> page.text(INDENT + INDENT + INDENT, line));
        }
    }

    private static String at(ServerFinding found) {
        return TIME.format(Instant.ofEpochMilli((long) (found.atSeconds().getAsDouble() * 1_000)));
    }

    private void facts() {
        if (side.facts().isEmpty()) {
            return;
        }
        page.heading("settings that bear on it");
        page.text(INDENT, side.facts().stream().map(ServerTextReport::shown).collect(Collectors.joining("; ")));
    }

    private static String shown(ServerFact fact) {
        return fact.name() + " " + fact.text();
    }

    private void notRead() {
        List<NotRead> refused =
                side.notRead().stream().filter(part -> !part.isAbsence()).toList();
        if (!refused.isEmpty()) {
            page.heading("not read");
            for (NotRead part : refused) {
                page.field(INDENT, part.question().id(), 2 * LABEL, part.why());
                page.command(INDENT + INDENT + "$ ", part.command());
            }
            if (refused.stream().anyMatch(part -> part.why().startsWith("permission denied"))) {
                page.text(INDENT, "as root there is more to read: --sudo, or log in as root");
            }
        }
        List<NotRead> absent =
                side.notRead().stream().filter(NotRead::isAbsence).toList();
        if (!absent.isEmpty()) {
            page.heading("not there");
            page.text(INDENT, absent.stream().map(part -> part.question().id()).collect(Collectors.joining(", ")));
        }
    }
}
