package rstprobe.record;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import rstprobe.capture.CaptureFileFailure;
import rstprobe.capture.Frame;
import rstprobe.capture.TapFailure;
import rstprobe.capture.TapPlan;
import rstprobe.linux.LinuxException;
import rstprobe.linux.NetworkInterfaceFacts;

/// A recording while it is made: the live tap, the clock, and every event so far.
public final class OpenRecording implements AutoCloseable {
    private final Plan plan;
    private final Target target;
    private final NetworkInterfaceFacts facts;
    private final HostFacts host;
    private final RunClock clock;
    private final long startedNanos;
    private final Ear ear;
    private final Consumer<Event> journal;
    private final List<Event> events = new ArrayList<>();
    private OptionalLong dropped = OptionalLong.empty();
    private long clockStep;

    private OpenRecording(
            Plan plan,
            Target target,
            NetworkInterfaceFacts facts,
            HostFacts host,
            RunClock clock,
            Ear ear,
            Consumer<Event> journal) {
        this.plan = plan;
        this.target = target;
        this.facts = facts;
        this.host = host;
        this.clock = clock;
        this.startedNanos = clock.now();
        this.ear = ear;
        this.journal = journal;
    }

    /// Opens the tap on the way to the target.
    ///
    /// @param filter      what the tap hears, in libpcap's language
    /// @param bufferBytes of the kernel's, for what the tap did not take yet
    /// @param captureFile where the capture is written while it runs; must not exist
    /// @param journal     takes every event as it happens, on the thread it happens on
    /// @throws CannotProbe where this machine lacks what it takes
    static OpenRecording open(
            Plan plan, Target target, String filter, int bufferBytes, Path captureFile, Consumer<Event> journal)
            throws CannotProbe {
        try {
            String name = plan.interfaceName().orElse(target.route().interfaceName());
            NetworkInterfaceFacts facts = NetworkInterfaceFacts.named(name)
                    .orElseThrow(() -> new CannotProbe("there is no interface " + name, "list them: ip link"));
            if (!facts.up()) {
                throw new CannotProbe("interface " + name + " is down", "bring it up: ip link set " + name + " up");
            }
            HostFacts host = ThisHost.facts(target, facts);
            RunClock clock = new RunClock();
            Ear ear = Ear.open(
                    new TapPlan(name, filter, TapPlan.SNAP_LENGTH, bufferBytes),
                    captureFile,
                    host.kernel(),
                    Recorder.APPLICATION);
            return new OpenRecording(plan, target, facts, host, clock, ear, journal);
        } catch (IOException failed) {
            throw new CannotProbe(failed.getMessage(), "this kernel does not answer what every Linux does: is it one?");
        }
    }

    /// The interface that the tap is on.
    NetworkInterfaceFacts facts() {
        return facts;
    }

    Ear ear() {
        return ear;
    }

    /// Nanoseconds on the clock of the events and frames.
    long now() {
        return clock.now();
    }

    synchronized void note(Event event) {
        events.add(event);
        journal.accept(event);
    }

    /// Notes that we failed ourselves: from here on the recording proves nothing.
    ///
    /// @param what one sentence without a full stop
    public void mistaken(String what) {
        note(new Event.Mistaken(now(), what));
    }

    /// What was recorded so far.
    public synchronized Recording soFar() {
        List<Frame> frames = ear.frames();
        return new Recording(
                startedNanos,
                plan,
                host,
                target.text(),
                events,
                frames,
                new Recording.CaptureFacts(
                        dropped.orElseGet(ear::dropped),
                        ear.nanoseconds(),
                        Recording.firstOwnSyn(frames, target.text()),
                        clockStep));
    }

    /// What went wrong with the capture, one sentence each, without full stops.
    public List<String> trouble() {
        return Stream.concat(
                        ear.tapTrouble().map(TapFailure::what).stream(),
                        ear.fileTrouble().map(CaptureFileFailure::getMessage).stream())
                .toList();
    }

    /// Whether the capture file holds every frame of the recording.
    public boolean captureIsWhole() {
        return ear.fileTrouble().isEmpty();
    }

    /// Ends the capture and gives everything that was recorded.
    public Recording finish() {
        dropped = OptionalLong.of(ear.finish(clock.now()));
        try {
            clockStep = clock.stepNanos();
        } catch (LinuxException _) {
            clockStep = 0;
        }
        return soFar();
    }

    /// Waits, unless the user stops the run.
    static void pause(long nanos) throws InterruptedException {
        long until = System.nanoTime() + nanos;
        while (System.nanoTime() < until) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LockSupport.parkNanos(until - System.nanoTime());
        }
    }

    @Override
    public void close() {
        ear.close();
    }
}
