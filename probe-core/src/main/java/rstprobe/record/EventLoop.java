package rstprobe.record;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.util.concurrent.TimeUnit;

/// Netty's event loop: one daemon thread, begun with the first connection.
final class EventLoop implements AutoCloseable {
    private static final long STOP_MILLIS = 100;

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
