package rstprobe.lab;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import rstprobe.linux.Errno;
import rstprobe.linux.LinuxException;

/// The link between the two routers: moves whole frames between two packet sockets, late, with losses, and past one
/// [Rule].
///
/// Each direction has a thread that receives and a thread that sends, and between them a bounded queue of frames with
/// the time at which they are due. The delay is the same for every frame, so frames never overtake each other.
final class Bridge implements AutoCloseable {

    /// Frames under way in one direction before further ones are lost, as in a router's queue.
    static final int LONGEST_QUEUE = 4096;

    private static final Duration LISTEN = Duration.ofMillis(50);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(2);

    /// Not 0x5DEECE66D, which [Random] itself mixes in: with a small seed its first number would always be near 0, and
    /// the first frame to the client always lost.
    private static final long OTHER_DICE = 0x9E37_79B9_7F4A_7C15L;

    private final Port left;
    private final Port right;
    private final Rule rule;
    private final long delayNanos;
    private final double loss;
    private final long seed;
    private final Lane toServer;
    private final Lane toClient;
    private final AtomicLong bridged = new AtomicLong();
    private final AtomicLong injected = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong overflowed = new AtomicLong();
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    private record Due(byte[] frame, long atNanos) {}

    /// One direction: where its frames wait, and its dice.
    private final class Lane {
        private final BlockingQueue<Due> queue = new ArrayBlockingQueue<>(LONGEST_QUEUE);
        private final Random dice;

        Lane(Direction direction) {
            dice = dice(direction, seed);
        }

        synchronized void enter(byte[] frame) {
            if (loss > 0 && isUnicast(frame) && dice.nextDouble() < loss) {
                lost.incrementAndGet();
            } else if (!queue.offer(new Due(frame, System.nanoTime() + delayNanos))) {
                overflowed.incrementAndGet();
            }
        }

        Optional<byte[]> leave() throws InterruptedException {
            Due next = queue.poll(LISTEN.toNanos(), TimeUnit.NANOSECONDS);
            if (next == null) {
                return Optional.empty();
            }
            long wait;
            while (!closed && (wait = next.atNanos - System.nanoTime()) > 0) {
                LockSupport.parkNanos(wait);
            }
            return Optional.of(next.frame);
        }
    }

    /// The dice of one direction.
    static Random dice(Direction direction, long seed) {
        return switch (direction) {
            case TO_SERVER -> new Random(seed);
            case TO_CLIENT -> new Random(seed ^ OTHER_DICE);
        };
    }

    /// Multicast is the routers' own chatter, at times nobody chose: were it to take part, one seed would not lose the
    /// same frames twice.
    private static boolean isUnicast(byte[] frame) {
        return frame.length > 0 && (frame[0] & 1) == 0;
    }

    private Bridge(Port left, Port right, Rule rule, Conditions conditions) {
        this.left = left;
        this.right = right;
        this.rule = rule;
        this.delayNanos = TimeUnit.MILLISECONDS.toNanos(conditions.delayMillis());
        this.loss = conditions.loss();
        this.seed = conditions.seed();
        this.toServer = new Lane(Direction.TO_SERVER);
        this.toClient = new Lane(Direction.TO_CLIENT);
    }

    /// Opens both ends in the bridge's namespace and starts moving frames.
    static Bridge start(LabName lab, Rule rule, Conditions conditions) throws IOException {
        Bridge bridge = Entering.call(lab.namespacePath(Node.BRIDGE), () -> {
            Port left = Port.open(Topology.TOWARDS_CLIENT);
            try {
                return new Bridge(left, Port.open(Topology.TOWARDS_SERVER), rule, conditions);
            } catch (IOException unopened) {
                left.close();
                throw unopened;
            }
        });
        bridge.run("lab-from-client", bridge::receiveFromClient);
        bridge.run("lab-to-server", bridge::sendToServer);
        bridge.run("lab-from-server", bridge::receiveFromServer);
        bridge.run("lab-to-client", bridge::sendToClient);
        return bridge;
    }

    @FunctionalInterface
    private interface Turn {
        void take() throws IOException, InterruptedException;
    }

    private void run(String name, Turn turn) {
        threads.add(Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                while (!closed) {
                    turn.take();
                }
            } catch (IOException | InterruptedException | RuntimeException stopped) {
                if (!closed) {
                    failure.compareAndSet(null, stopped);
                }
            }
        }));
    }

    private void receiveFromClient() throws IOException {
        Optional<byte[]> frame = left.receive(LISTEN);
        if (frame.isPresent()) {
            judge(Direction.TO_SERVER, frame.get()).ifPresent(toServer::enter);
        }
        tick();
    }

    private void sendToServer() throws IOException, InterruptedException {
        Optional<byte[]> frame = toServer.leave();
        if (frame.isPresent() && sent(right, frame.get())) {
            bridged.incrementAndGet();
        }
    }

    private void receiveFromServer() throws IOException {
        right.receive(LISTEN).ifPresent(toClient::enter);
    }

    private void sendToClient() throws IOException, InterruptedException {
        Optional<byte[]> due = toClient.leave();
        if (due.isEmpty()) {
            return;
        }
        Optional<byte[]> frame = judge(Direction.TO_CLIENT, due.get());
        if (frame.isPresent() && sent(left, frame.get())) {
            bridged.incrementAndGet();
        }
    }

    private synchronized Optional<byte[]> judge(Direction direction, byte[] frame) throws IOException {
        Rule.Outcome outcome = rule.on(direction, frame);
        inject(outcome.injected());
        if (outcome.onward().isEmpty()) {
            dropped.incrementAndGet();
        }
        return outcome.onward();
    }

    private synchronized void tick() throws IOException {
        inject(rule.at(System.nanoTime()));
    }

    private void inject(List<Rule.Injection> injections) throws IOException {
        for (Rule.Injection injection : injections) {
            if (injection.forged()) {
                injected.incrementAndGet();
            }
            switch (injection.direction()) {
                case TO_CLIENT -> sent(left, injection.frame());
                case TO_SERVER -> toServer.enter(injection.frame());
            }
        }
    }

    /// Whether the frame left. One that does not fit, or finds the interface's queue full, is gone as on any link.
    private boolean sent(Port port, byte[] frame) throws IOException {
        try {
            port.send(frame);
            return true;
        } catch (LinuxException refused) {
            if (refused.errno().equals(Errno.EMSGSIZE)) {
                dropped.incrementAndGet();
            } else if (refused.errno().equals(Errno.ENOBUFS) || refused.errno().equals(Errno.EAGAIN)) {
                overflowed.incrementAndGet();
            } else {
                throw refused;
            }
            return false;
        }
    }

    /// What has happened so far. Throws `IllegalStateException` where the bridge has broken down, as nothing measured
    /// over it holds then.
    BridgeCounters counters() {
        Exception broken = failure.get();
        if (broken != null) {
            throw new IllegalStateException("the bridge of the lab broke down", broken);
        }
        return new BridgeCounters(bridged.get(), injected.get(), lost.get(), dropped.get(), overflowed.get());
    }

    /// Stops moving frames. A port is closed only after its threads have let go of it.
    @Override
    public void close() {
        closed = true;
        try {
            for (Thread thread : threads) {
                if (!thread.join(LONGEST_STOP)) {
                    return;
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return;
        }
        left.close();
        right.close();
    }
}
