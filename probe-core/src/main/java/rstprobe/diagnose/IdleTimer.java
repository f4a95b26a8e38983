package rstprobe.diagnose;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import rstprobe.diagnose.IdleFinding.Kind;

/// A device's idle timer as it comes.
///
/// @param device  who has it
/// @param seconds its default
/// @param kinds   what happens when it runs out
/// @param known   `D` where the maker documents it, `L` where it was measured, `K` where it is common
///     knowledge
public record IdleTimer(String device, int seconds, Set<Kind> kinds, String known) {
    private static final Kind FORGETS = Kind.FORGET_AND_SILENCE;
    private static final Kind RESETS = Kind.FORGET_AND_RESET;
    private static final Kind AT_ONCE = Kind.RESET_AT_EXPIRY;
    private static final Kind CLOSES = Kind.FIN_AT_EXPIRY;

    /// How far a measured timer may lie from the default of a device: some count in coarse ticks.
    private static final double TOLERANCE = 0.02;
    private static final long LEAST_TOLERANCE_NANOS = 1_000_000_000L;

    /// Vendors' documentation as of 2025, and what practice networks showed.
    private static final List<IdleTimer> ALL = List.of(
            timer("GCP proxy load balancer", 30, "K", CLOSES, AT_ONCE),
            timer("HAProxy (timeout client or server, 50 s in many examples)", 50, "L", CLOSES),
            timer("AWS Classic load balancer", 60, "D", CLOSES),
            timer("Azure load balancer", 240, "D", FORGETS, AT_ONCE),
            timer("Azure NAT gateway", 240, "D", RESETS, FORGETS),
            timer("Azure Firewall or public address of a VM", 240, "K", FORGETS, AT_ONCE),
            timer("F5 BIG-IP", 300, "K", AT_ONCE),
            timer("SonicWall (short setting)", 300, "K", FORGETS, AT_ONCE),
            timer("home router (short setting)", 300, "K", FORGETS, RESETS),
            timer("AWS network load balancer", 350, "D", RESETS),
            timer("AWS NAT gateway", 350, "D", RESETS),
            timer("AWS Network Firewall", 350, "D", FORGETS),
            timer("AWS transit gateway or gateway load balancer", 350, "K", FORGETS),
            timer("AWS security group on Nitro v6", 350, "D", FORGETS),
            timer("GCP VPC firewall", 600, "D", FORGETS),
            timer("nginx stream proxy_timeout", 600, "K", CLOSES),
            timer("SonicWall", 900, "K", FORGETS, AT_ONCE),
            timer("Linux IPVS", 900, "L", FORGETS, RESETS),
            timer("GCP Cloud NAT", 1_200, "D", FORGETS),
            timer("Juniper SRX", 1_800, "K", FORGETS, AT_ONCE),
            timer("GCP IAP TCP forwarding", 3_600, "K", CLOSES),
            timer("Envoy tcp_proxy", 3_600, "K", CLOSES),
            timer("Cisco ASA or FTD", 3_600, "D", FORGETS, AT_ONCE),
            timer("Palo Alto", 3_600, "D", FORGETS),
            timer("FortiGate", 3_600, "K", FORGETS, AT_ONCE),
            timer("Check Point", 3_600, "K", FORGETS, AT_ONCE),
            timer("home router or RFC 5382 minimum", 7_440, "D", FORGETS, RESETS));

    private static IdleTimer timer(String device, int seconds, String known, Kind... kinds) {
        return new IdleTimer(device, seconds, Set.of(kinds), known);
    }

    public IdleTimer {
        kinds = Set.copyOf(kinds);
    }

    /// Devices whose default lies within 2 % and 1 s of a bracket and that behave so: candidates, no more.
    static List<IdleTimer> candidates(Kind kind, long lowerNanos, long upperNanos) {
        return near(lowerNanos, upperNanos)
                .filter(timer -> timer.kinds.contains(kind))
                .toList();
    }

    private static Stream<IdleTimer> near(long lowerNanos, long upperNanos) {
        return ALL.stream().filter(timer -> {
            long nanos = timer.seconds * 1_000_000_000L;
            long tolerance = Math.max(LEAST_TOLERANCE_NANOS, (long) (nanos * TOLERANCE));
            return lowerNanos - tolerance <= nanos && nanos <= upperNanos + tolerance;
        });
    }
}
