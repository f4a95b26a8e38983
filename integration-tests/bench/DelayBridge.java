import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import rstprobe.linux.LinuxException;
import rstprobe.linux.NetworkInterfaceFacts;
import rstprobe.linux.PacketSocket;

/// Carries frames between two interfaces of the network that it is started in, each so many milliseconds later, until
/// it is killed. `with-path` starts it, with the jars of an image on its class path.
final class DelayBridge {
    private static final int MOST_FRAMES = 10_000;
    private static final Duration LONG = Duration.ofMinutes(1);

    private DelayBridge() {}

    private record Due(byte[] frame, long atNanoTime) {}

    /// Takes the milliseconds each way, and the names of both interfaces.
    public static void main(String[] words) throws IOException {
        long nanos = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(words[0]));
        PacketSocket one = open(words[1]);
        PacketSocket other = open(words[2]);
        carry(one, other, nanos);
        carry(other, one, nanos);
        System.out.println("carrying");
    }

    private static PacketSocket open(String name) throws IOException {
        return PacketSocket.open(NetworkInterfaceFacts.named(name).orElseThrow().index(), true);
    }

    private static void carry(PacketSocket from, PacketSocket to, long nanos) {
        BlockingQueue<Due> queue = new ArrayBlockingQueue<>(MOST_FRAMES);
        Thread.ofPlatform().start(() -> take(from, queue, nanos));
        Thread.ofPlatform().start(() -> give(queue, to));
    }

    private static void take(PacketSocket from, BlockingQueue<Due> queue, long nanos) {
        byte[] room = new byte[PacketSocket.LARGEST_FRAME];
        try {
            while (true) {
                int length = from.receive(room, LONG);
                if (length >= 0 && !queue.offer(new Due(Arrays.copyOf(room, length), System.nanoTime() + nanos))) {
                    throw new IllegalStateException("more frames than a bridge can hold");
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void give(BlockingQueue<Due> queue, PacketSocket to) {
        try {
            while (true) {
                Due due = queue.take();
                for (long left = due.atNanoTime() - System.nanoTime();
                        left > 0;
                        left = due.atNanoTime() - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                to.send(due.frame(), 0, due.frame().length);
            }
        } catch (LinuxException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException _) {
            // Nobody interrupts it but the end of the process.
        }
    }
}
