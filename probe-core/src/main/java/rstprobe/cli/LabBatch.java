package rstprobe.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import rstprobe.diagnose.Diagnosis;
import rstprobe.diagnose.Weighing;
import rstprobe.incident.IncidentReader;
import rstprobe.incident.UnreadableIncident;
import rstprobe.lab.CannotBuild;
import rstprobe.lab.Conditions;
import rstprobe.lab.Lab;
import rstprobe.lab.Scenario;
import rstprobe.record.Recording;

/// Many practice networks diagnosed, some at a time. Each stands in namespaces of its own, so they share nothing but
/// the machine.
///
/// @param jobs how many stand at a time
/// @param into where incident folders stay; empty where they go with their networks
record LabBatch(List<Planned> planned, int jobs, Optional<Path> into) {
    /// One run to come.
    record Planned(Scenario scenario, Conditions conditions) {}

    /// One that is over.
    ///
    /// @param weighing what was weighed for its verdict, where that was inferred from a reset
    record Done(ScoredRun run, Optional<Weighing> weighing) {}

    /// Every network that many times: a run takes the next conditions and the next seed.
    static List<Planned> plan(List<Scenario> scenarios, List<Conditions> conditions, int runs) {
        return scenarios.stream()
                .flatMap(scenario -> IntStream.range(0, runs).mapToObj(run -> {
                    Conditions with = conditions.get(run % conditions.size());
                    return new Planned(
                            scenario,
                            new Conditions(
                                    with.delayMillis(),
                                    with.loss(),
                                    with.seed() + run,
                                    with.ipv6(),
                                    with.serverTree(),
                                    with.software()));
                }))
                .toList();
    }

    /// Runs them all.
    ///
    /// @param each is told of each run as soon as it and all before it are over
    void run(Consumer<Done> each) throws CannotBuild, IOException, InterruptedException, LabRun.Stopped {
        inOrder(planned, jobs, this::once, each);
    }

    /// What is done with one network.
    interface Work<P, D> {
        D of(P planned) throws CannotBuild, IOException, InterruptedException, LabRun.Stopped;
    }

    /// Does all of it, some at a time, and tells of each in the order of the plan.
    static <P, D> void inOrder(List<P> planned, int jobs, Work<P, D> work, Consumer<D> each)
            throws CannotBuild, IOException, InterruptedException, LabRun.Stopped {
        ExecutorService workers = Executors.newFixedThreadPool(
                jobs, Thread.ofPlatform().daemon().name("lab-run-", 1).factory());
        try {
            List<Future<D>> running = new ArrayList<>();
            planned.forEach(one -> running.add(workers.submit(() -> work.of(one))));
            for (Future<D> done : running) {
                each.accept(done.get());
            }
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case CannotBuild cannot -> throw cannot;
                case IOException trouble -> throw trouble;
                case InterruptedException interrupted -> throw interrupted;
                case LabRun.Stopped stopped -> throw stopped;
                case RuntimeException mistake -> throw mistake;
                case Throwable other -> throw new IllegalStateException(other);
            }
        } finally {
            workers.shutdownNow();
        }
    }

    private Done once(Planned planned) throws CannotBuild, IOException, InterruptedException, LabRun.Stopped {
        try (Lab lab = build(planned)) {
            LabRun.Answer answer = LabRun.probe(lab, false, into);
            Optional<Recording> recording = recording(answer);
            return new Done(
                    ScoredRun.of(planned.scenario(), planned.conditions(), answer, recording.map(LabCost::of)),
                    recording.flatMap(Diagnosis::weighing));
        }
    }

    /// On a busy machine a step of building may take too long; one more try spares the runs that are done already.
    static Lab build(Planned planned) throws CannotBuild, IOException {
        try {
            return Lab.build(planned.scenario(), planned.conditions());
        } catch (IOException once) {
            return Lab.build(planned.scenario(), planned.conditions());
        }
    }

    private static Optional<Recording> recording(LabRun.Answer answer) throws IOException {
        if (answer.folder().isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(IncidentReader.read(answer.folder().get()).recording());
        } catch (UnreadableIncident broken) {
            throw new IOException(broken.getMessage(), broken);
        }
    }
}
