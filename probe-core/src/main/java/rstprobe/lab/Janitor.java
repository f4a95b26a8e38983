package rstprobe.lab;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The process that outlives a lab and removes it.
///
/// It reads from a pipe whose other end only this JVM holds. When the pipe ends, because the lab was closed
/// or because the JVM is gone for whatever reason, it ends the processes inside the lab's own namespaces, by
/// process id, and removes the namespaces, with them all their links and rules, and the lab's control groups
/// and directories. A lab is thus removed in one way only, and it is the way that survives `kill -9`.
final class Janitor implements AutoCloseable {

    private static final int LONGEST_SECONDS = 20;
    private static final String CLOSED = "closed\n";

    /// Arguments: the program ip, two directories to remove, four control groups, the namespaces.
    ///
    /// A process may start another one while it is being ended, hence the passes. An owner that did not say
    /// `closed` may have left a program behind that is still adding namespaces: the second round is for those.
    /// Limits go first: a process held to a thousandth of a processor takes that much longer to end.
    private static final String SCRIPT = """
            trap '' HUP INT TERM
            ip=$1; one=$2; other=$3; groups="$4 $5 $6 $7"; shift 7
            remove() {
              for name in "$@"; do
                [ -e "/run/netns/$name" ] || continue
                for pass in 1 2 3 4 5 6 7 8 9; do
                  pids=$("$ip" netns pids "$name" 2>/dev/null)
                  [ -n "$pids" ] || break
                  kill -KILL $pids 2>/dev/null
                done
                "$ip" netns delete "$name" 2>/dev/null
              done
            }
            word=
            read -r word
            for group in $groups; do
              [ ! -e "$group/cpu.cfs_quota_us" ] || echo -1 >"$group/cpu.cfs_quota_us"
              [ ! -e "$group/cpu.max" ] || echo max >"$group/cpu.max"
            done
            remove "$@"
            if [ "$word" != closed ]; then sleep 0.5; remove "$@"; fi
            for group in $groups; do
              for pass in 1 2 3 4 5 6 7 8 9; do
                [ -d "$group" ] || break
                rmdir "$group" 2>/dev/null || sleep 0.1
              done
            done
            rm -rf -- "$one" "$other"
            """;

    private final LabName lab;
    private final Path besides;
    private final Process process;

    private Janitor(LabName lab, Path besides, Process process) {
        this.lab = lab;
        this.besides = besides;
        this.process = process;
    }

    /// Puts a janitor in charge of a lab, before the first thing of that lab exists.
    ///
    /// @param besides one more directory that belongs to the lab
    static Janitor watch(LabName lab, Path besides) throws IOException, CannotBuild {
        List<String> command = new ArrayList<>(Program.SETSID.with(Program.SH.path(), "-c", SCRIPT, "lab-janitor"));
        command.add(Program.IP.path());
        command.add(lab.directory().toString());
        command.add(besides.toString());
        ControlGroup.folders(lab).forEach(group -> command.add(group.toString()));
        command.addAll(lab.namespaces());
        Process process = new ProcessBuilder(command)
                .directory(Path.of("/").toFile())
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start();
        return new Janitor(lab, besides, process);
    }

    /// Removes what labs have left whose owner is gone and whose janitor was ended too.
    static void sweep() throws IOException, CannotBuild {
        for (LabName orphan : LabName.orphans()) {
            watch(orphan, orphan.directory()).close();
        }
    }

    /// Has the lab removed and waits for it, at most some seconds. Where somebody ended the janitor, another one
    /// does it.
    @Override
    public void close() throws IOException, CannotBuild {
        end(CLOSED);
    }

    /// The same for a lab that was still being built: it is gone over twice.
    void abandon() throws IOException, CannotBuild {
        end("");
    }

    private void end(String word) throws IOException, CannotBuild {
        if (!finished(word) && !watch(lab, besides).finished(word)) {
            throw new IOException("the lab " + lab + " could not be removed");
        }
    }

    private boolean finished(String word) {
        try (OutputStream pipe = process.getOutputStream()) {
            pipe.write(word.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException broken) {
            // Nobody reads: the exit code tells how it ended.
        }
        try {
            return process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException interrupted) {
            // The pipe is closed, so the janitor works on and needs nobody to wait.
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
