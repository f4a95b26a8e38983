package rstprobe.record;

import java.io.IOException;
import java.util.List;
import rstprobe.capture.Frame;
import rstprobe.linux.LinuxException;
import rstprobe.wire.Decoded;
import rstprobe.wire.Decoder;

/// Drives the survey of one target to its end, with a recording and a socket for crafted frames of its own run.
final class SurveyDrive {
    private static final long LONGEST_NANOS = 120_000_000_000L;
    /// The connection is closed with a FIN, and the last frames of that are worth having. A survey of a short path
    /// may be over before a busy sshd has said a word: were the socket gone by then, that word would draw a reset,
    /// and the server's log would tell of a broken pipe and not of a disconnect.
    private static final long GOODBYE_NANOS = 500_000_000;
    /// A server that is further away than that has said its first word long before.
    private static final long FAR_NANOS = 50_000_000;

    private final OpenRecording kept;
    private final CraftedSender sender;
    private final TargetSurvey survey;

    SurveyDrive(OpenRecording kept, CraftedSender sender, TargetSurvey survey) {
        this.kept = kept;
        this.sender = sender;
        this.survey = survey;
    }

    /// Until it is over, or time is up; what it has not proven by then stays open.
    ///
    /// @param known frames of the capture that were before it
    void run(int known) throws IOException, InterruptedException {
        long until = kept.now() + LONGEST_NANOS;
        int read = known;
        while (!survey.over() && kept.now() < until) {
            long patience = Math.max(0, survey.wakesAtNanos() - kept.now());
            List<Frame> news = kept.ear().after(read, System.nanoTime() + patience);
            read += news.size();
            news.forEach(frame -> survey.on(frame.number(), frame.atNanos(), decoded(frame)));
            survey.look();
            if (survey.isReady()) {
                goOn();
            }
        }
        survey.leave();
        goodbye(read);
    }

    /// Where a round trip alone takes longer, nothing would come of it.
    private void goodbye(int known) throws InterruptedException {
        if (survey.tripNanos().orElse(0) >= FAR_NANOS) {
            return;
        }
        long until = System.nanoTime() + GOODBYE_NANOS;
        int read = known;
        while (!survey.parted() && System.nanoTime() < until) {
            List<Frame> news = kept.ear().after(read, until);
            read += news.size();
            news.stream().map(SurveyDrive::decoded).forEach(survey::parting);
        }
    }

    private static Decoded decoded(Frame frame) {
        return Decoder.decode(frame.link().code(), frame.bytes(), frame.originalLength());
    }

    private void goOn() throws LinuxException {
        List<byte[]> round = survey.goOn();
        if (round.isEmpty()) {
            return;
        }
        try {
            sender.send(round);
            survey.left();
        } catch (NotPossibleHere stuck) {
            survey.stuck(stuck);
        }
    }
}
