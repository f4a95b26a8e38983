package rstprobe.record;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import rstprobe.capture.TapPlan;
import rstprobe.linux.NetworkInterfaceFacts;
import rstprobe.path.SurveyScope;

/// Surveys the path to a target and keeps everything it saw: one tap, one socket for crafted frames, one thread.
///
/// What is crafted leaves by a packet socket and what answers it is read off the tap, before the kernel puts
/// fragments together. Nothing of it belongs to a socket of the kernel's, so no packet-too-big that it draws changes
/// this host's routes.
public final class MtuRecorder implements AutoCloseable {
    private static final int MOST_MTU = 65_535;

    /// Room for 512 frames: a round and what answers it are a quarter of that. Setting up and giving back what a tap
    /// has
    /// otherwise takes the kernel longer than a survey of a short path.
    private static final int BUFFER_BYTES = 8 << 20;

    private final Plan plan;
    private final Target target;
    private final SurveyScope scope;
    private final OpenRecording kept;
    private final CraftedSender sender;
    private Optional<TargetSurvey> survey = Optional.empty();

    private MtuRecorder(Plan plan, Target target, SurveyScope scope, OpenRecording kept, CraftedSender sender) {
        this.plan = plan;
        this.target = target;
        this.scope = scope;
        this.kept = kept;
        this.sender = sender;
    }

    /// Opens the tap on the way to the target, and the socket for crafted frames.
    ///
    /// @param scope       what is asked
    /// @param captureFile where the capture is written while it runs; must not exist
    /// @param journal     takes every event as it happens
    /// @throws CannotProbe where this machine lacks what it takes
    public static MtuRecorder open(
            Plan plan, Target target, SurveyScope scope, Path captureFile, Consumer<Event> journal) throws CannotProbe {
        String filter = TapPlan.filterForHosts(Set.of(target.address()));
        OpenRecording kept = OpenRecording.open(plan, target, filter, BUFFER_BYTES, captureFile, journal);
        NetworkInterfaceFacts facts = kept.facts();
        CraftedSender sender = CraftedSender.open(facts, target);
        Optional<String> whyNot = sender.whyNot();
        if (whyNot.isPresent()) {
            sender.close();
            kept.close();
            throw new CannotProbe(
                    whyNot.get(), "a path MTU is measured on Ethernet links, towards other hosts, with CAP_NET_RAW");
        }
        return new MtuRecorder(plan, target, scope, kept, sender);
    }

    /// Surveys to the end.
    ///
    /// @param waiting called once, when the first packet is on its way
    /// @throws InterruptedException where the user stopped the run; what was seen until then is kept
    public void run(Runnable waiting) throws InterruptedException {
        try {
            int top = Math.min(kept.facts().mtu(), MOST_MTU);
            TargetSurvey running =
                    TargetSurvey.begin(kept::now, kept::note, plan, target, top, TargetSurvey.Terms.alone(scope));
            survey = Optional.of(running);
            waiting.run();
            new SurveyDrive(kept, sender, running).run(0);
            sender.refusal().ifPresent(why -> kept.note(new Event.Omitted(kept.now(), ActiveTest.PATH_MTU, why)));
            sender.closeBeside();
        } catch (IOException failed) {
            throw new IllegalStateException("a socket failed in an unknown way", failed);
        }
    }

    /// Notes that the user stopped the run, and ends the connection in order.
    public void interrupted() {
        kept.note(new Event.Interrupted(kept.now()));
        survey.ifPresent(TargetSurvey::leave);
    }

    /// What is recorded.
    public OpenRecording kept() {
        return kept;
    }

    @Override
    public void close() {
        survey.ifPresent(TargetSurvey::close);
        sender.close();
        kept.close();
    }
}
