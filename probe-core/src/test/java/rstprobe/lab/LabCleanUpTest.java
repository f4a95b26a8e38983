package rstprobe.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A lab leaves no namespace, process or file behind, whichever way it ends.
class LabCleanUpTest {

    private static final Scenario HEALTHY = Labs.named("healthy").orElseThrow();
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(15);

    /// What is there of the labs a process built.
    private static TreeSet<String> remains(long owner) {
        TreeSet<String> found = new TreeSet<>();
        for (Path folder : List.of(LabName.NAMESPACES, LabName.DIRECTORIES)) {
            String[] names = folder.toFile().list();
            for (String name : names == null ? new String[0] : names) {
                if (name.startsWith("rp-" + owner + "-") || name.startsWith("lab-" + owner + "-")) {
                    found.add(folder.resolve(name).toString());
                }
            }
        }
        ProcessHandle.allProcesses()
                .filter(process -> process.pid() != owner)
                .map(process -> process.pid() + " " + commandLine(process.pid()))
                .filter(line -> line.contains("lab-" + owner + "-"))
                .forEach(found::add);
        return found;
    }

    /// The command line as the kernel shows it: sshd rewrites its own, and then [ProcessHandle] knows none.
    static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException ended) {
            return "";
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, () -> "waited in vain until " + what);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    private static void awaitNothingLeft(long owner) {
        try {
            await("nothing is left", () -> remains(owner).isEmpty());
        } catch (AssertionError left) {
            throw new AssertionError("still there: " + remains(owner), left);
        }
    }

    private final List<Process> holders = new ArrayList<>();

    @AfterEach
    void endHolders() {
        holders.forEach(Process::destroyForcibly);
    }

    private Process holder(String scenario) throws IOException {
        Process holder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LabHolder.class.getName(),
                        scenario)
                .redirectErrorStream(true)
                .start();
        holders.add(holder);
        return holder;
    }

    /// A JVM that holds a finished lab; its namespaces and its sshd are there.
    private Process standing() throws IOException {
        Process holder = holder("healthy");
        String name = holder.inputReader().readLine();
        assertTrue(name != null && name.startsWith(holder.pid() + "-"), "the lab was not built: " + name);
        assertTrue(Files.exists(LabName.NAMESPACES.resolve("rp-" + name + "-server")));
        assertTrue(remains(holder.pid()).stream().anyMatch(line -> line.contains("sshd")), "sshd runs");
        return holder;
    }

    @Test
    void closingRemovesEverythingAndClosingAgainIsHarmless() throws Exception {
        Lab lab = Lab.build(HEALTHY, Conditions.plain());
        ProcessHandle left = lab.inClient(List.of("/bin/sleep", "1000")).start().toHandle();
        lab.close();
        lab.close();
        assertEquals(new TreeSet<>(), remains(ProcessHandle.current().pid()));
        await("a process in the client's namespace has ended", () -> !left.isAlive());
    }

    @Test
    void aLabThatCannotBeFinishedLeavesNothing(@TempDir Path empty) {
        Conditions impossible = new Conditions(0, 0, 1, false, Optional.of(empty));
        CannotBuild refused = assertThrows(CannotBuild.class, () -> Lab.build(HEALTHY, impossible));
        assertTrue(refused.what().contains("usr/sbin/sshd"), refused.what());
        Scenario broken = new Scenario(
                "broken",
                "",
                HEALTHY.truth(),
                HEALTHY.server(),
                List.of(new Scenario.Obstacle.PacketFilter(Node.ROUTER1, "no ruleset")));
        IOException failed = assertThrows(IOException.class, () -> Lab.build(broken, Conditions.plain()));
        assertTrue(failed.getMessage().contains("nft"), failed.getMessage());
        assertEquals(new TreeSet<>(), remains(ProcessHandle.current().pid()));
    }

    @Test
    void killMinusNineOfTheJvmLeavesNothing() throws Exception {
        Process holder = standing();
        holder.destroyForcibly().waitFor();
        awaitNothingLeft(holder.pid());
    }

    @Test
    void aTerminatedJvmHasRemovedItsLabWhenItEnds() throws Exception {
        Process holder = standing();
        holder.destroy();
        assertTrue(holder.waitFor(15, TimeUnit.SECONDS));
        assertEquals(new TreeSet<>(), remains(holder.pid()));
    }

    @Test
    void killMinusNineWhileBuildingLeavesNothing() throws Exception {
        // Each of these appears at another step of the building.
        for (String step : List.of("/run/rstprobe/lab-", "-client", "-server", " sshd")) {
            Process holder = holder("tap-forges-reset");
            await(step + " is there", () -> remains(holder.pid()).stream().anyMatch(thing -> isStep(thing, step)));
            holder.destroyForcibly().waitFor();
            awaitNothingLeft(holder.pid());
        }
    }

    /// A path must be that path; a process must be that program, and not the janitor, whose arguments name everything.
    private static boolean isStep(String thing, String step) {
        return thing.startsWith("/") ? thing.startsWith(step) || thing.endsWith(step) : thing.contains(step + ":");
    }

    @Test
    void closingRemovesTheLabThoughItsJanitorWasKilled() throws Exception {
        try (Lab lab = Lab.build(HEALTHY, Conditions.plain())) {
            endJanitor(ProcessHandle.current());
            assertTrue(Files.exists(lab.clientNamespacePath()));
        }
        assertEquals(new TreeSet<>(), remains(ProcessHandle.current().pid()));
    }

    private static void endJanitor(ProcessHandle owner) {
        List<ProcessHandle> janitors = owner.children()
                .filter(child -> commandLine(child.pid()).contains("lab-janitor"))
                .toList();
        assertEquals(1, janitors.size());
        janitors.getFirst().destroyForcibly();
        await("the janitor has ended", () -> !janitors.getFirst().isAlive());
    }

    @Test
    void theNextLabSweepsUpWhereTheJanitorWasKilledToo() throws Exception {
        Process holder = standing();
        endJanitor(holder.toHandle());
        holder.destroyForcibly().waitFor();
        assertFalse(remains(holder.pid()).isEmpty(), "the lab outlives a JVM without a janitor");
        Lab.build(Labs.named("closed-port").orElseThrow(), Conditions.plain()).close();
        awaitNothingLeft(holder.pid());
    }

    @Test
    void aLivingOwnerIsToldFromAnotherProcessWithItsNumber() throws IOException {
        LabName ours = LabName.ours();
        assertTrue(ours.ownerIsAlive());
        assertFalse(new LabName(ours.pid(), ours.startTicks() - 1, 1).ownerIsAlive());
        assertFalse(new LabName(999_999_999, 1, 1).ownerIsAlive());
    }

    @Test
    void labsStandBesideEachOther() throws Exception {
        try (Lab one = Lab.build(Labs.named("closed-port").orElseThrow(), Conditions.plain());
                Lab other = Lab.build(Labs.named("closed-port").orElseThrow(), Conditions.plain())) {
            assertFalse(one.clientNamespace().equals(other.clientNamespace()));
            assertTrue(Files.exists(one.clientNamespacePath()) && Files.exists(other.clientNamespacePath()));
        }
    }
}
