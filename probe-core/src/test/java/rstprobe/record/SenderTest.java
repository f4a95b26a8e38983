package rstprobe.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import rstprobe.linux.Descriptor;
import rstprobe.linux.Errno;
import rstprobe.linux.Sockets;
import rstprobe.linux.TcpConnect;
import rstprobe.ssh.Message;
import rstprobe.ssh.Stage;

/// Messages that wait for a kernel whose send buffer is full.
class SenderTest {
    private static final byte[] FILLING = new byte[1 << 16];

    @Test
    void whatTheKernelDoesNotTakeAtFirstIsNotedOnce() throws Exception {
        List<Event> events = new ArrayList<>();
        List<Errno> errors = new ArrayList<>();
        try (ServerSocketChannel server =
                        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                TcpConnect.Attempt attempt =
                        TcpConnect.open((InetSocketAddress) server.getLocalAddress(), Optional.empty(), Map.of())) {
            int fd = assertInstanceOf(TcpConnect.Connected.class, attempt.await(Duration.ofSeconds(20)))
                    .fd();
            Descriptor descriptor = new Descriptor(fd);
            while (Sockets.sendEndOfRecord(fd, FILLING, 0, FILLING.length) > 0) {
                Thread.onSpinWait();
            }
            EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
            channel.freezeTime();
            Sender sender = new Sender(1, fd, Pace.of(Mode.BYTES, 0, 0), () -> 0, events::add, errors::add);
            sender.on(channel.pipeline().firstContext());
            sender.send(new Message("identification", Stage.IDENTIFICATION, new byte[23]));
            for (int i = 0; i < 3; i++) {
                channel.advanceTimeBy(1, TimeUnit.SECONDS);
                channel.runScheduledPendingTasks();
            }
            channel.close();
            descriptor.close();
        }
        assertEquals(List.of(), errors);
        assertEquals(List.of(new Event.Sent(0, 1, "identification", Stage.IDENTIFICATION, 0, 23)), events);
    }
}
