package rstprobe.record;

import java.io.IOException;
import java.util.Optional;
import rstprobe.capture.Tap;
import rstprobe.capture.TapFailure;
import rstprobe.capture.TapPlan;
import rstprobe.capture.TapStatistics;
import rstprobe.linux.NetworkInterfaceFacts;

/// One interface that a sweep leaves by: one tap and one packet socket for all targets behind it.
final class SweepLink implements AutoCloseable {
    /// All headers that matter, and the longest quotation in an ICMP error (RFC 4443: 1280 bytes in all).
    private static final int SNAP_LENGTH = 1_536;

    /// Room for 16384 frames of that length.
    private static final int BUFFER_BYTES = 32 << 20;

    private final NetworkInterfaceFacts facts;
    private final Tap tap;
    private final SweepEar ear;
    private final CraftedSender sender;

    private SweepLink(NetworkInterfaceFacts facts, Tap tap, SweepEar ear, CraftedSender sender) {
        this.facts = facts;
        this.tap = tap;
        this.ear = ear;
        this.sender = sender;
    }

    /// Opens both; the tap is live when this returns.
    ///
    /// @param first  a target behind that interface
    /// @param filter what the tap hears, in libpcap's language
    /// @throws CannotProbe    where this machine lacks what it takes
    /// @throws NotPossibleHere where crafted frames have no form on that interface
    static SweepLink open(String name, Target first, String filter, SweepEar ear) throws CannotProbe, NotPossibleHere {
        try {
            NetworkInterfaceFacts facts = NetworkInterfaceFacts.named(name)
                    .orElseThrow(() -> new CannotProbe("there is no interface " + name, "list them: ip link"));
            if (!facts.up()) {
                throw new CannotProbe("interface " + name + " is down", "bring it up: ip link set " + name + " up");
            }
            CraftedSender sender = CraftedSender.open(facts, first);
            Optional<String> whyNot = sender.whyNot();
            if (whyNot.isPresent()) {
                sender.close();
                throw new NotPossibleHere(whyNot.get());
            }
            boolean opened = false;
            try {
                Tap tap = Tap.open(new TapPlan(name, filter, SNAP_LENGTH, BUFFER_BYTES), ear::take);
                opened = true;
                return new SweepLink(facts, tap, ear, sender);
            } finally {
                if (!opened) {
                    sender.close();
                }
            }
        } catch (TapFailure failure) {
            throw new CannotProbe(failure.what(), failure.fix());
        } catch (IOException failed) {
            throw new CannotProbe(failed.getMessage(), "this kernel does not answer what every Linux does: is it one?");
        }
    }

    /// The way to a target behind this interface.
    CraftedSender towards(Target target) throws NotPossibleHere {
        return sender.towards(target);
    }

    /// The longest IP packet that the interface sends.
    int mtu() {
        return facts.mtu();
    }

    /// Frames that were lost here until now.
    long lost() {
        TapStatistics statistics = tap.statistics();
        return statistics.droppedByKernel() + statistics.droppedByInterface() + ear.refused();
    }

    /// @throws CannotProbe where nothing more can be probed by this interface
    void requireUp() throws CannotProbe, IOException {
        Optional<TapFailure> failure = tap.failure();
        if (failure.isPresent()) {
            throw new CannotProbe(failure.get().what(), failure.get().fix());
        }
        // libpcap waits for an interface that goes down to come back, and says nothing.
        if (NetworkInterfaceFacts.named(facts.name())
                .filter(NetworkInterfaceFacts::up)
                .isEmpty()) {
            throw new CannotProbe(
                    "interface " + facts.name() + " went down", "bring it up: ip link set " + facts.name() + " up");
        }
    }

    @Override
    public void close() {
        sender.close();
        try {
            tap.close();
        } catch (IllegalStateException _) {
            // Taking a frame failed; whoever closes has nothing more to take.
        }
    }
}
