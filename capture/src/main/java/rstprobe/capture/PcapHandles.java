package rstprobe.capture;

import java.io.IOException;
import java.util.List;
import org.pcap4j.core.BpfProgram.BpfCompileMode;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapHandle.BlockingMode;
import org.pcap4j.core.PcapHandle.TimestampPrecision;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.PcapNetworkInterface.PromiscuousMode;
import org.pcap4j.core.RawPacketListener;
import rstprobe.capture.TapFailure.Kind;
import rstprobe.linux.NetworkInterfaceFacts;

/// Opens pcap4j's handles and puts libpcap's refusals into words.
///
/// Interfaces are opened by name: listing them first, as pcap4j's own way in does, costs more than all the rest.
final class PcapHandles {
    // pcap/pcap.h
    private static final int PCAP_ERROR_NO_SUCH_DEVICE = -5;
    private static final int PCAP_ERROR_PERM_DENIED = -8;
    private static final int PCAP_ERROR_IFACE_NOT_UP = -9;

    /// How long libpcap may hold frames back where immediate mode does not apply, in milliseconds.
    private static final int TIMEOUT_MILLIS = 1;

    /// Together more frames than any buffer holds in which the wanted one could be missing.
    private static final int MAX_EMPTYING_ROUNDS = 64;

    private static final int EMPTYING_BATCH = 1_024;

    /// Interfaces that one line names; a host of containers has thousands.
    private static final int MOST_NAMED = 16;

    static final String INSTALL = "install it: apt install libpcap0.8, dnf install libpcap or apk add libpcap";

    private PcapHandles() {}

    /// Loads libpcap unless it is loaded.
    static void load() throws TapFailure {
        try {
            Loaded.load();
        } catch (LinkageError missing) {
            throw noLibpcap(missing);
        }
    }

    /// A handle that is live and filtered.
    static PcapHandle open(TapPlan plan) throws TapFailure {
        load();
        PcapHandle handle = activated(plan);
        filter(handle, plan);
        try {
            emptyBuffer(handle);
            return handle;
        } catch (PcapNativeException failed) {
            handle.close();
            throw ended(plan.interfaceName(), failed);
        } catch (InterruptedException | NotOpenException impossible) {
            throw new AssertionError("nobody else has the handle", impossible);
        }
    }

    private static void filter(PcapHandle handle, TapPlan plan) throws TapFailure {
        try {
            handle.setFilter(plan.filter(), BpfCompileMode.OPTIMIZE);
        } catch (PcapNativeException refused) {
            handle.close();
            throw new TapFailure(
                    Kind.FILTER,
                    "libpcap does not accept the filter \"" + plan.filter() + "\": " + reason(refused),
                    "tcpdump -d 'FILTER' shows where it goes wrong");
        } catch (NotOpenException impossible) {
            throw new AssertionError("nobody else has the handle", impossible);
        }
    }

    /// Throws out what came in before the filter was set. On a busy link it could fill the buffer, and the first frame
    /// that matters would find no room.
    private static void emptyBuffer(PcapHandle handle)
            throws PcapNativeException, NotOpenException, InterruptedException {
        handle.setBlockingMode(BlockingMode.NONBLOCKING);
        RawPacketListener nobody = bytes -> {};
        int rounds = 0;
        while (rounds < MAX_EMPTYING_ROUNDS && handle.dispatch(EMPTYING_BATCH, nobody) > 0) {
            rounds++;
        }
        handle.setBlockingMode(BlockingMode.BLOCKING);
    }

    private static PcapHandle activated(TapPlan plan) throws TapFailure {
        try {
            return new PcapHandle.Builder(plan.interfaceName())
                    .snaplen(plan.snapLength())
                    .promiscuousMode(PromiscuousMode.NONPROMISCUOUS)
                    .timeoutMillis(TIMEOUT_MILLIS)
                    .bufferSize(plan.bufferBytes())
                    .timestampPrecision(TimestampPrecision.NANO)
                    .immediateMode(true)
                    .build();
        } catch (PcapNativeException refused) {
            throw refused(plan.interfaceName(), refused);
        } catch (LinkageError tooOld) {
            throw noLibpcap(tooOld);
        }
    }

    private static TapFailure refused(String name, PcapNativeException refusal) {
        int code = refusal.getReturnCode() == null ? 0 : refusal.getReturnCode();
        return switch (code) {
            case PCAP_ERROR_NO_SUCH_DEVICE -> noSuchInterface(name);
            case PCAP_ERROR_PERM_DENIED -> noPermission(name);
            case PCAP_ERROR_IFACE_NOT_UP -> interfaceDown(name);
            default ->
                new TapFailure(
                        Kind.OTHER, "libpcap cannot capture on " + name + ": " + reason(refusal), "see dmesg(1)");
        };
    }

    /// Why a running capture ended, as libpcap tells it.
    static TapFailure ended(String name, PcapNativeException failed) {
        return new TapFailure(
                Kind.INTERFACE_GONE,
                "the capture on " + name + " ended: " + reason(failed),
                "run again when the interface is back");
    }

    /// How the JVM begins the reason of a failure when the same class is asked for again.
    private static final String EARLIER = "^Exception [\\w.$]+: ";

    private static TapFailure noLibpcap(LinkageError missing) {
        Throwable reason = missing.getCause() == null ? missing : missing.getCause();
        String text = String.valueOf(reason.getMessage()).lines().findFirst().orElse("no reason given");
        return new TapFailure(
                Kind.NO_LIBPCAP,
                "libpcap cannot be loaded: " + text.replaceFirst(EARLIER, "").replaceFirst(":$", ""),
                INSTALL);
    }

    private static String reason(PcapNativeException refusal) {
        return String.valueOf(refusal.getMessage()).strip();
    }

    static TapFailure noPermission(String name) {
        return new TapFailure(
                Kind.NO_PERMISSION,
                "capturing on " + name + " needs the capability CAP_NET_RAW, which this process lacks",
                "run it as root, or with sudo");
    }

    static TapFailure noSuchInterface(String name) {
        return new TapFailure(
                Kind.NO_SUCH_INTERFACE,
                "there is no interface " + name + "; there are " + interfaces(),
                "name one of them");
    }

    static TapFailure interfaceDown(String name) {
        return new TapFailure(
                Kind.INTERFACE_DOWN, "the interface " + name + " is down", "bring it up: ip link set " + name + " up");
    }

    private static String interfaces() {
        try {
            List<String> names = NetworkInterfaceFacts.list().stream()
                    .map(NetworkInterfaceFacts::name)
                    .sorted()
                    .toList();
            int named = Math.min(names.size(), MOST_NAMED);
            return String.join(", ", names.subList(0, named))
                    + (named < names.size() ? " and " + (names.size() - named) + " more" : "");
        } catch (IOException _) {
            return "others";
        }
    }

    /// Loading happens once a process; the class initializer of pcap4j's bindings does it.
    private static final class Loaded {
        private static boolean done;

        static synchronized void load() throws TapFailure {
            if (!done) {
                NativeLibraries.settled(org.pcap4j.core.Pcaps::libVersion);
                done = true;
            }
        }
    }
}
