package rstprobe.record;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.Slf4JLoggerFactory;
import java.util.concurrent.TimeUnit;

/// Netty's event loop: one daemon thread, begun with the first connection.
final class EventLoop implements AutoCloseable {
    private static final long STOP_MILLIS = 100;

    // What the library says of itself is for nobody's screen. Left to choose, it passes over a provider of SLF4J's that
    // says nothing, takes java.util.logging, and prints a stack trace where no interface is up.
    static {
        InternalLoggerFactory.setDefaultFactory(Slf4JLoggerFactory.INSTANCE);
    }

    private final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, Unprivileged.threads("rstprobe-net"), EpollIoHandler.newFactory());

    /// Loads Netty's native library, which takes longer than a connection does.
    static void warmUp() {
        Epoll.ensureAvailability();
    }

    /// Puts a channel on the loop.
    void register(EpollSocketChannel channel) throws InterruptedException {
        group.register(channel).sync();
    }

    /// Ends the thread: one that waits in the kernel keeps the JVM from exiting for a tenth of a second.
    @Override
    public void close() {
        group.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS).awaitUninterruptibly(STOP_MILLIS);
    }
}
