package rstprobe.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import rstprobe.capture.Tap;
import rstprobe.capture.TapFailure;
import rstprobe.linux.Capabilities;
import rstprobe.linux.Capability;
import rstprobe.linux.Kernel;
import rstprobe.linux.NetworkInterfaceFacts;

/// `rstprobe doctor`: can this machine probe, and what would make it able?
final class DoctorCommand implements Callable<Integer> {
    static final String NAME = "doctor";

    private static final long LEAST_FREE_BYTES = 500L << 20;

    /// Our kernel would reset the connections that crafted packets make.
    private static final String QUIETS = "for connections of crafted packets, and practice networks";

    /// One thing that was looked at.
    ///
    /// @param fix what to do where it is missing; empty where it is there
    /// @param needed whether probing is impossible without it
    private record Check(String what, boolean good, String fix, boolean needed) {}

    private final List<Check> checks = new ArrayList<>();

    CommandSpec spec() {
        return new Vocabulary(NAME, this, "Can this machine probe? What would make it able?").spec();
    }

    @Override
    public Integer call() throws IOException {
        kernel();
        capability(Capability.CAP_NET_RAW, "captures packets", true);
        capability(Capability.CAP_NET_ADMIN, QUIETS, false);
        capability(Capability.CAP_SYS_ADMIN, "builds practice networks", false);
        libpcap();
        interfaces();
        program("ip", "builds practice networks", "iproute2");
        program("nft", QUIETS, "nftables");
        program("sshd", "builds practice networks", "openssh-server");
        disk();
        for (Check check : checks) {
            String verdict = check.good ? "ok     " : check.needed ? "MISSING" : "without";
            System.out.println(verdict + "  " + check.what + (check.good ? "" : "\n         fix: " + check.fix));
        }
        boolean able = checks.stream().allMatch(check -> check.good || !check.needed);
        System.out.println(able ? "This machine can probe." : "This machine cannot probe.");
        return able ? Exit.WORKS : Exit.CANNOT_PROBE;
    }

    private void kernel() throws IOException {
        checks.add(new Check("Linux " + Kernel.release(), true, "", true));
    }

    private void capability(Capability capability, String use, boolean needed) throws IOException {
        Set<Capability> ours = Capabilities.effective();
        checks.add(new Check(capability + " (" + use + ")", ours.contains(capability), "run it as root", needed));
    }

    private void libpcap() {
        Optional<TapFailure> failure = load();
        checks.add(new Check(
                failure.map(TapFailure::what).orElse("libpcap"),
                failure.isEmpty(),
                failure.map(TapFailure::fix).orElse(""),
                true));
    }

    private static Optional<TapFailure> load() {
        try {
            Tap.load();
            return Optional.empty();
        } catch (TapFailure failure) {
            return Optional.of(failure);
        }
    }

    private void interfaces() throws IOException {
        List<NetworkInterfaceFacts> up = NetworkInterfaceFacts.list().stream()
                .filter(NetworkInterfaceFacts::up)
                .toList();
        String names = up.stream()
                .map(facts -> facts.name() + " (MTU " + facts.mtu() + ")")
                .collect(Collectors.joining(", "));
        checks.add(new Check(
                "interfaces up: " + (names.isEmpty() ? "none" : names),
                !up.isEmpty(),
                "bring one up: ip link set IFACE up",
                true));
    }

    private void program(String name, String use, String debianPackage) {
        boolean there = List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin").stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
        checks.add(new Check(name + " (" + use + ")", there, "apt-get install " + debianPackage, false));
    }

    private void disk() throws IOException {
        long free = Files.getFileStore(Path.of(".")).getUsableSpace();
        checks.add(new Check(
                "free space here: " + (free >> 20) + " MiB",
                free >= LEAST_FREE_BYTES,
                "write elsewhere: --into DIR",
                false));
    }
}
