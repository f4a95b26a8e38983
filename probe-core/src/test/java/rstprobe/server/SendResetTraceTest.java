package rstprobe.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import rstprobe.cli.OwnMachine;

/// The kernel's own word on the resets it sends, and that nothing of the watching stays.
class SendResetTraceTest {
    /// In a mount and network namespace of its own: tracefs is mounted for this alone.
    private static final String SCRIPT = """
            mount -t tracefs tracefs /sys/kernel/tracing || { echo "no tracefs here"; exit 77; }
            ip link set lo up
            mkdir /sys/kernel/tracing/instances/rstprobe-4194999
            "$@" >/tmp/rstprobe-trace-out.$$ &
            for again in 1 2 3 4 5 6 7 8 9 10 11 12; do
                (exec 3<>/dev/tcp/127.0.0.1/22) 2>/dev/null
                sleep 0.5
            done
            wait $!
            echo "exit $?"
            cat /tmp/rstprobe-trace-out.$$
            rm /tmp/rstprobe-trace-out.$$
            echo "left: $(ls /sys/kernel/tracing/instances | grep rstprobe)"
            """;

    @Test
    void aClosedPortsResetIsSeenWithItsReasonAndTheInstanceGoes() throws Exception {
        Process process = new ProcessBuilder(OwnMachine.running(
                        "bash",
                        "-c",
                        SCRIPT,
                        "trace",
                        java(),
                        "-cp",
                        classPath(),
                        "rstprobe.cli.Main",
                        "server",
                        "local",
                        "--trace",
                        "3"))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), said);
        assertTrue(process.exitValue() != 77, "this machine has no tracefs, which the test needs");
        assertTrue(said.contains("the server's kernel itself sent a reset to 127.0.0.1:"), said);
        assertTrue(said.contains("reason="), said);
        assertEquals(
                "left: ",
                said.lines()
                        .filter(line -> line.startsWith("left:"))
                        .findFirst()
                        .orElse(said));
    }

    private static String java() {
        return System.getProperty("java.home") + "/bin/java";
    }

    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }
}
