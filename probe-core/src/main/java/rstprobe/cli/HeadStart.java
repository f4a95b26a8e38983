package rstprobe.cli;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import rstprobe.capture.Tap;
import rstprobe.capture.TapFailure;
import rstprobe.diagnose.MtuDiagnosis;
import rstprobe.incident.IncidentFolder;
import rstprobe.record.PreparedShares;
import rstprobe.record.Recorder;
import rstprobe.record.Recording;
import rstprobe.record.SurveyRehearsal;
import rstprobe.report.MtuIncident;
import rstprobe.report.MtuJson;
import rstprobe.report.MtuReport;

/// What a run surely needs, begun on other threads while the command line is still being read, and what it can learn
/// while its first packet is on its way.
///
/// A cold JVM spends most of a healthy run on first uses: a quarter of a second on a sntrup761 key, a tenth on
/// libpcap and Netty. Begun at once, they cost the user the longest of them instead of their sum.
final class HeadStart {
    private static final HeadStart NONE = new HeadStart();
    private static volatile HeadStart current = NONE;

    private volatile PreparedShares shares;
    private final CountDownLatch firstPacket = new CountDownLatch(1);

    private HeadStart() {}

    /// Looks at the first word only; whether the rest makes sense is for the parser to say.
    static void on(String[] words) {
        switch (words.length == 0 ? "" : words[0]) {
            case SshCommand.NAME -> {
                HeadStart start = new HeadStart();
                start.shares = PreparedShares.start(new SecureRandom());
                begin(HeadStart::loadTap, Recorder::warmUp, IncidentFolder::warmUp);
                current = start;
            }
            case MtuCommand.NAME -> {
                HeadStart start = new HeadStart();
                begin(HeadStart::loadTap, IncidentFolder::warmUp, start::rehearseSurvey);
                current = start;
            }
            default -> {}
        }
    }

    /// Each on a thread of its own: the slowest keeps the run waiting, not their sum.
    ///
    /// Trouble here is not lost: whoever needs the thing meets it again, and says what it means.
    private static void begin(Runnable... steps) {
        for (Runnable step : steps) {
            Thread.ofPlatform()
                    .name("rstprobe-head-start")
                    .daemon()
                    .uncaughtExceptionHandler((_, _) -> {})
                    .start(step);
        }
    }

    private static void loadTap() {
        try {
            Tap.load();
        } catch (TapFailure _) {
            // Opening a tap says so, and what mends it.
        }
    }

    /// A cold JVM takes longer over the second round of its first survey, and over the reports of that, than packets
    /// over a short path: it learns both as soon as nothing is more urgent.
    private void rehearseSurvey() {
        try {
            firstPacket.await();
        } catch (InterruptedException _) {
            return;
        }
        Recording unanswered = SurveyRehearsal.unanswered();
        MtuDiagnosis.of(unanswered);
        MtuIncident incident = new MtuIncident("", unanswered, SurveyRehearsal.finding());
        IncidentFolder.warmUp(unanswered);
        MtuReport.comments(incident);
        MtuJson.of(incident);
        MtuReport.text(incident, false, Optional.empty());
        MtuReport.markdown(incident);
        MtuReport.html(incident);
    }

    /// Told that the first packet is on its way: what is needed only after its answer is begun.
    static void waiting() {
        current.firstPacket.countDown();
    }

    /// The key shares that are being made; begun now where nothing was begun before.
    static PreparedShares shares() {
        HeadStart begun = current;
        current = NONE;
        return begun.shares == null ? PreparedShares.start(new SecureRandom()) : begun.shares;
    }
}
