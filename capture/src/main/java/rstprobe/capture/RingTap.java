package rstprobe.capture;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import rstprobe.linux.Errno;
import rstprobe.linux.LinuxException;
import rstprobe.linux.NetworkInterfaceFacts;
import rstprobe.linux.PacketRing;

/// A tap for those who look at very many frames and keep few: it shows them where the kernel put them, on the
/// caller's own thread. Never promiscuous. What passes the filter from [#start] on is seen or counted as lost.
///
/// It survives an interface that goes down and comes back. All calls are for one thread.
public final class RingTap implements AutoCloseable {
    private final TapPlan plan;
    private final String interfaceName;
    private final int index;
    private final PacketRing ring;
    private final LinkType link;
    private final FilterProgram filter;

    private RingTap(TapPlan plan, int index, PacketRing ring, LinkType link, FilterProgram filter) {
        this.plan = plan;
        this.interfaceName = plan.interfaceName();
        this.index = index;
        this.ring = ring;
        this.link = link;
        this.filter = filter;
    }

    /// Opens a tap that hears nothing until [#start].
    ///
    /// @throws TapFailure if the machine does not let it, with the reason and what mends it
    public static RingTap open(TapPlan plan) throws TapFailure {
        String name = plan.interfaceName();
        try {
            NetworkInterfaceFacts facts =
                    NetworkInterfaceFacts.named(name).orElseThrow(() -> PcapHandles.noSuchInterface(name));
            if (!facts.up()) {
                throw PcapHandles.interfaceDown(name);
            }
            PacketRing ring = PacketRing.open(facts.index());
            boolean open = false;
            try {
                LinkType link = link(name, ring.hardware());
                FilterProgram filter = new FilterProgram.Compiler().compile(link, plan.filter());
                open = true;
                return new RingTap(plan, facts.index(), ring, link, filter);
            } finally {
                if (!open) {
                    ring.close();
                }
            }
        } catch (LinuxException refused) {
            throw failure(name, refused);
        } catch (IOException failed) {
            throw new TapFailure(
                    TapFailure.Kind.OTHER, "cannot look at the interface " + name + ": " + failed.getMessage(), "");
        }
    }

    /// Makes it live. The plan's buffer is what the kernel fills while nobody looks.
    ///
    /// @throws TapFailure if the machine does not let it, with the reason and what mends it
    public void start() throws TapFailure {
        try {
            ring.start(filter.instructions(), plan.snapLength(), plan.bufferBytes());
        } catch (LinuxException refused) {
            throw failure(interfaceName, refused);
        }
    }

    private static LinkType link(String name, int hardware) throws TapFailure {
        return switch (hardware) {
            case PacketRing.ETHERNET, PacketRing.LOOPBACK -> LinkType.ETHERNET;
            case PacketRing.NO_HEADER, PacketRing.IPV4_TUNNEL, PacketRing.IPV6_TUNNEL -> LinkType.RAW;
            default ->
                throw new TapFailure(
                        TapFailure.Kind.OTHER,
                        "frames on " + name + " begin with a header that is not read here (ARPHRD " + hardware + ")",
                        "name another interface");
        };
    }

    private static TapFailure failure(String name, LinuxException refused) {
        if (refused.is(Errno.EPERM) || refused.is(Errno.EACCES)) {
            return PcapHandles.noPermission(name);
        }
        if (refused.is(Errno.ENODEV)) {
            return PcapHandles.noSuchInterface(name);
        }
        return new TapFailure(
                TapFailure.Kind.OTHER,
                "Linux does not let us capture on " + name + ": " + refused.getMessage(),
                refused.is(Errno.ENOMEM) ? "ask for less memory" : "see dmesg(1)");
    }

    /// Which interface it listens on.
    public String interfaceName() {
        return interfaceName;
    }

    /// What its frames begin with.
    public LinkType link() {
        return link;
    }

    /// Waits until there is something to [#take], or time is up.
    ///
    /// @return trouble of the kind `INTERFACE_DOWN`, after which waiting goes on as before; empty as a rule
    /// @throws TapFailure if nothing will come any more
    public Optional<TapFailure> await(Duration timeout) throws TapFailure, InterruptedException {
        try {
            ring.await(timeout);
            return Optional.empty();
        } catch (InterruptedIOException _) {
            throw new InterruptedException();
        } catch (LinuxException failed) {
            if (failed.is(Errno.ENETDOWN) && isThere()) {
                return Optional.of(PcapHandles.interfaceDown(interfaceName));
            }
            throw gone(failed);
        } catch (IOException failed) {
            throw gone(failed);
        }
    }

    /// Whether the interface is still the one that was opened.
    private boolean isThere() {
        try {
            return NetworkInterfaceFacts.named(interfaceName)
                    .filter(facts -> facts.index() == index)
                    .isPresent();
        } catch (IOException unknown) {
            return false;
        }
    }

    private TapFailure gone(IOException failed) {
        return new TapFailure(
                TapFailure.Kind.INTERFACE_GONE,
                "the capture on " + interfaceName + " ended: "
                        + (isThere() ? failed.getMessage() : "the interface is gone"),
                "run again when the interface is back");
    }

    /// Shows what came since the last call.
    ///
    /// @return how many frames that was
    public int take(PacketRing.Visitor visitor) {
        return ring.take(visitor);
    }

    /// What passed the filter, and what of it was lost, since the beginning.
    public TapStatistics statistics() {
        try {
            ring.count();
        } catch (LinuxException _) {
            // The last figures stand.
        }
        return new TapStatistics(ring.received(), ring.dropped(), 0);
    }

    @Override
    public void close() {
        ring.close();
    }
}
